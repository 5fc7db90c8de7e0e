"""What the model would say if something were different that somebody can still act on; never what would cause it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from mlcore.arrays import Floats
from mlcore.explain.reasons import HIGHEST, LOWEST
from mlcore.features.base import UNKNOWN, Feature, FeatureKind, Matrix, MatrixSchema
from mlcore.typed import BadValues, Value, row_of

CAVEAT = "This is what the model says of students like that; it does not say that the change would bring it about."
COMMON_WORDS = 3

Usual: TypeAlias = Mapping[str, tuple[float, ...]]


@dataclass(frozen=True, slots=True)
class Change:
    """One feature, by name and label, and its value as it is and as it might be, in words."""

    name: str
    label: str
    now: str
    then: str


@dataclass(frozen=True, slots=True)
class WhatIf:
    """The model's score as things stand and as they might; `difference` in points."""

    changes: tuple[Change, ...]
    before: float
    after: float

    @property
    def difference(self) -> float:
        return self.after - self.before

    @property
    def sentence(self) -> str:
        changed = " and ".join(f"{change.label} were {change.then} (now {change.now})" for change in self.changes)
        return f"If {changed}, the model's score would be {self.after:.1f}, {_told(self.difference)}."


def what_if(champion: Any, schema: MatrixSchema, row: Floats, changes: Mapping[str, Value]) -> WhatIf:
    """The score of one row of a matrix, and with these values instead. Raises BadValues with a sentence per fault."""
    if faults := dict(_refusals(schema, changes)):
        raise BadValues(faults)
    values = row_of(schema, changes).values[0]
    if faults := dict(_unheard(schema, changes, values)):
        raise BadValues(faults)
    moves = {schema.places[name]: float(values[schema.places[name]]) for name in changes}
    return _asked(champion, schema, row, [moves])[0]


def suggestions(champion: Any, schema: MatrixSchema, row: Floats, usual: Usual) -> tuple[WhatIf, ...]:
    """Each thing that can still change moved to each usual value that it does not have, the largest gain first."""
    moves = [
        {schema.places[name]: value}
        for name, values in usual.items()
        for value in values
        if value != row[schema.places[name]]
    ]
    told = _asked(champion, schema, row, moves)
    return tuple(sorted(told, key=lambda one: -one.difference))


def usual_values(background: Matrix) -> dict[str, tuple[float, ...]]:
    """For what may be tried out: the low and the high value that students usually have, or the commonest words."""
    return {
        feature.name: _usual(column[~np.isnan(column)], feature)
        for feature, column in zip(background.schema.features, background.values.T, strict=True)
        if feature.changeable and not feature.protected
    }


def _usual(known: Floats, feature: Feature) -> tuple[float, ...]:
    if feature.kind is FeatureKind.CATEGORY:
        words, counts = np.unique(known[known != UNKNOWN], return_counts=True)
        return tuple(words[np.argsort(-counts, kind="stable")[:COMMON_WORDS]].tolist())
    values = np.unique(known)
    if len(values) > 2:
        low, high = np.quantile(known, [0.25, 0.75], method="nearest")
        values = np.unique([low, high] if low < high else np.quantile(known, [0.05, 0.95], method="nearest"))
    return tuple(values.tolist())


def _refusals(schema: MatrixSchema, changes: Mapping[str, Value]) -> Iterator[tuple[str, str]]:
    for name in changes:
        feature = schema.features[schema.places[name]] if name in schema.places else None
        if feature and feature.protected:
            yield name, f"{feature.label}: this is a protected fact about a student and cannot be tried out."
        elif feature and not feature.changeable:
            yield name, f"{feature.label}: nobody can change this any more, so it cannot be tried out."


def _unheard(schema: MatrixSchema, changes: Mapping[str, Value], values: Floats) -> Iterator[tuple[str, str]]:
    for name, value in changes.items():
        place = schema.places[name]
        if np.isnan(values[place]):
            yield name, f"{schema.features[place].label}: a value is needed to try it out."
        elif values[place] == UNKNOWN and schema.features[place].kind is FeatureKind.CATEGORY:
            yield name, f"{schema.features[place].label}: the model has never met {value}."


def _asked(champion: Any, schema: MatrixSchema, row: Floats, moves: list[dict[int, float]]) -> list[WhatIf]:
    """All questions in one call."""
    rows = np.tile(row, (1 + len(moves), 1))
    for number, move in enumerate(moves, start=1):
        for place, value in move.items():
            rows[number, place] = value
    before, *after = np.clip(champion.predict(rows), LOWEST, HIGHEST).tolist()
    return [
        WhatIf(tuple(_change(schema, place, row[place], value) for place, value in move.items()), before, score)
        for move, score in zip(moves, after, strict=True)
    ]


def _change(schema: MatrixSchema, place: int, now: float, then: float) -> Change:
    feature = schema.features[place]
    return Change(feature.name, feature.label, _in_words(schema, place, now), _in_words(schema, place, then))


def _in_words(schema: MatrixSchema, place: int, value: float) -> str:
    feature = schema.features[place]
    if np.isnan(value):
        return "not known"
    if feature.kind is FeatureKind.CATEGORY:
        return "something new" if value == UNKNOWN else schema.words[place][int(value)]
    if (feature.low, feature.high) == (0.0, 1.0) and value in (0.0, 1.0):
        return "yes" if value else "no"
    return f"{value:.4g} {feature.unit}".rstrip()


def _told(difference: float) -> str:
    if abs(difference) < 0.05:
        return "no different from now"
    size = f"{abs(difference):.1f}"
    points = "point" if size == "1.0" else "points"
    return f"{size} {points} {'higher' if difference > 0 else 'lower'} than now"
