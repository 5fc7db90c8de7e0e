"""From one figure to another in steps: each a bar from where the steps before it led. One drawing for each row of a table."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, floor

from portal.kit.charts.scales import Linear

WIDTH, EDGE = 300.0, 4.0
LEAST_SPAN = 10.0  # points: steps of a tenth look as small as they are


@dataclass(frozen=True, slots=True)
class Fall:
    """`x` and `width` of the bar; `ends` is where the next one begins. A figure of its own is a `line` without a width."""

    x: float
    width: float
    ends: float
    is_up: bool


@dataclass(frozen=True, slots=True)
class Waterfall:
    """`start` and `end` are the places of the two figures; `low` and `high` what the axis spans."""

    falls: tuple[Fall, ...]
    start: float
    end: float
    low: float
    high: float
    width: float = WIDTH


def waterfall(start: float, steps: Sequence[float]) -> Waterfall:
    """All rows share one axis, which spans what the steps reach and at least ten points."""
    reached = [start]
    for step in steps:
        reached.append(reached[-1] + step)
    low, high = _span(min(reached), max(reached))
    across = Linear(low, high, EDGE, WIDTH - EDGE)
    places = [across.place(value) for value in reached]
    falls = tuple(_fall(before, after) for before, after in pairwise(places))
    return Waterfall(falls, places[0], places[-1], low, high)


def _fall(before: float, after: float) -> Fall:
    return Fall(min(before, after), max(round(abs(after - before), 1), 1.0), after, after >= before)


def _span(least: float, most: float) -> tuple[float, float]:
    missing = max(0.0, LEAST_SPAN - (most - least)) / 2
    return float(floor(least - missing)), float(ceil(most + missing))
