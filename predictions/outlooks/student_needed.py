"""What is needed: which percentage in this exam gives which grade over the year, exactly, and how likely that is."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import Any

import numpy as np
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from mlcore.features.base import Matrix
from mlcore.predict import predict_matrix
from predictions import artifacts
from predictions.models import Prediction
from predictions.outlooks.chances import in_words, percent_told
from predictions.outlooks.contract import Grade, Scale
from predictions.packing import unpacked
from students.models import Exam, Result
from students.summaries.counting import told_percent

NOTHING, ALL = Fraction(0), Fraction(100)
QUANTILES = (("low_95", 0.975), ("low_80", 0.9), ("high_80", 0.1), ("high_95", 0.025))


@dataclass(frozen=True, slots=True)
class Need:
    """One grade. `percent`: the least in this exam, exactly; `chance` of reaching it, None where it cannot be said."""

    grade: Grade
    percent: Fraction
    chance: float | None
    exam: Exam

    @property
    def is_certain(self) -> bool:
        return self.percent <= NOTHING

    @property
    def is_out_of_reach(self) -> bool:
        return self.percent > ALL

    @property
    def is_open(self) -> bool:
        return not (self.is_certain or self.is_out_of_reach)

    @property
    def told(self) -> str:
        """Whole per cent, rounded up, so that they suffice."""
        return f"{ceil(self.percent)}" if self.is_open else ""

    @property
    def points(self) -> str:
        """Of the exam's points, rounded up; empty where they are per cent anyway."""
        most = Fraction(self.exam.maximum)
        if not self.is_open or most == ALL:
            return ""
        told = {
            "points": number_format(ceil(self.percent * most / 100)),
            "most": number_format(self.exam.maximum.normalize()),
        }
        return _("%(points)s of %(most)s points") % told

    @property
    def chance_words(self) -> str:
        return in_words(self.chance)

    @property
    def chance_percent(self) -> str:
        return percent_told(self.chance)


@dataclass(frozen=True, slots=True)
class Needed:
    """`here`: for the grade of this exam; `year`: over the year, empty where there are no marks yet or it counts for none.

    `counted`: how many marks of the year weigh together, `average` what they are so far, `share` what this exam
    will count of it all, in per cent.
    """

    here: tuple[Need, ...]
    year: tuple[Need, ...]
    counted: int = 0
    average: float | None = None
    share: float | None = None
    pass_mark: float | None = None

    @property
    def average_told(self) -> str:
        return told_percent(self.average, self.pass_mark)


def least_for(least: Fraction, results: Sequence[tuple[Fraction, Fraction]], weight: Fraction) -> Fraction:
    """What this exam must bring so that the weighted mean of all is `least`; `results` are percentages with weights."""
    gathered = sum((percent * own for percent, own in results), NOTHING)
    weighed = sum((own for _percent, own in results), NOTHING)
    return (least * (weighed + weight) - gathered) / weight


def needed(exam: Exam, prediction: Prediction | None, scale: Scale, results: Sequence[Result]) -> Needed:
    """`results`: those of this year in the subject. No query but for the prediction's run; the model is asked once."""
    pairs = [
        (Fraction(each.percent), Fraction(each.exam.weight))
        for each in results
        if each.percent is not None and each.exam_id != exam.pk
    ]
    weighed, weight = sum((own for _percent, own in pairs), NOTHING), Fraction(exam.weight)
    grades = [grade for grade in reversed(scale.grades) if grade.least]
    here = [Fraction(str(grade.least)) for grade in grades]
    year = [least_for(least, pairs, weight) for least in here] if weight and weighed else []
    told = chances_of(prediction, [float(each) for each in (*here, *year)])
    needs = [Need(grade, least, told.get(float(least)), exam) for grade, least in zip(grades, here, strict=True)]
    over = [Need(grade, least, told.get(float(least)), exam) for grade, least in zip(grades, year, strict=False)]
    if not over:
        return Needed(tuple(needs), ())
    average = float(sum((percent * own for percent, own in pairs), NOTHING) / weighed)
    return Needed(
        tuple(needs), tuple(over), len(pairs), average, 100 * float(weight / (weighed + weight)), scale.pass_mark
    )


def chances_of(prediction: Prediction | None, percents: Sequence[float]) -> dict[float, float]:
    """The chance of reaching each of these percentages. Those that the scoring told stand as they are; for others the
    version that made the score is asked again about the same inputs, and where it cannot be opened, they are read between
    what is known. Never rising.
    """
    asked = sorted({each for each in percents if 0 < each <= 100})
    if prediction is None or prediction.score is None or not asked:
        return {}
    known = _known(prediction)
    try:
        told = _again(prediction, asked)
    except artifacts.BadArtifact:
        told = _between(prediction, known, asked)
    held = [_held_between(each, chance, known) for each, chance in zip(asked, told.tolist(), strict=True)]
    return dict(zip(asked, np.minimum.accumulate(held).tolist(), strict=True))


def _known(prediction: Prediction) -> dict[float, float]:
    bounds = prediction.run.boundaries.get(str(prediction.exam_id), [])
    return dict(zip(bounds, unpacked(prediction.chances).tolist(), strict=False))


def _again(prediction: Prediction, asked: list[float]) -> Any:
    bundle = artifacts.opened(prediction.run.version)
    row = Matrix(bundle.schema, unpacked(prediction.inputs)[None])
    return predict_matrix(bundle, row, boundaries=asked, with_reasons=False).chances[0]


def _held_between(percent: float, chance: float, known: dict[float, float]) -> float:
    """What a model says of one boundary depends a little on which others it is asked about."""
    if percent in known:
        return known[percent]
    least = max((each for bound, each in known.items() if bound > percent), default=0.0)
    most = min((each for bound, each in known.items() if bound < percent), default=1.0)
    return min(max(chance, least), most)


def _between(prediction: Prediction, known: dict[float, float], asked: list[float]) -> Any:
    """Straight lines between the chances that are known and those that the ranges tell."""
    told = {getattr(prediction, name): chance for name, chance in QUANTILES} | known
    places = sorted({0.0: 1.0, 100.0: 0.0, **told}.items())
    return np.interp(asked, [place for place, _chance in places], [chance for _place, chance in places])
