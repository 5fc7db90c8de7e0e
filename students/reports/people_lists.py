"""Lists of who works at the school, who was invited, and of help, as tables: the figures of the page, whole."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from portal.kit.spreadsheets import Column, Kind, Table
from students.models import Membership
from students.roles import Role
from students.summaries.staff import StaffRow
from students.summaries.support import Help


def staff_table(rows: Iterable[StaffRow]) -> Table:
    columns = [
        Column(_("Name")),
        Column(_("E-mail")),
        Column(_("Roles")),
        Column(_("Classes"), Kind.NUMBER),
        Column(_("Caseload"), Kind.NUMBER),
        Column(_("Last signed in"), Kind.DAY),
    ]
    return Table(_("Staff"), columns, map(_person, rows))


def _person(row: StaffRow) -> list[Any]:
    held = row.roles or ((row.last,) if row.last else ())
    signed_in = row.person.last_login
    figures = [row.person.classes or 0, row.person.caseload_size or 0]
    return [
        row.person.name, row.person.email, "; ".join(map(_post, held)), *figures, signed_in.date() if signed_in else None
    ]  # fmt: skip


def _post(post: Membership) -> str:
    last = _("until %s") % post.ends.isoformat() if post.ends else ""
    return f"{post.get_role_display()} {_('from %s') % post.starts.isoformat()} {last}".strip()


def caseloads_table(people: Iterable[Any]) -> Table:
    columns = [Column(_("Counsellor")), Column(_("E-mail")), Column(_("Students"), Kind.NUMBER)]
    return Table(_("Caseloads"), columns, ([each.name, each.email, each.caseload_size or 0] for each in people))


def invitations_table(invitations: Iterable[Any]) -> Table:
    columns = [
        Column(_("Address")), Column(_("Name")), Column(_("Role")), Column(_("First day"), Kind.DAY),
        Column(_("Invited"), Kind.DAY), Column(_("By")), Column(_("Valid until"), Kind.DAY),
        Column(_("Accepted on"), Kind.DAY), Column(_("Withdrawn on"), Kind.DAY),
    ]  # fmt: skip
    return Table(_("Invitations"), columns, map(_invitation, invitations))


def _invitation(one: Any) -> list[Any]:
    role = str(Role(one.role).label) if one.role in Role.values else one.role
    ended = [each.date() if each else None for each in (one.expires_at, one.accepted_at, one.revoked_at)]
    return [one.email, one.name, role, one.starts, one.invited_at.date(), str(one.invited_by), *ended]


def help_table(cards: Iterable[Help]) -> Table:
    columns = [
        Column(_("Student")), Column(_("Grade"), Kind.NUMBER), Column(_("Help")), Column(_("Goal")),
        Column(_("Who helps")), Column(pgettext("of help", "State")), Column(_("From"), Kind.DAY),
        Column(_("Review on"), Kind.DAY), Column(_("Closed on"), Kind.DAY), Column(_("Outcome")),
    ]  # fmt: skip
    return Table(_("Help"), columns, map(_help, cards))


def _help(card: Help) -> list[Any]:
    one = card.intervention
    who = [one.student.name, one.student.grade_level, card.what, one.goal, str(one.owner or "")]
    outcome = str(one.get_outcome_display()) if one.outcome else ""
    return [*who, str(card.state.label), one.starts, one.review_on, one.closed_on, outcome]
