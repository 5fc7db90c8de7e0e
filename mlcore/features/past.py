"""Some samples beside all earlier results they may see: what families of features tell of, a piece at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from mlcore.arrays import Flags, Floats, Ints
from mlcore.features.view import View
from mlcore.layout.timeline import Pairs


@dataclass(frozen=True)
class Past:
    """Some samples beside all earlier results they may see."""

    view: View
    piece: slice
    pairs: Pairs

    @property
    def sample(self) -> Ints:
        return self.pairs.sample

    @property
    def size(self) -> int:
        return self.pairs.size

    def of_sample(self, values: Ints) -> Ints:
        return values[self.piece][self.pairs.sample]

    @cached_property
    def exam(self) -> Ints:
        return self.view.history.exam[self.pairs.row]

    @cached_property
    def percent(self) -> Floats:
        return self.view.history.percent[self.pairs.row]

    @cached_property
    def rank(self) -> Ints:
        return self.view.history.rank[self.pairs.row]

    @cached_property
    def subject(self) -> Ints:
        return self.view.book.subject[self.exam]

    @cached_property
    def same_subject(self) -> Flags:
        return np.asarray((self.subject == self.of_sample(self.view.subject)) & (self.subject >= 0), dtype=np.bool_)

    @cached_property
    def cut(self) -> Ints:
        return self.of_sample(self.view.cut)

    @cached_property
    def age(self) -> Floats:
        """Days since each exam was sat."""
        return (self.cut - self.view.book.day[self.exam]).astype(np.float64)


def told_of_past(view: View, tell: Callable[[Past], Mapping[str, Floats]]) -> dict[str, Floats]:
    """What `tell` says of the earlier results of some samples at a time, put together for all."""
    stretches = view.history.timeline.known(view.student, view.cut)
    return stretches.told(lambda piece, pairs: tell(Past(view, piece, pairs)))
