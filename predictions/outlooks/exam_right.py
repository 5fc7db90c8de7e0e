"""Were we right about one exam: what was said last before it beside what came, of the students a person sees as staff."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from django.db.models import F, FloatField
from django.db.models.functions import Cast
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mlcore.metrics import LEAST_STUDENTS
from portal.kit.scoping import ScopedQuerySet
from predictions import access
from predictions.judging import in_force
from predictions.models import Judgement, Prediction
from predictions.outlooks.contract import OutlookRow, Scale
from predictions.outlooks.rows import dressed
from predictions.outlooks.scales import scale_for
from predictions.summaries.words import points
from students.looking import StudentsByStaff
from students.models import Exam, Result, ResultStatus, Student
from students.summaries.counting import figure_told

MOST_MISSES = 5
SHIFTED = 0.6  # of the mean error: so much of it is one shift of everybody
FEW_INSIDE = 0.65
_LOWER = gettext_lazy(
    "Results lay %(points)s points lower than said on the whole: this exam was harder than earlier ones, or something "
    "changed for everybody."
)
_HIGHER = gettext_lazy(
    "Results lay %(points)s points higher than said on the whole: this exam was easier than earlier ones, or something "
    "changed for everybody."
)
READ = ("pk", "student_id", "score", "low_80", "high_80", "baseline", "came")


@dataclass(frozen=True, slots=True)
class Came:
    """One student: percentages of the exam's maximum. `own`: the person's last estimate before the exam."""

    prediction: int
    student: int
    score: float
    low: float
    high: float
    baseline: float | None
    actual: float
    own: float | None

    @property
    def is_inside(self) -> bool:
        return self.low <= self.actual <= self.high

    @property
    def off(self) -> float:
        """Above 0 where more came than was said."""
        return self.actual - self.score


@dataclass(frozen=True, slots=True)
class Miss:
    """One of the largest: what was said with its reasons, and how it came."""

    row: OutlookRow
    came: Came
    actual_told: str

    @property
    def gap(self) -> float:
        return abs(self.came.off)

    @property
    def was_better(self) -> bool:
        return self.came.off > 0


@dataclass(frozen=True, slots=True)
class Off:
    """Somebody's error in points on those they had said something about."""

    rows: int
    mean: float
    model: float


@dataclass(frozen=True)
class ExamRight:
    """`unsaid`: results without a score that was told before. `names` are read for a page of rows, not for all."""

    exam: Exam
    scale: Scale
    rows: tuple[Came, ...]
    misses: tuple[Miss, ...]
    unsaid: int

    @property
    def is_enough(self) -> bool:
        """Fewer are single students, and no figure of theirs says anything about a model."""
        return len(self.rows) >= LEAST_STUDENTS

    @cached_property
    def inside(self) -> int:
        return sum(each.is_inside for each in self.rows)

    @cached_property
    def mean_off(self) -> float:
        return float(np.mean([abs(each.off) for each in self.rows]))

    @cached_property
    def bias(self) -> float:
        """Above 0 where scores lay too low."""
        return float(np.mean([each.off for each in self.rows]))

    @cached_property
    def guess(self) -> Off | None:
        return _off([(each, each.baseline) for each in self.rows])

    @cached_property
    def own(self) -> Off | None:
        return _off([(each, each.own) for each in self.rows])

    def told(self, percent: float) -> str:
        return figure_told(percent, self.scale.pass_mark)


def _off(pairs: Sequence[tuple[Came, float | None]]) -> Off | None:
    known = [(each, said) for each, said in pairs if said is not None]
    if not known:
        return None
    theirs = [abs(each.actual - said) for each, said in known]
    return Off(len(known), float(np.mean(theirs)), float(np.mean([abs(each.off) for each, _said in known])))


class ToldToStaff(ScopedQuerySet[Prediction]):
    """Predictions as staff see them; what a family was shown of its child is no part of a page for staff."""

    rule = access.BY_STAFF


def said_before(user: Any) -> Any:
    """What was shown last, if it was said as of a day before the exam, of results that came."""
    shown = ToldToStaff(Prediction).visible_to(user).filter(score__isnull=False, shown__as_of__lt=F("exam__day"))
    return shown.filter(student__results__exam=F("exam"), student__results__status=ResultStatus.SCORED).annotate(
        came=100.0 * Cast("student__results__score", FloatField()) / Cast("exam__maximum", FloatField())
    )


def exam_right(exam: Exam, *, user: Any) -> ExamRight:
    """As many queries for many students as for few. The exam comes with its school and subject."""
    told = said_before(user).filter(exam=exam).order_by("pk").values_list(*READ)
    own = _own_before(exam, user)
    rows = tuple(
        Came(pk, student, score, low, high, baseline, float(actual), own.get(student))
        for pk, student, score, low, high, baseline, actual in told
    )
    scored = Result.objects.filter(exam=exam, status=ResultStatus.SCORED, student__in=_students(user)).count()
    scale = scale_for(exam)
    return ExamRight(exam, scale, rows, _misses(rows, scale, exam, user), scored - len(rows))


def _students(user: Any) -> Any:
    return StudentsByStaff(Student).visible_to(user).order_by().values("pk")


def _own_before(exam: Exam, user: Any) -> dict[int, float]:
    """Of each student the person's last estimate from before the exam's day, unless it had run out by then."""
    start = datetime.combine(exam.day, time(), tzinfo=ZoneInfo(exam.school.timezone))
    made = Judgement.objects.filter(exam=exam, by=user, at__lt=start)
    return {each.student_id: float(each.percent) for each in in_force(made, exam.day)}


def _misses(rows: Sequence[Came], scale: Scale, exam: Exam, user: Any) -> tuple[Miss, ...]:
    """The largest whose result lay outside the range: what lies inside is what was said."""
    outside = sorted((each for each in rows if not each.is_inside), key=lambda each: (-abs(each.off), each.prediction))
    by_key = {each.prediction: each for each in outside[:MOST_MISSES]}
    told = {
        each.pk: each for each in Prediction.objects.filter(pk__in=by_key).select_related("student", "run__version")
    }
    said = dressed([told[key] for key in by_key], user=user, on=exam.day)
    return tuple(
        Miss(row, by_key[row.prediction.pk], figure_told(by_key[row.prediction.pk].actual, scale.pass_mark))
        for row in said
        if row.prediction is not None
    )


def names_of(rows: Sequence[Came]) -> dict[int, Student]:
    """The students of a few rows, which the person sees."""
    return Student.objects.in_bulk([each.student for each in rows])


def lessons(told: ExamRight) -> list[str]:
    """What could be learned, by plain rules: nobody should read more into one exam."""
    if not told.is_enough:
        return []
    count, bias = len(told.rows), told.bias
    found = []
    if abs(bias) >= SHIFTED * told.mean_off:
        found.append((_LOWER if bias < 0 else _HIGHER) % {"points": points(abs(bias))})
    elif told.inside < FEW_INSIDE * count:
        found.append(_("Fewer results lay in the range than the 8 of 10 it promises, some above and some below."))
    if told.guess and told.guess.mean <= told.mean_off:
        found.append(_("For this exam the model was no nearer than the simplest guess."))
    return [str(each) for each in found] or [
        _(
            "Nothing stands out on the whole. About 2 of 10 results lie outside such a range, so a single miss is no "
            "fault by itself."
        )
    ]
