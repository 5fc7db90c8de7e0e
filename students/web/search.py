"""Search from anywhere: a page of its own, and its results alone for the box that opens above every page."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portal.kit.pages import render_page
from students.summaries.finding import find
from students.web.frame import Item, frame
from students.web.standpoint import standpoint

LONGEST = 80


@require_safe
@never_cache
def search(request: HttpRequest) -> HttpResponse:
    """`?q=`; longer texts are cut, for no name is so long."""
    here = standpoint(request)
    text = request.GET.get("q", "").strip()[:LONGEST]
    found = find(text, user=here.user, on=here.day, but_not=here.elsewhere)
    facts = {"found": found, "today": here.day, "places": _places(request, text)}
    return render_page(request, "students/search.html", facts, fragment="results")


def _places(request: HttpRequest, text: str) -> list[Item]:
    """Pages of the navigation whose name begins with the text."""
    return [item for item in frame(request)["frame"].items if text and item.label.lower().startswith(text.lower())]
