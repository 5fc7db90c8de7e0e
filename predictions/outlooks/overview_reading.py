"""What a whole school's overview is made of, read as columns: the next target exam of each class, its scores and its gaps."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from django.db.models import Count, Exists, F, OuterRef, Q
from numpy.typing import NDArray

from portal.kit.scoping import in_force
from predictions.models import CurrentPrediction, ScoringRun
from predictions.outlooks.alike import alike
from predictions.outlooks.contract import Scale
from predictions.outlooks.scales import scales_for
from predictions.packing import rows_of
from students.models import Enrolment, Exam, Result, School, Sitting
from students.summaries.exams import TO_MARK_DAYS

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
BATCH = 20_000
NOWHERE = 0  # the home class of who is in none
HOME = "student__enrolments"
Counts = dict[tuple[int, int], int]  # by subject and home class
READ = ("student_id", "exam_id", "prediction__run_id", "prediction__score", "prediction__chances")


@dataclass(frozen=True)
class Said:
    """One row per student and next exam of a class of theirs that has a score. `shares`: of each of five steps of grades,
    from the lowest to the highest, how likely it is; NaN where the scoring did not ask.
    """

    student: Ints
    subject: Ints
    home: Ints
    score: Floats
    passing: Floats
    shares: Floats


@dataclass(frozen=True)
class Material:
    """Everything that is counted of a school, without a name. `exams` are those that come next."""

    said: Said
    enrolled: Counts
    missing: Counts
    exams: tuple[Exam, ...]


def material(school: School, *, on: date) -> Material:
    """As many queries for many students as for few. Whoever may be shown what of it is decided by who asks."""
    exams = next_exams(school, on)
    homes = _homes(school, on)
    return Material(_said(exams, homes), _enrolled(exams, on), _missing(school, on), tuple(exams))


def next_exams(school: School, on: date) -> list[Exam]:
    """Of each class the target exam that comes next; one that several classes sit once."""
    ahead = Sitting.objects.filter(exam__school=school, exam__is_target=True, exam__day__gt=on)
    first: dict[int, int] = {}
    for school_class, exam in ahead.order_by("exam__day", "exam_id").values_list("school_class_id", "exam_id"):
        first.setdefault(school_class, exam)
    rows = Exam.objects.filter(pk__in=set(first.values())).select_related("subject__grade_scale", "school")
    return list(rows.order_by("day", "pk"))


def _homes(school: School, on: date) -> dict[int, int]:
    rows = Enrolment.objects.active(on).filter(school_class__school=school, school_class__is_home_class=True)
    return dict(rows.order_by("-school_class_id").values_list("student_id", "school_class_id").iterator(BATCH))


def _said(exams: list[Exam], homes: Mapping[int, int]) -> Said:
    columns: list[list[Any]] = [[] for _ in READ]
    shown = CurrentPrediction.objects.filter(exam__in=[each.pk for each in exams], prediction__score__isnull=False)
    for row in shown.order_by().values_list(*READ).iterator(chunk_size=BATCH):
        for column, value in zip(columns, row, strict=True):
            column.append(value)
    student, exam, run = (np.array(column, dtype=np.int64) for column in columns[:3])
    subjects = {each.pk: each.subject_id for each in exams}
    passing, shares = _chances(exams, exam, run, columns[4])
    return Said(
        student=student,
        subject=np.array([subjects[each] for each in columns[1]], dtype=np.int64),
        home=np.array([homes.get(each, NOWHERE) for each in columns[0]], dtype=np.int64),
        score=np.array(columns[3], dtype=np.float64),
        passing=passing,
        shares=shares,
    )


def _chances(exams: list[Exam], exam: Ints, run: Ints, stored: list[bytes]) -> tuple[Floats, Floats]:
    scales = scales_for(exams)
    asked = dict(ScoringRun.objects.filter(pk__in=np.unique(run).tolist()).values_list("pk", "boundaries"))
    passing, shares = np.full(len(exam), np.nan), np.full((len(exam), STEPS), np.nan)
    for rows in alike(run, exam):
        bounds = asked[int(run[rows[0]])].get(str(exam[rows[0]]), ())
        matrix = rows_of([stored[row] for row in rows])
        if matrix.shape[1:] == (len(bounds),):
            passing[rows], shares[rows] = in_steps(matrix, bounds, scales[int(exam[rows[0]])])
    return passing, shares


STEPS = 5  # shades from the lowest grades to the highest, however many a scale has


def in_steps(matrix: Floats, bounds: Any, scale: Scale) -> tuple[Any, Any]:
    """The chance of passing, and how likely each step is; NaN where a boundary was not asked about."""
    places = {mark: place for place, mark in enumerate(bounds)}
    passing = matrix[:, places[scale.pass_mark]] if scale.pass_mark in places else np.nan
    if not scale.grades or any(each.least and each.least not in places for each in scale.grades):
        return passing, np.nan
    reach = [matrix[:, places[each.least]] if each.least else np.ones(len(matrix)) for each in scale.grades]
    exact = np.maximum(np.stack(reach, axis=1) - np.stack([*reach[1:], np.zeros(len(matrix))], axis=1), 0)
    shares = np.zeros((len(matrix), STEPS))
    for place in range(len(scale.grades)):
        shares[:, step_of(place, len(scale.grades))] += exact[:, place]
    return passing, shares


def step_of(place: int, grades: int) -> int:
    """The shade of a grade, counted from the lowest: the highest is always the last."""
    return STEPS - 1 if grades < 2 else round(place * (STEPS - 1) / (grades - 1))


def _by_home(rows: Any, on: date, subject: str) -> Counts:
    """Students counted by subject and home class; who is in no home class counts for none."""
    home = rows.filter(in_force(HOME, on), **{f"{HOME}__school_class__is_home_class": True}).order_by()
    counted = home.values(subject, f"{HOME}__school_class").annotate(students=Count("pk", distinct=True))
    return {(each[subject], each[f"{HOME}__school_class"]): each["students"] for each in counted}


def _enrolled(exams: list[Exam], on: date) -> Counts:
    keys = [each.pk for each in exams]
    classes = Sitting.objects.filter(exam__in=keys).order_by().values("school_class")
    return _by_home(Enrolment.objects.active(on).filter(school_class__in=classes), on, "school_class__subject")


def lacking(school: School, on: date, also: Q | None = None) -> Any:
    """Enrolments beside an exam of the last weeks that was held and in which the student has no entry.

    All in one condition, because each further one would go its own way from enrolments to exams.
    """
    exam = "school_class__sittings__exam"
    has_entry = Exists(Result.objects.filter(exam=OuterRef(exam), student=OuterRef("student")))
    held = Q(**{f"{exam}__day__range": (on - timedelta(days=TO_MARK_DAYS), on - timedelta(days=1))})
    there = Q(school_class__school=school, starts__lte=F(f"{exam}__day")) & in_force("", on)
    return Enrolment.objects.filter(held & there & (also or Q()) & ~Q(has_entry)).order_by()


def _missing(school: School, on: date) -> Counts:
    home = in_force(HOME, on) & Q(**{f"{HOME}__school_class__is_home_class": True})
    by = ("school_class__sittings__exam__subject", f"{HOME}__school_class")
    counted = lacking(school, on, home).values(*by).annotate(marks=Count("school_class__sittings__exam"))
    return {(each[by[0]], each[by[1]]): each["marks"] for each in counted}
