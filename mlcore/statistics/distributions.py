"""How values are spread over students: the middle, the spread, the skew, the ends of the scale and a histogram."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from mlcore.arrays import Floats
from mlcore.features.base import Feature, RawColumn
from mlcore.report import Figure
from mlcore.statistics import facts, words
from mlcore.statistics.bins import Bin, bins
from mlcore.statistics.cells import MIN_CELL, hidden, share
from mlcore.statistics.intervals import UNSAID, mean_of
from mlcore.statistics.moments import LEAST_FOR_TEST, excess, normality_p, skewness, skewness_p
from mlcore.statistics.onerow import Keys, Roll, is_constant, numbers

SKEWED = 0.5
HEAVY = 1.0


class Shape(StrEnum):
    """How the values look; UNSAID: too few students to tell."""

    BELL = "bell"
    LOW_TAIL = "low_tail"
    HIGH_TAIL = "high_tail"
    NO_PEAK = "no_peak"
    BOTH_TAILS = "both_tails"
    CONSTANT = "constant"
    UNSAID = "unsaid"


@dataclass(frozen=True, slots=True)
class Distribution:
    """One value for each student, the mean where one has several. `missing`: students without any.

    `at_floor`, `at_ceiling`: per cent of students at the ends of the scale; None also where that would tell of too few.
    `suppressed`: fewer students than may be shown, so no figures.
    """

    label: str
    unit: str
    students: int
    missing: int
    suppressed: bool
    mean: Figure = UNSAID
    sd: float | None = None
    quartiles: tuple[float, float, float] | None = None
    skew: Figure = UNSAID
    skew_p: float | None = None
    normality_p: float | None = None
    at_floor: float | None = None
    at_ceiling: float | None = None
    bins: tuple[Bin, ...] = ()
    shape: Shape = Shape.UNSAID
    sentence: str = ""

    @property
    def median(self) -> float | None:
        return self.quartiles[1] if self.quartiles else None


def distribution(column: RawColumn, students: Keys, *, least: int = MIN_CELL) -> Distribution:
    """The spread of a number over the students of these rows."""
    values = Roll.of(students).means(numbers(column))
    return _described(column.feature, column.feature.label, values, least)


def distributions(
    column: RawColumn, groups: RawColumn, students: Keys, *, least: int = MIN_CELL
) -> tuple[Distribution, ...]:
    """The same for each group, by the alphabet. A student in several groups counts in the commonest one."""
    roll = Roll.of(students)
    values, names = roll.means(numbers(column)), roll.words(groups.values)
    distinct = sorted({str(name) for name in names if name is not None})
    parts = [values[names == name] for name in distinct]
    hide = hidden(np.array([int(np.isfinite(part).sum()) for part in parts], dtype=np.int64), least)
    return tuple(
        _suppressed(column.feature, name, part) if hidden_here else _described(column.feature, name, part, least)
        for name, part, hidden_here in zip(distinct, parts, hide, strict=True)
    )


def _described(feature: Feature, label: str, each: Floats, least: int) -> Distribution:
    values = np.sort(each[np.isfinite(each)])
    if len(values) < least:
        return _suppressed(feature, label, each)
    low, middle, high = (float(edge) for edge in np.quantile(values, (0.25, 0.5, 0.75)))
    floor, ceiling = _at(values, feature.low, least), _at(values, feature.high, least)
    shape = _shape(values)
    told = facts.SpreadFacts(label, feature.unit, len(values), (low, middle, high), (floor, ceiling))
    return Distribution(
        label,
        feature.unit,
        len(values),
        len(each) - len(values),
        suppressed=False,
        mean=mean_of(values),
        sd=float(values.std(ddof=1)) if len(values) > 1 else None,
        quartiles=(low, middle, high),
        skew=skewness(values),
        skew_p=skewness_p(values),
        normality_p=normality_p(values),
        at_floor=floor,
        at_ceiling=ceiling,
        bins=bins(values, feature, least),
        shape=shape,
        sentence=words.spread(told, shape),
    )


def _suppressed(feature: Feature, label: str, each: Floats) -> Distribution:
    """How many there are is known to whoever may see the group; what they reached is not told."""
    known = int(np.isfinite(each).sum())
    return Distribution(
        label, feature.unit, known, len(each) - known, suppressed=True, sentence=words.too_few_to_show(label)
    )


def _at(values: Floats, end: float | None, least: int) -> float | None:
    return None if end is None else share(int((values == end).sum()), len(values), least)


def _shape(values: Floats) -> Shape:
    """By how large skew and tails are, not by a test, which among many students calls anything uneven."""
    if is_constant(values):
        return Shape.CONSTANT
    skew, tails = skewness(values), excess(values)
    if len(values) < LEAST_FOR_TEST or skew.value is None or skew.low is None or skew.high is None or tails is None:
        return Shape.UNSAID
    if skew.value <= -SKEWED and skew.high < 0:
        return Shape.LOW_TAIL
    if skew.value >= SKEWED and skew.low > 0:
        return Shape.HIGH_TAIL
    if abs(tails) < HEAVY:
        return Shape.BELL
    return Shape.NO_PEAK if tails < 0 else Shape.BOTH_TAILS
