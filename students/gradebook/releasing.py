"""When families see the marks of a class in an exam, and when those marks are final: release, take back, lock, unlock."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.audit import history
from portal.audit.record import record
from portal.kit.errors import Conflict, NotAllowed, NotReady
from students.marksheet import hold_sittings, is_final, spans_of
from students.models import Enrolment, Exam, Release, Result, SchoolClass, Sitting, Student
from students.standing import Check, check_may_record, may_keep


@transaction.atomic
def release(
    exam: Exam, classes: Sequence[SchoolClass], *, by: User, on: date, at: datetime, comment: str = "",
    check: Check = check_may_record,
) -> list[Release]:  # fmt: skip
    """Families of these classes see their children's marks from now on. All of them or, with a reason, none."""
    made = [_release(_sitting(exam, each, by, on, check), by, at, comment) for each in classes]
    if not made:
        raise NotReady(_("Choose at least one class."), code="no_class")
    record(by, "results released", exam, classes=[each.pk for each in classes])
    return made


@transaction.atomic
def take_back(
    exam: Exam, school_class: SchoolClass, *, by: User, on: date, check: Check = check_may_record
) -> None:  # fmt: skip
    """The families of the class no longer see these marks. That they did stays in the history."""
    _sitting(exam, school_class, by, on, check)
    found = Release.objects.select_for_update().filter(exam=exam, school_class=school_class).first()
    if found is None:
        raise Conflict(_("The marks of {name} are not released.").format(name=school_class), code="not_released")
    history.remove(found, by=by, school_id=exam.school_id)
    record(by, "results taken back", exam, school_class=school_class.pk)


@transaction.atomic
def lock(exam: Exam, school_class: SchoolClass, *, by: User, on: date, at: datetime) -> None:
    """The marks of the class in this exam are final. Locking what is locked changes nothing."""
    sitting = _sitting(exam, school_class, by, on)
    if sitting.is_locked:
        return
    if exam.day > on:
        raise NotReady(_("This exam lies ahead; there is nothing to lock yet."), code="ahead")
    sitting.locked_at, sitting.locked_by = at, by
    _save(sitting, by, "marks locked")


@transaction.atomic
def unlock(exam: Exam, school_class: SchoolClass, *, by: User, on: date) -> None:
    """Leaders and the office alone: a teacher asks one of them."""
    sitting = _sitting(exam, school_class, by, on)
    if not may_keep(by, school_class):
        raise NotAllowed(_("Only a leader or the office unlocks marks. Ask one of them."))
    if not sitting.is_locked:
        return
    sitting.locked_at, sitting.locked_by = None, None
    _save(sitting, by, "marks unlocked")


@transaction.atomic
def check_open(exam: Exam, student: Student) -> None:
    """Raises Conflict where this student's mark in the exam is locked; until the transaction ends it cannot become so."""
    spans = spans_of(Enrolment.objects.filter(student=student).order_by()).get(student.pk, {})
    held = hold_sittings(Sitting.objects.filter(exam=exam, school_class__in=spans)).select_related("exam")
    if is_final(list(held), spans):
        raise Conflict(_("The marks of this exam are locked. A leader or the office opens them again."), code="locked")


def _sitting(
    exam: Exam, school_class: SchoolClass, by: User, on: date, check: Check = check_may_record
) -> Sitting:  # fmt: skip
    """Held until the end of the transaction, so that two people do not do the same at once."""
    check(by, school_class, on=on)
    rows = Sitting.objects.select_for_update(of=("self",)).select_related("exam", "school_class")
    found = rows.filter(exam=exam, school_class=school_class).first()
    if found is None:
        raise Conflict(_("{name} does not sit this exam.").format(name=school_class), code="not_sitting")
    return found


def _release(sitting: Sitting, by: User, at: datetime, comment: str) -> Release:
    exam, school_class = sitting.exam, sitting.school_class
    if Release.objects.filter(exam=exam, school_class=school_class).exists():
        raise Conflict(_("The marks of {name} are released already.").format(name=school_class), code="released")
    learners = Enrolment.objects.filter(school_class=school_class).order_by().values("student")
    if not Result.objects.filter(exam=exam, student__in=learners).exists():
        raise NotReady(_("No marks of {name} are entered yet.").format(name=school_class), code="no_results")
    made = Release(exam=exam, school_class=school_class, by=by, at=at, comment=comment)
    history.save(made, by=by, school_id=exam.school_id)
    return made


def _save(sitting: Sitting, by: User, verb: str) -> None:
    history.save(sitting, by=by, school_id=sitting.exam.school_id)
    record(by, verb, sitting.exam, school_class=sitting.school_class_id)
