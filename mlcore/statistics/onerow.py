"""Several rows of one student become one, so that nobody counts twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from mlcore.arrays import Floats, Ints, Words
from mlcore.features.base import FeatureKind, Matrix, RawColumn

Keys: TypeAlias = npt.NDArray[Any] | Sequence[Any]


@dataclass(frozen=True)
class Roll:
    """The students behind the rows: `codes` says for each row which of the `count` students it belongs to."""

    codes: Ints
    count: int

    @classmethod
    def of(cls, students: Keys) -> Roll:
        keys = np.asarray(students)
        if keys.dtype.kind == "O":
            keys = keys.astype(str)
        distinct, codes = np.unique(keys, return_inverse=True)
        return cls(codes.astype(np.int64), len(distinct))

    @property
    def repeats(self) -> bool:
        return self.count < len(self.codes)

    def means(self, values: Floats) -> Floats:
        """Each student's mean over the rows where the value is known; NaN where none is."""
        known = np.isfinite(values)
        counts = np.bincount(self.codes[known], minlength=self.count)
        sums = np.bincount(self.codes[known], weights=values[known], minlength=self.count)
        with_any = counts > 0
        found = np.full(self.count, np.nan)
        found[with_any] = sums[with_any] / counts[with_any]
        return found

    def together(self, *columns: Floats) -> tuple[Floats, ...]:
        """Each student's means over the rows where all columns are known; students without such a row are left out."""
        known = np.logical_and.reduce([np.isfinite(column) for column in columns])
        if not self.repeats:
            return tuple(column[known] for column in columns)
        counts = np.bincount(self.codes[known], minlength=self.count)
        met = counts > 0
        sums = (np.bincount(self.codes[known], weights=column[known], minlength=self.count) for column in columns)
        return tuple(each[met] / counts[met] for each in sums)

    def words(self, words: Words | Floats) -> Words:
        """Each student's commonest word, the first of the alphabet among equals; None where there is none."""
        known = np.array([isinstance(word, str) and word != "" for word in words], dtype=bool)
        found = np.full(self.count, None, dtype=object)
        if not known.any():
            return found
        distinct, codes = np.unique(words[known].astype(str), return_inverse=True)
        pairs, counts = np.unique(self.codes[known] * len(distinct) + codes, return_counts=True)
        student, word = np.divmod(pairs, len(distinct))
        order = np.lexsort((-word, counts, student))  # the commonest stands last, and is what remains
        found[student[order]] = distinct[word[order]].astype(object)
        return found

    def column(self, column: RawColumn) -> RawColumn:
        if column.feature.kind is FeatureKind.CATEGORY:
            return RawColumn(column.feature, self.words(column.values))
        return RawColumn(column.feature, self.means(numbers(column)))


def columns_of(matrix: Matrix) -> list[RawColumn]:
    """The columns of a matrix, with their words instead of codes; a word that was not known stays missing."""
    return [
        RawColumn(feature, _spelled(values, words) if feature.kind is FeatureKind.CATEGORY else values)
        for feature, words, values in zip(matrix.schema.features, matrix.schema.words, matrix.values.T, strict=True)
    ]


def _spelled(codes: Floats, words: tuple[str, ...]) -> Words:
    known = np.isfinite(codes) & (codes >= 0)
    lookup = np.array([*words, None], dtype=object)
    return np.asarray(lookup[np.where(known, codes, len(words)).astype(np.int64)], dtype=object)


def numbers(column: RawColumn) -> Floats:
    """The values as floats, with NaN for what is missing or no number at all."""
    values = np.asarray(column.values, dtype=np.float64)
    return np.where(np.isfinite(values), values, np.nan)


def has_gaps(column: RawColumn) -> bool:
    if column.feature.kind is FeatureKind.CATEGORY:
        return any(word is None for word in column.values)
    return not bool(np.isfinite(numbers(column)).all())


def is_constant(values: Floats) -> bool:
    """No two values differ by more than what arithmetic itself leaves behind."""
    return len(values) == 0 or float(np.ptp(values)) <= 1e-12 * max(1.0, float(np.abs(values).max()))
