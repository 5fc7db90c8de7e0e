"""Rows that are attendance marks or values of an indicator: a student, a day, and what is said of them."""

from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from students.importing.incoming import Array, Kind, Table
from students.importing.spreadsheet.frame import Block, Column, Values, together
from students.importing.spreadsheet.indicators import codes_for, kind_of, reader_of
from students.importing.spreadsheet.naming import Naming
from students.importing.spreadsheet.run import Run
from students.importing.spreadsheet.values import (
    LONGEST_NAME,
    NOTHING,
    Read,
    Reader,
    Remembered,
    code_reader,
    read_yes_no,
    text_reader,
)
from students.models import AttendanceStatus

PRESENT, LATE = AttendanceStatus.PRESENT, AttendanceStatus.LATE
ABSENT, EXCUSED = AttendanceStatus.ABSENT, AttendanceStatus.EXCUSED
STATUSES = {
    "P": PRESENT, "L": LATE, "A": ABSENT, "E": EXCUSED, "present": PRESENT, "late": LATE, "absent": ABSENT,
    "excused": EXCUSED, "tardy": LATE, "unexcused": ABSENT, "anwesend": PRESENT, "verspätet": LATE, "fehlt": ABSENT,
    "abwesend": ABSENT, "unentschuldigt": ABSENT, "entschuldigt": EXCUSED, "/": PRESENT, "\\": PRESENT,
}  # fmt: skip


def numbered(things: dict[Any, int], column: Column, rows: Array) -> Array:
    """For each row the number of what it is about; equal in all blocks."""
    codes = column.codes[rows]
    numbers = np.zeros(len(column.texts), dtype=np.int64)
    for code in np.unique(codes).tolist():
        numbers[code] = things.setdefault(column.texts[code], len(things))
    return numbers[codes]


class DayRows:
    """What both have in common."""

    table: Table

    def __init__(self, run: Run, naming: Naming) -> None:
        self.run, self.naming, self.heads = run, naming, run.mapping.row
        self._things: dict[Any, int] = {}
        run.heads(self.table, **{**self.heads, "student": next(iter(run.mapping.student.values()), "")})

    def _read(self, block: Block, fact: str, reader: Reader, *, is_needed: bool = False) -> Values | None:
        head = self.heads.get(fact)
        return self.run.read(block, fact, head, reader, is_needed=is_needed) if head else None

    def _days(self, block: Block) -> Values:
        read = self._read(block, "day", self.run.days(is_past=True), is_needed=True)
        return read or Values([self.run.day], np.zeros(len(block), dtype=np.int64))

    def _skip(self, block: Block, values: Values, fact: str) -> Array:
        mask = block.good & ~values.said
        self.run.problems.note_rows("nothing_said", block.lines[mask], self.heads[fact])
        return mask


class AttendanceRows(DayRows):
    table = Table.ATTENDANCE

    @property
    def double(self) -> str:
        return _("Line %d has a mark of the same student on the same day. Neither row is taken.")

    def read(self, block: Block) -> None:
        self._when = self._days(block)
        codes = {**STATUSES, **self.run.mapping.attendance}
        values = self._read(block, "status", code_reader({code: str(status) for code, status in codes.items()}))
        assert values is not None  # asking.py has seen to it
        self._status = values
        nowhere = Values([""], np.zeros(len(block), dtype=np.int64))
        self._classes = self._read(block, "school_class", text_reader(LONGEST_NAME)) or nowhere

    def skipped(self, block: Block) -> Array:
        return self._skip(block, self._status, "status")

    def made(self, block: Block, rows: Array) -> tuple[Array, dict[str, Array]]:
        pairs = together("", [self._classes.as_column(""), self._when.as_column("")])
        codes, firsts = np.unique(pairs.codes[rows], return_index=True)
        named = np.full(len(pairs.texts), "", dtype=object)
        for code, line in zip(codes.tolist(), block.lines[rows[firsts]].tolist(), strict=True):
            name, day = pairs.texts[code]
            if name:
                year, subject = self.naming.year(day, line), self.run.mapping.subject
                named[code] = self.naming.school_class(year, subject, name, line, must_exist=True)
        columns = {
            "school_class": named[pairs.codes[rows]],
            "day": self._when.as_kind(Kind.DAY)[rows],
            "status": self._status.as_kind(Kind.TEXT)[rows],
        }
        return numbered(self._things, pairs, rows), columns


class ObservationRows(DayRows):
    """Of an indicator whose kind the mapping does not say, number and category are both given: its record knows."""

    table = Table.OBSERVATIONS

    def __init__(self, run: Run, naming: Naming) -> None:
        super().__init__(run, naming)
        said = run.mapping.indicators
        self._kinds = {name.casefold(): kind_of(kind) for name, kind in said.items()}
        self._codes = {name.casefold(): code for name, code in codes_for(list(said)).items()}
        self._readers = {kind: reader_of(run, kind) for kind in ("number", "category", "yes_no")}
        self._value = Remembered(self._read_value)

    def closed(self, block: Block) -> Array:
        """Rows of indicators that may not be read."""
        column = block.column(self.heads["indicator"])
        closed = [self.run.is_closed(name, self._codes.get(name.casefold(), "")) for name in column.texts]
        return np.array(closed or [False], dtype=bool)[column.codes]

    @property
    def double(self) -> str:
        return _("Line %d has a value of the same student, indicator and day. Neither row is taken.")

    def read(self, block: Block) -> None:
        self._when = self._days(block)
        names = self._read(block, "indicator", text_reader(LONGEST_NAME), is_needed=True)
        assert names is not None  # asking.py has seen to it
        self._names = names
        self.run.problems.measure(filter(None, names.distinct))
        column = block.column(self.heads["value"])
        self._values = block.read(together(column.head, [column, names.as_column("")]), self._value)

    def _read_value(self, cells: tuple[str, str | None]) -> Read:
        text, name = cells
        if not name or not text or text in self.run.mapping.missing:
            return NOTHING
        kind = self._kinds.get(name.casefold(), "")
        category = self._readers["category"](text)
        if kind == "category":
            return category._replace(value=category.value and (None, category.value))
        number = self._readers[kind or "number"](text)
        if not kind:
            yes_or_no = read_yes_no(text).value if number.fault else number.value
            return category if category.fault else Read((yes_or_no, category.value), note=number.note)
        return number._replace(value=None if number.value is None else (number.value, ""))

    def skipped(self, block: Block) -> Array:
        return self._skip(block, self._values, "value")

    def made(self, block: Block, rows: Array) -> tuple[Array, dict[str, Array]]:
        codes, firsts = np.unique(self._names.codes[rows], return_index=True)
        ids = np.full(len(self._names.distinct), "", dtype=object)
        for code, line in zip(codes.tolist(), block.lines[rows[firsts]].tolist(), strict=True):
            name = self._names.distinct[code]
            folded = name.casefold()
            ids[code] = self.naming.indicator(
                name, line, code=self._codes.get(folded, ""), kind=self._kinds.get(folded, "")
            )  # fmt: skip
        columns = {
            "indicator": ids[self._names.codes[rows]],
            "day": self._when.as_kind(Kind.DAY)[rows],
            "number": self._values.as_kind(Kind.NUMBER, 0)[rows],
            "category": self._values.as_kind(Kind.TEXT, 1)[rows],
        }
        about = together("", [Values(ids.tolist(), self._names.codes).as_column(""), self._when.as_column("")])
        return numbered(self._things, about, rows), columns
