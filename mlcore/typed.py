"""Values typed by a person or sent by another system, as one row of the matrix; what cannot be meant is refused in a sentence."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import TypeAlias

import numpy as np

from mlcore.arrays import Floats, Words
from mlcore.errors import MLError
from mlcore.features.base import Feature, FeatureKind, Matrix, MatrixSchema

Value: TypeAlias = float | int | str | None

MOST = 1e9  # beyond this a number means nothing, whatever it counts
LONGEST_WORD, SHOWN = 120, 40


class BadValues(MLError):
    """Typed values that cannot be meant; `faults` holds a sentence for each, by the feature's name."""

    code = "bad_values"

    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__(" ".join(faults.values()))
        self.faults = dict(faults)
        self.args = (self.faults,)


def row_of(schema: MatrixSchema, values: Mapping[str, Value]) -> Matrix:
    """One row; what is not given is missing. Raises BadValues with every fault."""
    if faults := dict(_faults(schema, values)):
        raise BadValues(faults)
    given = {name: _raw(schema, name, value) for name, value in values.items()}
    return schema.encode(given, rows=1)


def _raw(schema: MatrixSchema, name: str, value: Value) -> Floats | Words:
    if schema.features[schema.places[name]].kind is FeatureKind.CATEGORY:
        return np.array([value or None], dtype=object)
    return np.array([np.nan if value is None else float(value)])


def _faults(schema: MatrixSchema, values: Mapping[str, Value]) -> Iterator[tuple[str, str]]:
    for name, value in values.items():
        place = schema.places.get(name)
        if place is None:
            yield name, f"{_shown(name)}: the model does not know a value of this name."
        elif value is not None and (fault := _fault(schema.features[place], schema.words[place], value)):
            yield name, f"{schema.features[place].label}: {fault}"


def _fault(feature: Feature, words: tuple[str, ...], value: Value) -> str:
    if feature.kind is FeatureKind.CATEGORY:
        return "" if _is_word(value) else f"expected one of {', '.join(words)}, but it says {_shown(value)}."
    low = -MOST if feature.low is None else feature.low
    high = MOST if feature.high is None else feature.high
    if _is_number(value) and low <= value <= high:  # type: ignore[operator]  # it is a number
        return ""
    return f"expected {_wish(feature)}, but it says {_shown(value)}."


def _is_number(value: object) -> bool:
    """Whole numbers may be larger than any float; they are compared as they are."""
    if isinstance(value, float):
        return math.isfinite(value)
    return isinstance(value, int) and not isinstance(value, bool)


def _is_word(value: object) -> bool:
    """A short text that can be read, and therefore stored and sent anywhere."""
    return isinstance(value, str) and len(value) <= LONGEST_WORD and value.isprintable()


def _shown(value: object) -> str:
    """What was typed, as far as a sentence can hold it."""
    if isinstance(value, int) and abs(value) > MOST**4:
        return "a number of very many digits"
    return "".join(letter if letter.isprintable() else "?" for letter in str(value)[:SHOWN])


def _wish(feature: Feature) -> str:
    low = "" if feature.low is None else f" from {feature.low:g}"
    high = "" if feature.high is None else f" to {feature.high:g}"
    return f"a number{low}{high}"
