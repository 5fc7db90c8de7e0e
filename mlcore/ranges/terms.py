"""The spread of one sample: a product of factors, each read from a small table by the value of one column."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from mlcore.arrays import Floats, Ints

MOST_BINS = 8


@dataclass(frozen=True, slots=True)
class Bins:
    """How one column is cut. The place after the last edge is for what is missing: NaN sorts behind infinity."""

    place: int
    edges: Floats

    def of(self, column: Floats) -> Ints:
        return self.edges.searchsorted(column, "right")

    @property
    def count(self) -> int:
        return len(self.edges) + 1


@dataclass(frozen=True, slots=True)
class Term:
    """The logarithm of a factor for each bin of one column."""

    bins: Bins
    points: Floats


@dataclass(frozen=True, slots=True)
class Spread:
    """The expected absolute error in points, from `low` to `high` as met in training, times the scales of its parts.

    Columns are those of the matrix, and behind the last of them the predicted score.
    """

    base: float
    terms: tuple[Term, ...]
    low: float
    high: float
    scales: tuple[Term, ...] = ()

    def of(self, values: Floats, predicted: Floats) -> Floats:
        learnt = np.exp(self.base + _sum(self.terms, values, predicted))
        held = np.minimum(np.maximum(learnt, self.low), self.high)
        return np.asarray(held * np.exp(_sum(self.scales, values, predicted)))

    def scaled(self, scale: Term) -> Spread:
        return replace(self, scales=merged((*self.scales, scale)))

    def stretched(self, log_factor: float) -> Spread:
        """The same everywhere so much wider, or narrower below 0."""
        factor = float(np.exp(log_factor))
        return replace(self, base=self.base + log_factor, low=self.low * factor, high=self.high * factor)


def _sum(terms: tuple[Term, ...], values: Floats, predicted: Floats) -> Floats:
    total = np.zeros(len(predicted))
    for term in terms:
        bins = term.bins
        column = predicted if bins.place >= values.shape[1] else values[:, bins.place]
        total += term.points[bins.of(column)]
    return total


def merged(terms: tuple[Term, ...]) -> tuple[Term, ...]:
    """Terms that cut the same column alike, added up into one, so that each table is read once."""
    sums: dict[tuple[int, bytes], Term] = {}
    for term in terms:
        key = term.bins.place, term.bins.edges.tobytes()
        known = sums.get(key)
        sums[key] = Term(term.bins, term.points + known.points) if known else term
    return tuple(sums.values())


def number_bins(place: int, column: Floats, most: int = MOST_BINS) -> Bins:
    """About equally many rows in each bin; a value that many rows share keeps to one side of every edge."""
    known = column[np.isfinite(column)]
    if not len(known):
        return Bins(place, np.array([np.inf]))
    wanted = np.linspace(0, 1, most + 1)[1:-1]
    cuts = np.unique(np.quantile(known, wanted, method="inverted_cdf"))
    return Bins(place, np.append(cuts[cuts > known.min()], np.inf))


def word_bins(place: int, words: int) -> Bins:
    """One bin per code, and the first for words that training never met."""
    return Bins(place, np.append(np.arange(words) - 0.5, np.inf))


def value_bins(place: int, column: Floats) -> Bins:
    """One bin per value that was met, edges half way between neighbours."""
    met = np.unique(column[np.isfinite(column)])
    return Bins(place, np.append((met[1:] + met[:-1]) / 2, np.inf))
