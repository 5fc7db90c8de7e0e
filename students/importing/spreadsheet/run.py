"""One reading of one file: what it reads, by which rules, into what. Handed to all that take part in it."""

from dataclasses import dataclass, field
from datetime import date

import numpy as np
from django.utils.translation import gettext as _

from students.importing.closed import ProtectedIndicators
from students.importing.incoming import Incoming, Table
from students.importing.mapping import Mapping
from students.importing.spreadsheet.cells import Cells
from students.importing.spreadsheet.days import day_reader
from students.importing.spreadsheet.frame import Block, Column, Values
from students.importing.spreadsheet.numbers import Spelling
from students.importing.spreadsheet.problems import Problems
from students.importing.spreadsheet.synonyms import says_protected
from students.importing.spreadsheet.values import Fault, Reader, Remembered


@dataclass
class Run:
    cells: Cells
    mapping: Mapping
    incoming: Incoming
    problems: Problems
    on: date
    with_protected: bool
    closed: ProtectedIndicators | None = None  # none, if all may be read
    _readers: dict[tuple[str, str], Remembered] = field(default_factory=dict)

    @property
    def file(self) -> str:
        return self.problems.file

    @property
    def spelling(self) -> Spelling:
        return Spelling(self.mapping.decimal, is_excel=bool(self.cells.sheet))

    @property
    def day(self) -> date:
        """Of what has no day of its own."""
        return self.mapping.on or self.on

    def is_closed(self, indicator: str, code: str) -> bool:
        """Whether nothing of it may be read. An indicator that comes with its kind is a protected one by its name as well."""
        if self.closed is None:
            return False
        return self.closed.has(indicator, code) or bool(code and says_protected(indicator))

    def days(self, *, is_past: bool = False) -> Reader:
        return day_reader(self.mapping.days, latest=self.on if is_past else None)

    def read(self, block: Block, fact: str, head: str, reader: Reader, *, is_needed: bool = False) -> Values:
        """One column may say several facts; the reader of each remembers from block to block."""
        key = (fact, head)
        if key not in self._readers:
            self._readers[key] = Remembered(reader, self.mapping.missing)
        values = block.read(block.column(head), self._readers[key])
        if is_needed:
            self._require(block, block.column(head))
        return values

    def _require(self, block: Block, column: Column) -> None:
        empty = np.array([text in self.mapping.missing or not text for text in column.texts] or [False])[column.codes]
        if empty.any():
            block.refuse(empty, column.head, Fault("empty", _("Expected a value; the cell is empty.")), column)

    def heads(self, table: Table, **heads: str) -> None:
        """What columns are called in the file, for sentences of planning."""
        self.incoming.heads.setdefault(table, {}).update({name: head for name, head in heads.items() if head})
