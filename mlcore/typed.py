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
            yield name, f"{name}: the model does not know a value of this name."
        elif value is not None and (fault := _fault(schema.features[place], schema.words[place], value)):
            yield name, f"{schema.features[place].label}: {fault}"


def _fault(feature: Feature, words: tuple[str, ...], value: Value) -> str:
    if feature.kind is FeatureKind.CATEGORY:
        return "" if isinstance(value, str) else f"expected one of {', '.join(words)}, but it says {str(value)[:40]}."
    if not isinstance(value, (int, float)) or isinstance(value, bool) or not math.isfinite(value):
        return f"expected {_wish(feature)}, but it says {str(value)[:40]}."
    low = -MOST if feature.low is None else feature.low
    high = MOST if feature.high is None else feature.high
    return "" if low <= value <= high else f"expected {_wish(feature)}, but it says {str(value)[:40]}."


def _wish(feature: Feature) -> str:
    low = "" if feature.low is None else f" from {feature.low:g}"
    high = "" if feature.high is None else f" to {feature.high:g}"
    return f"a number{low}{high}"
