"""Pearson's and Spearman's correlation with their intervals, on values without gaps."""

from __future__ import annotations

import math

import numpy as np

from mlcore.arrays import Floats
from mlcore.report import Figure
from mlcore.statistics.intervals import UNSAID, Z95, two_sided_t
from mlcore.statistics.onerow import is_constant

LEAST = 4


def ranks(values: Floats) -> Floats:
    """Places from 1, equal values sharing the mean of theirs."""
    order = np.argsort(values)
    ordered = values[order]
    first = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    lengths = np.diff(np.r_[first, len(values)])
    placed = np.empty(len(values))
    placed[order] = np.repeat(first + (lengths + 1) / 2, lengths)
    return placed


def correlation(x: Floats, y: Floats) -> float | None:
    """None where one of them is constant or there are fewer than four students."""
    if len(x) < LEAST or is_constant(x) or is_constant(y):
        return None
    x, y = _scaled(x), _scaled(y)
    together = float((x * y).sum()) / math.sqrt(float((x * x).sum()) * float((y * y).sum()))
    return min(1.0, max(-1.0, together))


def pearson(x: Floats, y: Floats, *, given: int = 0) -> Figure:
    """With Fisher's interval; `given`: how many other values were already taken into account."""
    r = correlation(x, y)
    return UNSAID if r is None else _fisher(r, len(x) - 3 - given, 1.0)


def spearman(x: Floats, y: Floats) -> Figure:
    """Of ranks that are given, with Bonett and Wright's interval."""
    r = correlation(x, y)
    return UNSAID if r is None else _fisher(r, len(x) - 3, math.sqrt(1 + r * r / 2))


def correlation_p(r: float | None, students: int, *, given: int = 0) -> float | None:
    """The chance of at least this correlation by accident, by the t distribution."""
    df = students - 2 - given
    if r is None or df < 1:
        return None
    if abs(r) >= 1.0:
        return 0.0
    t = r * math.sqrt(df / (1 - r * r))
    return float(two_sided_t(np.array(t), np.array(float(df))))


def residuals(y: Floats, given: Floats) -> Floats:
    """What is left of y once a straight line over `given` is taken away."""
    centred = given - given.mean()
    slope = float((centred * y).sum() / (centred * centred).sum())
    return np.asarray(y - y.mean() - centred * slope, dtype=np.float64)


def _scaled(values: Floats) -> Floats:
    centred = values - values.mean()
    return np.asarray(centred / np.abs(centred).max(), dtype=np.float64)


def _fisher(r: float, freedom: int, factor: float) -> Figure:
    if freedom < 1 or abs(r) >= 1.0:
        return Figure(r, r, r) if abs(r) >= 1.0 else Figure(r)
    half = Z95 * factor / math.sqrt(freedom)
    centre = math.atanh(r)
    return Figure(r, math.tanh(centre - half), math.tanh(centre + half))
