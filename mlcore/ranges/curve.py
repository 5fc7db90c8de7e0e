"""Quantiles that keep their promise for a new row, and that know that nobody can score beyond the ends of the scale."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mlcore.arrays import Flags, Floats, Ints

HALF = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45)
LEVELS = np.array([*HALF, 0.5, *[1 - level for level in reversed(HALF)]])
STRIDES = np.diff(LEVELS)
TAIL_SHARE, TAIL_LEAST = 0.05, 3
SLIGHT = 1e-9


@dataclass(frozen=True, slots=True)
class Met:
    """Values that were met. `at_top`: the scale ended there, so that the true value may lie above; `at_bottom`: below.

    `alike`: how many values tell of one and the same result.
    """

    values: Floats
    at_top: Flags
    at_bottom: Flags
    alike: float = 1.0

    @classmethod
    def whole(cls, values: Floats) -> Met:
        """Values that no scale has cut."""
        none = np.zeros(len(values), dtype=np.bool_)
        return cls(values, none, none)

    def take(self, rows: Ints | Flags) -> Met:
        return Met(self.values[rows], self.at_top[rows], self.at_bottom[rows], self.alike)

    def mirrored(self) -> Met:
        return Met(-self.values, self.at_bottom, self.at_top, self.alike)


def quantiles(met: Met, levels: Floats = LEVELS) -> Floats:
    """Quantiles moved outwards to the next value that was met; beyond the outermost the tail is an exponential one.

    Where the scale cut values off, the share above each value is Kaplan and Meier's.
    """
    if met.at_bottom.sum() > met.at_top.sum():
        values, below = _ranked(met.mirrored())
        values, below = -values[::-1], 1 - below[::-1]
    else:
        values, below = _ranked(met)
    room = (met.alike - 1) / (2 * (len(met.values) + 1))
    lower = np.searchsorted(below, levels - room + SLIGHT, side="right") - 1
    upper = np.searchsorted(below, levels + room - SLIGHT, side="left")
    place = np.where(levels < 0.5, lower, upper)
    told = values[np.clip(place, 0, len(values) - 1)]
    lowest, highest = below[0] * met.alike, (1 - below[-1]) * met.alike
    under = values[0] - _tail(met.mirrored()) * np.log(np.maximum(lowest / levels, 1))
    over = values[-1] + _tail(met) * np.log(np.maximum(highest / (1 - levels), 1))
    outermost = np.where(place < 0, under, np.where(place >= len(values), over, told))
    return np.asarray(np.maximum.accumulate(outermost))


def share_below(curve: Floats, at: Floats) -> Floats:
    """Where `at` lies among each sample's own quantiles, between two of them in proportion.

    `curve` has a row per level, `at` a row per question; both have a column per sample.
    """
    upper = (curve[:, None, :] < at).sum(axis=0, dtype=np.uint8)
    inside = np.minimum(np.maximum(upper, 1), len(LEVELS) - 1).astype(np.intp)
    sample = np.arange(at.shape[1])
    low, high = curve[inside - 1, sample], curve[inside, sample]
    part = portion(at - low, high - low, full=1.0)
    return np.asarray(LEVELS[inside - 1] + part * STRIDES[inside - 1])


def portion(part: Floats, whole: Floats, full: float) -> Floats:
    """From 0 to 1; `full` where the whole is nothing."""
    told = np.full(part.shape, full)
    np.divide(part, whole, out=told, where=whole > 0)
    return np.asarray(np.minimum(np.maximum(told, 0.0), 1.0))


def _ranked(met: Met) -> tuple[Floats, Floats]:
    """The values that were not cut off at the top, rising, and the share that lies below each, as of one more row."""
    cut = met.at_top if not met.at_top.all() else np.zeros(len(met.values), dtype=np.bool_)
    order = np.lexsort((cut, met.values))
    there = ~cut[order]
    left = len(order) + 1 - np.arange(len(order))
    above = np.asarray(np.cumprod(np.where(there, 1 - 1 / left, 1.0)), dtype=np.float64)
    return met.values[order][there], 1 - above[there]


def _tail(met: Met) -> float:
    """How far, on average, values reach beyond the first of the highest ones; those cut off reach at least so far."""
    whole = np.sort(met.values[~met.at_top])
    count = min(max(TAIL_LEAST, int(TAIL_SHARE * len(whole))), len(whole) - 1)
    if count < 1:
        return 1.0
    beyond = np.maximum(met.values - whole[-count - 1], 0.0)
    return float(beyond.sum() / count)
