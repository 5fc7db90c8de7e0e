"""What was usual among everybody, as it was known on any day: running totals of the school's tallies."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mlcore.arrays import Floats, Ints
from mlcore.layout.keys import DAY_BITS, moment_key, order_of, share

EXACT = 100_000_000  # points are added as whole hundred-millionths, so that no order of adding changes a sum


@dataclass(frozen=True, slots=True)
class Levels:
    """Running counts and totals by group and day; both begin with 0."""

    key: Ints
    count: Ints
    total: Ints

    @classmethod
    def of(cls, group: Ints, day: Ints, count: Ints, total: Ints) -> Levels:
        """Rows without a group (-1) are left out; `total` is in hundred-millionths of points. One entry for each group and
        day: a school's many exams of a day are one when it is asked for everybody.
        """
        key = moment_key(group, day)
        rows = order_of(key)
        rows = rows[int(np.searchsorted(key[rows], 0)) :]
        key = key[rows]
        first = np.flatnonzero(np.diff(key, prepend=-1))
        return cls(key[first], _running(_summed(count[rows], first)), _running(_summed(total[rows], first)))

    def mean(self, group: Ints, day: Ints) -> Floats:
        """The mean of each group as known at the end of each day; NaN where nothing was known."""
        start, stop = self._stretch(group, day)
        return share((self.total[stop] - self.total[start]) / EXACT, self.count[stop] - self.count[start])

    def number(self, group: Ints, day: Ints) -> Floats:
        """How many each mean is of."""
        start, stop = self._stretch(group, day)
        return (self.count[stop] - self.count[start]).astype(np.float64)

    def _stretch(self, group: Ints, day: Ints) -> tuple[Ints, Ints]:
        groups = int(self.key[-1] >> DAY_BITS) + 2 if len(self.key) else 1
        if groups < len(group):  # many questions about few groups: each group is looked up once
            table = np.searchsorted(self.key, np.arange(-1, groups) << DAY_BITS)
            start = table[np.clip(group, -1, groups - 1) + 1]
        else:
            start = np.searchsorted(self.key, group << DAY_BITS)
        stop = np.searchsorted(self.key, moment_key(group, day), side="right")
        return np.asarray(start, dtype=np.int64), np.asarray(stop, dtype=np.int64)


def _summed(values: Ints, first: Ints) -> Ints:
    return np.add.reduceat(values, first) if len(first) else values[:0]


def _running(values: Ints) -> Ints:
    return np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(values)))


def together(left: Ints, right: Ints, rights: int) -> Ints:
    """One group for each pair of groups; -1 if either is."""
    return np.where((left < 0) | (right < 0), -1, left * rights + right)
