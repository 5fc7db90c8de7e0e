"""Cells as values: what is meant is read where it cannot be mistaken, and told. One reader for each kind of column."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple

from students.importing.oneroster.catalogue import EXTENSION, Column, Holds

ID = re.compile(r"[0-9A-Za-z./@_-]{1,255}")
ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
MOMENT = re.compile(r"(\d{4}-\d{2}-\d{2})[T ]\d{2}:\d{2}(:\d{2})?([.,]\d+)?(Z|[+-]\d{2}:?\d{2})?", re.ASCII)
SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})", re.ASCII)
YEARS = re.compile(r"(\d{4})\s*[-–/]\s*(\d{4}|\d{2})", re.ASCII)
NUMBER = re.compile(r"-?\d{1,12}(\.\d{1,20})?", re.ASCII)
YES_NO = {"true": 1, "false": 0, "1": 1, "0": 0}
FIRST_YEAR, LAST_YEAR = 1900, 2200


class Read(NamedTuple):
    """A value with the code of the note or the error that goes with it."""

    value: Any
    note: str = ""
    error: str = ""


Reader = Callable[[str], Read]
BLANKS: dict[Holds, Any] = {
    Holds.TEXT: "", Holds.ID: "", Holds.CHOICE: "", Holds.IDS: (), Holds.LIST: (), Holds.DAY: None, Holds.YEAR: None,
    Holds.NUMBER: None, Holds.YES_NO: -1,
}  # fmt: skip


class Memo(dict[str, Read]):
    """The cells of one column, each read once; most columns repeat themselves, and equal texts become the same text."""

    MOST = 50_000

    def __init__(self, read: Reader) -> None:
        super().__init__()
        self.read = read
        self.flagged = False

    def __missing__(self, cell: str) -> Read:
        if len(self) > self.MOST:
            self.clear()
        made = self[cell] = self.read(cell)
        self.flagged = self.flagged or bool(made.note or made.error)
        return made


def memo_of(column: Column, *, extends: bool) -> Memo:
    return Memo(_trimmed(_READERS[column.holds](column, extends), BLANKS[column.holds]))


def _trimmed(read: Reader, blank: Any) -> Reader:
    def trimmed(cell: str) -> Read:
        bare = cell.strip()
        if not bare:
            return Read(blank, "spaces" if cell else "")
        made = read(bare)
        return made._replace(note="spaces") if bare != cell and not made.error and not made.note else made

    return trimmed


def as_text(column: Column, extends: bool) -> Reader:
    def read(cell: str) -> Read:
        return (
            Read(cell) if len(cell) <= column.longest else Read(f"{cell[: column.longest - 1].rstrip()}…", "shortened")
        )

    return read


def as_id(column: Column, extends: bool) -> Reader:
    return lambda cell: Read(cell) if ID.fullmatch(cell) else Read("", error="bad_id")


def as_ids(column: Column, extends: bool) -> Reader:
    def read(cell: str) -> Read:
        ids = _parts(cell)
        return Read(ids) if all(map(ID.fullmatch, ids)) else Read((), error="bad_id")

    return read


def as_list(column: Column, extends: bool) -> Reader:
    return lambda cell: Read(_parts(cell))


def _parts(cell: str) -> tuple[str, ...]:
    return tuple(part for each in cell.split(",") if (part := each.strip()))


def as_day(column: Column, extends: bool) -> Reader:
    return read_day


def read_day(cell: str) -> Read:
    if found := ISO.fullmatch(cell):
        return _day(*map(int, found.groups()))
    if found := MOMENT.fullmatch(cell):
        return _day(*map(int, found[1].split("-")), note="day_with_time")
    if found := SLASHED.fullmatch(cell):
        first, second, year = map(int, found.groups())
        if first > 12 or first == second:
            return _day(year, second, first, note="day_otherwise")
        return _day(year, first, second, note="day_otherwise") if second > 12 else Read(None, error="two_days")
    return Read(None, error="bad_day")


def _day(year: int, month: int, day: int, *, note: str = "") -> Read:
    try:
        made = date(year, month, day)
    except ValueError:
        return Read(None, error="bad_day")
    return Read(made, note) if FIRST_YEAR <= year <= LAST_YEAR else Read(None, error="bad_day")


def as_year(column: Column, extends: bool) -> Reader:
    def read(cell: str) -> Read:
        if len(cell) == 4 and cell.isascii() and cell.isdigit():
            return Read(int(cell))
        if found := YEARS.fullmatch(cell):
            first, last = int(found[1]), found[2]
            year = int(last) if len(last) == 4 else first - first % 100 + int(last)
            if year in (first, first + 1):
                return Read(year, "school_year")
        return Read(None, error="bad_year")

    return read


def as_yes_no(column: Column, extends: bool) -> Reader:
    def read(cell: str) -> Read:
        value = YES_NO.get(cell.lower())
        if value is None:
            return Read(-1, error="bad_yes_no")
        return Read(value, "one_or_zero" if cell in "10" else "" if cell in YES_NO else "capitals")

    return read


def as_number(column: Column, extends: bool) -> Reader:
    return lambda cell: Read(float(cell)) if NUMBER.fullmatch(cell) else Read(None, error="bad_number")


def as_choice(column: Column, extends: bool) -> Reader:
    folded = {_letters(choice): choice for choice in column.choices}

    def read(cell: str) -> Read:
        if cell in column.choices:
            return Read(cell)
        if extends and cell.startswith(EXTENSION):
            return Read(cell, "extension")
        choice = folded.get(_letters(cell))
        return Read(choice, "capitals") if choice else Read("", error="bad_choice")

    return read


def _letters(cell: str) -> str:
    return re.sub(r"[\s_-]", "", cell.lower())


_READERS: dict[Holds, Callable[[Column, bool], Reader]] = {
    Holds.TEXT: as_text, Holds.ID: as_id, Holds.IDS: as_ids, Holds.LIST: as_list, Holds.DAY: as_day, Holds.YEAR: as_year,
    Holds.YES_NO: as_yes_no, Holds.NUMBER: as_number, Holds.CHOICE: as_choice,
}  # fmt: skip
