"""A register as a file: the columns of the screen as CSV."""

import csv
from collections.abc import Iterable
from io import StringIO
from typing import Any

from students.summaries import ClassRegister, RegisterRow

HEAD = ("Student", "Marks in percent", "Last mark in percent", "Average in percent", "Attendance in percent", "Missing")
# A spreadsheet takes a cell that begins with one of these for a formula and would carry it out.
BEGINS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def register_csv(register: ClassRegister, rows: Iterable[RegisterRow]) -> str:
    """With a mark at the beginning by which spreadsheets recognise UTF-8."""
    out = StringIO()
    writer = csv.writer(out)
    shown = len(HEAD) if register.tells_missing else len(HEAD) - 1
    writer.writerow(HEAD[:shown])
    for row in rows:
        marks = ", ".join(f"{value:.0f}" for value in row.percents)
        figures = (_figure(value) for value in (row.last, row.average, row.attendance))
        cells = [harmless(row.name), marks, *figures, "" if row.missing is None else row.missing]
        writer.writerow(cells[:shown])
    return f"\N{ZERO WIDTH NO-BREAK SPACE}{out.getvalue()}"


def harmless(cell: Any) -> str:
    """Text that stays text when a spreadsheet opens the file."""
    text = str(cell)
    return f"'{text}" if text.startswith(BEGINS_FORMULA) else text


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:.1f}"
