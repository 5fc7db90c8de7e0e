"""Whether a relation bends or steps at some place, such as marks that fall below 85 % attendance, and how sure that place is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from mlcore.arrays import Floats
from mlcore.features.base import FeatureKind, RawColumn
from mlcore.report import Figure
from mlcore.statistics import facts, words
from mlcore.statistics.breaks import Gains, Places, gains
from mlcore.statistics.cells import MIN_CELL
from mlcore.statistics.intervals import mean_of
from mlcore.statistics.multiplicity import holm
from mlcore.statistics.onerow import Keys, Roll, is_constant, numbers
from mlcore.statistics.wobble import interval, places_again

ALPHA = 0.05
LEAST_STUDENTS = 40
LEAST_VALUES = 5
LEAST_SIDE = 0.05  # a break has at least this share of the students on either side


class Kind(StrEnum):
    """CURVE: bent all along, with no place of its own; UNSAID: too few students or values to tell."""

    LINE = "line"
    CURVE = "curve"
    BEND = "bend"
    STEP = "step"
    UNSAID = "unsaid"


@dataclass(frozen=True, slots=True)
class Side:
    """The students below or above the place: how many, their mean, and the points that go along with one more of x there."""

    students: int
    mean: Figure
    slope: float


@dataclass(frozen=True, slots=True)
class Break:
    """Where a relation bends or steps, with its interval from students drawn anew. `jump`: the points by which a step lifts."""

    place: Figure
    below: Side
    above: Side
    jump: float | None


@dataclass(frozen=True, slots=True)
class Threshold:
    """`kind`: what describes the relation best (by BIC), and for a bend or a step better than accident would.

    `p`: the chance that a straight line shows such a break somewhere; `p_holm`: corrected for all relations asked together.
    """

    name: str
    label: str
    unit: str
    students: int
    missing: int
    kind: Kind
    p: float | None = None
    p_holm: float | None = None
    at: Break | None = None
    sentence: str = ""


@dataclass(frozen=True)
class _Line:
    """The sorted values, x also brought to 0..1."""

    x: Floats
    y: Floats
    scaled: Floats
    places: Places


def thresholds(
    columns: Sequence[RawColumn], target: RawColumn, students: Keys, *, seed: int = 0, least: int = MIN_CELL
) -> tuple[Threshold, ...]:
    """For each number among the columns, in their order; the same seed gives the same answer, whatever the order of rows."""
    roll, scores = Roll.of(students), numbers(target)
    asked = [column for column in columns if column.feature.kind is FeatureKind.NUMBER]
    found = [_threshold(column, scores, roll, (seed, least)) for column in asked]
    corrected = holm(np.array([np.nan if each.p is None else each.p for each, _ in found], dtype=np.float64))
    return tuple(
        _told(each, line, target, (float(by_holm), seed))
        for (each, line), by_holm in zip(found, corrected, strict=True)
    )


def threshold(
    column: RawColumn, target: RawColumn, students: Keys, *, seed: int = 0, least: int = MIN_CELL
) -> Threshold:
    """The same for one number."""
    return thresholds((column,), target, students, seed=seed, least=least)[0]


def _threshold(
    column: RawColumn, scores: Floats, roll: Roll, how: tuple[int, int]
) -> tuple[Threshold, tuple[_Line, int] | None]:
    """What a search finds before it is corrected, with the line and the number of the best place."""
    seed, least = how
    feature = column.feature
    x, y = roll.together(numbers(column), scores)
    unsaid = Threshold(feature.name, feature.label, feature.unit, len(x), roll.count - len(x), Kind.UNSAID)
    line = _line(x, y, least)
    if line is None:
        return unsaid, None
    found = gains(line.scaled, line.y, line.places, np.random.default_rng(seed))
    kind = _best_kind(line, found)
    best = int((found.steps if kind is Kind.STEP else found.bends).argmax()) + 1
    return replace(unsaid, kind=kind, p=found.p), (line, best)


def _line(x: Floats, y: Floats, least: int) -> _Line | None:
    if len(x) < LEAST_STUDENTS or is_constant(y) or len(np.unique(x)) < LEAST_VALUES:
        return None
    order = np.lexsort((y, x))
    x, y = x[order], y[order]
    scaled = (x - x[0]) / (x[-1] - x[0])
    places = Places.between(scaled, max(least, math.ceil(LEAST_SIDE * len(x))))
    return _Line(x, y, scaled, places) if len(places.at) > 1 else None


def _best_kind(line: _Line, found: Gains) -> Kind:
    """By BIC, where the place of a bend or a step counts as a figure that was fitted."""
    if found.line <= 1e-18 * float(((line.y - line.y.mean()) ** 2).sum()):
        return Kind.LINE
    left = {
        Kind.LINE: (found.line, 2),
        Kind.CURVE: (_left_by_curve(line), 3),
        Kind.BEND: (found.line - float(found.bends.max()), 4),
        Kind.STEP: (found.line - float(found.steps.max()), 4),
    }
    n = len(line.y)
    bic = {kind: n * math.log(max(rss, 1e-12 * found.line) / n) + k * math.log(n) for kind, (rss, k) in left.items()}
    return min(bic, key=lambda kind: bic[kind])


def _left_by_curve(line: _Line) -> float:
    x = line.scaled - line.scaled.mean()
    design = np.stack([np.ones_like(x), x, x * x], axis=1)
    errors = line.y - design @ np.linalg.lstsq(design, line.y, rcond=None)[0]
    return float((errors * errors).sum())


def _told(found: Threshold, line: tuple[_Line, int] | None, target: RawColumn, how: tuple[float, int]) -> Threshold:
    p_holm, seed = how
    goal = target.feature.label
    if line is None:
        return replace(found, sentence=words.no_threshold_said(found.label, goal, found.students))
    found = replace(found, p_holm=p_holm)
    if found.kind is Kind.CURVE and p_holm < ALPHA:
        return replace(found, sentence=words.curve(found.label, goal))
    if found.kind in (Kind.LINE, Kind.CURVE) or p_holm >= ALPHA:
        return replace(found, kind=Kind.LINE, sentence=words.no_threshold(found.label, goal))
    at = _break(*line, np.random.default_rng((seed, 1)), step=found.kind is Kind.STEP)
    told = facts.PlaceFacts(found.label, found.unit, goal, target.feature.unit, at.place)
    if found.kind is Kind.STEP:
        sentence = words.step(told, (at.below.students, at.below.mean.value), (at.above.students, at.above.mean.value))
    else:
        sentence = words.bend(told, at.below.slope, at.above.slope)
    return replace(found, at=at, sentence=sentence)


def _break(line: _Line, best: int, rng: np.random.Generator, *, step: bool) -> Break:
    span, start = float(line.x[-1] - line.x[0]), int(line.places.starts[best])
    reach = interval(places_again(line.scaled, line.y, line.places, rng, step=step), line.places)
    place, low, high = (float(line.x[0] + span * at) for at in (line.places.at[best], *reach))
    jump, slopes = _fitted(line, best, step=step)
    below = Side(start, mean_of(line.y[:start]), slopes[0] / span)
    above = Side(len(line.y) - start, mean_of(line.y[start:]), slopes[1] / span)
    return Break(Figure(place, min(low, place), max(high, place)), below, above, jump)


def _fitted(line: _Line, best: int, *, step: bool) -> tuple[float | None, tuple[float, float]]:
    """The jump of a step, and the slopes below and above the place."""
    x, above = line.scaled, line.scaled > line.places.at[best]
    extra = above.astype(np.float64) if step else np.where(above, x - line.places.at[best], 0.0)
    fit = np.linalg.lstsq(np.stack([np.ones_like(x), x, extra], axis=1), line.y, rcond=None)[0]
    slope, added = float(fit[1]), float(fit[2])
    return (added, (slope, slope)) if step else (None, (slope, slope + added))
