"""Who learns in which class from when to when: enrol, withdraw, move; one student or many at once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.audit import history
from portal.audit.record import record
from portal.kit.errors import Conflict, DomainError
from students.models import Enrolment, SchoolClass, Student, StudentStatus
from students.signals import roster_changed

DAY = timedelta(days=1)
# The audit verbs by which a batch is known again as one that was begun at a class's page.
ENROLLED, ENDED = "enrolled many", "ended many enrolments"


@transaction.atomic
def enrol(
    student: Student, school_class: SchoolClass, *, by: User, on: date, ends: date | None = None
) -> Enrolment:  # fmt: skip
    """Put a student into a class from `on`. Raises Conflict if they are in it then or later already."""
    if reason := _reasons([student], school_class, on).get(student.pk):
        raise Conflict(_told(student, reason))
    enrolment = Enrolment(student=student, school_class=school_class, starts=on, ends=ends)
    _check_days(enrolment)
    _save(enrolment, by=by, verb="enrolled")
    return enrolment


@transaction.atomic
def withdraw(enrolment: Enrolment, *, by: User, on: date) -> None:
    """`on` is the last day in the class."""
    enrolment.ends = on
    _check_days(enrolment)
    _save(enrolment, by=by, verb="withdrawn")


@transaction.atomic
def change(enrolment: Enrolment, *, by: User) -> None:
    """Save corrected days of an enrolment."""
    _check_days(enrolment)
    _save(enrolment, by=by, verb="enrolment changed")


@transaction.atomic
def move(enrolment: Enrolment, to: SchoolClass, *, by: User, on: date) -> Enrolment:
    """From `on` the student is in the other class; the day before is the last one in this."""
    withdraw(enrolment, by=by, on=on - DAY)
    return enrol(enrolment.student, to, by=by, on=on)


@dataclass(frozen=True, slots=True)
class Sorted:
    """Who will be enrolled, and who will not be, with the reason."""

    ready: list[Student]
    left_out: list[tuple[Student, str]]


def sort(students: Iterable[Student], school_class: SchoolClass, on: date) -> Sorted:
    """What `enrol_many` would do. Two queries, whatever the number of students."""
    rows = list(students)
    reasons = _reasons(rows, school_class, on)
    ready = [each for each in rows if each.pk not in reasons]
    return Sorted(ready, [(each, reasons[each.pk]) for each in rows if each.pk in reasons])


@transaction.atomic
def enrol_many(
    students: Iterable[Student], school_class: SchoolClass, *, by: User, on: date, batch: UUID | None = None
) -> Sorted:
    """Enrol all that can be; those who cannot are named with the reason and left as they are."""
    found = sort(students, school_class, on)
    rows = [Enrolment(student=each, school_class=school_class, starts=on) for each in found.ready]
    Enrolment.objects.bulk_create(rows, batch_size=500)
    history.note_added(rows, by=by, batch=batch, school_id=school_class.school_id)
    facts: dict[str, Any] = {"enrolled": len(rows), "left_out": len(found.left_out), **_named(batch)}
    record(by, ENROLLED, school_class, **facts)
    tell(school_class.school_id, [each.pk for each in found.ready])
    return found


def open_after(enrolments: Any, on: date) -> Any:
    """Those of these enrolments that `end_many` would end on that day."""
    return enrolments.filter(Q(ends__isnull=True) | Q(ends__gt=on), starts__lte=on)


@transaction.atomic
def end_many(enrolments: Any, *, by: User, on: date, batch: UUID | None = None) -> int:
    """Make `on` the last day of all that hold longer. Returns how many were ended."""
    rows = list(open_after(enrolments, on).select_for_update(of=("self",)).select_related("school_class"))
    before = [history.facts_of(each)["ends"] for each in rows]
    for each in rows:
        each.ends, each.version = on, each.version + 1
    Enrolment.objects.bulk_update(rows, ["ends", "version"], batch_size=500)
    for school_id in {each.school_class.school_id for each in rows}:
        own = [(each, {"ends": old}) for each, old in zip(rows, before, strict=True) if _school(each) == school_id]
        history.note_changed(own, by=by, batch=batch, school_id=school_id)
        facts: dict[str, Any] = {"ended": len(own), "last_day": on.isoformat(), **_named(batch)}
        record(by, ENDED, school_id=school_id, **facts)
        tell(school_id, [each.student_id for each, _ in own])
    return len(rows)


@transaction.atomic
def leave_for(
    enrolments: Iterable[Enrolment], *, by: User, on: date, to: SchoolClass | None, batch: UUID | None = None
) -> int:
    """`on` is the last day of these; from the next one they are in `to`, if it is named. All of them, or none."""
    rows = list(enrolments)
    ended = end_many(Enrolment.objects.filter(pk__in=[each.pk for each in rows]), by=by, on=on, batch=batch)
    if to is not None:
        found = enrol_many([each.student for each in rows], to, by=by, on=on + DAY, batch=batch)
        if found.left_out:
            student, reason = found.left_out[0]
            raise Conflict(_("%s Nothing was changed.") % _told(student, reason))
    return ended


def _named(batch: UUID | None) -> dict[str, str]:
    return {"batch": str(batch)} if batch else {}


def tell(school_id: int, student_ids: Sequence[int]) -> None:
    """After commit, to whoever keeps figures about these students."""
    ids = sorted(set(student_ids))
    if ids:
        transaction.on_commit(lambda: roster_changed.send(Enrolment, school_id=school_id, student_ids=ids), robust=True)


def _reasons(students: Sequence[Student], school_class: SchoolClass, on: date) -> dict[int, str]:
    """Why some of them cannot be enrolled from that day."""
    same = Enrolment.objects.filter(school_class=school_class, student__in=[each.pk for each in students])
    inside = set(same.filter(Q(ends__isnull=True) | Q(ends__gte=on)).values_list("student_id", flat=True))
    found = {each.pk: _reason(each, school_class, on, each.pk in inside) for each in students}
    return {key: reason for key, reason in found.items() if reason}


def _told(student: Student, reason: str) -> str:
    return _("%(student)s %(reason)s.") % {"student": student, "reason": reason}


def _reason(student: Student, school_class: SchoolClass, on: date, inside: bool) -> str:
    if student.school_id != school_class.school_id:
        return _("belongs to another school")
    if inside:
        return _("is already in %s") % school_class
    if student.status == StudentStatus.LEFT:
        return _("has left the school")
    if on > school_class.term.ends:
        facts = {"school_class": school_class, "day": date_format(school_class.term.ends, "d M Y")}
        return _("cannot join %(school_class)s after its last day, %(day)s") % facts
    return ""


def _check_days(enrolment: Enrolment) -> None:
    if enrolment.ends is not None and enrolment.ends < enrolment.starts:
        raise DomainError(_("The last day lies before the first."))


def _save(enrolment: Enrolment, *, by: User, verb: str) -> None:
    school_id = _school(enrolment)
    if history.save(enrolment, by=by, school_id=school_id):
        facts = {"student": enrolment.student_id, "school_class": enrolment.school_class_id}
        record(by, verb, enrolment, school_id=school_id, **facts)
        tell(school_id, [enrolment.student_id])


def _school(enrolment: Enrolment) -> int:
    return enrolment.school_class.school_id
