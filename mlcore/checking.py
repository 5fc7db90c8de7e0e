"""Whether a frame keeps to the schema of its table: a sentence for each fault."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd

from mlcore.errors import SchemaMismatch
from mlcore.schema import EARLIEST, FORMS, LATEST, TABLES, AnySeries, Column, Flags, Kind

ENDLESS = (np.inf, -np.inf)  # no number that could be counted with


def check(frame: pd.DataFrame, table: str) -> None:
    """Raise SchemaMismatch with every fault of the frame; rows are counted from 1."""
    if faults := list(faults_of(frame, table)):
        raise SchemaMismatch(faults)


def faults_of(frame: pd.DataFrame, table: str) -> Iterator[str]:
    """One sentence per fault: table, column, what was expected, first offending row."""
    wanted = TABLES[table]
    names = {column.name for column in wanted.columns}
    for name in frame.columns:
        if name not in names:
            yield f"{table}.{name}: this column is not in the schema."
    sound = set(names)
    for column in wanted.columns:
        if fault := _column_fault(frame, column):
            sound.discard(column.name)
            yield f"{table}.{column.name}: {fault}"
    if sound == names:
        yield from _row_faults(frame, table)


def _column_fault(frame: pd.DataFrame, column: Column) -> str:
    if column.name not in frame.columns:
        return "" if column.optional else f"the column is missing; expected {_wish(column)}."
    series = frame[column.name]
    if len(series) == 0:
        return ""
    if not column.blank and (blank := series.isna()).any():
        return f"expected {_wish(column)} in every row, but row {_first(blank)} is empty."
    if not FORMS[column.kind].fits(series):
        return f"expected {_wish(column)}, but the column holds {series.dtype}."
    if (wrong := _out_of_bounds(series, column)).any():
        row = _first(wrong)
        return f"expected {_wish(column)}, but row {row} holds {series.iloc[row - 1]}."
    return ""


def _row_faults(frame: pd.DataFrame, table: str) -> Iterator[str]:
    wanted = TABLES[table]
    twice = frame.duplicated(list(wanted.unique))
    if twice.any():
        key = ", ".join(wanted.unique)
        yield f"{table}: expected one row per ({key}), but row {_first(twice)} repeats one."
    for rule in wanted.rules:
        if (broken := rule.broken(frame)).any():
            yield f"{table}: {rule.sentence}, but not so in row {_first(broken)}."


def told_first(where: str, column: AnySeries, wrong: npt.NDArray[np.bool_], wish: str) -> Iterator[str]:
    """One sentence about the first of the wrong rows, if there is one."""
    if wrong.any():
        row = int(wrong.argmax())
        yield f"{where}: expected {wish}, but row {row + 1} holds {column.iloc[row]}."


def _wish(column: Column) -> str:
    if column.choices:
        return "one of " + ", ".join(column.choices)
    if column.kind is Kind.DAY:
        return f"{column.kind} from {EARLIEST.year} to {LATEST.year}"
    low = "" if column.low is None else f" from {column.low:g}"
    high = "" if column.high is None else f" to {column.high:g}"
    return f"{column.kind}{low}{high}"


def _out_of_bounds(series: AnySeries, column: Column) -> Flags:
    """Rows outside the bounds; a blank is never outside."""
    if column.choices:
        return ~series.isin(column.choices) & series.notna()
    if column.kind is Kind.DAY:
        wrong = (series < pd.Timestamp(EARLIEST)) | (series > pd.Timestamp(LATEST))
        return wrong | (series.notna() & (series != series.dt.normalize()))
    wrong = series.isin(ENDLESS)
    if column.low is not None:
        wrong |= series < column.low
    return wrong if column.high is None else wrong | (series > column.high)


def _first(rows: Flags) -> int:
    return int(rows.to_numpy().argmax()) + 1
