"""What a leader asks by name: whose marks are missing, and whose scores moved most within a week. For who keeps the school."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from django.db.models import Count, F, OuterRef, Subquery

from predictions import changes_in_words
from predictions.changes import Change, changes
from predictions.models import Prediction
from predictions.outlooks.exam_right import ToldToStaff
from predictions.outlooks.overview_reading import lacking
from students.models import Exam, School, SchoolClass, Student, Teaching
from students.summaries.exams import own_classes

WEEK = timedelta(days=7)
MOST_GAPS, MOST_MOVERS = 20, 10
LEAST_MOVE = 0.5  # points; less is the same, as far as anybody can read


@dataclass(frozen=True, slots=True)
class Gap:
    """Marks of one class that are not entered, though the exam was held."""

    exam: Exam
    school_class: SchoolClass
    marks: int
    days: int
    teachers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Mover:
    student: Student
    exam: Exam
    points: float
    sentence: str


@dataclass(frozen=True, slots=True)
class Movers:
    """The largest first. `is_known`: something was shown a week ago and something newer since."""

    up: tuple[Mover, ...]
    down: tuple[Mover, ...]
    is_known: bool

    @property
    def students(self) -> list[Student]:
        return [each.student for each in (*self.up, *self.down)]


def gaps(school: School, *, user: Any, on: date) -> tuple[tuple[Gap, ...], int]:
    """The oldest first, and how many more there are. Four queries."""
    exam = "school_class__sittings__exam"
    counted = lacking(school, on).values("school_class", exam).annotate(marks=Count("pk"))
    rows = list(
        counted.order_by(f"{exam}__day", f"{exam}__pk", "school_class").values_list("school_class", exam, "marks")
    )
    shown = rows[:MOST_GAPS]
    classes = own_classes(user, on=on).in_bulk([row[0] for row in shown])
    exams = Exam.objects.visible_to(user).select_related("subject").in_bulk([row[1] for row in shown])
    names = _teachers(classes, on)
    told = tuple(
        Gap(exams[key], classes[place], marks, (on - exams[key].day).days, names.get(place, ()))
        for place, key, marks in shown
        if key in exams and place in classes
    )
    return told, max(0, len(rows) - len(shown))


def _teachers(classes: Iterable[int], on: date) -> dict[int, tuple[str, ...]]:
    found: defaultdict[int, list[str]] = defaultdict(list)
    rows = Teaching.objects.active(on).filter(school_class__in=list(classes)).order_by("teacher__name")
    for school_class, name in rows.values_list("school_class_id", "teacher__name"):
        found[school_class].append(name)
    return {key: tuple(names) for key, names in found.items()}


def movers(school: School, exams: Sequence[int], *, user: Any, on: date) -> Movers:
    """Of the named exams ahead what is shown now against what was shown a week ago; each student once. Five queries."""
    pairs = _moved(school, exams, user, on)
    if pairs is None:
        return Movers((), (), False)
    keys, before, points = pairs
    down = _once(keys, points, np.argsort(points, kind="stable"))
    up = _once(keys, -points, np.argsort(-points, kind="stable"))
    told = _told([(before[row], keys[row][0]) for row in (*up, *down)])
    return Movers(tuple(told[: len(up)]), tuple(told[len(up) :]), True)


def _moved(school: School, exams: Sequence[int], user: Any, on: date) -> Any:
    """Prediction and student of now, the prediction of a week ago, and the points between; None where nothing is to compare."""
    earlier = Prediction.objects.filter(
        exam=OuterRef("exam"), student=OuterRef("student"), run__is_shown=True, run__as_of__lte=on - WEEK, score__isnull=False
    ).order_by("-run__as_of", "-run_id")  # fmt: skip
    now = ToldToStaff(Prediction).visible_to(user).filter(
        shown__isnull=False, exam__in=list(exams), score__isnull=False, run__as_of__gt=on - WEEK, student__school=school
    )  # fmt: skip
    rows = now.annotate(before=Subquery(earlier.values("pk")[:1]), was=Subquery(earlier.values("score")[:1]))
    told = list(
        rows.filter(before__isnull=False)
        .order_by("pk")
        .values_list("pk", "student_id", "before", F("score") - F("was"))
        .iterator(chunk_size=20_000)
    )
    if not told:
        return None
    keys, students, before, points = zip(*told, strict=True)
    return list(zip(keys, students, strict=True)), before, np.array(points, dtype=np.float64)


def _once(keys: Sequence[tuple[int, int]], signed: Any, order: Any) -> list[int]:
    """Places of those that moved furthest this way, each student by their largest move."""
    found: dict[int, int] = {}
    for row in order.tolist():
        if signed[row] > -LEAST_MOVE or len(found) == MOST_MOVERS:
            break
        found.setdefault(keys[row][1], row)
    return list(found.values())


def _told(pairs: Sequence[tuple[int, int]]) -> list[Mover]:
    keys = {key for pair in pairs for key in pair}
    rows = Prediction.objects.select_related("student", "exam__subject", "run__version__school").in_bulk(keys)
    told = changes([(rows[before], rows[now]) for before, now in pairs])
    return [_mover(each) for each in told]


def _mover(each: Change) -> Mover:
    return Mover(each.after.student, each.after.exam, each.points or 0.0, changes_in_words.in_words(each))
