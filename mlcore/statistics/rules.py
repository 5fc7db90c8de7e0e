"""Conditions that a person can read and apply: what a group of students has in common."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from mlcore.arrays import Flags
from mlcore.features.base import FeatureKind, RawColumn
from mlcore.statistics import words
from mlcore.statistics.onerow import numbers


@dataclass(frozen=True, slots=True)
class Condition:
    """On one column. A number: from `low`, below `high`; a word: one of `words`, or with `negated` none of them.

    `unknown`: students of whom it is not known belong here as well; `known`: the others belong here at all.
    """

    name: str
    label: str
    unit: str = ""
    low: float | None = None
    high: float | None = None
    words: tuple[str, ...] = ()
    negated: bool = False
    unknown: bool = False
    known: bool = True

    def holds(self, column: RawColumn) -> Flags:
        """For each student of the column, one row each, whether it holds."""
        if column.feature.kind is FeatureKind.CATEGORY:
            return self._holds_word(column)
        values = numbers(column)
        missing = np.isnan(values)
        inside = ~missing & self.known
        if self.low is not None:
            inside &= values >= self.low
        if self.high is not None:
            inside &= values < self.high
        return inside | (missing & self.unknown)

    def _holds_word(self, column: RawColumn) -> Flags:
        among = np.isin(column.values.astype(str), self.words)
        missing = np.array([word is None for word in column.values], dtype=bool)
        return np.asarray((among != self.negated) & ~missing | (missing & self.unknown), dtype=bool)

    def sentence(self, *, some_unknown: bool) -> str:
        or_unknown = self.unknown and some_unknown
        if self.words:
            return words.none_of(self.label, self.words) if self.negated else words.one_of(self.label, self.words)
        if self.low is None and self.high is None:
            return words.known(self.label, is_known=self.known)
        return words.between(self.label, (self.low, self.high), self.unit, or_unknown=or_unknown)


def joined(conditions: Sequence[Condition]) -> tuple[Condition, ...]:
    """Several conditions on one column as one, in the order in which columns first come."""
    by_name: dict[str, Condition] = {}
    for condition in conditions:
        before = by_name.get(condition.name)
        by_name[condition.name] = condition if before is None else _both(before, condition)
    return tuple(by_name.values())


def _both(first: Condition, second: Condition) -> Condition:
    unknown = first.unknown and second.unknown
    if first.words:
        return replace(_both_words(first, second), unknown=unknown)
    lows = [each.low for each in (first, second) if each.low is not None]
    highs = [each.high for each in (first, second) if each.high is not None]
    low, high = max(lows, default=None), min(highs, default=None)
    return replace(first, low=low, high=high, unknown=unknown, known=first.known and second.known)


def _both_words(first: Condition, second: Condition) -> Condition:
    if first.negated and second.negated:
        return replace(first, words=tuple(sorted({*first.words, *second.words})))
    return second if first.negated else first  # one word alone says more than which others it is not
