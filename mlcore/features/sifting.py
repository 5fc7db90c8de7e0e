"""Which columns are worth learning from: those that say nothing, or only what another one says, are left out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from mlcore.arrays import Floats
from mlcore.features.base import FeatureKind, RawColumn

KEPT = ("class_mean", "last_comparable", "shrunken_mean")  # the simplest guesses are always at hand
SAME = 1.0 - 1e-9
A_FEW = 1_000  # rows on which two columns are compared first


def sifted(columns: Sequence[RawColumn]) -> list[RawColumn]:
    """In the same order; of several that say the same, the one about a single subject, else one that is kept, else the first."""
    numbers = [column for column in columns if column.feature.kind is FeatureKind.NUMBER]
    numbers.sort(key=lambda column: 0 if column.feature.name.startswith("in_") else 2 - (column.feature.name in KEPT))
    said = _new_numbers(numbers) | {
        column.feature.name for column in columns if column.feature.kind is FeatureKind.CATEGORY and _varies(column)
    }
    return [column for column in columns if column.feature.name in said]


def _varies(column: RawColumn) -> bool:
    return pd.Series(column.values).nunique(dropna=False) > 1


def _new_numbers(numbers: Sequence[RawColumn]) -> set[str]:
    """Names of the numbers that are no shifted or stretched copy of one before, with the same values missing."""
    new: set[str] = set()
    patterns: dict[bytes, list[Floats]] = {}
    for column in numbers:
        values = column.values.astype(np.float64, copy=False)
        known = ~np.isnan(values)
        met = patterns.setdefault(np.packbits(known).tobytes(), [])
        values = values if known.all() else values[known]
        if _is_new(values, len(values) < len(known), met):
            met.append(values)
            new.add(column.feature.name)
    return new.union(column.feature.name for column in numbers if column.feature.name in KEPT)


def _is_new(values: Floats, some_missing: bool, met: Sequence[Floats]) -> bool:
    """Whether these values say something that those met with the same ones missing do not.

    One value throughout says no more than where it is missing: news only if nothing else is missing just there.
    """
    if len(values) == 0:
        return False
    if np.ptp(values) == 0:
        return some_missing and not met
    few = slice(None, None, max(1, len(values) // A_FEW))
    return not any(_copies(values[few], other[few]) and _copies(values, other) for other in met)


def _copies(left: Floats, right: Floats) -> bool:
    """Whether one is the other, shifted or stretched."""
    left, right = left - left.mean(), right - right.mean()
    scale = np.sqrt(np.sum(left**2) * np.sum(right**2))
    return bool(np.sum(left * right) >= SAME * scale)
