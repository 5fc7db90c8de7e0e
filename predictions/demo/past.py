"""What the demo school would have been told before its last exams: which days lie back, and what was asked on them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from predictions.specs import LEADS
from students.models import Exam, School

LEARNED = timedelta(days=120)  # so long ago the champion and its challenger were trained
WEEK = timedelta(days=7)
SOON = timedelta(days=14)
FAR = timedelta(days=LEADS[-1])
PLANNED, PLANNED_SO_FAR = timedelta(days=24), timedelta(days=110)
# Weeks: on those days and on the last one all exams ahead are asked for, else only those of the next two weeks.
EVERY_MONTH = 4


@dataclass(frozen=True)
class PastDay:
    """A Monday on which the school was scored, and the exams it was scored for."""

    as_of: date
    exams: list[Exam]


def learned_on(today: date) -> date:
    return today - LEARNED


def plan_next(school: School, now: datetime) -> int:
    """The demo plays that the next exams were planned some weeks ago, so that they have been asked for before today."""
    soon = (now.date(), now.date() + PLANNED_SO_FAR)
    return Exam.objects.filter(school=school, is_target=True, day__range=soon).update(created_at=now - PLANNED)


def past_days(school: School, today: date) -> Iterator[PastDay]:
    """Mondays from the training until last week; those on which no exam lay ahead are left out."""
    targets = Exam.objects.filter(school=school, is_target=True).select_related("subject__grade_scale", "school")
    exams = list(targets.order_by("pk"))
    monday = learned_on(today) + timedelta(days=7 - learned_on(today).weekday())
    week = 0
    while monday <= today - WEEK:
        is_last = monday + WEEK > today - WEEK  # so that each page can say what changed since
        until = monday + (FAR if week % EVERY_MONTH == 0 or is_last else SOON)
        asked = [exam for exam in exams if monday < exam.day <= until]
        if asked:
            yield PastDay(monday, asked)
        monday, week = monday + WEEK, week + 1
