"""Rows that are results: which exam, what came of it, in which class it was sat."""

from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from students.importing.incoming import Array, Kind, Table
from students.importing.mapping import ExamColumn
from students.importing.spreadsheet.frame import Block, Column, Values, together
from students.importing.spreadsheet.naming import Naming
from students.importing.spreadsheet.numbers import MarkReader, maximum_reader
from students.importing.spreadsheet.run import Run
from students.importing.spreadsheet.values import (
    LONGEST_NAME,
    LONGEST_TITLE,
    NOTHING,
    Fault,
    Read,
    Reader,
    Remembered,
    code_reader,
    read_id,
    text_reader,
    wrong,
)
from students.marksheet import points
from students.models import ExamKind, ResultStatus

KINDS = {
    "quiz": ExamKind.QUIZ, "test": ExamKind.TEST, "exam": ExamKind.TEST, "Klausur": ExamKind.TEST,
    "coursework": ExamKind.COURSEWORK, "homework": ExamKind.COURSEWORK, "project": ExamKind.COURSEWORK,
    "oral": ExamKind.ORAL, "mündlich": ExamKind.ORAL, "final": ExamKind.FINAL, "Abschluss": ExamKind.FINAL,
}  # fmt: skip
STATUSES = {
    "scored": ResultStatus.SCORED, "absent": ResultStatus.ABSENT, "exempt": ResultStatus.EXEMPT,
    "not submitted": ResultStatus.NOT_SUBMITTED, "not_submitted": ResultStatus.NOT_SUBMITTED,
}  # fmt: skip
ONE = Decimal(1)
Key = tuple[str, str, date]


