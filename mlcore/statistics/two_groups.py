"""Two groups of students side by side: Welch's and Mann and Whitney's test, and how large a difference is."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from mlcore.arrays import Floats
from mlcore.report import Figure
from mlcore.statistics.correlations import ranks
from mlcore.statistics.intervals import UNSAID, Z95, t_quantile, two_sided_t, two_sided_z
from mlcore.statistics.onerow import is_constant


@dataclass(frozen=True, slots=True)
class Comparison:
    """The first group less the second. `cohens_d` and `hedges_g` (without its small-sample bias) in standard deviations;
    `cliffs_delta`: how much oftener a student of the first group is above one of the second than below (-1 to 1)."""

    difference: Figure
    welch_p: float | None
    mann_whitney_p: float | None
    cohens_d: float | None
    hedges_g: Figure
    cliffs_delta: Figure


def compare(first: Floats, second: Floats) -> Comparison:
    """Of values without gaps; everything that needs a spread is left out where there is none."""
    if min(len(first), len(second)) < 3 or is_constant(np.concatenate([first, second])):
        return Comparison(UNSAID, None, None, None, UNSAID, UNSAID)
    difference, p = _welch(first, second)
    d, g = _standardised(first, second)
    return Comparison(difference, p, _mann_whitney_p(first, second), d, g, cliffs_delta(first, second))


def _welch(first: Floats, second: Floats) -> tuple[Figure, float | None]:
    parts = np.array([first.var(ddof=1) / len(first), second.var(ddof=1) / len(second)])
    difference = float(first.mean() - second.mean())
    if is_constant(first) and is_constant(second):
        return Figure(difference), None
    df = float(parts.sum() ** 2 / (parts**2 / np.array([len(first) - 1, len(second) - 1])).sum())
    error = math.sqrt(parts.sum())
    half = t_quantile(df) * error
    p = float(two_sided_t(np.array(difference / error), np.array(df)))
    return Figure(difference, difference - half, difference + half), p


def _mann_whitney_p(first: Floats, second: Floats) -> float:
    """By the normal curve, with ties and half a step of continuity; groups are never under ten where it is told."""
    n, m = len(first), len(second)
    both = np.concatenate([first, second])
    u = float(ranks(both)[:n].sum()) - n * (n + 1) / 2
    _, ties = np.unique(both, return_counts=True)
    total = n + m
    ties = ties.astype(np.float64)
    variance = n * m / 12 * (total + 1 - float((ties**3 - ties).sum()) / (total * (total - 1)))
    return min(1.0, two_sided_z(max(0.0, abs(u - n * m / 2) - 0.5) / math.sqrt(variance)))


def _standardised(first: Floats, second: Floats) -> tuple[float | None, Figure]:
    """Hedges and Olkin's interval, as Borenstein and others give it."""
    n, m = len(first), len(second)
    df = n + m - 2
    pooled = ((n - 1) * first.var(ddof=1) + (m - 1) * second.var(ddof=1)) / df
    if is_constant(first) and is_constant(second):
        return None, UNSAID
    d = float((first.mean() - second.mean()) / math.sqrt(pooled))
    shrink = 1 - 3 / (4 * df - 1)
    half = Z95 * shrink * math.sqrt((n + m) / (n * m) + d * d / (2 * (n + m)))
    return d, Figure(shrink * d, shrink * d - half, shrink * d + half)


def cliffs_delta(first: Floats, second: Floats) -> Figure:
    """With Cliff's consistent variance and the lopsided interval of Feng and Cliff, which stays within -1 and 1."""
    n, m = len(first), len(second)
    of_first, ties = _dominance(first, np.sort(second))
    of_second, _ = _dominance(second, np.sort(first))
    delta = float(of_first.mean())
    if abs(delta) >= 1.0:
        near = (min(n, m) - Z95**2) / (min(n, m) + Z95**2)
        return Figure(delta, min(delta, near) if delta > 0 else -1.0, 1.0 if delta > 0 else max(delta, -near))
    spread = m * m * float(((of_first - delta) ** 2).sum()) + n * n * float(((of_second + delta) ** 2).sum())
    variance = (spread - ((n * m - ties) - n * m * delta**2)) / (n * m * (n - 1) * (m - 1))
    floor = (1 - delta**2) / (n * m - 1)  # Cliff's own lower bound
    reach = Z95 * math.sqrt(max(variance, floor))
    half = reach * math.sqrt((1 - delta**2) ** 2 + reach**2)
    low, high = ((delta - delta**3 + sign * half) / (1 - delta**2 + reach**2) for sign in (-1, 1))
    return Figure(delta, max(-1.0, low), min(1.0, high))


def _dominance(values: Floats, ordered: Floats) -> tuple[Floats, int]:
    """For each value the share of the others below it less the share above, and how many pairs are equal."""
    below = np.searchsorted(ordered, values, side="left")
    not_above = np.searchsorted(ordered, values, side="right")
    return (below + not_above - len(ordered)) / len(ordered), int((not_above - below).sum())
