"""Which columns of a table hold passwords, and below which line."""

from collections.abc import Sequence
from dataclasses import dataclass

from students.importing.findings import Unreadable
from students.importing.secret_heads import is_password, names_password
from students.importing.spreadsheet.heads import Row, head_of


@dataclass(frozen=True, slots=True)
class Place:
    """Below this line, in rows of this many cells, these columns hold passwords."""

    line: int
    width: int
    columns: frozenset[int]


def place_in(rows: Sequence[Row]) -> Place | None:
    """By the first rows of a table: lines and cells."""
    head = _head(rows)
    named = [(line, row, _columns(row, is_head=line == head)) for line, row in rows]
    columns = frozenset(place for _line, _row, found in named for place in found)
    return next((Place(line, len(row), columns) for line, row, found in named if found), None)


def _columns(row: Sequence[str], *, is_head: bool) -> list[int]:
    asks = names_password if is_head else is_password
    return [place for place, cell in enumerate(row) if asks(cell)]


def _head(rows: Sequence[Row]) -> int:
    try:
        return head_of(iter(rows), "")[0]
    except Unreadable:
        return rows[0][0] if rows else 0
