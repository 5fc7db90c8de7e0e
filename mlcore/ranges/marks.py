"""Marks come in steps: where many results are exactly 50, reaching 50 is likelier than a smooth curve says."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mlcore.arrays import Floats

AROUND = 10.0
LEAST_ROWS, LEAST_SHARE = 3, 0.002
MOST_SHIFT = 5.0
DIGITS = 2


@dataclass(frozen=True, slots=True)
class MarkSteps:
    """Results that many students had exactly, and half the step between marks there, in points."""

    marks: Floats
    half_steps: Floats

    def shift(self, boundaries: Floats) -> Floats:
        """By how much each boundary is to be lowered for a smooth curve to tell the chance of reaching it."""
        if not len(self.marks):
            return np.zeros(len(boundaries))
        place = np.clip(np.searchsorted(self.marks, np.round(boundaries, DIGITS)), 0, len(self.marks) - 1)
        return np.where(self.marks[place] == np.round(boundaries, DIGITS), self.half_steps[place], 0.0)


def learn_steps(actual: Floats) -> MarkSteps:
    """The share of results exactly at a mark over the density round it is the step between marks."""
    marks, counts = np.unique(np.round(actual, DIGITS), return_counts=True)
    inside = (marks > 0) & (marks < 100)  # the ends of the scale are the business of the curve
    common = inside & (counts >= max(LEAST_ROWS, LEAST_SHARE * len(actual)))
    marks, counts = marks[common], counts[common]
    ranked = np.sort(actual)
    low, high = np.maximum(marks - AROUND, 0.0), np.minimum(marks + AROUND, 100.0)
    with_ends = np.searchsorted(ranked, high, side="right") - np.searchsorted(ranked, low, side="left")
    without = np.searchsorted(ranked, high, side="left") - np.searchsorted(ranked, low, side="right")
    near = (with_ends + without) / 2
    half_steps = counts * (high - low) / np.maximum(near, 1) / 2
    return MarkSteps(marks, np.minimum(half_steps, MOST_SHIFT))
