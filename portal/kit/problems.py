"""What went wrong, for a program: problem documents as RFC 9457 describes them."""

from typing import Any

from django.http import HttpRequest, JsonResponse

from portal.kit.logs import request_id

CONTENT_TYPE = "application/problem+json"
# (code for a program, title for a person) where nothing more exact is known
KNOWN = {
    400: ("bad_request", "That request could not be read"),
    401: ("not_signed_in", "Sign in first"),
    403: ("not_allowed", "This is not yours to do"),
    404: ("not_found", "Nothing here"),
    405: ("method_not_allowed", "That cannot be done with this address"),
    406: ("not_acceptable", "Only JSON is spoken here"),
    409: ("conflict", "That does not fit"),
    415: ("unsupported_media_type", "Only JSON is read here"),
    429: ("too_many_requests", "Too many requests"),
    500: ("server_error", "Something went wrong on our side"),
    503: ("unavailable", "Not reachable just now"),
}


def problem_document(status: int, detail: str, *, code: str = "", **more: Any) -> dict[str, Any]:
    known, title = KNOWN.get(status, KNOWN[500 if status >= 500 else 400])
    return {
        "type": "about:blank",
        "title": title,
        "status": status,
        "code": code or known,
        "detail": detail,
        "request_id": request_id(),
        **more,
    }


def problem_response(status: int, detail: str, *, code: str = "") -> JsonResponse:
    return JsonResponse(problem_document(status, detail, code=code), status=status, content_type=CONTENT_TYPE)


def asks_for_data(request: HttpRequest) -> bool:
    """Whether a program asked, which can do nothing with a page."""
    return request.path.startswith("/api/")
