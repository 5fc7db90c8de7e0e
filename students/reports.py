"""A register as a file: the rows and columns of the screen as CSV."""

import csv
from collections.abc import Callable
from io import StringIO
from typing import Any

from students.summaries.register import RegisterRow
from students.summaries.register_view import NAME, Column, RegisterView

# A spreadsheet takes a cell that begins with one of these for a formula and would carry it out.
BEGINS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")

CELLS: dict[str, Callable[[RegisterRow], Any]] = {
    "name": lambda row: harmless(row.name),
    "marks": lambda row: ", ".join(f"{value:.0f}" for value in row.percents),
    "last": lambda row: _figure(row.last),
    "change": lambda row: _figure(row.change),
    "average": lambda row: _figure(row.average),
    "attendance": lambda row: _figure(row.attendance),
    "missing": lambda row: "" if row.missing is None else row.missing,
    "clubs": lambda row: harmless(", ".join(row.clubs)),
    "since": lambda row: row.since.isoformat(),
}


def register_csv(view: RegisterView) -> str:
    """With a mark at the beginning by which spreadsheets recognise UTF-8."""
    out = StringIO()
    writer = csv.writer(out)
    columns = (NAME, *view.columns)
    writer.writerow(_head(column) for column in columns)
    writer.writerows([CELLS[column.key](row) for column in columns] for row in view.rows)
    return f"\N{ZERO WIDTH NO-BREAK SPACE}{out.getvalue()}"


def harmless(cell: Any) -> str:
    """Text that stays text when a spreadsheet opens the file."""
    text = str(cell)
    return f"'{text}" if text.startswith(BEGINS_FORMULA) else text


def _head(column: Column) -> str:
    return f"{column.label} {column.unit}" if column.unit else str(column.label)


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:.1f}"
