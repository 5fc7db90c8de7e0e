"""What each request of a signed-in person passes: the second factor a school demands, their language, their session's last use."""

import time
from collections.abc import Callable
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from portal.accounts import domains
from portal.accounts.policy import policy
from portal.accounts.preferences import preferences_of
from portal.kit.pages import error_page

Next = Callable[[HttpRequest], HttpResponse]
NOTED_EVERY = 300.0
REMEMBERED = 10_000
ENGLISH = "en-gb"
IN_ENGLISH = ("/office/", "/api/", "/design/")
STRONG = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
SENTENCE = _("Your school asks you for a second factor. Set one up under “Sign-in and security”, then come back.")
# What must work before there is a second factor: setting one up, proving who one is, leaving, and health.
OPEN = frozenset(
    {
        "second_factor",
        "account_logout",
        "account_reauthenticate",
        "account_confirm_email",
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "mfa_reauthenticate",
        "mfa_reauthenticate_webauthn",
        "healthz",
        "readyz",
    }
)


def lacks_second_factor(request: HttpRequest) -> bool:
    """Demanded by the person's school, and neither set up here nor known to be demanded by the school's provider."""
    user = request.user
    if not user.is_authenticated or not policy.needs_second_factor(user) or is_mfa_enabled(user, STRONG):
        return False
    trusted = domains.provider_for(user.email)
    return not (trusted in settings.SSO_SECOND_FACTOR and trusted in domains.providers_used(request, user))


class SecondFactorMiddleware:
    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        match = request.resolver_match
        if (match and match.view_name in OPEN) or not lacks_second_factor(request):
            return None
        if request.path.startswith("/api/"):
            problem = {"status": 403, "code": "second_factor", "detail": str(SENTENCE)}
            return JsonResponse(problem, status=403, content_type="application/problem+json")
        if getattr(request, "htmx", False):
            return error_page(request, 403, str(SENTENCE))
        return redirect("second_factor")


class LanguageMiddleware:
    """The language a person chose in their profile wins over what the browser asks for. What speaks English, speaks it whole."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = ENGLISH if request.path.startswith(IN_ENGLISH) else self._chosen(request)
        if language:
            translation.activate(language)
            request.LANGUAGE_CODE = language
        return self.get_response(request)

    def _chosen(self, request: HttpRequest) -> str:
        return preferences_of(request.user).language if request.user.is_authenticated else ""


class LastSeenMiddleware:
    """allauth's own would write to the database with every request; every five minutes per process says as much.

    Signing in wrote the first line already, so a session is noted only once it is older than that.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response
        self.noted: dict[str, float] = {}

    def __call__(self, request: HttpRequest) -> HttpResponse:
        key = request.session.session_key
        if key and request.user.is_authenticated and self._is_due(key, time.monotonic()):
            UserSession.objects.create_from_request(request)
        return self.get_response(request)

    def _is_due(self, key: str, now: float) -> bool:
        if len(self.noted) > REMEMBERED:
            self.noted.clear()
        due = now - self.noted.setdefault(key, now) >= NOTED_EVERY
        if due:
            self.noted[key] = now
        return due
