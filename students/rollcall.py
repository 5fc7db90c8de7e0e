"""The roll: who was there on a day. Taken in one go or mark by mark, corrected with history, never over each other."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.audit import history
from portal.audit.record import record
from portal.kit.errors import DomainError
from students.models import AttendanceMark, AttendanceStatus, SchoolClass
from students.roll_days import CORRECTED, NO_MARK, TAKEN, check_day, on_the_roll
from students.signals import evidence_changed
from students.standing import check_may_record, may_keep


@dataclass(frozen=True, slots=True)
class Outcome:
    """What `take` made of the wish. `clashes` holds what somebody else had entered meanwhile, None where they took the
    mark away; `strangers` are not in the class on that day, or not this person's to mark. Both were left as they are.
    """

    added: tuple[int, ...] = ()
    changed: tuple[int, ...] = ()
    removed: tuple[int, ...] = ()
    clashes: Mapping[int, AttendanceMark | None] | None = None
    strangers: frozenset[int] = frozenset()

    @property
    def touched(self) -> list[int]:
        return sorted((*self.added, *self.changed, *self.removed))


@dataclass
class _Plan:
    """The same, with the records, before anything is written."""

    added: list[AttendanceMark]
    changed: list[tuple[AttendanceMark, dict[str, Any]]]
    removed: list[AttendanceMark]
    clashes: dict[int, AttendanceMark | None]


@transaction.atomic
def take(
    school_class: SchoolClass,
    day: date,
    statuses: Mapping[int, str],
    seen: Mapping[int, str],
    *,
    by: User,
    on: date,
) -> Outcome:
    """Enter, correct or (with an empty status) take back the marks of these students on that day.

    `seen` is the status that stood there when the person looked: where another one stands now, theirs is kept and told
    as a clash. Who is missing in `seen` counts as seen without a mark. At most eleven statements, for one student or
    for fifty. Raises NotAllowed, and DomainError for a day that has no roll.
    """
    check_may_record(by, school_class, on=on)
    check_day(school_class, day, on=on)
    if unknown := {status for status in statuses.values() if status not in (NO_MARK, *AttendanceStatus.values)}:
        raise DomainError(_("“%s” is not a word of the roll.") % min(unknown)[:20], code="unknown_status")
    # Two who take the same roll at the same moment would both add the first mark: one of them waits here.
    SchoolClass.objects.select_for_update(no_key=True).filter(pk=school_class.pk).values_list("pk").first()
    mine = _mine(school_class, day, by, on)
    plan = _plan(_marks(school_class, day), {pk: each for pk, each in statuses.items() if pk in mine}, seen, by)
    for mark in plan.added:
        mark.school_class, mark.day = school_class, day
    for mark in (*plan.added, *(mark for mark, _before in plan.changed)):
        mark.taken_by, mark.known_on = by, on
    _write(plan, school_class.school_id, by)
    outcome = _outcome(plan, frozenset(statuses.keys() - mine))
    _tell(school_class, day, outcome, by)
    return outcome


def _mine(school_class: SchoolClass, day: date, by: User, on: date) -> set[int]:
    """Whose mark of that day this person may change: a teacher's rights end with the student's time in the class."""
    inside = set(on_the_roll(school_class, day, user=by).values_list("pk", flat=True))
    if day == on or may_keep(by, school_class):
        return inside
    return inside & set(on_the_roll(school_class, on, user=by).values_list("pk", flat=True))


def _marks(school_class: SchoolClass, day: date) -> dict[int, AttendanceMark]:
    rows = AttendanceMark.objects.filter(school_class=school_class, day=day).select_related("taken_by").order_by()
    return {mark.student_id: mark for mark in rows}


def _plan(stored: Mapping[int, AttendanceMark], wanted: Mapping[int, str], seen: Mapping[int, str], by: User) -> _Plan:
    """What one entered oneself, and had not seen because an answer was lost on the way, is no clash."""
    plan = _Plan([], [], [], {})
    for student, status in wanted.items():
        mark = stored.get(student)
        now = mark.status if mark else NO_MARK
        if now == status:
            continue
        if now != seen.get(student, NO_MARK) and not (mark and mark.taken_by_id == by.pk):
            plan.clashes[student] = mark
        elif mark is None:
            plan.added.append(AttendanceMark(student_id=student, status=status))
        elif status == NO_MARK:
            plan.removed.append(mark)
        else:
            facts = history.facts_of(mark)
            plan.changed.append((mark, {name: facts[name] for name in ("status", "known_on", "taken_by")}))
            mark.status = status
    return plan


def _write(plan: _Plan, school_id: int, by: User) -> None:
    """A first mark gets no line in the table of changes: this is the largest table of all, a line for each mark would
    double it, and the mark itself says what was entered, by whom and when it was known. Corrections get one, with what
    stood there before, so that nothing is ever lost; who said the first word is told by the audit line of the roll.
    """
    AttendanceMark.objects.bulk_create(plan.added, batch_size=500)
    if plan.changed:
        rows = [mark for mark, _before in plan.changed]
        AttendanceMark.objects.bulk_update(rows, ["status", "known_on", "taken_by"], batch_size=500)
        history.note_changed(plan.changed, by=by, school_id=school_id)
    if plan.removed:
        history.note_removed(plan.removed, by=by, school_id=school_id)
        AttendanceMark.objects.filter(pk__in=[mark.pk for mark in plan.removed]).delete()


def _outcome(plan: _Plan, strangers: frozenset[int]) -> Outcome:
    return Outcome(
        added=_students(plan.added),
        changed=_students(mark for mark, _before in plan.changed),
        removed=_students(plan.removed),
        clashes=plan.clashes,
        strangers=strangers,
    )


def _students(marks: Iterable[AttendanceMark]) -> tuple[int, ...]:
    return tuple(sorted(mark.student_id for mark in marks))


def _tell(school_class: SchoolClass, day: date, outcome: Outcome, by: User) -> None:
    """The audit line names who was marked and never how: a line about one student would else tell their mark."""
    if not outcome.touched:
        return
    whom: dict[str, Any] = {name: list(getattr(outcome, name)) for name in ("added", "changed", "removed")}
    verb = CORRECTED if outcome.changed or outcome.removed else TAKEN
    record(by, verb, school_class, day=day.isoformat(), marks=len(outcome.touched), **whom)
    school_id, ids = school_class.school_id, outcome.touched
    transaction.on_commit(
        lambda: evidence_changed.send(AttendanceMark, school_id=school_id, student_ids=ids, kind="attendance"),
        robust=True,
    )
