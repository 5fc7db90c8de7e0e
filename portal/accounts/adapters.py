"""What we ask of allauth: by invitation only, each domain through its own provider, second factors kept encrypted."""

import base64
import hashlib
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.stagekit import clear_login
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from cryptography.fernet import Fernet, MultiFernet
from django import forms
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from portal.accounts import domains, providers, seats
from portal.accounts.models import User
from portal.accounts.preferences import preferences_of
from portal.audit.record import record
from portal.kit.errors import NotAllowed
from portal.kit.pages import error_page


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _(
            "This e-mail address and password do not belong together. Check both and try again."
        ),
        "too_many_login_attempts": _("Too many tries. Wait five minutes, or choose a new password with “Forgotten?”."),
        "account_inactive": _("This account is closed. Ask your school's office."),
        "incorrect_password": _("That is not your password."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        invitation = seats.kept(request)
        return invitation is not None and seats.may_join_with_password(invitation)

    def save_user(self, request: HttpRequest, user: Any, form: Any, commit: bool = True) -> Any:
        user.name = form.cleaned_data["name"]
        return super().save_user(request, user, form, commit)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        email = credentials.get("email", "")
        if request.user.is_anonymous and domains.provider_for(email):
            self._failed(request, email, reason="other provider")
            raise forms.ValidationError(domains.elsewhere(email), code="elsewhere")
        try:
            super().pre_authenticate(request, **credentials)
        except forms.ValidationError:
            self._failed(request, email, reason="too many tries")
            raise

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        self._failed(request, credentials.get("email", ""), reason="password")

    @staticmethod
    def _failed(request: HttpRequest, email: str, *, reason: str) -> None:
        """The typed address is not kept, only the id of the person it belongs to, if there is one."""
        by = request.user if request.user.is_authenticated else None
        record(by, "sign-in failed", User.objects.filter(email__iexact=email.strip()).first(), reason=reason)

    def pre_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse | None:
        bound = domains.provider_for(user.email)
        if bound and bound not in domains.providers_used(request, user):
            clear_login(request)
            record(None, "sign-in failed", user, reason="other provider")
            messages.error(request, domains.elsewhere(user.email))
            return redirect("account_login")
        if not user.is_active:
            record(None, "sign-in failed", user, reason="closed account")
        response: HttpResponse | None = super().pre_login(request, user, **kwargs)
        return response

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        record(user, "signed in", user, way=domains.ways_used(request, user))
        seats.take(request, user, domains.providers_used(request, user), timezone.localdate())
        response: HttpResponse = super().post_login(request, user, **kwargs)
        return response

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """In the language its reader chose, if they chose one, and not in that of whoever pressed the button."""
        language = preferences_of(context.get("user")).language or translation.get_language()
        with translation.override(language):
            super().send_mail(template_prefix, email, context)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("profile")


class ProviderAdapter(DefaultSocialAccountAdapter):
    """People who come from an identity provider; the rules stand in providers.py."""

    def populate_user(self, request: HttpRequest, sociallogin: Any, data: dict[str, Any]) -> Any:
        user = super().populate_user(request, sociallogin, data)
        user.email = user.email.lower()
        parts = data.get("name") or f"{data.get('first_name') or ''} {data.get('last_name') or ''}"
        user.name = parts.strip()[:160]
        sociallogin.account.extra_data = {}  # the identity alone is kept, nothing else the provider tells
        return user

    def can_authenticate_by_email(self, login: Any, email: str) -> bool:
        return domains.provider_for(email) == str(login.account.provider)

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        try:
            providers.check(sociallogin, seats.kept(request))
        except NotAllowed as refusal:
            known = sociallogin.user if sociallogin.is_existing else None
            record(None, "sign-in failed", known, reason=refusal.code, provider=sociallogin.account.provider)
            raise ImmediateHttpResponse(error_page(request, refusal.status, refusal.sentence)) from refusal

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return True  # pre_social_login let only invited people come this far

    @transaction.atomic
    def save_user(self, request: HttpRequest, sociallogin: Any, form: Any = None) -> Any:
        came_by = frozenset({sociallogin.account.provider})
        waiting = seats.waiting(request, sociallogin.user.email, came_by)
        names = [invitation.name for invitation in waiting if invitation.name]
        sociallogin.user.name = names[0] if names else sociallogin.user.name
        user = super().save_user(request, sociallogin, form)
        record(user, "joined", user, provider=sociallogin.account.provider)
        seats.take(request, user, came_by, timezone.localdate())
        return user

    def on_authentication_error(self, request: HttpRequest, provider: Any, error: Any = None, **kwargs: Any) -> None:
        reason = f"provider: {error or 'unknown'}"
        record(None, "sign-in failed", reason=reason, provider=provider.app.provider_id)


class SecondFactorAdapter(DefaultMFAAdapter):
    """Secrets of authenticator apps and recovery codes are stored encrypted under SECRET_KEY and its fallbacks."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("That code does not fit. Codes change every 30 seconds; try the newest one."),
    }

    @staticmethod
    def _keys() -> MultiFernet:
        secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
        digests = [hashlib.sha256(b"portal.accounts.second_factor" + key.encode()).digest() for key in secrets]
        return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])

    def encrypt(self, text: str) -> str:
        return self._keys().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return self._keys().decrypt(encrypted_text.encode()).decode()

    def _get_site_name(self) -> str:
        return str(settings.MFA_TOTP_ISSUER)
