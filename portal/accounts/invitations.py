"""Invite, accept, revoke, send again. Who may invite for which role is decided above, in the room that gives roles."""

import hashlib
import secrets
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models.functions import Now
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from portal.accounts.models import Invitation, User
from portal.accounts.policy import policy
from portal.accounts.preferences import language_of
from portal.audit.record import record
from portal.kit.errors import Conflict, NotAllowed, NotReady

VALID_FOR = timedelta(days=14)
TOKEN_BYTES = 32


def invite(  # noqa: PLR0913  a seat is that many facts, all by name
    *,
    by: User,
    email: str,
    name: str,
    school_id: int,
    role: str,
    starts: date,
    ends: date | None = None,
    facts: dict[str, Any] | None = None,
) -> Invitation:
    """Keep a seat for this address and mail the link. Raises Conflict if the same seat is kept already."""
    wish = {"email": email.strip().lower(), "school_id": school_id, "role": role, "facts": facts or {}}
    token = secrets.token_urlsafe(TOKEN_BYTES)
    with transaction.atomic():
        if Invitation.objects.open(Now()).filter(**wish).exists():
            raise Conflict(_("There is an open invitation for this address and role. Send that one again instead."))
        times = {"starts": starts, "ends": ends, "expires_at": _expiry()}
        invitation = Invitation.objects.create(
            **wish, **times, name=name.strip(), invited_by=by, token_hash=hashed(token)
        )
        record(by, "invited", invitation, role=role)
        _send_after_commit(invitation, token)
    return invitation


@transaction.atomic
def accept(invitation: Invitation, user: User, on: date) -> None:
    """Give the person what the invitation promised, once. Accepting again what one has accepted changes nothing."""
    if policy.on_invitation_accepted is None:
        raise NotReady(_("Invitations cannot be accepted here."))
    if not user.is_active or user.email.lower() != invitation.email.lower():
        raise NotAllowed(_("This invitation was sent to another address. Sign in with that one, or ask for a new one."))
    seat = Invitation.objects.filter(pk=invitation.pk)
    if not seat.open(Now()).update(accepted_at=Now(), accepted_by=user):
        invitation.refresh_from_db()
        if invitation.accepted_by_id == user.pk:
            return
        raise Conflict(_("This invitation is no longer valid. Ask the person who sent it for a new one."))
    invitation.refresh_from_db()
    policy.on_invitation_accepted(invitation, user, on)
    record(user, "invitation accepted", invitation, role=invitation.role)


@transaction.atomic
def revoke(invitation: Invitation, *, by: User) -> None:
    """Close the seat. What was accepted already is not undone; end the role instead."""
    if not Invitation.objects.filter(pk=invitation.pk, accepted_at=None, revoked_at=None).update(revoked_at=Now()):
        raise Conflict(_("This invitation was accepted or withdrawn already."))
    invitation.refresh_from_db()
    record(by, "invitation revoked", invitation, role=invitation.role)


@transaction.atomic
def resend(invitation: Invitation, *, by: User) -> None:
    """A new link for the same seat, valid from now; the old link stops working."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    unused = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, revoked_at=None)
    if not unused.update(token_hash=hashed(token), expires_at=_expiry()):
        raise Conflict(_("This invitation was accepted or withdrawn already. Send a new one."))
    invitation.refresh_from_db()
    record(by, "invitation sent again", invitation, role=invitation.role)
    _send_after_commit(invitation, token)


def find(token: str) -> Invitation | None:
    """Open or not; whoever holds the token may learn what became of it."""
    return Invitation.objects.select_related("invited_by").filter(token_hash=hashed(token)).first()


def waiting_for(email: str) -> list[Invitation]:
    """Every open invitation for this address. Ask only once the address is proven."""
    return list(Invitation.objects.open(Now()).filter(email=email.lower()))


def hashed(token: str) -> str:
    # The token is 256 random bits: nothing to guess, so one fast hash is enough.
    return hashlib.sha256(token.encode()).hexdigest()


def _expiry() -> Any:
    return timezone.now() + VALID_FOR


def _send_after_commit(invitation: Invitation, token: str) -> None:
    # robust: a mail server that is away must not undo the invitation; it can be sent again.
    transaction.on_commit(lambda: _send(invitation, token), robust=True)


def _send(invitation: Invitation, token: str) -> None:
    """In the language of who has an account here already, else in that of the portal."""
    reader = User.objects.filter(email__iexact=invitation.email).first()
    with translation.override(language_of(reader)):
        _mail(invitation, token).send()


def _mail(invitation: Invitation, token: str) -> EmailMultiAlternatives:
    context = {
        "invitation": invitation,
        "school": policy.school_name(invitation.school_id),
        "role": policy.role_name(invitation.role),
        "link": settings.SITE_URL + reverse("accept_invitation", args=[token]),
    }
    subject = " ".join(render_to_string("emails/invitation.subject.txt", context).split())
    mail = EmailMultiAlternatives(subject, render_to_string("emails/invitation.txt", context), to=[invitation.email])
    mail.attach_alternative(render_to_string("emails/invitation.html", context), "text/html")
    return mail
