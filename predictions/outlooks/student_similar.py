"""Similar histories: how results came out that had a prediction near this one, as a distribution of ten students or more."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from statistics import quantiles
from typing import Any

from django.db.models import F
from django.utils.translation import ngettext

from predictions.models import Prediction
from predictions.outlooks.contract import Scale
from predictions.summaries.words import points, whole
from students.models import Exam, ResultStatus

LEAST = 10  # students; of fewer nothing is told
NEAR = 5.0  # points
LEAD = 0.5  # of the days until the exam, and a fortnight at least
MONTHS = timedelta(days=365)
MOST_EXAMS, MOST_ROWS = 40, 4000


@dataclass(frozen=True, slots=True)
class Similar:
    """Of `count` results in so many `exams` so many passed; half lay between `low` and `high`, in percent of the maximum."""

    count: int
    exams: int
    passed: int
    low: float
    middle: float
    high: float

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
        return sentence % told


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
    actual = sorted(results.values())
    low, middle, high = quantiles(actual, n=4, method="inclusive")
    return Similar(
        len(actual),
        len({exam for _student, exam in results}),
        sum(each >= scale.pass_mark for each in actual),
        low,
        middle,
        high,
    )


def _exams(exam: Exam, on: date) -> dict[int, str]:
    """Of the last twelve months in this subject, with their kinds; the newest first."""
    held = Exam.objects.filter(school=exam.school_id, subject=exam.subject_id, day__gt=on - MONTHS, day__lt=on)
    return dict(held.order_by("-day", "-pk").values_list("pk", "kind")[:MOST_EXAMS])


Row = tuple[int, int, date, date, Decimal, Decimal]


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
    columns = ("student_id", "exam_id", "run__as_of", "exam__day", "student__results__score", "exam__maximum")
    return list(near.order_by("-exam_id", "pk").values_list(*columns)[:MOST_ROWS])


def _nearest(rows: Sequence[Row], lead: int) -> dict[tuple[int, int], float]:
    """Each result once, by the prediction made about as long before; what was said much earlier or later is left out."""
    best: dict[tuple[int, int], tuple[int, float]] = {}
    for student, exam, as_of, day, score, maximum in rows:
        away = abs((day - as_of).days - lead)
        if away <= max(14, LEAD * lead) and away < best.get((student, exam), (10**6, 0.0))[0]:
            best[student, exam] = (away, float(100 * score / maximum))
    return {key: percent for key, (_away, percent) in best.items()}


def _of_one_kind(found: dict[tuple[int, int], float], ids: dict[int, str], kind: str) -> dict[tuple[int, int], float]:
    """Exams of the same kind alone, where there are enough students in them."""
    same = {key: percent for key, percent in found.items() if ids[key[1]] == kind}
    return same if len({student for student, _exam in same}) >= LEAST else found
