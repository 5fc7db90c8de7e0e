"""What goes along with a score: correlations of many numbers with one target, a row for each student, corrected for how many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from mlcore.arrays import Floats
from mlcore.features.base import Feature, FeatureKind, RawColumn
from mlcore.report import Figure
from mlcore.statistics import facts, words
from mlcore.statistics.cells import MIN_CELL
from mlcore.statistics.correlations import correlation_p, pearson, ranks, residuals, spearman
from mlcore.statistics.intervals import UNSAID
from mlcore.statistics.moments import skewness
from mlcore.statistics.multiplicity import benjamini_hochberg, holm
from mlcore.statistics.onerow import Keys, Roll, is_constant, numbers

VERY_SKEWED = 1.0
ALPHA = 0.05


class Measure(StrEnum):
    """PEARSON: on a straight line; SPEARMAN: in the same order."""

    PEARSON = "pearson"
    SPEARMAN = "spearman"


class Strength(StrEnum):
    UNSAID = "unsaid"
    HARDLY = "hardly"
    SLIGHT = "slight"
    CLEAR = "clear"
    STRONG = "strong"


@dataclass(frozen=True, slots=True)
class Relation:
    """How one number goes along with the target. `told`: which of the two the sentence and the corrected figures are of.

    `missing`: students of whom one of the two is not known. `p_holm` and `q` are corrected for all relations asked together;
    `holds`: p_holm is below 0.05. `partial`: Pearson's once the number that was `given` is taken into account.
    """

    name: str
    label: str
    students: int
    missing: int
    told: Measure
    pearson: Figure
    pearson_p: float | None
    spearman: Figure
    spearman_p: float | None
    partial: Figure = UNSAID
    partial_p: float | None = None
    p_holm: float | None = None
    q: float | None = None
    holds: bool = False
    strength: Strength = Strength.UNSAID
    sentence: str = ""

    @property
    def figure(self) -> Figure:
        return self.pearson if self.told is Measure.PEARSON else self.spearman

    @property
    def p(self) -> float | None:
        return self.pearson_p if self.told is Measure.PEARSON else self.spearman_p


def relations(
    columns: Sequence[RawColumn],
    target: RawColumn,
    students: Keys,
    *,
    given: RawColumn | None = None,
    least: int = MIN_CELL,
) -> tuple[Relation, ...]:
    """The relation of every number among the columns with the target, strongest first; words are left to `differences`.

    Rows of one student become their means over the rows where both are known. `given`: also the partial correlations.
    """
    roll, scores = Roll.of(students), numbers(target)
    beside = None if given is None else numbers(given)
    asked = [column for column in columns if column.feature.kind is FeatureKind.NUMBER]
    asked = [column for column in asked if column.feature.name != target.feature.name]
    found = [_relation(column, scores, beside, roll, least) for column in asked]
    p = np.array([np.nan if each.p is None else each.p for each in found], dtype=np.float64)
    corrected = zip(found, holm(p), benjamini_hochberg(p), strict=True)
    told = [_told(each, target.feature, float(by_holm), float(q), roll.repeats) for each, by_holm, q in corrected]
    return tuple(sorted(told, key=lambda each: (-abs(each.figure.value or 0.0), each.p is None, each.name)))


def _relation(column: RawColumn, scores: Floats, given: Floats | None, roll: Roll, least: int) -> Relation:
    x, y = roll.together(numbers(column), scores)
    missing = roll.count - len(x)
    name, label = column.feature.name, column.feature.label
    if len(x) < least or is_constant(x) or is_constant(y):
        return Relation(name, label, len(x), missing, Measure.PEARSON, UNSAID, None, UNSAID, None)
    straight, ordered = pearson(x, y), spearman(ranks(x), ranks(y))
    partial, partial_p = _partial(column, scores, given, roll, least)
    return Relation(
        name,
        label,
        len(x),
        missing,
        _measure(x, y),
        straight,
        correlation_p(straight.value, len(x)),
        ordered,
        correlation_p(ordered.value, len(x)),
        partial,
        partial_p,
    )


def _partial(
    column: RawColumn, scores: Floats, given: Floats | None, roll: Roll, least: int
) -> tuple[Figure, float | None]:
    if given is None:
        return UNSAID, None
    x, y, beside = roll.together(numbers(column), scores, given)
    if len(x) < least or is_constant(beside):
        return UNSAID, None
    left_x, left_y = residuals(x, beside), residuals(y, beside)
    if _is_nothing(left_x, x) or _is_nothing(left_y, y):
        return UNSAID, None
    figure = pearson(left_x, left_y, given=1)
    return figure, correlation_p(figure.value, len(x), given=1)


def _is_nothing(left: Floats, whole: Floats) -> bool:
    """The number that was given says it all: what is left is rounding."""
    return float(np.ptp(left)) <= 1e-9 * float(np.ptp(whole))


def _measure(x: Floats, y: Floats) -> Measure:
    """By skew alone, and not by which of the two looks better."""
    skews = [abs(skewness(values).value or 0.0) for values in (x, y)]
    return Measure.SPEARMAN if max(skews) > VERY_SKEWED else Measure.PEARSON


def _told(relation: Relation, target: Feature, by_holm: float, q: float, repeats: bool) -> Relation:
    if not np.isfinite(by_holm):
        return replace(relation, sentence=words.no_relation_said(relation.label, target.label, relation.students))
    holds, strength = by_holm < ALPHA, _strength(relation.figure.value)
    told = facts.RelationFacts(
        relation.label, target.label, relation.students, relation.figure, relation.told is Measure.SPEARMAN, repeats
    )
    sentence = words.relation(told, strength, holds=holds)
    return replace(relation, p_holm=by_holm, q=q, holds=holds, strength=strength, sentence=sentence)


def _strength(r: float | None) -> Strength:
    """Cohen's steps, in words of every day."""
    if r is None:
        return Strength.UNSAID
    steps = ((0.1, Strength.HARDLY), (0.3, Strength.SLIGHT), (0.5, Strength.CLEAR))
    return next((strength for limit, strength in steps if abs(r) < limit), Strength.STRONG)
