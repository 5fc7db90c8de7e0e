"""What a person may change about their own account, beyond what allauth does; and ending their sessions."""

from allauth.mfa.models import Authenticator
from allauth.usersessions.internal.flows.sessions import end_other_sessions, end_sessions
from allauth.usersessions.models import UserSession
from django.db import transaction
from django.http import HttpRequest

from portal.accounts.models import User
from portal.audit.record import record


@transaction.atomic
def rename(user: User, name: str, *, by: User) -> None:
    user.name = name.strip()
    user.save(update_fields=["name", "search_name"])
    record(by, "name changed", user)


def sign_out_elsewhere(request: HttpRequest, user: User) -> None:
    """End every session of this person but the one that asks."""
    end_other_sessions(request, user)
    record(user, "signed out elsewhere", user)


def sign_out_everywhere(request: HttpRequest, user: User) -> None:
    """End every session of this person, the one that asks included."""
    record(user, "signed out everywhere", user)
    end_sessions(request, list(UserSession.objects.filter(user=user)))


@transaction.atomic
def reset_second_factor(user: User) -> int:
    """Ordered from a shell of the machine. Gives how many were removed, recovery codes counted as one."""
    removed: int = Authenticator.objects.filter(user=user).delete()[0]
    for session in UserSession.objects.filter(user=user):
        session.end()
    record(None, "second factor reset", user, removed=removed)
    return removed
