"""Columns of a wide table that are indicators: numbers, categories, yes and no, each an observation of its student."""

from typing import Any

import numpy as np
from django.utils.text import slugify

from students.importing.incoming import Array, Kind, Table
from students.importing.spreadsheet.frame import Block, Values
from students.importing.spreadsheet.naming import Naming
from students.importing.spreadsheet.numbers import number_reader
from students.importing.spreadsheet.run import Run
from students.importing.spreadsheet.values import LONGEST_NAME, TICKS, Reader, read_yes_no, text_reader

KINDS = {"number": "number", "category": "category", "yes/no": "yes_no"}
LONGEST_CODE = 40


def kind_of(said: str) -> str:
    return KINDS.get(said, said)


def codes_for(heads: list[str]) -> dict[str, str]:
    """A code of plain letters for each head; heads whose codes would be equal are numbered."""
    codes: dict[str, str] = {}
    taken: set[str] = set()
    next_number: dict[str, int] = {}
    for head in heads:
        base = (
            slugify(head)[:LONGEST_CODE].strip("-")
            or slugify("-".join(f"{ord(sign):x}" for sign in head))[:LONGEST_CODE]
        )
        code, number = base or "x", next_number.get(base, 2)
        while code in taken:
            code, number = f"{base[: LONGEST_CODE - 5]}-{number}", number + 1
        next_number[base] = number
        taken.add(code)
        codes[head] = code
    return codes


def reader_of(run: Run, kind: str) -> Reader:
    if kind == "category":
        return text_reader(LONGEST_NAME)
    return read_yes_no if kind == "yes_no" else number_reader(run.spelling)


class IndicatorColumn:
    """`ticks`: so far a column of yes or no holds only ticks, so its empty cells are kept until the whole is known."""

    def __init__(self, run: Run, naming: Naming, head: str, code: str) -> None:
        self.run, self.head = run, head
        self.kind = kind_of(run.mapping.indicators[head])
        self.id = naming.indicator(head[:LONGEST_NAME], run.cells.head_line, code=code, kind=self.kind)
        run.problems.measure([head, code])
        self._has_ticks, self._only_ticks = False, self.kind == "yes_no"
        self._blanks: list[tuple[Array, Array]] = []

    def read(self, block: Block) -> Values:
        column = block.column(self.head)
        if self._only_ticks:
            said = {text.casefold() for text in column.texts if text not in self.run.mapping.missing}
            self._has_ticks |= bool(said & TICKS)
            self._only_ticks = said <= TICKS
        return self.run.read(block, "indicator", self.head, reader_of(self.run, self.kind))

    def pour(self, block: Block, students: Array, values: Values) -> None:
        said, good = values.said, block.good
        if self._only_ticks and (good & ~said).any():
            self._blanks.append((students[good & ~said], block.lines[good & ~said]))
        rows = good & said
        if rows.any():
            self._add(students[rows], block.lines[rows], self._told(values, rows))

    def _told(self, values: Values, rows: Array) -> dict[str, Any]:
        if self.kind == "category":
            return {"category": values.as_kind(Kind.TEXT)[rows]}
        return {"number": values.as_kind(Kind.NUMBER)[rows]}

    def finish(self) -> None:
        if not (self._only_ticks and self._has_ticks and self._blanks):
            return
        students, lines = (np.concatenate(parts) for parts in zip(*self._blanks, strict=True))
        self.run.problems.note_rows("blank_is_no", lines, self.head)
        self._add(students, lines, {"number": 0})

    def _add(self, students: Array, lines: Array, told: dict[str, Any]) -> None:
        self.run.incoming.add(
            Table.OBSERVATIONS, self.run.file, lines, student=students, indicator=self.id, day=self.run.day, **told
        )  # fmt: skip
