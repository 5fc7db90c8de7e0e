"""Similar histories: how results came out that had a prediction near this one, as a distribution of ten students or more."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from statistics import fmean, quantiles
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from predictions.models import Prediction
from predictions.outlooks.contract import Scale
from predictions.summaries.words import points, whole
from students.models import Exam, ResultStatus

LEAST = 10  # students; of fewer nothing is told
NEAR = 5.0  # points
TOLD_FROM = 3  # points that exams came out beside what was said
LEAD = 0.5  # of the days until the exam, and a fortnight at least
MONTHS = timedelta(days=365)
MOST_EXAMS, MOST_ROWS = 40, 4000


@dataclass(frozen=True, slots=True)
class Similar:
    """Of `count` results in so many `exams` so many passed; half lay between `low` and `high`, in percent of the maximum.

    `beside`: how many points they came out above what had been said of them, on the whole; below 0: under it.
    """

    count: int
    exams: int
    passed: int
    low: float
    middle: float
    high: float
    beside: float

    @property
    def on_the_whole(self) -> str:
        """Why they may not agree with this prediction: the exams of then were harder or easier than foreseen."""
        size = round(abs(self.beside))
        if size < TOLD_FROM:
            return ""
        told = {"points": whole(size)}
        if self.beside < 0:
            return _("On the whole they came out %(points)s points lower than was said: the exams were harder.") % told
        return _("On the whole they came out %(points)s points higher than was said: the exams were easier.") % told

    @property
    def sentence(self) -> str:
        told = {
            "count": whole(self.count),
            "exams": whole(self.exams),
            "passed": whole(self.passed),
            "low": points(self.low, 0),
            "high": points(self.high, 0),
        }
        sentence = ngettext(
            "Of %(count)s earlier results in %(exams)s exam of this school with a prediction near this one, %(passed)s passed; "
            "the middle half lay between %(low)s and %(high)s. That exam may have been harder or easier than this one.",
            "Of %(count)s earlier results in %(exams)s exams of this school with a prediction near this one, %(passed)s passed; "
            "the middle half lay between %(low)s and %(high)s.",
            self.exams,
        )
        return f"{sentence % told} {self.on_the_whole}".strip()


def similar(prediction: Prediction, scale: Scale, *, on: date) -> Similar | None:
    """Two queries. None where fewer than ten students are like that. Told as figures about all of the school, to who
    may see this prediction: no row of anybody leaves this function, the student's own are not counted.
    """
    if prediction.score is None:
        return None
    exam, lead = prediction.exam, (prediction.exam.day - prediction.run.as_of).days
    ids = _exams(exam, on)
    found = _nearest(_rows(prediction, ids), lead) if ids else {}
    results = _of_one_kind(found, ids, exam.kind)
    if len({student for student, _exam in results}) < LEAST:
        return None
    actual = sorted(percent for percent, _said in results.values())
    low, middle, high = quantiles(actual, n=4, method="inclusive")
    return Similar(
        len(actual),
        len({exam for _student, exam in results}),
        sum(each >= scale.pass_mark for each in actual),
        low,
        middle,
        high,
        fmean(percent - said for percent, said in results.values()),
    )


def _exams(exam: Exam, on: date) -> dict[int, str]:
    """Of the last twelve months in this subject, with their kinds; the newest first."""
    held = Exam.objects.filter(school=exam.school_id, subject=exam.subject_id, day__gt=on - MONTHS, day__lt=on)
    return dict(held.order_by("-day", "-pk").values_list("pk", "kind")[:MOST_EXAMS])


Row = tuple[int, int, date, date, Decimal, Decimal, float]
Came = tuple[float, float]  # the result, and what had been said of it


def _rows(prediction: Prediction, ids: dict[int, str]) -> Sequence[Any]:
    score = prediction.score or 0.0
    near = Prediction.objects.filter(
        exam__in=list(ids),
        run__is_shown=True,
        run__as_of__lt=F("exam__day"),
        score__range=(score - NEAR, score + NEAR),
        student__results__exam=F("exam"),
        student__results__status=ResultStatus.SCORED,
    ).exclude(student=prediction.student_id)
    columns = ("student_id", "exam_id", "run__as_of", "exam__day", "student__results__score", "exam__maximum", "score")
    return list(near.order_by("-exam_id", "pk").values_list(*columns)[:MOST_ROWS])


def _nearest(rows: Sequence[Row], lead: int) -> dict[tuple[int, int], Came]:
    """Each result once, by the prediction made about as long before; what was said much earlier or later is left out."""
    best: dict[tuple[int, int], tuple[int, Came]] = {}
    for student, exam, as_of, day, score, maximum, said in rows:
        away = abs((day - as_of).days - lead)
        known = best.get((student, exam))
        if away <= max(14, LEAD * lead) and (known is None or away < known[0]):
            best[student, exam] = (away, (float(100 * score / maximum), said))
    return {key: came for key, (_away, came) in best.items()}


def _of_one_kind(found: dict[tuple[int, int], Came], ids: dict[int, str], kind: str) -> dict[tuple[int, int], Came]:
    """Exams of the same kind alone, where there are enough students in them."""
    same = {key: came for key, came in found.items() if ids[key[1]] == kind}
    return same if len({student for student, _exam in same}) >= LEAST else found
