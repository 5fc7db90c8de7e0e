"""A register as a file: the rows and columns of the screen as CSV."""

import csv
from collections.abc import Callable, Sequence
from io import StringIO
from typing import Any

from students.summaries.register import RegisterRow
from students.summaries.register_view import NAME, Column, RegisterView

# A spreadsheet takes a cell that begins with one of these for a formula and would carry it out.
BEGINS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")

CELLS: dict[str, Callable[[RegisterRow], Any]] = {
    "name": lambda row: harmless(row.name),
    "marks": lambda row: _series(row.percents),
    "last": lambda row: _bare(row.last_told),
    "change": lambda row: _points(row.change),
    "average": lambda row: _bare(row.average_told),
    "attendance": lambda row: _bare(row.attendance_told),
    "missing": lambda row: "" if row.missing is None else row.missing,
    "clubs": lambda row: harmless(", ".join(row.clubs)),
    "since": lambda row: row.since.isoformat(),
}
OF_ONE_STUDENT = ("name", "clubs", "since")


def register_csv(view: RegisterView) -> str:
    """Figures are rounded as on screen, and the class as one stands last where the screen has it.

    With a mark at the beginning by which spreadsheets recognise UTF-8.
    """
    out = StringIO()
    writer = csv.writer(out)
    columns = (NAME, *view.columns)
    writer.writerow(_head(column) for column in columns)
    writer.writerows([CELLS[column.key](row) for column in columns] for row in view.rows)
    if view.register.figures is not None:
        writer.writerow(_foot(column, view) for column in columns)
    return f"\N{ZERO WIDTH NO-BREAK SPACE}{out.getvalue()}"


def harmless(cell: Any) -> str:
    """Text that stays text when a spreadsheet opens the file."""
    text = str(cell)
    return f"'{text}" if text.startswith(BEGINS_FORMULA) else text


def _head(column: Column) -> str:
    return f"{column.label} {column.unit}" if column.unit else str(column.label)


def _foot(column: Column, view: RegisterView) -> Any:
    if column.key in OF_ONE_STUDENT:
        return view.foot if column.key == NAME.key else ""
    return CELLS[column.key](view.register.figures)  # type: ignore[arg-type]  # has what these cells ask of a row


def _series(percents: Sequence[float]) -> str:
    return ", ".join(f"{value:.0f}" for value in percents)


def _points(value: float | None) -> str:
    return "" if value is None else str(round(value))


def _bare(told: str) -> str:
    """Without the sign, which stands in the head; an empty cell where there is no figure."""
    return told.removesuffix("\N{NO-BREAK SPACE}%").removesuffix("–")
