"""The invitation a browser came with: kept in its session from the link in the mail until the person is in."""

from datetime import date

from django.db.models.functions import Now
from django.http import HttpRequest

from portal.accounts import domains, invitations
from portal.accounts.models import Invitation, User

KEY = "invitation"


def keep(request: HttpRequest, invitation: Invitation) -> None:
    request.session[KEY] = invitation.pk


def kept(request: HttpRequest) -> Invitation | None:
    """Only while it is open."""
    pk = request.session.get(KEY)
    return Invitation.objects.open(Now()).filter(pk=pk).first() if pk else None


def may_join_with_password(invitation: Invitation) -> bool:
    return not domains.provider_for(invitation.email) and not has_account(invitation)


def has_account(invitation: Invitation) -> bool:
    return User.objects.filter(email__iexact=invitation.email).exists()


def waiting(request: HttpRequest, email: str, came_by: frozenset[str]) -> list[Invitation]:
    """What the link was for; and all that waits for the address, once the provider of its domain has proven it."""
    if domains.provider_for(email) in came_by:
        return invitations.waiting_for(email)
    invitation = kept(request)
    return [invitation] if invitation and invitation.email == email.lower() else []


def take(request: HttpRequest, user: User, came_by: frozenset[str], on: date) -> None:
    """Accept what waits for this person, and forget the link."""
    for invitation in waiting(request, user.email, came_by):
        invitations.accept(invitation, user, on)
    request.session.pop(KEY, None)
