"""Who is to be scored again at night: whose records changed since the night before, and whose prediction grew old."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from predictions import registry
from predictions.models import CurrentPrediction
from students.models import AttendanceMark, Enrolment, Exam, Observation, Participation, Result, School

KEEPS = timedelta(days=7)  # a lead that passed, or an exam's difficulty that others' marks made clearer, shows by then


def to_score(school: School, *, since: datetime | None, now: datetime) -> list[int]:
    """Students by key: those who changed, and for each exam ahead those without a fresh prediction by its champion.

    What a class's marks say of its exams moves others too, but little: they are seen to within a week.
    """
    today = now.astimezone(ZoneInfo(school.timezone)).date()
    exams = list(Exam.objects.filter(school=school, day__gt=today, is_target=True).select_related("school", "subject"))
    champions = {subject: registry.champion(school, subject) for subject in {exam.subject for exam in exams}}
    served = [exam for exam in exams if champions[exam.subject]]
    if not served:
        return []
    sitting = Enrolment.objects.active(today).filter(school_class__sittings__exam__in=served)
    found = _changed(sitting, school, since) if since else set()
    for exam in served:
        fresh = CurrentPrediction.objects.filter(
            exam=exam, as_of__gt=today - KEEPS, prediction__run__version=champions[exam.subject]
        )
        stale = Enrolment.objects.active(today).filter(school_class__sittings__exam=exam)
        found |= _students(stale.exclude(student__in=fresh.values("student")))
    return sorted(found)


def _changed(sitting: "QuerySet[Enrolment]", school: School, since: datetime) -> set[int]:
    """Marks of a roll carry only the day on which they were known, so that whole day counts."""
    day = since.astimezone(ZoneInfo(school.timezone)).date()
    whose = {"student__school": school}
    sources: list[QuerySet[Result] | QuerySet[Observation] | QuerySet[Participation] | QuerySet[AttendanceMark]] = [
        Result.objects.filter(exam__school=school, updated_at__gte=since),
        Observation.objects.filter(**whose, updated_at__gte=since),
        Participation.objects.filter(**whose, updated_at__gte=since),
        AttendanceMark.objects.filter(**whose, known_on__gte=day),
    ]
    changed = Q(updated_at__gte=since)
    for rows in sources:
        changed |= Q(student__in=rows.order_by().values("student"))
    return _students(sitting.filter(changed))


def _students(rows: "QuerySet[Enrolment]") -> set[int]:
    return set(rows.order_by().values_list("student_id", flat=True).distinct())
