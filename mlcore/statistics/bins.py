"""Bins of a histogram: readable edges inside the scale, and none that shows fewer than ten students."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from mlcore.arrays import Floats
from mlcore.features.base import Feature
from mlcore.statistics.cells import merged
from mlcore.statistics.onerow import is_constant

MOST_BINS = 40
MOST_STEPS = 400
HAIR = 1e-9  # what arithmetic may leave between a mark and the edge on which it stands
ROUND = (1.0, 2.0, 5.0, 10.0)


@dataclass(frozen=True, slots=True)
class Bin:
    """From `low` up to, but without, `high`; the last one with it."""

    low: float
    high: float
    students: int


def bins(values: Floats, feature: Feature, least: int) -> tuple[Bin, ...]:
    """Of sorted values at most 40 bins of a readable width, merged where they hold too few students to be shown."""
    if len(values) < least:
        return ()
    if is_constant(values):
        return (Bin(float(values[0]), float(values[0]), len(values)),)
    grid = _grid(values)
    edges, width = _edges(values, feature, grid)
    place = np.floor(values / width + HAIR).astype(np.int64) - round(float(np.floor(values[0] / width + HAIR)))
    counts = np.bincount(np.minimum(place, len(edges) - 2), minlength=len(edges) - 1)
    edges, counts = merged(edges, counts.astype(np.int64), least)
    ends = zip(edges, edges[1:], counts, strict=False)
    return tuple(Bin(float(low), float(high), int(count)) for low, high, count in ends)


def _grid(values: Floats) -> float:
    """The step of marks such as 0, 2.5, 5, …; a bin that is no whole number of steps would show stripes. 0: there is none."""
    gaps = np.diff(np.unique(values)[:MOST_STEPS])
    steps = gaps / gaps.min()
    return float(gaps.min()) if len(gaps) < MOST_STEPS - 1 and np.abs(steps - np.rint(steps)).max() < 1e-6 else 0.0


def _edges(values: Floats, feature: Feature, grid: float) -> tuple[Floats, float]:
    low, high = float(values[0]), float(values[-1])
    width = _width(values, high - low, grid)
    first, last = math.floor(low / width + HAIR), math.floor(high / width + HAIR) + 1
    edges = np.asarray(width * np.arange(first, last + 1), dtype=np.float64)
    if feature.low is not None and feature.low <= low:
        edges[0] = max(edges[0], feature.low)
    if feature.high is not None and feature.high >= high:
        if len(edges) > 2 and edges[-2] >= feature.high - HAIR * width:
            edges = edges[:-1]  # the highest mark joins the bin below it rather than stand in one outside the scale
        edges[-1] = min(edges[-1], feature.high)
    return edges, width


def _width(values: Floats, span: float, grid: float) -> float:
    """Freedman and Diaconis' width, rounded to a readable one."""
    quarters = float(np.subtract(*np.quantile(values, (0.75, 0.25))))
    wanted = 2 * quarters / len(values) ** (1 / 3) if quarters > 0 else span / math.sqrt(len(values))
    least = max(span / (MOST_BINS - 2), grid)
    unit = grid or 1.0
    return unit * max(_nearest(min(max(wanted, least), span) / unit), readable(least / unit))


def readable(wanted: float) -> float:
    """The next of 1, 2 and 5 times a power of ten that is not smaller."""
    power = 10.0 ** math.floor(math.log10(wanted))
    return next(power * step for step in ROUND if power * step >= wanted * (1 - 1e-9))


def _nearest(wanted: float) -> float:
    power = 10.0 ** math.floor(math.log10(wanted))
    return power * min(ROUND, key=lambda step: abs(math.log(power * step / wanted)))
