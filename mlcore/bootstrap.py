"""Errors and coverage with intervals by drawing whole students again and again: all rows of a student come and go together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from mlcore.arrays import Flags, Floats, Ints
from mlcore.report import Coverage, Errors, Figure

Statistic: TypeAlias = Callable[[Floats], Floats]

DRAWS = 500
MOST_UNITS = 2_000  # more students than this are drawn in random bundles: same interval, bounded work
LOW, HIGH = 2.5, 97.5
Z95 = 1.959963984540054
NEAR = 5.0
ROWS, ABSOLUTE, SQUARED, CLOSE, SIGNED, RESULT, RESULT_SQUARED = range(7)
HIT_80, HIT_95, WIDTH_80, WIDTH_95 = range(1, 5)


@dataclass(frozen=True)
class Totals:
    """Sums of some columns: over all rows, and over the rows of each draw."""

    all: Floats
    drawn: Floats
    units: int


@dataclass(frozen=True)
class Draws:
    """For each row the unit that is drawn, and how often each draw took each unit."""

    unit: Ints
    student: Ints
    weights: Floats

    @classmethod
    def of(cls, students: npt.ArrayLike, seed: int = 0, draws: int = DRAWS) -> Draws:
        rng = np.random.default_rng([seed, 500])
        student = as_codes(students)
        count = int(student.max(initial=-1)) + 1
        units = min(count, MOST_UNITS)
        bundle = rng.permutation(count) % max(units, 1)
        return cls(bundle[student], student, _weights(rng, draws, units))

    def totals(self, columns: Floats, rows: Ints | Flags | None = None) -> Totals:
        """`columns` holds one row per sample; `rows` picks a part of the samples."""
        chosen = slice(None) if rows is None else rows
        unit, values = self.unit[chosen], columns[chosen]
        units = self.weights.shape[1]
        by_unit = [np.bincount(unit, values[:, place], minlength=units) for place in range(values.shape[1])]
        sums = np.stack(by_unit, axis=1)
        return Totals(sums.sum(axis=0), self.weights @ sums, len(np.unique(unit)))

    def students_in(self, rows: Ints | Flags) -> int:
        return len(np.unique(self.student[rows]))


def error_columns(y: Floats, predicted: Floats) -> Floats:
    off = predicted - y
    level = y - (y.mean() if len(y) else 0.0)  # centred, so that squares keep their digits
    near = np.abs(off) <= NEAR
    return np.stack([np.ones_like(y), np.abs(off), off**2, near, off, level, level**2], axis=1)


def coverage_columns(y: Floats, edges: tuple[Floats, Floats, Floats, Floats]) -> Floats:
    """`edges`: low and high of the 80 % range, then of the 95 % range."""
    low_80, high_80, low_95, high_95 = edges
    hit_80, hit_95 = (low_80 <= y) & (y <= high_80), (low_95 <= y) & (y <= high_95)
    widths = high_80 - low_80, high_95 - low_95
    return np.stack([np.ones_like(y), hit_80, hit_95, *widths], axis=1)


def errors_of(draws: Draws, columns: Floats, rows: Ints | Flags | None = None) -> Errors:
    """`columns` as error_columns makes them."""
    totals = draws.totals(columns, rows)
    everyone = np.arange(len(columns)) if rows is None else rows
    return Errors(
        rows=round(float(totals.all[ROWS])),
        students=draws.students_in(everyone),
        mae=_mean(totals, ABSOLUTE),
        rmse=_from(totals, _rmse),
        r2=_from(totals, _r2),
        within_5=_share(totals, CLOSE),
        bias=_mean(totals, SIGNED),
    )


def coverage_of(draws: Draws, columns: Floats, rows: Ints | Flags | None = None) -> Coverage:
    """`columns` as coverage_columns makes them."""
    totals = draws.totals(columns, rows)
    count = float(totals.all[ROWS])
    widths = [float(totals.all[place]) / count if count else None for place in (WIDTH_80, WIDTH_95)]
    return Coverage(round(count), _share(totals, HIT_80), _share(totals, HIT_95), widths[0], widths[1])


def as_codes(keys: npt.ArrayLike) -> Ints:
    """Keys of any type as 0, 1, 2 … in the order in which they are met."""
    import pandas as pd

    codes, _ = pd.factorize(np.asarray(keys))
    return np.asarray(codes, dtype=np.int64)


def figure(value: float, drawn: Floats) -> Figure:
    """A value with the middle 95 of 100 draws; what is not finite cannot be said."""
    if not np.isfinite(value):
        return Figure(None)
    said = drawn[np.isfinite(drawn)]
    if len(said) < len(drawn) / 2 or len(said) < 2:
        return Figure(float(value))
    low, high = np.percentile(said, [LOW, HIGH])
    return Figure(float(value), float(min(low, value)), float(max(high, value)))


def share(hits: float, rows: float, drawn: Floats, units: int) -> Figure:
    """A share with Wilson's interval for as many independent rows as the draws say there are.

    Drawing alone would call 12 hits of 12 a certainty.
    """
    if rows <= 0:
        return Figure(None)
    value = hits / rows
    low, high = wilson(value, _independent(value, rows, drawn, units))
    return Figure(float(value), float(low), float(high))


def wilson(value: float, rows: float) -> tuple[float, float]:
    """In which interval a share of so many independent rows lies; it stays honest near none and all."""
    middle = (value + Z95**2 / (2 * rows)) / (1 + Z95**2 / rows)
    half = Z95 / (1 + Z95**2 / rows) * np.sqrt(value * (1 - value) / rows + Z95**2 / (4 * rows**2))
    return min(value, max(0.0, float(middle - half))), max(value, min(1.0, float(middle + half)))


def ratio(above: Any, below: Any) -> Floats:
    """A quotient that is NaN, without a warning, where there is nothing below the line."""
    above, below = np.asarray(above, dtype=np.float64), np.asarray(below, dtype=np.float64)
    told: Floats = np.full(np.broadcast(above, below).shape, np.nan)
    np.divide(above, below, out=told, where=below > 0)
    return told


def _independent(value: float, rows: float, drawn: Floats, units: int) -> float:
    said = drawn[np.isfinite(drawn)]
    alone = value * (1 - value)
    if alone <= 1e-12 or len(said) < 2 or units < 2:
        return float(units)  # no spread to judge by: each student counts once
    return float(min(rows, max(alone / max(float(said.var()), 1e-12), 1.0)))


def _weights(rng: np.random.Generator, draws: int, units: int) -> Floats:
    if units < 2:
        return np.full((draws, units), np.nan)  # one student alone says nothing about luck
    taken = rng.integers(0, units, (draws, units)) + np.arange(draws)[:, None] * units
    return np.bincount(taken.ravel(), minlength=draws * units).reshape(draws, units).astype(np.float64)


def _rmse(totals: Floats) -> Floats:
    return np.sqrt(ratio(totals[:, SQUARED], totals[:, ROWS]))


def _r2(totals: Floats) -> Floats:
    spread = totals[:, RESULT_SQUARED] - ratio(totals[:, RESULT] ** 2, totals[:, ROWS])
    return 1 - ratio(totals[:, SQUARED], np.where(spread > 1e-9 * np.maximum(totals[:, ROWS], 1), spread, 0.0))


def _from(totals: Totals, statistic: Statistic) -> Figure:
    return figure(float(statistic(totals.all[None])[0]), statistic(totals.drawn))


def _mean(totals: Totals, place: int) -> Figure:
    return _from(totals, lambda sums: ratio(sums[:, place], sums[:, ROWS]))


def _share(totals: Totals, place: int) -> Figure:
    drawn = ratio(totals.drawn[:, place], totals.drawn[:, ROWS])
    return share(float(totals.all[place]), float(totals.all[ROWS]), drawn, totals.units)
