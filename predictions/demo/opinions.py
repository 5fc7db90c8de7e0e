"""What the demo's teachers thought: own estimates before exams that are over and before the next ones, and feedback."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from predictions.models import CurrentPrediction, Feedback, FeedbackKind, Judgement
from students.models import Exam, Result, ResultStatus, School, Sitting, Teaching

OVER, AHEAD = 3, 1  # exams of each class: so many that are over, and so many that come next
SHARE_OVER, SHARE_AHEAD = 0.55, 0.25  # of the students of a class
OFF, DIFFERS = 9.0, 8.0  # points: how far teachers are off, and how far they see it differently
COMMENTED = 0.01  # of what is shown
Seats = dict[int, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Said:
    """One student and exam as the demo knows them: what came, or where nothing came yet what is predicted."""

    student: int
    exam: Exam
    percent: float
    by: int


@transaction.atomic
def write_opinions(school: School, *, now: datetime) -> int:
    """Once; nothing where nothing is predicted yet. Returns how many estimates were made."""
    today = now.astimezone(ZoneInfo(school.timezone)).date()
    if Judgement.objects.filter(exam__school=school).exists():
        return 0
    draw, teachers = Random(school.pk), _teachers(school, today)
    made = [
        _estimate(each, now, draw) for said in (_over(school, today, teachers), _ahead(school, today, teachers))
        for each in said if draw.random() < (SHARE_OVER if each.exam.day < today else SHARE_AHEAD)
    ]  # fmt: skip
    Judgement.objects.bulk_create(made, batch_size=500)
    Feedback.objects.bulk_create(_feedback(school, teachers, now, draw))
    return len(made)


def _teachers(school: School, today: date) -> Seats:
    """By exam, a class that sits it and one of those who teach it."""
    leads = dict(
        Teaching.objects.active(today).filter(school_class__school=school).order_by("-pk").values_list(
            "school_class_id", "teacher_id"
        )
    )  # fmt: skip
    rows = Sitting.objects.filter(exam__school=school, exam__is_target=True).values_list("exam_id", "school_class_id")
    return {
        exam: (school_class, leads[school_class])
        for exam, school_class in rows.order_by("-pk")
        if school_class in leads
    }


def _near(school: School, teachers: Seats, most: int, **days: Any) -> list[Exam]:
    """The nearest exams of each class."""
    rows = Exam.objects.filter(school=school, is_target=True, pk__in=teachers, **days)
    taken: dict[int, int] = {}
    found = []
    for exam in rows.select_related("school").order_by("day" if "day__gt" in days else "-day", "pk"):
        key = teachers[exam.pk][0]
        taken[key] = taken.get(key, 0) + 1
        found += [exam] if taken[key] <= most else []
    return found


def _over(school: School, today: date, teachers: Seats) -> Iterator[Said]:
    """Exams that were predicted and have results: what came is what teachers were near to."""
    exams = {each.pk: each for each in _near(school, teachers, OVER, day__lt=today)}
    said = CurrentPrediction.objects.filter(exam__in=exams, prediction__score__isnull=False)
    known = set(said.values_list("student_id", "exam_id"))
    rows = Result.objects.filter(exam__in=exams, status=ResultStatus.SCORED).order_by("exam_id", "student_id")
    for student, exam, score in rows.values_list("student_id", "exam_id", "score"):
        if score is not None and (student, exam) in known:
            yield Said(student, exams[exam], float(100 * score / exams[exam].maximum), teachers[exam][1])


def _ahead(school: School, today: date, teachers: Seats) -> Iterator[Said]:
    exams = {each.pk: each for each in _near(school, teachers, AHEAD, day__gt=today)}
    shown = CurrentPrediction.objects.filter(exam__in=exams, prediction__score__isnull=False)
    rows = shown.order_by("exam_id", "student_id").values_list("student_id", "exam_id", "prediction__score")
    for student, exam, score in rows:
        yield Said(student, exams[exam], float(score or 0), teachers[exam][1])


def _estimate(said: Said, now: datetime, draw: Random) -> Judgement:
    """Before the exam; in whole points, as teachers think."""
    zone = ZoneInfo(said.exam.school.timezone)
    evening = datetime.combine(said.exam.day - timedelta(days=draw.randint(2, 9)), time(16, 5), tzinfo=zone)
    off = draw.gauss(0, OFF if said.exam.day < now.date() else DIFFERS)
    reasons = (
        _("Works well in lessons lately"),
        _("Has been ill"),
        _("Prepares late"),
        _("Strong in the last project"),
    )
    return Judgement(
        student_id=said.student,
        exam=said.exam,
        by_id=said.by,
        percent=round(min(98.0, max(3.0, said.percent + off))),
        reason=draw.choice(reasons) if draw.random() < 0.4 else "",
        at=min(evening, now - timedelta(hours=draw.randint(3, 90))),
    )


def _feedback(school: School, teachers: Seats, now: datetime, draw: Random) -> list[Feedback]:
    shown = CurrentPrediction.objects.filter(exam__in=teachers, prediction__score__isnull=False)
    pairs = list(shown.order_by("prediction_id").values_list("prediction_id", "exam_id"))
    wrong = (
        _("Was ill for three weeks before the tests"),
        _("Changed schools and had other topics"),
        _("Has a tutor now"),
    )
    chosen = draw.sample(pairs, k=max(min(len(pairs), 6), round(COMMENTED * len(pairs))) if pairs else 0)
    made = []
    for prediction, exam in chosen:
        kind = draw.choices(list(FeedbackKind), weights=(6, 2, 2))[0]
        made.append(
            Feedback(
                prediction_id=prediction, by_id=teachers[exam][1], kind=kind,
                because=draw.choice(wrong) if kind == FeedbackKind.WRONG else "",
                at=now - timedelta(hours=draw.randint(2, 200)),
            )
        )  # fmt: skip
    return made
