"""A register as a file: the rows and columns of the screen as a table, for CSV and Excel alike."""

from collections.abc import Callable, Sequence
from typing import Any

from django.utils.formats import sanitize_separators

from portal.kit.spreadsheets import Column, Kind, Table, as_csv, as_xlsx
from students.summaries import register_view
from students.summaries.register import RegisterRow
from students.summaries.register_view import NAME, RegisterView

CELLS: dict[str, Callable[[RegisterRow], Any]] = {
    "name": lambda row: row.name,
    "marks": lambda row: _series(row.percents),
    "last": lambda row: _figure(row.last_told),
    "change": lambda row: None if row.change is None else round(row.change),
    "average": lambda row: _figure(row.average_told),
    "attendance": lambda row: _figure(row.attendance_told),
    "missing": lambda row: row.missing,
    "clubs": lambda row: ", ".join(row.clubs),
    "since": lambda row: row.since,
}
KINDS = {
    "last": Kind.PERCENT,
    "average": Kind.PERCENT,
    "attendance": Kind.PERCENT,
    "change": Kind.NUMBER,
    "missing": Kind.NUMBER,
    "since": Kind.DAY,
}
OF_ONE_STUDENT = ("name", "clubs", "since")


def register_csv(view: RegisterView) -> str:
    return as_csv(register_table(view))


def register_xlsx(view: RegisterView) -> bytes:
    return as_xlsx(register_table(view))


def register_table(view: RegisterView) -> Table:
    """Figures are rounded as on screen, and the class as one stands last where the screen has it."""
    columns = (NAME, *view.columns)
    rows = [[CELLS[column.key](row) for column in columns] for row in view.rows]
    if view.register.figures is not None:
        rows.append([_foot(column.key, view) for column in columns])
    heads = [Column(_head(column), KINDS.get(column.key, Kind.TEXT)) for column in columns]
    return Table(view.register.school_class.name, heads, rows)


def _head(column: register_view.Column) -> str:
    return f"{column.label} {column.unit}" if column.unit else str(column.label)


def _foot(key: str, view: RegisterView) -> Any:
    if key in OF_ONE_STUDENT:
        return view.foot if key == NAME.key else None
    return CELLS[key](view.register.figures)  # type: ignore[arg-type]  # has what these cells ask of a row


def _series(percents: Sequence[float]) -> str:
    return ", ".join(f"{value:.0f}" for value in percents)


def _figure(told: str) -> float | int | None:
    """As it is told on screen, without the sign that stands in the head; nothing where there is no figure."""
    bare = sanitize_separators(told.removesuffix("\N{NO-BREAK SPACE}%").removesuffix("–"))
    return (float(bare) if "." in bare else int(bare)) if bare else None
