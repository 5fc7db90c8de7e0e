"""What every request gets: an id, one log line, roles read once; and a DomainError becomes a page, not a trace."""

import logging
import re
import time
from collections.abc import Callable
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from redis.exceptions import ConnectionError as QueueUnreachable
from redis.exceptions import TimeoutError as QueueSilent

from portal.kit.errors import DomainError
from portal.kit.logs import under_request
from portal.kit.pages import error_page
from portal.kit.scoping import remembering_grants

logger = logging.getLogger("portal.request")
GIVEN_ID = re.compile(r"[0-9A-Za-z-]{8,36}")
Next = Callable[[HttpRequest], HttpResponse]


class RequestLogMiddleware:
    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        identity = given if GIVEN_ID.fullmatch(given) else uuid4().hex
        start = time.perf_counter()
        with under_request(identity), remembering_grants():
            response = self.get_response(request)
            self._tell(request, response, round((time.perf_counter() - start) * 1000))
        response["X-Request-ID"] = identity
        return response

    @staticmethod
    def _tell(request: HttpRequest, response: HttpResponse, ms: int) -> None:
        match = request.resolver_match
        # The route and not the path: an address may carry a token or a slug made from a name.
        route = f"/{match.route}" if match else "(no such address)"
        user = getattr(request, "user", None)
        facts = {"method": request.method, "path": route, "status": response.status_code, "ms": ms}
        level = logging.ERROR if response.status_code >= 500 else logging.INFO
        logger.log(level, "request", extra={**facts, "user": getattr(user, "pk", None)})


class DomainErrorMiddleware:
    """Last in the list, so that the page it makes passes all the others on its way out."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, DomainError):
            return error_page(request, exception.status, exception.sentence)
        if isinstance(exception, QueueUnreachable | QueueSilent):
            logger.error("queue unreachable", exc_info=exception)
            sentence = _("A part of Foremark that guards signing in cannot be reached. Please try again in a minute.")
            return error_page(request, 503, sentence)
        logger.error("unexpected", exc_info=exception)
        return None
