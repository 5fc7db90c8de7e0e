"""Columns of a plan as the tables store them: days without hours, decimals of so many places, null for what is not said."""

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from portal.kit.bulk import Coded, Column
from students.importing.incoming import Array
from students.importing.plan import NOBODY

FEW = 8  # so many different texts are kept as codes, which a table takes in much faster


def stored(field: Any, given: Any) -> Column:
    """A column as portal.kit.bulk takes it. References are keys by now, or NOBODY."""
    if not isinstance(given, np.ndarray):
        return given
    if field.is_relation:
        return _whole(given, given == NOBODY)
    kind = field.get_internal_type()
    if kind in FORMS:
        return FORMS[kind](field, given)
    if kind.endswith("IntegerField"):
        return _whole(given, given.astype(np.int64) < 0)
    return _text(given)


def _number(field: Any, given: Array) -> Array:
    """Of so many decimal places as the field has, so that both databases keep the same."""
    numbers = given.astype(np.float64)
    return np.asarray(np.round(numbers, field.decimal_places))


def _flag(field: Any, given: Array) -> Array:
    said = given.astype(np.int8)
    return np.where(said < 0, int(field.get_default() or 0), said).astype(bool)


def _json(field: Any, given: Array) -> list[str]:
    return [each if isinstance(each, str) else json.dumps(each, ensure_ascii=False) for each in given.tolist()]


FORMS: dict[str, Callable[[Any, Array], Column]] = {
    "DateField": lambda _field, given: given.astype("datetime64[D]"),
    "DateTimeField": lambda _field, given: given.astype("datetime64[us]"),
    "DecimalField": _number,
    "BooleanField": _flag,
    "JSONField": _json,
}


def part(column: Column, rows: Any) -> Column:
    """Some rows of a column: a slice or an array of places."""
    if isinstance(column, Coded):
        return Coded(column.codes[rows], column.values)
    if isinstance(column, list):
        return column[rows] if isinstance(rows, slice) else [column[row] for row in rows]
    return column[rows] if isinstance(column, np.ndarray) else column


def _whole(given: Array, not_said: Array) -> Column:
    whole = given.astype(np.int64)
    if not not_said.any():
        return whole
    if not_said.all():
        return None
    return [None if empty else value for empty, value in zip(not_said.tolist(), whole.tolist(), strict=True)]


def _text(given: Array) -> Column:
    codes, values = pd.factorize(given, use_na_sentinel=False)
    texts = ["" if value is None else str(value) for value in values]
    if len(texts) == 1:
        return texts[0]
    if len(texts) <= FEW:
        return Coded(codes.astype(np.int64), texts)
    return [str(each or "") for each in given.tolist()]
