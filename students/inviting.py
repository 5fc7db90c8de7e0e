"""Inviting people to a school: pasted addresses read line by line, looked over before anything is sent, then sent."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models.functions import Lower, Now
from django.utils.translation import gettext as _

from portal.accounts import invitations
from portal.accounts.models import Invitation, User
from portal.kit.scoping import in_force
from students import staffing
from students.models import Guardianship, Membership, School
from students.recognising import NEW_LINE, NOT_TEXT
from students.roles import Role

MOST_LINES = 100  # each is a mail, and the person waits for it
LONGEST_LINE = 320  # a longer one would keep the pattern below busy for minutes
NAME_AND_MAIL = re.compile(r'"?(?P<name>[^"<>]*)"?\s*<(?P<mail>[^<>]+)>[,;]?')


@dataclass(frozen=True, slots=True)
class Wish:
    """What everybody on the list is invited to."""

    school: School
    role: str
    starts: date
    ends: date | None = None
    students: tuple[int, ...] = ()

    @property
    def facts(self) -> dict[str, Any]:
        return {"students": list(self.students)} if self.students else {}


@dataclass(frozen=True, slots=True)
class Seat:
    """One line of the list: an address that can be invited, or a sentence that says why not."""

    number: int
    text: str
    email: str = ""
    name: str = ""
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class Guests:
    seats: tuple[Seat, ...]

    @property
    def good(self) -> list[Seat]:
        return [seat for seat in self.seats if not seat.sentence]

    @property
    def bad(self) -> list[Seat]:
        return [seat for seat in self.seats if seat.sentence]


def look_over(text: str, wish: Wish) -> Guests:
    """Every line that is not blank, in order. Three queries at most; changes nothing."""
    lines = [(number, NOT_TEXT.sub("", line).strip()) for number, line in enumerate(NEW_LINE.split(text), start=1)]
    seats = [_read(number, line) for number, line in lines if line]
    known = _refusals({seat.email for seat in seats if seat.email}, wish)
    return Guests(tuple(_refused_once(seats, known)))


@transaction.atomic
def invite_all(seats: Iterable[Seat], wish: Wish, *, by: User) -> int:
    """Keep a seat for each and mail the links after commit. Raises NotAllowed if `by` may not give this role."""
    staffing.check_may_grant(by, wish.school, wish.role)
    told: dict[str, Any] = {"school_id": wish.school.pk, "role": wish.role, "starts": wish.starts, "ends": wish.ends}
    chosen = list(seats)
    for seat in chosen:
        invitations.invite(by=by, email=seat.email, name=seat.name, facts=wish.facts, **told)
    return len(chosen)


def send_again(invitation: Invitation, *, by: User) -> None:
    _check(invitation, by)
    invitations.resend(invitation, by=by)


def revoke(invitation: Invitation, *, by: User) -> None:
    _check(invitation, by)
    invitations.revoke(invitation, by=by)


def _check(invitation: Invitation, by: User) -> None:
    staffing.check_may_grant(by, School.objects.get(pk=invitation.school_id), invitation.role)


def _read(number: int, line: str) -> Seat:
    if len(line) > LONGEST_LINE:
        told = _("Line %(number)s is longer than any name and address can be.") % {"number": number}
        return Seat(number, line[:120], sentence=told)
    found = NAME_AND_MAIL.fullmatch(line)
    name, email = (found["name"].strip(), found["mail"].strip()) if found else ("", line.rstrip(",;"))
    try:
        validate_email(email)
    except ValidationError:
        told = _("Line %(number)s: “%(text)s” is not an e-mail address.") % {"number": number, "text": line[:120]}
        return Seat(number, line, sentence=told)
    return Seat(number, line, email.lower(), name[:160])


def _refused_once(seats: Iterable[Seat], known: dict[str, str]) -> Iterable[Seat]:
    first: dict[str, int] = {}
    for seat in seats:
        facts = {"number": seat.number, "email": seat.email}
        if seat.email and seat.email in first:
            facts["first"] = first[seat.email]
            yield replace(seat, sentence=_("Line %(number)s: %(email)s stands on line %(first)s already.") % facts)
        elif seat.email in known:
            yield replace(seat, sentence=known[seat.email] % facts)
        else:
            yield seat
        first.setdefault(seat.email, seat.number)


def _refusals(emails: set[str], wish: Wish) -> dict[str, str]:
    """For addresses that need no invitation: the sentence that says so."""
    open_ones = Invitation.objects.open(Now()).filter(school_id=wish.school.pk, role=wish.role, email__in=emails)
    waiting = [each.email for each in open_ones if each.facts == wish.facts]
    there = dict(User.objects.annotate(low=Lower("email")).filter(low__in=emails).values_list("pk", "low"))
    members = {there[pk] for pk in _members(list(there), wish)}
    invited = _("Line %(number)s: %(email)s has an open invitation already. Send that one again instead.")
    member = _("Line %(number)s: %(email)s has this role in the school already.")
    return {**dict.fromkeys(waiting, invited), **dict.fromkeys(members, member)}


def _members(users: list[int], wish: Wish) -> set[int]:
    """Who has the role already; a guardian only if they are named for all of these students."""
    if wish.role != Role.GUARDIAN:
        held = Membership.objects.filter(in_force("", wish.starts), user__in=users, school=wish.school, role=wish.role)
        return set(held.values_list("user_id", flat=True))
    named = Guardianship.objects.filter(in_force("", wish.starts), guardian__in=users, student__in=wish.students)
    pairs = set(named.values_list("guardian_id", "student_id"))
    return {user for user in users if all((user, student) in pairs for student in wish.students)}
