"""What a feature is, and the matrix of them: every raw value, whatever its door, becomes a number here and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

import numpy as np

from mlcore.arrays import Flags, Floats, Ints, Words

UNKNOWN = -1.0  # the code of a category that the training did not meet; a missing one is NaN


class FeatureKind(StrEnum):
    NUMBER = "number"
    CATEGORY = "category"


@dataclass(frozen=True, slots=True)
class Feature:
    """One column of the matrix. `changeable`: somebody could still act on it; `group`: under which reason it is told."""

    name: str
    label: str
    group: str
    kind: FeatureKind = FeatureKind.NUMBER
    changeable: bool = False
    protected: bool = False
    unit: str = ""
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class RawColumn:
    """A feature and its raw values: floats with NaN, or words with None, one per sample."""

    feature: Feature
    values: Floats | Words


@dataclass(frozen=True)
class MatrixSchema:
    """The columns of a matrix in their order, and the words that categories had when the model learned."""

    features: tuple[Feature, ...]
    words: tuple[tuple[str, ...], ...]

    @classmethod
    def learn(cls, columns: Sequence[RawColumn], *, least: int = 5, most: int = 60) -> MatrixSchema:
        """From training columns: a word met fewer than `least` times, or beyond the `most` commonest, stays unknown."""
        features = tuple(column.feature for column in columns)
        words = tuple(_common_words(column, least, most) for column in columns)
        return cls(features, words)

    @cached_property
    def places(self) -> Mapping[str, int]:
        return {feature.name: place for place, feature in enumerate(self.features)}

    @cached_property
    def codes(self) -> tuple[Mapping[str, float], ...]:
        return tuple({word: float(code) for code, word in enumerate(words)} for words in self.words)

    @cached_property
    def groups(self) -> tuple[str, ...]:
        """The groups in the order in which their first feature stands."""
        return tuple(dict.fromkeys(feature.group for feature in self.features))

    @cached_property
    def group_of(self) -> Ints:
        """For each feature the place of its group in `groups`."""
        places = {group: place for place, group in enumerate(self.groups)}
        return np.array([places[feature.group] for feature in self.features], dtype=np.int64)

    @cached_property
    def numbers(self) -> Ints:
        return self._places_of(FeatureKind.NUMBER)

    @cached_property
    def categories(self) -> Ints:
        return self._places_of(FeatureKind.CATEGORY)

    def encode(self, columns: Mapping[str, Floats | Words], rows: int) -> Matrix:
        """The one way from raw values to a matrix. A column that is not given is missing; one that is not known is left out."""
        values = np.full((rows, len(self.features)), np.nan)
        for place, feature in enumerate(self.features):
            if feature.name in columns:
                raw = columns[feature.name]
                values[:, place] = self._coded(raw, place) if feature.kind is FeatureKind.CATEGORY else raw
        return Matrix(self, values)

    def _coded(self, words: Floats | Words, place: int) -> Floats:
        return coded(words, self.codes[place])

    def _places_of(self, kind: FeatureKind) -> Ints:
        return np.array([place for place, feature in enumerate(self.features) if feature.kind is kind], dtype=np.int64)


@dataclass(frozen=True)
class Matrix:
    """One row per sample, one float per feature: NaN is missing, UNKNOWN a category never met in training."""

    schema: MatrixSchema
    values: Floats

    def __len__(self) -> int:
        return len(self.values)

    def take(self, rows: Ints | Flags) -> Matrix:
        return Matrix(self.schema, self.values[rows])

    def column(self, name: str) -> Floats:
        return self.values[:, self.schema.places[name]]


def coded(words: Floats | Words, codes: Mapping[str, float]) -> Floats:
    """Words as codes; None and NaN are missing, a word without a code is UNKNOWN."""
    import pandas as pd

    distinct, inverse = np.unique(np.where(pd.isna(words), "", words).astype(str), return_inverse=True)
    lookup = np.array([np.nan if word == "" else codes.get(word, UNKNOWN) for word in distinct], dtype=np.float64)
    return lookup[inverse] if len(distinct) else np.empty(0)


def _common_words(column: RawColumn, least: int, most: int) -> tuple[str, ...]:
    if column.feature.kind is not FeatureKind.CATEGORY:
        return ()
    present: dict[str, int] = {}
    met: Any = [word for word in column.values if isinstance(word, str) and word]
    for word, count in zip(*np.unique(met, return_counts=True), strict=True) if met else ():
        present[str(word)] = int(count)
    common = sorted((word for word in present if present[word] >= least), key=lambda word: (-present[word], word))
    return tuple(sorted(common[:most]))