class ResultRows:
    """One block after the other: `read` finds the faults, `made` gives the rows that are left."""

    table = Table.RESULTS

    def __init__(self, run: Run, naming: Naming) -> None:
        self.run, self.naming, self.heads = run, naming, run.mapping.row
        self.marks = MarkReader(run.mapping, run.spelling)
        self._mark = Remembered(self._read_mark)
        self._most: dict[Key, tuple[Decimal, int]] = {}
        self._things: dict[str, int] = {}
        codes = {word: ResultStatus(status) for word, status in self.marks.codes.items()}
        self._status = code_reader({**codes, **STATUSES})
        exam = {
            name: self.heads.get(fact, "") for name, fact in (("title", "exam"), ("subject", "subject"), ("day", "day"))
        }
        run.heads(Table.EXAMS, **exam, maximum=self.heads.get("maximum", ""))
        run.heads(Table.CLASSES, name=self.heads.get("school_class", ""), subject=exam["subject"])
        run.heads(Table.SUBJECTS, name=exam["subject"])
        run.heads(Table.RESULTS, student=next(iter(run.mapping.student.values()), ""), exam=self.heads["exam"],
                  score=self.heads.get("score", ""), status=self.heads.get("status", ""))  # fmt: skip

    @property
    def double(self) -> str:
        return _("Line %d has a result of the same student in the same exam. Neither row is taken.")

    def read(self, block: Block) -> None:
        title = self._needed(block, "exam", text_reader(LONGEST_TITLE))
        subject = self._needed(block, "subject", text_reader(LONGEST_NAME)) or self._same(
            block, self.run.mapping.subject
        )
        day = self._needed(block, "day", self.run.days()) or self._same(block, self.run.day)
        maximum = self._maybe(block, "maximum", maximum_reader(self.run.spelling))
        kind = self._maybe(block, "kind", code_reader(KINDS))
        columns = [values.as_column("") for values in (title or self._same(block, ""), subject, day, maximum, kind)]
        self._exams = together(self.heads["exam"], columns)
        self._classes = self._maybe(block, "school_class", text_reader(LONGEST_NAME))
        self._external = self._maybe(block, "external_id", read_id)
        self._results = self._scores(block, maximum)
        self._check_maxima(block)

    def _needed(self, block: Block, fact: str, reader: Reader) -> Values | None:
        head = self.heads.get(fact)
        return self.run.read(block, fact, head, reader, is_needed=True) if head else None

    def _maybe(self, block: Block, fact: str, reader: Reader) -> Values:
        head = self.heads.get(fact)
        return self.run.read(block, fact, head, reader) if head else self._same(block, None)

    @staticmethod
    def _same(block: Block, value: Any) -> Values:
        return Values([value], np.zeros(len(block), dtype=np.int64))

    def _scores(self, block: Block, maximum: Values) -> Values:
        head = self.heads.get("score") or self.heads["status"]
        texts = (
            block.column(head) if "score" in self.heads else Column(head, [""], np.zeros(len(block), dtype=np.int64))
        )
        status = self._maybe(block, "status", self._status)
        return block.read(together(head, [texts, maximum.as_column(""), status.as_column("")]), self._mark)

    def _read_mark(self, cells: tuple[str, Decimal | None, ResultStatus | None]) -> Read:
        text, maximum, status = cells
        is_empty = not text or text in self.run.mapping.missing
        if status in (None, ResultStatus.SCORED):
            if is_empty:
                return (
                    NOTHING
                    if status is None
                    else wrong("empty", _("Expected points; the row says that there are some."))
                )
            return self.marks.read(text, maximum)
        if is_empty or self.marks.codes.get(text.casefold()) == status:
            return Read((str(status), None))
        told = _("Expected either points or that there are none; the row says “%s” as well.") % status.label
        return wrong("status_and_score", told)

    def _check_maxima(self, block: Block) -> None:
        """An exam has one maximum, wherever in the file it is said."""
        used = np.flatnonzero(block.good)
        codes, firsts = np.unique(self._exams.codes[used], return_index=True)
        for code, row in sorted(zip(codes.tolist(), used[firsts].tolist(), strict=True), key=lambda pair: pair[1]):
            title, subject, day, maximum, _kind = self._exams.texts[code]
            if maximum is None:
                continue
            key = (subject.casefold(), title.casefold(), day)
            most, line = self._most.setdefault(key, (maximum, int(block.lines[row])))
            if most != maximum:
                told = _("Expected {most} as the most points of this exam, as in line {line}.")
                fault = Fault("maximum_differs", told.format(most=points(most), line=line))
                head = self.heads["maximum"]
                block.refuse(block.good & (self._exams.codes == code), head, fault, block.column(head))

    def skipped(self, block: Block) -> Array:
        """Rows that say nothing."""
        mask = block.good & ~self._results.said
        self.run.problems.note_rows("no_mark", block.lines[mask], self.heads.get("score", ""))
        return mask

    def made(self, block: Block, rows: Array) -> tuple[Array, dict[str, Array]]:
        """What each of the rows is about as a number, and its columns."""
        ids = self._exam_ids(block, rows)
        self._sit(block, rows, ids)
        exams = np.empty(len(self._exams.texts), dtype=object)
        exams[list(ids)] = list(ids.values())
        things = np.zeros(len(self._exams.texts), dtype=np.int64)
        things[list(ids)] = [self._things.setdefault(each, len(self._things)) for each in ids.values()]
        columns = {
            "exam": exams[self._exams.codes[rows]],
            "status": self._results.as_kind(Kind.TEXT, 0)[rows],
            "score": self._results.as_kind(Kind.NUMBER, 1)[rows],
        }
        if "external_id" in self.heads:
            columns["external_id"] = self._external.as_kind(Kind.TEXT)[rows]
        return things[self._exams.codes[rows]], columns

    def _exam_ids(self, block: Block, rows: Array) -> dict[int, str]:
        codes, firsts = np.unique(self._exams.codes[rows], return_index=True)
        ids = {}
        for code, line in zip(codes.tolist(), block.lines[rows[firsts]].tolist(), strict=True):
            title, subject, day, maximum, kind = self._exams.texts[code]
            exam = ExamColumn(subject, title, day)
            ids[code] = self.naming.exam(exam, line, maximum=maximum, kind=str(kind or ""), is_whole=False)
        return ids

    def _sit(self, block: Block, rows: Array, ids: dict[int, str]) -> None:
        """Classes are only referred to: who is in them is said elsewhere."""
        if "school_class" not in self.heads:
            return
        pairs = together("", [self._exams, self._classes.as_column("")])
        codes, firsts = np.unique(pairs.codes[rows], return_index=True)
        for code, row in zip(codes.tolist(), rows[firsts].tolist(), strict=True):
            (_title, subject, day, *_rest), name = pairs.texts[code]
            if name:
                line = int(block.lines[row])
                year = self.naming.year(day, line)
                made = self.naming.school_class(year, subject, name, line, must_exist=True)
                self.naming.sits(ids[int(self._exams.codes[row])], made, line)
