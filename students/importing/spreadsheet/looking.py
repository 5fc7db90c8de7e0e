"""A first look at a spreadsheet: its heads, its first rows, and how it could be read."""

from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from typing import BinaryIO

from students.importing.mapping import Mapping
from students.importing.spreadsheet.cells import open_cells
from students.importing.spreadsheet.recognising import guess_mapping
from students.importing.spreadsheet.samples import samples_of

SHOWN = 20


@dataclass(frozen=True)
class ColumnLook:
    """`empty` and `distinct` count the rows that were looked at."""

    head: str
    reason: str
    empty: int
    distinct: int


@dataclass(frozen=True)
class SheetLook:
    """`count` of all rows, None where there are more than were looked at. `guess` names only the sheet, encoding, delimiter and head that were chosen."""

    heads: list[str]
    head_line: int
    rows: list[list[str]]
    columns: list[ColumnLook]
    guess: Mapping
    encoding: str
    delimiter: str
    sheet: str
    sheets: tuple[str, ...]
    looked_at: int
    count: int | None

    @property
    def reasons(self) -> AnyMapping[str, str]:
        """For each head a sentence: what it was taken for, and why."""
        return {column.head: column.reason for column in self.columns}


def look_at(file: BinaryIO, name: str, today: date, mapping: Mapping | None = None) -> SheetLook:
    """Of a first block of rows. `mapping`: a sheet, encoding or head that a person chose. Raises Unreadable."""
    chosen = mapping or Mapping()
    cells = open_cells(file, name, chosen)
    first = list(islice(cells.blocks(), 2))
    rows = first[0][1] if first else []
    samples = samples_of(cells.heads, rows, is_excel=bool(cells.sheet))
    guess = guess_mapping(samples, name, today)
    made = replace(
        guess.mapping, sheet=chosen.sheet, encoding=chosen.encoding, delimiter=chosen.delimiter, head=chosen.head
    )
    columns = [
        ColumnLook(sample.head, guess.reasons.get(sample.head, ""), sample.empty, sample.distinct) for sample in samples
    ]
    return SheetLook(
        cells.heads, cells.head_line, rows[:SHOWN], columns, made, cells.encoding, cells.delimiter, cells.sheet,
        cells.sheets, len(rows), len(rows) if len(first) < 2 else None,
    )  # fmt: skip
