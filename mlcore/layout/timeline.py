"""Rows of a table sorted by whose they are and from when they are known: what a sample may see is one stretch of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from mlcore.arrays import Floats, Ints
from mlcore.layout.keys import DAY_BITS, moment_key, order_of

Kind = TypeVar("Kind", bound=np.generic)

MOST_PAIRS = 2_000_000
MOST_SAMPLES = 250_000


@dataclass(frozen=True, slots=True)
class Timeline:
    """`key` is sorted; `rows` are the places in the table that the keys were made from."""

    key: Ints
    rows: Ints

    @classmethod
    def of(cls, who: Ints, day: Ints, tie: Ints | None = None) -> Timeline:
        """Rows that are nobody's (-1) are left out."""
        mine = np.flatnonzero(who >= 0)
        key = moment_key(who[mine], day[mine])
        rows = order_of(key, None if tie is None else tie[mine])
        return cls(key[rows], mine[rows])

    def start(self, who: Ints) -> Ints:
        """Before the first row of each."""
        return np.asarray(np.searchsorted(self.key, who << DAY_BITS), dtype=np.int64)

    def from_day(self, who: Ints, day: Ints) -> Ints:
        """Before the first row that became known on that day or later."""
        return np.asarray(np.searchsorted(self.key, moment_key(who, day)), dtype=np.int64)

    def after_day(self, who: Ints, day: Ints) -> Ints:
        """Behind the last row that was known at the end of that day."""
        return np.asarray(np.searchsorted(self.key, moment_key(who, day), side="right"), dtype=np.int64)

    def known(self, who: Ints, day: Ints) -> Stretches:
        return Stretches(self.start(who), self.after_day(who, day))


@dataclass(frozen=True, slots=True)
class Pairs:
    """Each row that a sample may see, beside that sample: places among `size` samples, and in the timeline."""

    sample: Ints
    row: Ints
    size: int

    @classmethod
    def of(cls, start: Ints, length: Ints) -> Pairs:
        sample = np.repeat(np.arange(len(start)), length)
        shift = start - np.concatenate(([0], np.cumsum(length)[:-1])) if len(start) else start
        return cls(sample, np.arange(len(sample)) + shift[sample], len(start))


@dataclass(frozen=True, slots=True)
class Stretches:
    """For each sample the rows `start` to `stop` - 1 of a timeline."""

    start: Ints
    stop: Ints

    @property
    def length(self) -> Ints:
        return self.stop - self.start

    def pairs(self) -> Iterator[tuple[slice, Pairs]]:
        """Some samples after the other, so that memory stays bounded; at least once, also for no samples."""
        ends = np.cumsum(self.length)
        first, done = 0, 0
        while first == 0 or first < len(ends):
            last = int(np.searchsorted(ends, done + MOST_PAIRS, side="right"))
            last = min(max(last, first + 1), first + MOST_SAMPLES, max(len(ends), 1))
            piece = slice(first, last)
            yield piece, Pairs.of(self.start[piece], self.length[piece])
            first, done = last, int(ends[last - 1]) if len(ends) else 0

    def told(self, tell: Callable[[slice, Pairs], Mapping[str, npt.NDArray[Kind]]]) -> dict[str, npt.NDArray[Kind]]:
        """What `tell` says of some samples at a time, put together."""
        parts = [tell(piece, pairs) for piece, pairs in self.pairs()]
        return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def ranks(order: Ints) -> Ints:
    """The place of each row in that order."""
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    return rank


def latest(cell: Ints, rank: Ints, cells: int) -> Ints:
    """The highest rank in each cell; -1 where there is none."""
    highest = np.full(cells, -1, dtype=np.int64)
    np.maximum.at(highest, cell, rank)
    return highest


def count_in(cell: Ints, cells: int) -> Ints:
    return np.asarray(np.bincount(cell, minlength=cells), dtype=np.int64)


def sum_in(cell: Ints, values: Floats, cells: int) -> Floats:
    return np.asarray(np.bincount(cell, weights=values, minlength=cells), dtype=np.float64)
