"""From the matrix to what estimators read: words become columns of their own, and each column knows its feature.

Import it late: it stands on scikit-learn.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin

from mlcore.arrays import Floats, Ints
from mlcore.features.base import MatrixSchema

SLIGHT = 1e-12  # numbers that differ by less are the same, and would be divided by nought
NOT_A_WORD = -1  # the size of a column of numbers


def sizes_of(schema: MatrixSchema) -> tuple[int, ...]:
    """For each feature how many words it knows; NOT_A_WORD for a number. All that an encoder needs of a schema."""
    categories = set(schema.categories.tolist())
    return tuple(len(words) if place in categories else NOT_A_WORD for place, words in enumerate(schema.words))


class Encoder(TransformerMixin, BaseEstimator, ABC):  # type: ignore[misc]  # scikit-learn has no types
    """What both encoders share: each word that training met is a column; an unknown word is none of them.

    After `fit`, `source` holds for each encoded column the place of its feature in the schema. Columns that were the
    same for all in training are left out. A number that was never missing in training is, if missing later, the usual one.
    """

    def __init__(self, sizes: tuple[int, ...]) -> None:
        self.sizes = sizes

    def fit(self, X: Floats, y: Any = None) -> Self:  # noqa: N803  # scikit-learn's name
        sizes = np.array(self.sizes, dtype=np.int64)
        spread = np.array([_spread(column) for column in X.T])
        missing = np.isnan(X)
        self.numbers_: Ints = np.flatnonzero((sizes == NOT_A_WORD) & (spread > SLIGHT))
        self.gaps_: Ints = np.flatnonzero(missing.any(axis=0) & ~missing.all(axis=0))
        self.word_source_, self.word_code_ = _words_met(X, np.flatnonzero(sizes != NOT_A_WORD))
        self._learn_numbers(X[:, self.numbers_])
        self.source: Ints = np.concatenate([self.numbers_, self.gaps_, self.word_source_]).astype(np.int64)
        return self

    def transform(self, X: Floats) -> Floats:  # noqa: N803  # scikit-learn's name
        numbers = self._numbers(X[:, self.numbers_])
        gaps = np.isnan(X[:, self.gaps_])
        words = X[:, self.word_source_] == self.word_code_
        return np.concatenate([numbers, gaps, words], axis=1, dtype=np.float64)

    @abstractmethod
    def _learn_numbers(self, numbers: Floats) -> None: ...

    @abstractmethod
    def _numbers(self, numbers: Floats) -> Floats: ...


class LevelEncoder(Encoder):
    """For estimators that weigh and measure: a missing number is the usual one, with a column that says so.

    A number outside what training met counts as the furthest it met, so that a straight line does not run away.
    """

    def _learn_numbers(self, numbers: Floats) -> None:
        self.fill_ = _medians(numbers)
        filled = np.where(np.isnan(numbers), self.fill_, numbers)
        self.centre_: Floats = filled.mean(axis=0)
        self.spread_: Floats = filled.std(axis=0)
        self.lowest_: Floats = filled.min(axis=0, initial=np.inf)
        self.highest_: Floats = filled.max(axis=0, initial=-np.inf)

    def _numbers(self, numbers: Floats) -> Floats:
        filled = np.where(np.isnan(numbers), self.fill_, numbers)
        inside = np.minimum(np.maximum(filled, self.lowest_), self.highest_)
        return np.asarray((inside - self.centre_) / self.spread_)


class TreeEncoder(Encoder):
    """For trees: a missing number stays missing, for at each question they learn on which side such rows belong."""

    def _learn_numbers(self, numbers: Floats) -> None:
        self.fill_ = np.where(np.isnan(numbers).any(axis=0), np.nan, _medians(numbers))
        categories = np.array(self.sizes, dtype=np.int64) != NOT_A_WORD
        self.gaps_ = self.gaps_[categories[self.gaps_]]

    def _numbers(self, numbers: Floats) -> Floats:
        return np.where(np.isnan(numbers), self.fill_, numbers)


def _spread(column: Floats) -> float:
    known = column[~np.isnan(column)]
    return float(np.ptp(known)) if len(known) else 0.0


def _medians(numbers: Floats) -> Floats:
    return np.nanmedian(numbers, axis=0) if numbers.size else np.zeros(numbers.shape[1])


def _words_met(values: Floats, categories: Ints) -> tuple[Ints, Floats]:
    """The place of the feature and the code for each word that some but not all training rows have."""
    source: list[int] = []
    codes: list[float] = []
    for place in categories.tolist():
        met, counts = np.unique(values[:, place], return_counts=True)
        there = met[(met >= 0) & (counts < len(values))]
        source += [place] * len(there)
        codes += there.tolist()
    return np.array(source, dtype=np.int64), np.array(codes, dtype=np.float64)
