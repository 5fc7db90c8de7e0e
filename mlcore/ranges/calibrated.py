"""What is kept for serving: spread, shape and steps, and how a score becomes its ranges and chances."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mlcore.arrays import Floats
from mlcore.ranges.bands import Bands
from mlcore.ranges.curve import share_below
from mlcore.ranges.edges import BOTTOM, EDGES, TOP, ranges_round
from mlcore.ranges.marks import MarkSteps
from mlcore.ranges.sets import RangeSet
from mlcore.ranges.terms import Spread

AT_ONCE = 4_096  # rows whose whole distribution is held at a time


@dataclass(frozen=True)
class Ranges:
    """One calibrated distribution per sample; ranges and chances are two readings of it.

    Everything is in per cent of the maximum. A predicted score beyond the scale counts as its end.
    """

    spread_model: Spread
    bands: Bands
    steps: MarkSteps
    rows: int

    def of(self, values: Floats, predicted: Floats) -> RangeSet:
        """Each range holds the score itself, and ends at the ends of the scale."""
        centre = _on_scale(predicted)
        return self._ranges(centre, self.spread_model.of(values, centre))

    def chances(self, values: Floats, predicted: Floats, boundaries: Sequence[float] | Floats) -> Floats:
        """The chance of reaching each boundary, one column each; a higher one is never likelier."""
        centre = _on_scale(predicted)
        return self._chances(centre, self.spread_model.of(values, centre), boundaries)

    def both(self, values: Floats, predicted: Floats, boundaries: Sequence[float] | Floats) -> tuple[RangeSet, Floats]:
        """Ranges and chances with the spread worked out once."""
        centre = _on_scale(predicted)
        spread = self.spread_model.of(values, centre)
        return self._ranges(centre, spread), self._chances(centre, spread, boundaries)

    def spread(self, values: Floats, predicted: Floats) -> Floats:
        """The error to expect, in points, for each sample."""
        return self.spread_model.of(values, _on_scale(predicted))

    def _ranges(self, centre: Floats, spread: Floats) -> RangeSet:
        return ranges_round(centre, spread, self.bands.at(centre, EDGES))

    def _chances(self, centre: Floats, spread: Floats, boundaries: Sequence[float] | Floats) -> Floats:
        bounds = np.asarray(boundaries, dtype=np.float64)
        lowered = _rising(bounds, bounds - self.steps.shift(bounds))
        told = np.empty((len(centre), len(bounds)))
        for start in range(0, len(centre), AT_ONCE):
            rows = slice(start, start + AT_ONCE)
            at = (lowered[:, None] - centre[rows]) / spread[rows]
            told[rows] = 1 - share_below(self.bands.at(centre[rows]), at).T
        told[:, bounds <= BOTTOM] = 1.0
        told[:, bounds > TOP] = 0.0
        return told


def _on_scale(score: Floats) -> Floats:
    return np.minimum(np.maximum(score, BOTTOM), TOP)


def _rising(bounds: Floats, lowered: Floats) -> Floats:
    order = np.argsort(bounds, kind="stable")
    told = np.empty_like(lowered)
    told[order] = np.maximum.accumulate(lowered[order])
    return told
