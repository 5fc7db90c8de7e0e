"""When families see what is predicted for a class in an exam: release, take back, and the comment that comes along."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.audit import history
from portal.audit.record import record
from portal.kit.errors import Conflict, DomainError, NotAllowed, NotReady
from portal.kit.scoping import grants_of
from predictions.models import Prediction, PredictionRelease
from students.models import Enrolment, Exam, SchoolClass, Sitting, Teaching
from students.roles import LEADERS, Role

LONGEST_COMMENT = 600


@transaction.atomic
def release(
    exam: Exam, school_class: SchoolClass, *, by: User, on: date, at: datetime, comment: str = ""
) -> PredictionRelease:  # fmt: skip
    """Families of the class see from now on what is shown of this exam, whatever is predicted later too.

    Raises NotAllowed, Conflict, or NotReady where the exam is over or nothing is predicted yet.
    """
    _check_may_release(by, school_class)
    sits = Sitting.objects.select_for_update(of=("self",)).filter(exam=exam, school_class=school_class)
    if sits.first() is None:
        raise Conflict(_("{name} does not sit this exam.").format(name=school_class), code="not_sitting")
    _check_ahead(exam, on)
    if PredictionRelease.objects.filter(exam=exam, school_class=school_class).exists():
        raise Conflict(_("The predictions of {name} are released already.").format(name=school_class), code="released")
    if not _is_predicted(exam, school_class, on):
        raise NotReady(_("Nothing is predicted for {name} yet.").format(name=school_class), code="no_predictions")
    made = PredictionRelease(exam=exam, school_class=school_class, by=by, at=at, comment=_comment(comment))
    history.save(made, by=by, school_id=exam.school_id)
    record(by, "predictions released", exam, school_class=school_class.pk)
    return made


@transaction.atomic
def take_back(given: PredictionRelease, *, by: User) -> None:
    """The families no longer see them, at any time. That they did stays in the history."""
    _check_may_release(by, given.school_class)
    found = PredictionRelease.objects.select_for_update(of=("self",)).filter(pk=given.pk).first()
    if found is None:
        raise Conflict(_("These predictions are not released any more."), code="not_released")
    history.remove(found, by=by, school_id=given.exam.school_id)
    record(by, "predictions taken back", given.exam, school_class=given.school_class_id)


@transaction.atomic
def change_comment(given: PredictionRelease, comment: str, *, by: User, on: date) -> None:
    """Until the day of the exam; afterwards it stays what was said."""
    _check_may_release(by, given.school_class)
    _check_ahead(given.exam, on)
    found = PredictionRelease.objects.select_for_update(of=("self",)).filter(pk=given.pk).first()
    if found is None:
        raise Conflict(_("These predictions are not released any more."), code="not_released")
    found.comment = _comment(comment)
    if history.save(found, by=by, school_id=given.exam.school_id):
        record(by, "released comment changed", given.exam, school_class=given.school_class_id)


def released(exam: Exam, school_class: SchoolClass) -> PredictionRelease | None:
    """For who sees the class; one query."""
    rows = PredictionRelease.objects.filter(exam=exam, school_class=school_class)
    return rows.select_related("exam", "school_class", "by").first()


def may_release(user: Any, school_class: SchoolClass) -> bool:
    """Leaders of the school, and who teaches the class today; not the office. One query, or none."""
    grants = grants_of(user)
    if school_class.school_id in grants.of(LEADERS):
        return True
    if school_class.school_id not in grants.of((Role.TEACHER,)):
        return False
    today = grants.days[school_class.school_id]
    return Teaching.objects.active(today).filter(teacher=user, school_class=school_class).exists()


def _check_may_release(user: Any, school_class: SchoolClass) -> None:
    if not may_release(user, school_class):
        raise NotAllowed(_("Only who teaches %s or a leader gives predictions to families.") % school_class)


def _check_ahead(exam: Exam, on: date) -> None:
    if exam.day < on:
        raise NotReady(_("This exam is over; what was said of it stays as it was."), code="past")


def _is_predicted(exam: Exam, school_class: SchoolClass, on: date) -> bool:
    """At least one student of the class has a score; for the others the page says why there is none."""
    here = Enrolment.objects.active(on).filter(school_class=school_class).order_by().values("student")
    return Prediction.objects.current().filter(exam=exam, student__in=here, score__isnull=False).exists()


def _comment(text: str) -> str:
    told = text.strip()
    if len(told) > LONGEST_COMMENT:
        raise DomainError(
            _("A comment has at most %(most)s letters; this one has %(count)s.")
            % {"most": LONGEST_COMMENT, "count": len(told)},
            code="too_long",
        )
    return told
