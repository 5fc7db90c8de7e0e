"""Exams that had predictions and have results, as a list for staff: how many lay in the range, and how far off scores were."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Avg, Count, F, Q
from django.db.models.functions import Abs

from mlcore.metrics import LEAST_STUDENTS
from predictions.outlooks.exam_right import said_before
from students.models import Exam, School, SchoolClass, Sitting

BACK = timedelta(days=400)
MOST = 60


@dataclass(frozen=True, slots=True)
class RightRow:
    """Of the students the person sees; of fewer than ten only how many they are. `classes` are the own ones that sat it."""

    exam: Exam
    classes: tuple[str, ...]
    count: int
    inside: int
    off: float

    @property
    def is_enough(self) -> bool:
        return self.count >= LEAST_STUDENTS


def exams_right(school: School, *, user: Any, on: date) -> list[RightRow]:
    """The latest first. Three queries, however many there are."""
    exams = list(
        Exam.objects.visible_to(user)
        .filter(school=school, day__range=(on - BACK, on), is_target=True)
        .select_related("subject")
        .order_by("-day", "-pk")[: 3 * MOST]
    )
    counted = (
        said_before(user)
        .filter(exam__in=[each.pk for each in exams])
        .order_by()
        .values("exam")
        .annotate(
            rows=Count("pk"),
            held=Count("pk", filter=Q(came__gte=F("low_80"), came__lte=F("high_80"))),
            away=Avg(Abs(F("came") - F("score"))),
        )
    )
    told = {each["exam"]: each for each in counted}
    shown = [each for each in exams if each.pk in told][:MOST]
    classes = _classes(shown, user)
    return [
        RightRow(each, classes.get(each.pk, ()), row["rows"], row["held"], float(row["away"]))
        for each in shown
        if (row := told[each.pk])
    ]


def _classes(exams: list[Exam], user: Any) -> dict[int, tuple[str, ...]]:
    found: defaultdict[int, list[str]] = defaultdict(list)
    own = SchoolClass.objects.visible_to(user).order_by().values("pk")
    rows = Sitting.objects.filter(exam__in=[each.pk for each in exams], school_class__in=own)
    for exam, name in rows.order_by("school_class__name").values_list("exam_id", "school_class__name"):
        found[exam].append(name)
    return {exam: tuple(names) for exam, names in found.items()}
