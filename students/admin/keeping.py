"""Which room saves which record when it comes from the back office."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.audit import history
from portal.backoffice import saving
from portal.kit.errors import DomainError
from students import enrolment, staffing
from students.admin.base import became
from students.gradebook import releasing, scheduling
from students.models import (
    AttendanceMark,
    Caseload,
    Enrolment,
    Exam,
    Guardianship,
    Indicator,
    Membership,
    Observation,
    Release,
    Result,
    SchoolClass,
    Student,
    Teaching,
)
from students.signals import evidence_changed
from students.standing import check_may_record


def student(record: Student, by: Any, adding: bool) -> None:
    """Whoever keeps figures about the roll hears of a new grade level or of somebody who left."""
    with transaction.atomic():
        saving.keep(record, by, adding=adding, school_path="school")
        enrolment.tell(record.school_id, [record.pk])


def membership(record: Membership, by: Any, adding: bool) -> None:
    if not adding:
        staffing.change_role(record, by=by)
        return
    days: dict[str, Any] = {"starts": record.starts, "ends": record.ends}
    right = record.sees_demographics
    became(record, staffing.grant_role(record.user, record.school, record.role, by=by, sees_demographics=right, **days))


def teaching(record: Teaching, by: Any, adding: bool) -> None:
    if not adding:
        saving.keep(record, by, adding=False, school_path="school_class__school")
        return
    is_lead = record.is_lead
    made = staffing.assign(record.teacher, record.school_class, by=by, starts=record.starts, ends=record.ends)
    became(record, made)
    if not is_lead:
        record.is_lead = False
        history.save(record, by=by, school_id=record.school_class.school_id)


def caseload(record: Caseload, by: Any, adding: bool) -> None:
    if not adding:
        saving.keep(record, by, adding=False, school_path="student__school")
        return
    became(
        record, staffing.look_after(record.student, record.counsellor, by=by, starts=record.starts, ends=record.ends)
    )


def guardianship(record: Guardianship, by: Any, adding: bool) -> None:
    if not adding:
        saving.keep(record, by, adding=False, school_path="student__school")
        return
    is_first = record.is_first_contact
    days: dict[str, Any] = {"starts": record.starts, "ends": record.ends}
    became(record, staffing.name_guardian(record.student, record.guardian, by=by, relation=record.relation, **days))
    if is_first:
        record.is_first_contact = True
        history.save(record, by=by, school_id=record.student.school_id)


def enrolled(record: Enrolment, by: Any, adding: bool) -> None:
    if not adding:
        enrolment.change(record, by=by)
        return
    made = enrolment.enrol(record.student, record.school_class, by=by, on=record.starts, ends=record.ends)
    became(record, made)


def may_record(by: Any, school_class: SchoolClass, *, on: date) -> None:
    """Who runs the machine helps every school; everybody else has here the rights they have elsewhere."""
    if not by.is_superuser:
        check_may_record(by, school_class, on=on)


def exam(record: Exam, classes: Sequence[SchoolClass], by: Any, adding: bool) -> None:
    """With exactly these classes, by the rules of the pages of exams."""
    on = record.school.today()
    if not adding:
        scheduling.change(record, classes, by=by, on=on, check=may_record)
        return
    place = (record.school_id, record.subject_id, record.term_id)
    if any((each.school_id, each.subject_id, each.term_id) != place for each in classes):
        raise DomainError(_("Subject and term of an exam are those of its classes."), code="mixed_classes")
    scheduling.schedule(record, classes, by=by, on=on, check=may_record)


def release(record: Release, by: Any, adding: bool) -> None:
    if not adding:
        saving.keep(record, by, adding=False, school_path="school_class__school")
        return
    facts: dict[str, Any] = {"at": record.at, "comment": record.comment, "check": may_record}
    on = record.exam.school.today()
    became(record, releasing.release(record.exam, [record.school_class], by=by, on=on, **facts)[0])


@transaction.atomic
def result(record: Result, by: Any, adding: bool) -> None:
    """A mark counts as known from the day on which it was typed."""
    releasing.check_open(record.exam, record.student)
    record.recorded_by, record.recorded_at = by, timezone.now()
    if adding:
        record.known_on = record.student.school.today()
    _evidence(record, by, adding, "marks")


def attendance(record: AttendanceMark, by: Any, adding: bool) -> None:
    record.taken_by = by
    if adding:
        record.known_on = record.student.school.today()
    _evidence(record, by, adding, "attendance")


def indicator(record: Indicator, by: Any, adding: bool) -> None:
    protected = not adding and Indicator.objects.filter(pk=record.pk, is_protected=True).exists()
    if protected and not record.is_protected:
        staffing.check_may_unprotect(by, record.school)
    saving.keep(record, by, adding=adding, school_path="school")


def observation(record: Observation, by: Any, adding: bool) -> None:
    record.recorded_by = by
    if adding:
        record.known_on = record.student.school.today()
    _evidence(record, by, adding, "observations")


@transaction.atomic
def _evidence(record: Any, by: Any, adding: bool, kind: str) -> None:
    saving.keep(record, by, adding=adding, school_path="student__school")
    school_id, ids = record.student.school_id, [record.student_id]
    transaction.on_commit(
        lambda: evidence_changed.send(type(record), school_id=school_id, student_ids=ids, kind=kind), robust=True
    )
