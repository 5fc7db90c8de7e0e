"""Calibrated ranges and chances round a score: how far off it may be, for whom, and to which side."""

from mlcore.ranges.calibrated import Ranges
from mlcore.ranges.learning import learn_ranges
from mlcore.ranges.sets import RangeSet

__all__ = ["RangeSet", "Ranges", "learn_ranges"]
