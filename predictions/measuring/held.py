"""Predictions beside the results that came, as columns: read in one query per exam, without instances of records."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from predictions.measuring import judged
from predictions.models import CurrentPrediction, ScoringRun
from predictions.packing import rows_of
from predictions.specs import scale_of
from students.models import Enrolment, Exam, ResultStatus

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
NUMBERS = ("score", "low_80", "high_80", "low_95", "high_95", "baseline")
READ = ("student_id", "run_id", "as_of", "student__results__score", *(f"prediction__{name}" for name in NUMBERS))
BATCH = 20_000


@dataclass(frozen=True)
class Held:
    """One row per student and exam; percentages of the exam's maximum. `teachers`: their own estimate, NaN without one;
    `judges`: whose it is.

    `chances`: of each of `boundaries`, where all rows share them; `passing`: of the pass mark.
    """

    student: Ints
    exam: Ints
    subject: Ints
    school_class: Ints
    version: Ints
    lead: Ints
    actual: Floats
    score: Floats
    low_80: Floats
    high_80: Floats
    low_95: Floats
    high_95: Floats
    baseline: Floats
    passing: Floats
    pass_mark: Floats
    teachers: Floats
    judges: Ints
    chances: Floats | None = None
    boundaries: tuple[float, ...] = ()

    def __len__(self) -> int:
        return len(self.student)

    @property
    def edges(self) -> tuple[Floats, Floats, Floats, Floats]:
        return (self.low_80, self.high_80, self.low_95, self.high_95)

    def take(self, rows: NDArray[Any]) -> "Held":
        columns = {name: getattr(self, name)[rows] for name in COLUMNS}
        return replace(self, **columns, chances=None if self.chances is None else self.chances[rows])


COLUMNS = tuple(each.name for each in fields(Held) if each.name not in ("chances", "boundaries"))


def together(parts: Sequence[Held]) -> Held:
    """Of several exams; their boundaries may differ, so only the chance of passing is kept."""
    columns: dict[str, Any] = {name: np.concatenate([getattr(part, name) for part in parts]) for name in COLUMNS}
    return Held(**columns)


def read(exam: Exam) -> Held:
    """Of each student with a result what was shown last, if it was said as of a day before the exam."""
    columns: dict[str, list[Any]] = {name: [] for name in (*READ, "prediction__chances")}
    shown = CurrentPrediction.objects.filter(exam=exam, as_of__lt=exam.day, prediction__score__isnull=False)
    rows = shown.filter(student__results__exam=exam, student__results__status=ResultStatus.SCORED)
    for batch in _batches(rows.order_by("student_id").values_list(*columns)):
        for name, values in zip(columns, zip(*batch, strict=True), strict=True):
            columns[name].extend(values)
    return _held(exam, columns)


def _batches(rows: Any) -> Iterator[list[tuple[Any, ...]]]:
    batch = []
    for row in rows.iterator(chunk_size=BATCH):
        batch.append(row)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _held(exam: Exam, columns: dict[str, list[Any]]) -> Held:
    student, count = np.array(columns["student_id"], dtype=np.int64), len(columns["student_id"])
    runs = ScoringRun.objects.filter(pk__in=set(columns["run_id"])).values_list("pk", "version_id", "boundaries")
    told = {pk: (version, tuple(bounds.get(str(exam.pk), ()))) for pk, version, bounds in runs}
    pass_mark = scale_of(exam.school, exam.subject)[0]
    passing, chances, boundaries = _chances(columns, told, pass_mark)
    points = np.array([float(each) for each in columns["student__results__score"]])
    numbers: dict[str, Any] = {name: np.array(columns[f"prediction__{name}"], dtype=np.float64) for name in NUMBERS}
    teachers, judges = judged.last_before(exam, student)
    return Held(
        student=student,
        exam=np.full(count, exam.pk),
        subject=np.full(count, exam.subject_id),
        school_class=_classes(exam, student),
        version=np.array([told[run][0] for run in columns["run_id"]], dtype=np.int64),
        lead=_leads(exam.day, columns["as_of"]),
        actual=100 * points / float(exam.maximum),
        **numbers,
        passing=passing,
        pass_mark=np.full(count, pass_mark),
        teachers=teachers,
        judges=judges,
        chances=chances,
        boundaries=boundaries,
    )


def _chances(
    columns: dict[str, list[Any]], told: dict[int, tuple[int, tuple[float, ...]]], pass_mark: float
) -> tuple[Floats, Floats | None, tuple[float, ...]]:
    """Of the pass mark for every row, NaN where its run did not ask; of all boundaries if every run asked the same."""
    bounds = [told[run][1] for run in columns["run_id"]]
    passing = np.full(len(bounds), np.nan)
    whole: Floats | None = None
    for each in dict.fromkeys(bounds):
        rows = np.array([place for place, own in enumerate(bounds) if own == each], dtype=np.int64)
        matrix = rows_of([columns["prediction__chances"][place] for place in rows])
        if matrix.shape[1:] == (len(each),) and pass_mark in each:
            passing[rows] = matrix[:, each.index(pass_mark)]
        whole = matrix if len(rows) == len(bounds) and matrix.shape == (len(rows), len(each)) else whole
    return passing, whole, bounds[0] if whole is not None else ()


def _leads(day: date, as_of: list[date]) -> Ints:
    return np.array([(day - each).days for each in as_of], dtype=np.int64)


def _classes(exam: Exam, student: Ints) -> Ints:
    """The class in which each student sat the exam; of two the first, of none 0."""
    sitting = Enrolment.objects.active(exam.day).filter(school_class__sittings__exam=exam)
    pairs = dict(sitting.order_by("-school_class_id").values_list("student_id", "school_class_id"))
    return np.array([pairs.get(each, 0) for each in student.tolist()], dtype=np.int64)
