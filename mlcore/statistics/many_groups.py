"""Several groups of students at once: Welch's analysis of variance, Kruskal and Wallis' test, and the shares they explain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mlcore.arrays import Floats
from mlcore.report import Figure
from mlcore.statistics.correlations import ranks
from mlcore.statistics.intervals import UNSAID, chi2_tail, explained_interval, f_tail
from mlcore.statistics.onerow import is_constant


@dataclass(frozen=True, slots=True)
class Overall:
    """`eta2`, `omega2` (without eta's bias): the share of the spread of the values that lies between the groups; both
    estimate one figure and share its interval. `epsilon2`: the same of ranks."""

    welch_f: float | None
    welch_p: float | None
    kruskal_h: float | None
    kruskal_p: float | None
    eta2: Figure
    omega2: Figure
    epsilon2: Figure


def overall(groups: Sequence[Floats]) -> Overall:
    """Of values without gaps, at least three in each group."""
    together = np.concatenate(groups) if groups else np.empty(0)
    if len(groups) < 2 or min(map(len, groups)) < 3 or is_constant(together):
        return Overall(None, None, None, None, UNSAID, UNSAID, UNSAID)
    f, p = _welch(groups)
    h, rank_p = _kruskal(together, groups)
    eta2, omega2 = _explained(groups)
    epsilon2, _ = _explained(np.split(ranks(together), np.cumsum([len(group) for group in groups])[:-1]))
    return Overall(f, p, h, rank_p, eta2, omega2, epsilon2)


def _welch(groups: Sequence[Floats]) -> tuple[float | None, float | None]:
    """Always Welch's: choosing it after a test of equal spreads does worse than never choosing."""
    if any(is_constant(group) for group in groups):
        return None, None
    counts = np.array([len(group) for group in groups], dtype=np.float64)
    means = np.array([group.mean() for group in groups])
    weights = counts / np.array([group.var(ddof=1) for group in groups])
    k, total = len(groups), weights.sum()
    centre = (weights * means).sum() / total
    lack = (((1 - weights / total) ** 2) / (counts - 1)).sum()
    between = (weights * (means - centre) ** 2).sum() / (k - 1)
    f = float(between / (1 + 2 * (k - 2) / (k * k - 1) * lack))
    return f, f_tail(f, (k - 1, (k * k - 1) / (3 * lack)))


def _kruskal(together: Floats, groups: Sequence[Floats]) -> tuple[float, float]:
    total = len(together)
    placed = np.split(ranks(together), np.cumsum([len(group) for group in groups])[:-1])
    sums = sum(float(part.sum()) ** 2 / len(part) for part in placed)
    _, counts = np.unique(together, return_counts=True)
    ties = counts.astype(np.float64)
    correction = 1 - float((ties**3 - ties).sum()) / (float(total) ** 3 - total)
    h = (12 / (total * (total + 1)) * sums - 3 * (total + 1)) / correction
    return h, chi2_tail(h, len(groups) - 1)


def _explained(groups: Sequence[Floats]) -> tuple[Figure, Figure]:
    """Eta squared and omega squared of values. Of ranks, eta squared is epsilon squared: H over one less than all students."""
    total, k = sum(map(len, groups)), len(groups)
    together = np.concatenate(groups)
    whole = float(((together - together.mean()) ** 2).sum())
    within = sum(float(((group - group.mean()) ** 2).sum()) for group in groups)
    between = max(0.0, whole - within)
    share = between / whole
    if within <= 1e-12 * whole:
        return Figure(1.0, 1.0, 1.0), Figure(1.0, 1.0, 1.0)
    noise = within / (total - k)
    low, high = explained_interval(between / (k - 1) / noise, (k - 1, total - k), total)
    omega2 = max(0.0, (between - (k - 1) * noise) / (whole + noise))
    return Figure(share, min(low, share), max(high, share)), Figure(omega2, min(low, omega2), max(high, omega2))
