"""Predictions of the past against results: what was said last before each exam of a student, and what came."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from predictions.models import Judgement, Prediction
from predictions.outlooks.contract import Scale
from predictions.outlooks.scales import scales_for
from students.models import Exam, Result, ResultStatus, Student
from students.summaries.counting import figure_told

MOST = 12


@dataclass(frozen=True, slots=True)
class Past:
    """`said` what was shown last as of a day before the exam; `actual` in percent; `own` the person's estimate before it."""

    exam: Exam
    scale: Scale
    said: Prediction
    actual: float
    own: float | None

    @property
    def is_inside(self) -> bool:
        return (self.said.low_80 or 0.0) <= self.actual <= (self.said.high_80 or 0.0)

    @property
    def width(self) -> float:
        return (self.said.high_80 or 0.0) - (self.said.low_80 or 0.0)

    @property
    def score_told(self) -> str:
        return self._told(self.said.score)

    @property
    def range_told(self) -> str:
        return f"{self._told(self.said.low_80)}–{self._told(self.said.high_80)}"

    @property
    def actual_told(self) -> str:
        return self._told(self.actual)

    @property
    def own_told(self) -> str:
        return "" if self.own is None else self._told(self.own)

    def _told(self, percent: float | None) -> str:
        return "–" if percent is None else figure_told(percent, self.scale.pass_mark)


@dataclass(frozen=True, slots=True)
class PastOutlook:
    rows: tuple[Past, ...]
    sentence: str


def past_of(student: Student, *, user: Any, on: date) -> PastOutlook:
    """The last twelve exams with a prediction and a result, the newest first. Three queries, and those for scales."""
    shown = Prediction.objects.visible_to(user).current().filter(student=student, score__isnull=False)
    held = shown.filter(
        exam__day__lte=on,
        run__as_of__lt=F("exam__day"),
        exam__results__student=student,
        exam__results__status=ResultStatus.SCORED,
    )
    framed = held.select_related("exam__subject", "exam__school").defer("chances", "reasons", "inputs")
    rows = list(framed.order_by("-exam__day", "-exam_id")[:MOST])
    exams = [row.exam for row in rows]
    results = Result.objects.visible_to(user).filter(student=student, exam__in=exams, score__isnull=False)
    actual = {each.exam_id: float(each.percent or 0) for each in results.select_related("exam")}
    scales, own = scales_for(exams), _own(student, exams, user)
    told = tuple(
        Past(row.exam, scales[row.exam_id], row, actual[row.exam_id], own.get(row.exam_id))
        for row in rows
        if row.exam_id in actual
    )
    return PastOutlook(told, _sentence(told))


def _own(student: Student, exams: Sequence[Exam], user: Any) -> dict[int, float]:
    """The person's last estimate from before each exam's day, unless it had run out by then."""
    by_key = {exam.pk: exam for exam in exams}
    rows = Judgement.objects.visible_to(user).filter(student=student, exam__in=by_key, by=user)
    return {
        each.exam_id: float(each.percent) for each in rows.order_by("at", "pk") if _counts(each, by_key[each.exam_id])
    }


def _counts(each: Judgement, exam: Exam) -> bool:
    starts = datetime.combine(exam.day, time(), tzinfo=ZoneInfo(exam.school.timezone))
    return each.at < starts and (each.expires is None or each.expires >= exam.day)


def _sentence(rows: Sequence[Past]) -> str:
    """Without a share: of so few, any would sound like more than it is."""
    if not rows:
        return ""
    inside = sum(row.is_inside for row in rows)
    told = ngettext(
        "The result of %(inside)s of %(count)s earlier exam lay in its 8-of-10 range.",
        "The results of %(inside)s of %(count)s earlier exams lay in their 8-of-10 range.",
        len(rows),
    )
    return told % {"inside": inside, "count": len(rows)} + (
        " " + _("Eight of ten is what is expected.") if len(rows) >= 5 else ""
    )
