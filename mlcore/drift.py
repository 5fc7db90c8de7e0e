"""How far today's matrix lies from the one a version learned from, and what error to expect before results exist."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from mlcore.arrays import Floats
from mlcore.background import RARE, Column, Labels, Reference, distances, standardised

MOVED, MOVED_A_LOT = 0.1, 0.25  # of the population stability index, the usual marks
SURE = 3.3  # standard errors: with 40 features, chance alone moves one in 25 such comparisons
FEWEST = 3.0  # rows that must differ before a share counts as moved
LEAST_EXPECTED = 5.0  # rows a bin should hold by chance; smaller ones are joined


class Level(StrEnum):
    STEADY = "steady"
    MOVED = "moved"
    MOVED_A_LOT = "moved a lot"


@dataclass(frozen=True, slots=True)
class ColumnDrift:
    """One feature then (in training) and now. `psi` has its small-sample part taken off; None: cannot be said."""

    name: str
    label: str
    level: Level
    psi: float | None
    ks: float | None
    mean_then: float | None
    mean_now: float | None
    missing_then: float
    missing_now: float
    unknown_then: float
    unknown_now: float
    sentence: str


@dataclass(frozen=True, slots=True)
class DriftReport:
    """Each feature, the scores, and the whole. `unlike`: share of rows further out than all but 1 % of training's.

    The whole is judged by the share of features that moved, by the scores and by `unlike`. A classifier of then
    against now would ask for rows of students to be kept in the bundle; sums of them are enough.
    """

    rows: int
    level: Level
    columns: tuple[ColumnDrift, ...]
    scores: ColumnDrift | None
    unlike: float | None
    expected_error: float | None
    usual_error: float | None
    sentence: str

    @property
    def moved(self) -> tuple[ColumnDrift, ...]:
        return tuple(column for column in self.columns if column.level is not Level.STEADY)


def drift(
    reference: Reference,
    values: Floats,
    predicted: Floats | None = None,
    widths: Floats | None = None,
    students: Labels | None = None,
) -> DriftReport:
    """Compare today's `Matrix.values` with training; `widths`: of today's 80 % ranges; `students`: whose rows they are."""
    weight = 1.0 if students is None else len(np.unique(students)) / max(len(values), 1)
    columns = tuple(_compared(column, now, weight) for column, now in zip(reference.columns, values.T, strict=True))
    scores = None if predicted is None else _compared(reference.scores, predicted, weight)
    unlike = _unlike(reference, values)
    level = max(
        _level_of_shares(columns),
        scores.level if scores else Level.STEADY,
        _by_share(RARE, unlike or 0.0, (reference.students, len(values) * weight), (0.03, 0.15)),
        key=list(Level).index,
    )
    expected = None if widths is None else expected_error(reference, widths)
    sentence = _whole(level, columns, scores, expected, reference.usual_error)
    return DriftReport(len(values), level, columns, scores, unlike, expected, reference.usual_error, sentence)


def expected_error(reference: Reference, widths: Floats) -> float | None:
    """The mean error to expect of scores with 80 % ranges as wide as these, if marks still follow from the same things."""
    known = widths[np.isfinite(widths)]
    if reference.per_width is None or not len(known):
        return None
    return float(known.mean()) * reference.per_width


def _compared(then: Column, now: Floats, weight: float) -> ColumnDrift:
    present = now[~np.isnan(now)]
    missing = 1 - len(present) / len(now) if len(now) else then.missing
    unknown = then.strange(present)
    sizes = (then.present, len(present) * weight)
    all_sizes = (then.rows, len(now) * weight)
    psi, by_psi = _stability(then, present, sizes)
    by_missing = _by_share(then.missing, missing, all_sizes, (0.05, 0.2))
    by_unknown = _by_share(then.unknown, unknown, sizes, (0.02, 0.1)) if unknown > then.unknown else Level.STEADY
    number = not then.is_category and len(present) > 0 and len(then.shares) > 0
    return ColumnDrift(
        name=then.name,
        label=then.label,
        level=max(by_psi, by_missing, by_unknown, key=list(Level).index),
        psi=psi,
        ks=_ks(then, present) if number else None,
        mean_then=then.mean if number else None,
        mean_now=float(present.mean()) if number else None,
        missing_then=then.missing,
        missing_now=missing,
        unknown_then=then.unknown,
        unknown_now=unknown,
        sentence=_told(then, present, (by_psi, by_missing, by_unknown), (missing, unknown)),
    )


def _stability(then: Column, present: Floats, sizes: tuple[float, float]) -> tuple[float | None, Level]:
    """The population stability index less what chance alone makes of it, and whether it is beyond chance."""
    if not len(present) or min(sizes) < LEAST_EXPECTED or len(then.shares) < 1:
        return None, Level.STEADY
    then_shares, now_shares = _joined(then, then.binned(present), min(sizes))
    if (freedom := len(then_shares) - 1) == 0:
        return (0.0, Level.STEADY)
    noise = 1 / sizes[0] + 1 / sizes[1]
    raw = float(((now_shares - then_shares) * np.log(now_shares / then_shares)).sum())
    psi = max(raw - freedom * noise, 0.0)
    if psi < MOVED or not _beyond_chance(raw / noise, freedom):
        return psi, Level.STEADY
    return psi, Level.MOVED if psi < MOVED_A_LOT else Level.MOVED_A_LOT


def _beyond_chance(statistic: float, freedom: int) -> bool:
    """Whether a chi-square is larger than chance makes it, by Wilson and Hilferty's cube root."""
    spread = 2 / (9 * freedom)
    return bool(np.cbrt(statistic / freedom) > 1 - spread + SURE * np.sqrt(spread))


