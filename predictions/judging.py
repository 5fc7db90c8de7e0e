"""A teacher's own estimate beside the model's: made before the exam, with a reason, and never overwritten."""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from portal.audit.record import record
from portal.kit.errors import Conflict, DomainError, NotAllowed
from predictions.models import Judgement
from students.looking import StudentsByStaff
from students.models import Enrolment, Exam, Student

LONGEST = 400
HUNDREDTH = Decimal("0.01")
RUN_OUT = timedelta(days=2)  # so long before it was made, in every zone of the world


@transaction.atomic
def judge(
    student: Student,
    exam: Exam,
    percent: Any,
    *,
    by: Any,
    reason: str = "",
    on: date,
    expires: date | None = None,
) -> Judgement:
    """A new row each time; the last one made before the exam counts. `percent` of the exam's maximum; `on` is today there.

    Raises NotAllowed, Conflict where the exam does not lie ahead or the student does not sit it, DomainError.
    """
    _check_seen(student, by, on)
    _check_sits(student, exam, on)
    if expires is not None and expires <= on:
        raise DomainError(_("Expires: expected a day after today."), code="bad_expiry")
    if len(reason) > LONGEST:
        raise DomainError(_("Reason: expected %s letters at most.") % LONGEST, code="long_reason")
    judgement = Judgement.objects.create(
        student=student, exam=exam, percent=_percent(percent), by=by, reason=reason.strip(), expires=expires
    )
    record(by, "estimate made", judgement, school_id=student.school_id, student=student.pk, exam=exam.pk)
    return judgement


@transaction.atomic
def withdraw(student: Student, exam: Exam, *, by: Any, on: date) -> Judgement:
    """No opinion any more: a row that had run out when it was made, so that none of the person's own counts from now on.

    Raises NotAllowed, Conflict where there is none to withdraw or the exam does not lie ahead.
    """
    _check_seen(student, by, on)
    if on >= exam.day:
        raise Conflict(_("“%s” does not lie ahead; what was estimated for it stays.") % exam, code="not_ahead")
    mine = in_force(Judgement.objects.filter(student=student, exam=exam, by=by), on)
    if not mine:
        raise Conflict(_("You have no estimate of this student here."), code="no_estimate")
    ended = on - RUN_OUT
    gone = Judgement.objects.create(student=student, exam=exam, percent=mine[0].percent, by=by, expires=ended)
    record(by, "estimate withdrawn", gone, school_id=student.school_id, student=student.pk, exam=exam.pk)
    return gone


def in_force(rows: Iterable[Judgement], on: date) -> list[Judgement]:
    """Of each person, exam and student the last one, unless it has run out by that day; the newest first."""
    last: dict[tuple[int, int, int], Judgement] = {}
    for row in sorted(rows, key=lambda each: (each.at, each.pk)):
        last[row.exam_id, row.student_id, row.by_id] = row
    held = [row for row in last.values() if row.expires is None or row.expires >= on]
    return sorted(held, key=lambda each: (each.at, each.pk), reverse=True)


def _check_seen(student: Student, by: Any, on: date) -> None:
    if not StudentsByStaff(Student).visible_to(by, on).filter(pk=student.pk).exists():
        raise NotAllowed(_("This student is not among those whose exams you may judge."))


def _check_sits(student: Student, exam: Exam, on: date) -> None:
    if on >= exam.day:
        raise Conflict(_("“%s” does not lie ahead, so there is nothing to estimate.") % exam, code="not_ahead")
    enrolled = Enrolment.objects.active(on) | Enrolment.objects.active(exam.day)
    if not enrolled.filter(student=student, school_class__sittings__exam=exam).exists():
        raise Conflict(_("This student does not sit “%s”.") % exam, code="not_sitting")


def _percent(typed: Any) -> Decimal:
    """From 0 to 100, in hundredths."""
    try:
        percent = Decimal(str(typed)).quantize(HUNDREDTH)
    except InvalidOperation:
        percent = Decimal("NaN")
    if not percent.is_finite() or not 0 <= percent <= 100:
        raise DomainError(_("Estimate: expected a percentage from 0 to 100."), code="bad_percent")
    return percent
