"""Where a range begins and ends: between quantiles of the error, round the score, inside the scale."""

from __future__ import annotations

import numpy as np

from mlcore.arrays import Floats
from mlcore.ranges.curve import LEVELS, portion
from mlcore.ranges.sets import RangeSet

BOTTOM, TOP = 0.0, 100.0
EDGES = np.array([int(np.argmin(np.abs(LEVELS - level))) for level in (0.025, 0.05, 0.1, 0.2, 0.8, 0.9, 0.95, 0.975)])


def ranges_round(centre: Floats, spread: Floats, quantiles: Floats) -> RangeSet:
    """`quantiles`: of the error in units of `spread`, one row for each of EDGES."""
    edges = centre + spread * quantiles
    low_80, high_80 = _ends(edges[2:6])
    low_95, high_95 = _ends(edges[[0, 1, 6, 7]])
    return RangeSet(_below(low_80, centre), _above(high_80, centre), _below(low_95, centre), _above(high_95, centre))


def _ends(edges: Floats) -> tuple[Floats, Floats]:
    """From the quantiles at all and at half of what may be missed below, and at half and at all of it above.

    Where a range ends with the scale nothing is missed on that side; so much more may be missed on the other,
    or ranges of the best and the weakest would hold more often than they say.
    """
    low, inner_low, inner_high, high = edges
    above_top = portion(high - TOP, high - inner_high, full=0.0)
    below_bottom = portion(BOTTOM - low, inner_low - low, full=0.0)
    return low + above_top * (inner_low - low), high - below_bottom * (high - inner_high)


def _below(low: Floats, centre: Floats) -> Floats:
    return np.maximum(np.minimum(low, centre), BOTTOM)


def _above(high: Floats, centre: Floats) -> Floats:
    return np.minimum(np.maximum(high, centre), TOP)
