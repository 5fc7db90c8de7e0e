"""Pages of one's own account: profile, sessions, the demand for a second factor, and accepting an invitation."""

import logging
from dataclasses import asdict
from typing import Any, cast

from allauth.account import views as account
from allauth.account.decorators import reauthentication_required
from allauth.mfa.models import Authenticator
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect import views as openid_connect
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone, translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from requests import RequestException

from portal.accounts import domains, invitations, people, seats
from portal.accounts.forms import LookForm, ProfileForm
from portal.accounts.middleware import lacks_second_factor
from portal.accounts.models import Invitation, User
from portal.accounts.policy import policy
from portal.accounts.preferences import prefer, preferences_of
from portal.kit.errors import NotAllowed
from portal.kit.pages import error_page, render_page

logger = logging.getLogger("portal.accounts")


@never_cache
@require_http_methods(["GET", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """Two forms, told apart by their buttons; and the switch of the theme in one's menu, on any page."""
    user = cast(User, request.user)
    wants_look = "save-look" in request.POST or "save-theme" in request.POST
    form = ProfileForm(None if wants_look else request.POST or None, initial={"name": user.name})
    look = LookForm(request.POST if wants_look else None, initial=asdict(preferences_of(user)))
    if form.is_valid():
        people.rename(user, form.cleaned_data["name"], by=user)
        messages.success(request, _("Your name is saved."))
        return redirect("profile")
    if look.is_valid():
        return _keep_look(request, user, look)
    facts = {"form": form, "look": look, **_security(user)}
    return render_page(request, "account/profile.html", facts, status=422 if form.errors or look.errors else 200)


def _keep_look(request: HttpRequest, user: User, look: LookForm) -> HttpResponse:
    """The answer is already in the language that was chosen. The switch in the menu leads back to where it was used."""
    prefer(user, **look.chosen())
    if "save-theme" in request.POST:
        wanted = request.POST.get("next", "")
        is_ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
        return redirect(wanted if is_ours else "profile")
    if language := preferences_of(user).language:
        translation.activate(language)
    messages.success(request, _("Your preferences are saved."))
    return redirect("profile")


def _security(user: User) -> dict[str, Any]:
    types = list(Authenticator.objects.filter(user=user).values_list("type", flat=True))
    return {
        "has_app": Authenticator.Type.TOTP in types,
        "passkeys": types.count(Authenticator.Type.WEBAUTHN),
        "sessions": UserSession.objects.filter(user=user).count(),
        "provider": domains.provider_name(domains.provider_for(user.email)),
        "has_password": user.has_usable_password(),
    }


@never_cache
@require_safe
def second_factor(request: HttpRequest) -> HttpResponse:
    """Where people are sent whose school demands one."""
    if not lacks_second_factor(request):
        return redirect("mfa_index")
    return render_page(request, "account/second_factor.html")


@require_POST
@reauthentication_required(app="allauth.account")
def sign_out_elsewhere(request: HttpRequest) -> HttpResponse:
    people.sign_out_elsewhere(request, cast(User, request.user))
    messages.success(request, _("Every other session was signed out."))
    return redirect("usersessions_list")


@require_POST
@reauthentication_required(app="allauth.account")
def sign_out_everywhere(request: HttpRequest) -> HttpResponse:
    people.sign_out_everywhere(request, cast(User, request.user))
    return redirect("account_login")


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def accept_invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Says what the invitation is for; the next step depends on who opens it."""
    invitation = invitations.find(token)
    state = _state(invitation)
    if invitation is None or state != "open":
        closed = {"invitation": invitation, "state": state}
        return render_page(request, "account/invitation.html", closed, status=404 if invitation is None else 410)
    if request.method == "POST":
        return _accept(request, invitation)
    bound = domains.provider_for(invitation.email)
    facts: dict[str, Any] = {
        "invitation": invitation,
        "state": state,
        "school": policy.school_name(invitation.school_id),
        "role": policy.role_name(invitation.role),
        "provider": domains.provider_name(bound),
        "other_person": request.user.is_authenticated and not _is_for(invitation, request),
        "has_account": seats.has_account(invitation),
    }
    return render_page(request, "account/invitation.html", facts)


def _accept(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    if request.user.is_authenticated:
        invitations.accept(invitation, request.user, timezone.localdate())
        messages.success(request, _("Welcome to %s.") % policy.school_name(invitation.school_id))
        return redirect("/")
    seats.keep(request, invitation)
    return redirect("account_signup" if seats.may_join_with_password(invitation) else "account_login")


def _is_for(invitation: Invitation, request: HttpRequest) -> bool:
    return request.user.is_authenticated and request.user.email.lower() == invitation.email


def _state(invitation: Invitation | None) -> str:
    if invitation is None:
        return "unknown"
    if invitation.accepted_at:
        return "accepted"
    if invitation.revoked_at:
        return "revoked"
    return "open" if invitation.expires_at > timezone.now() else "expired"


@login_not_required
@require_POST
def start_at_provider(request: HttpRequest, provider_id: str) -> HttpResponse:
    """A provider's button. What allauth would read from the query string is not for strangers to choose."""
    wanted = request.GET.get("next", "")
    query = QueryDict(mutable=True)
    query.update({"process": "login", **({"next": wanted} if wanted else {})})
    request.GET = query  # type: ignore[assignment]  # Django's type is the immutable one
    try:
        return cast(HttpResponse, openid_connect.login(request, provider_id))
    except (RequestException, OAuth2Error) as error:
        logger.warning("identity provider unreachable", exc_info=error)
        name = domains.provider_name(provider_id)
        return error_page(request, 503, _("%s cannot be reached just now. Try again in a few minutes.") % name)


def password_change(request: HttpRequest) -> HttpResponse:
    """Who comes in by an identity provider has no password here that could be changed."""
    user = cast(User, request.user)
    if domains.provider_for(user.email):
        raise NotAllowed(domains.elsewhere(user.email))
    if not user.has_usable_password():
        raise NotAllowed(
            _("You have no password here. To choose one, sign out and use “Forgotten?” on the sign-in page.")
        )
    return cast(HttpResponse, account.password_change(request))
