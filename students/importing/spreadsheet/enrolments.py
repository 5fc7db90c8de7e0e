"""Rows that say who is in which class, from when to when; the classes are made by them."""

from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from students.importing.incoming import Array, Kind, Table
from students.importing.spreadsheet.frame import Block, Values, together
from students.importing.spreadsheet.naming import Naming
from students.importing.spreadsheet.registers import numbered
from students.importing.spreadsheet.run import Run
from students.importing.spreadsheet.values import LONGEST_NAME, Fault, Reader, read_grade, text_reader


class EnrolmentRows:
    table = Table.ENROLMENTS

    def __init__(self, run: Run, naming: Naming) -> None:
        self.run, self.naming, self.heads = run, naming, run.mapping.row
        self._things: dict[Any, int] = {}
        run.heads(Table.ENROLMENTS, **self.heads, student=next(iter(run.mapping.student.values()), ""))
        run.heads(
            Table.CLASSES, name=self.heads["school_class"], subject=self.heads.get("subject", ""),
            term=self.heads.get("term", ""),
        )  # fmt: skip

    @property
    def double(self) -> str:
        return _("Line %d has the same student in the same class from the same day. Neither row is taken.")

    def read(self, block: Block) -> None:
        text = text_reader(LONGEST_NAME)
        name = self._values(block, "school_class", text, needed=True)
        self._starts, ends = (self._values(block, fact, self.run.days()) for fact in ("starts", "ends"))
        self._ends = ends.as_kind(Kind.DAY)
        wrong = self._ends < self._starts.as_kind(Kind.DAY)
        if wrong.any():
            head = self.heads["ends"]
            fault = Fault("days_in_order", _("Expected a last day that is not before the first."))
            block.refuse(wrong, head, fault, block.column(head))
        subject = self._values(block, "subject", text, needed=True)
        term, grade = self._values(block, "term", text, needed=True), self._values(block, "grade_level", read_grade)
        self._about = together("", [each.as_column("") for each in (name, subject, term, grade, self._starts)])

    def _values(self, block: Block, fact: str, reader: Reader, *, needed: bool = False) -> Values:
        head = self.heads.get(fact)
        if head:
            return self.run.read(block, fact, head, reader, is_needed=needed)
        return Values([None], np.zeros(len(block), dtype=np.int64))

    def skipped(self, block: Block) -> Array:
        return np.zeros(len(block), dtype=bool)

    def made(self, block: Block, rows: Array) -> tuple[Array, dict[str, Array]]:
        codes, firsts = np.unique(self._about.codes[rows], return_index=True)
        ids = np.full(len(self._about.texts), "", dtype=object)
        for code, line in zip(codes.tolist(), block.lines[rows[firsts]].tolist(), strict=True):
            ids[code] = self._class(self._about.texts[code], line)
        own = Values(ids.tolist(), self._about.codes).as_column("")
        columns = {"school_class": ids[self._about.codes[rows]]}
        if "starts" in self.heads:
            columns["starts"] = self._starts.as_kind(Kind.DAY)[rows]
        if "ends" in self.heads:
            columns["ends"] = self._ends[rows]
        return numbered(self._things, together("", [own, self._starts.as_column("")]), rows), columns

    def _class(self, about: tuple[Any, ...], line: int) -> str:
        name, subject, term, grade, starts = about
        frame = self.naming.term(term, line) if term else self.naming.year(starts or self.run.day, line)
        subject = subject or self.run.mapping.subject
        return self.naming.school_class(
            frame, subject, name, line, grade=-1 if grade is None else grade, must_exist=False
        )  # fmt: skip