def _joined(then: Column, now: Floats, size: float) -> tuple[Floats, Floats]:
    """Bins in which chance would put fewer than five are joined with the next: of numbers by order, of words by size."""
    order = np.argsort(-then.shares, kind="stable") if then.is_category else np.arange(len(then.shares))
    expected, starts = then.shares[order] * size, [0]
    held = 0.0
    for place, rows in enumerate(expected):
        if held >= LEAST_EXPECTED and expected[place:].sum() >= LEAST_EXPECTED:
            starts.append(place)
            held = 0.0
        held += rows
    return np.add.reduceat(then.shares[order], starts), np.add.reduceat(now[order], starts)


def _ks(then: Column, present: Floats) -> float:
    """The largest difference between the two shares of values up to a point, over the points kept of training."""
    now = np.searchsorted(np.sort(present), then.knots, side="right") / len(present)
    return float(np.abs(now - then.below).max())


def _by_share(then: float, now: float, sizes: tuple[float, float], marks: tuple[float, float]) -> Level:
    """Whether a share moved by more than the marks and more than chance would."""
    if min(sizes) <= 0:
        return Level.STEADY
    pooled = (then * sizes[0] + now * sizes[1] + 0.5) / (sum(sizes) + 1)
    moved = abs(now - then)
    noise = np.sqrt(pooled * (1 - pooled) * (1 / sizes[0] + 1 / sizes[1]))
    if moved < max(marks[0], SURE * noise, FEWEST / sizes[1]):
        return Level.STEADY
    return Level.MOVED if moved < marks[1] else Level.MOVED_A_LOT


def _unlike(reference: Reference, values: Floats) -> float | None:
    if reference.cloud is None or not len(values):
        return None
    apart = distances(reference.cloud.whiten, standardised(reference.columns, values))
    return float((apart > reference.cloud.far).mean())


def _level_of_shares(columns: tuple[ColumnDrift, ...]) -> Level:
    """A tenth of the features moved: the whole did; a third: a lot."""
    share = sum(column.level is not Level.STEADY for column in columns) / max(len(columns), 1)
    if share < 0.1:
        return Level.STEADY
    return Level.MOVED if share < 1 / 3 else Level.MOVED_A_LOT


def _told(then: Column, present: Floats, levels: tuple[Level, Level, Level], now: tuple[float, float]) -> str:
    by_psi, by_missing, by_unknown = levels
    missing, unknown = now
    parts = []
    if by_psi is not Level.STEADY and not then.is_category:
        parts.append(f"{float(present.mean()):.1f} on average, {then.mean:.1f} in training")
    if by_psi is not Level.STEADY and then.is_category:
        parts.append("its words come in other shares than in training")
    if by_missing is not Level.STEADY:
        parts.append(f"missing in {missing:.0%} of the rows, in {then.missing:.0%} in training")
    if by_unknown is not Level.STEADY or (then.is_category and unknown > 0 and then.unknown == 0):
        met = "a word that training did not meet" if then.is_category else "a number beyond all that training met"
        parts.append(f"{unknown:.1%} hold {met}")
    return f"{then.label}: {'; '.join(parts)}." if parts else f"{then.label}: as in training."


def _whole(
    level: Level,
    columns: tuple[ColumnDrift, ...],
    scores: ColumnDrift | None,
    expected: float | None,
    usual: float | None,
) -> str:
    moved = sum(column.level is not Level.STEADY for column in columns)
    parts = [f"{moved} of {len(columns)} features moved since training."]
    if scores is not None and scores.level is not Level.STEADY and scores.mean_now is not None:
        parts.append(f"The scores moved: {scores.mean_now:.1f} on average, {scores.mean_then:.1f} in training.")
    if expected is not None and usual is not None:
        parts.append(
            f"An error of {expected:.1f} points is to be expected; it was {usual:.1f} when the version was tested."
        )
    if level is Level.MOVED_A_LOT:
        parts.append("Today's students differ much from those in training: train again before relying on the scores.")
    return " ".join(parts)
