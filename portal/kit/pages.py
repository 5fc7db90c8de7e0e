"""How a page is rendered: whole, or one named part of it for htmx; and the pages for when it goes wrong."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.kit.problems import asks_for_data, problem_response

TITLES = {
    400: gettext_lazy("That request could not be read"),
    403: gettext_lazy("This is not yours to open"),
    404: gettext_lazy("Nothing here"),
    409: gettext_lazy("That does not fit"),
    429: gettext_lazy("Too many tries"),
    500: gettext_lazy("Something went wrong on our side"),
    503: gettext_lazy("Not reachable just now"),
}


def render_page(
    request: HttpRequest, template: str, context: dict[str, Any] | None = None, *, fragment: str = "", status: int = 200
) -> HttpResponse:
    """The page; when htmx asks and the page has such a part, only that part."""
    asked_by_htmx = getattr(request, "htmx", False) and not request.headers.get("HX-Boosted")
    name = f"{template}#{fragment}" if fragment and asked_by_htmx else template
    response = render(request, name, context, status=status)
    if fragment:
        response["Vary"] = "HX-Request"
    return response


def error_page(request: HttpRequest, status: int, sentence: str) -> HttpResponse:
    if asks_for_data(request):
        return problem_response(status, sentence)
    title = str(TITLES.get(status, TITLES[500 if status >= 500 else 400]))
    if status == 403 and request.method not in ("GET", "HEAD"):
        title = _("This is not yours to do")
    return render(request, "error.html", {"status": status, "title": title, "sentence": sentence}, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(
        request, 400, _("The browser sent something Foremark does not understand. Go back and try again.")
    )


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(
        request, 403, _("Your role in the school does not include this. Nothing was shown and nothing changed.")
    )


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(request, 404, _("There is no such page, or it holds a record that your role does not include."))


def server_error(request: HttpRequest) -> HttpResponse:
    if asks_for_data(request):
        return problem_response(500, _("It has been written to the log. Please try again."))
    # No context processors and no query: whatever broke may be the database itself.
    return HttpResponse(render(None, "500.html").content, status=500)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    return error_page(
        request, 403, _("This form was open for too long, or cookies are off. Go back, reload and send it again.")
    )
