"""What the demo's family finds: one exam ahead released with a comment, one that is over, and a request that waits."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.audit import history
from portal.audit.record import record
from portal.kit.scoping import in_force
from predictions import reviewing
from predictions.models import CurrentPrediction, PredictionRelease, ReviewRequest
from students.models import Exam, Release, School, SchoolClass, Sitting, Student, Teaching
from students.roles import Role

BEFORE = timedelta(days=9)  # so long before its exam a prediction was released


@transaction.atomic
def release_some(school: School, *, now: datetime) -> list[PredictionRelease]:
    """For the child whose sign-ins are given away. Once; nothing where nothing is predicted yet."""
    today = now.astimezone(ZoneInfo(school.timezone)).date()
    child = Student.objects.filter(school=school, account__is_demo=True).order_by("pk").first()
    if child is None or PredictionRelease.objects.filter(school_class__school=school).exists():
        return []
    said = _said(child, today)
    ahead = [each for each in said if each.exam.day > today]
    over = [each for each in said if each.exam.day < today and _has_results(each)] or said[:1]
    if not ahead:
        return []
    made = [_release(each, now, today) for each in dict.fromkeys((ahead[0], over[-1]))]
    _ask(child, ahead[0].exam, now, today)
    return made


def _said(child: Student, today: date) -> list[Sitting]:
    """What the child's classes of today sit and something is shown of, by day."""
    shown = CurrentPrediction.objects.filter(student=child, prediction__score__isnull=False).values("exam")
    path = "school_class__enrolments"
    rows = Sitting.objects.filter(in_force(path, today), exam__in=shown, **{f"{path}__student": child})
    return list(rows.select_related("exam__school", "school_class").order_by("exam__day", "exam_id"))


def _has_results(sitting: Sitting) -> bool:
    return Release.objects.filter(exam=sitting.exam, school_class=sitting.school_class).exists()


def _release(sitting: Sitting, now: datetime, today: date) -> PredictionRelease:
    exam, school_class = sitting.exam, sitting.school_class
    zone = ZoneInfo(exam.school.timezone)
    at = min(now, datetime.combine(exam.day - BEFORE, time(16, 20), tzinfo=zone))
    by = _teacher(school_class, today)
    words = _(
        "A good start to the year. Bring your questions to our revision hour on Thursdays, and practise a little often."
    )
    made = PredictionRelease(exam=exam, school_class=school_class, by=by, at=at, comment=words)
    history.save(made, by=by, school_id=exam.school_id)
    record(by, "predictions released", exam, school_class=school_class.pk)
    return made


def _teacher(school_class: SchoolClass, today: date) -> User | None:
    held = Teaching.objects.active(today).filter(school_class=school_class).select_related("teacher")
    first = held.order_by("pk").first()
    return first.teacher if first else None


def _ask(child: Student, exam: Exam, now: datetime, today: date) -> None:
    """Without a mail: nobody reads the mailboxes of the demo."""
    care = child.guardianships.filter(in_force("", today), guardian__memberships__role=Role.GUARDIAN)
    first = care.select_related("guardian").order_by("-is_first_contact", "pk").first()
    if first is None:
        return
    words = _(
        "The test of October was written with a broken wrist and a borrowed pen. Could you look whether it should count?"
    )
    asked = ReviewRequest.objects.create(
        exam=exam, student=child, by=first.guardian, text=words, asked_at=now, due_on=today + reviewing.CLOCK,
    )  # fmt: skip
    record(first.guardian, "review asked", asked, school_id=child.school_id, exam=exam.pk)
