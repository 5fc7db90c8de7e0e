"""Hears from allauth what changed about an account, and writes the audit line."""

from typing import Any

from allauth.account import signals as account
from allauth.mfa import signals as mfa
from allauth.mfa.models import Authenticator
from allauth.usersessions.internal.flows.sessions import end_other_sessions
from django.dispatch import receiver
from django.http import HttpRequest

from portal.accounts.models import User
from portal.audit.record import record


@receiver(account.password_changed)
def password_changed(user: User, **kwargs: Any) -> None:
    record(user, "password changed", user)


@receiver(account.password_reset)
def password_reset(user: User, **kwargs: Any) -> None:
    record(user, "password reset", user)


@receiver(account.email_changed)
def email_changed(user: User, **kwargs: Any) -> None:
    user.save(update_fields=["search_name"])  # allauth saved the address alone
    record(user, "e-mail changed", user)


@receiver(mfa.authenticator_added)
def second_factor_added(request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    """With the first one every other session ends: it may be somebody's who had only the password."""
    record(user, "second factor added", user, type=str(authenticator.type))
    factors = Authenticator.objects.filter(user=user).exclude(type=Authenticator.Type.RECOVERY_CODES)
    if authenticator.type != Authenticator.Type.RECOVERY_CODES and factors.count() == 1:
        end_other_sessions(request, user)


@receiver(mfa.authenticator_removed)
def second_factor_removed(user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    record(user, "second factor removed", user, type=str(authenticator.type))


@receiver(mfa.authenticator_reset)
def recovery_codes_renewed(user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    record(user, "recovery codes renewed", user)


@receiver(mfa.authentication_failed)
def second_factor_failed(user: User, **kwargs: Any) -> None:
    record(None, "sign-in failed", user, reason="second factor")
