"""A block of rows as columns of distinct texts: each text is read once, and what is wrong with it is told for each of its rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import compress
from typing import Any

import numpy as np
import pandas as pd
from django.utils.translation import gettext as _

from students.importing.incoming import DTYPES, NOT_SAID, Array, Kind
from students.importing.spreadsheet.problems import Problems
from students.importing.spreadsheet.values import Fault, Read, Reader


@dataclass
class Column:
    """`texts` are the distinct ones (or tuples of texts), `codes` says for each row which. `head` is for sentences."""

    head: str
    texts: list[Any]
    codes: Array

    def shown(self, place: int) -> str:
        text = self.texts[place]
        return text if isinstance(text, str) else str(text[0])


@dataclass
class Values:
    """What was read of a column: the distinct values, None where nothing is said, and for each row which."""

    distinct: list[Any]
    codes: Array

    @property
    def said(self) -> Array:
        return np.array([value is not None for value in self.distinct] or [False], dtype=bool)[self.codes]

    def as_kind(self, kind: Kind, part: int | None = None) -> Array:
        """One value for each row. `part`: of values that are tuples that part."""
        found = self.distinct if part is None else [value and value[part] for value in self.distinct]
        if kind is Kind.TEXT:
            made = np.empty(len(found), dtype=object)
            made[:] = ["" if value is None else value for value in found]
        else:
            made = np.array([NOT_SAID[kind] if value is None else value for value in found], dtype=DTYPES[kind])
        return made[self.codes]

    def as_column(self, head: str) -> Column:
        return Column(head, self.distinct, self.codes)


def together(head: str, columns: Sequence[Column]) -> Column:
    """Columns side by side, as one of tuples."""
    codes = columns[0].codes.astype(np.int64)
    for column in columns[1:]:
        codes = pd.factorize(codes * (len(column.texts) + 1) + column.codes)[0]
    _codes, firsts = np.unique(codes, return_index=True)
    at = [[column.texts[place] for place in column.codes[firsts].tolist()] for column in columns]
    return Column(head, list(zip(*at, strict=True)), codes)


class Block:
    """Rows as long as the head. `bad` marks those that have a fault, and so are left out. `numbers` count rows from 1."""

    def __init__(
        self, lines: Sequence[int], rows: Sequence[Sequence[str]], heads: list[str], before: int, problems: Problems
    ) -> None:
        self.problems = problems
        self.lines: Array = np.array(lines, dtype=np.int64)
        self.numbers: Array = np.arange(before + 1, before + 1 + len(lines))
        rows = self._of_one_width(rows, len(heads))
        self.bad = np.zeros(len(self.lines), dtype=bool)
        self._places = {head: place for place, head in enumerate(heads)}
        self._cells = list(zip(*rows, strict=True)) or [()] * len(heads)
        self._columns: dict[str, Column] = {}

    def __len__(self) -> int:
        return len(self.lines)

    @property
    def good(self) -> Array:
        return ~self.bad

    def _of_one_width(self, rows: Sequence[Sequence[str]], width: int) -> Sequence[Sequence[str]]:
        """Nobody knows below which head a cell of another row belongs."""
        lengths = np.fromiter(map(len, rows), dtype=np.int64, count=len(rows))
        fits = lengths == width
        self.short_or_long = int((~fits).sum())
        if fits.all():
            return rows
        for place in np.flatnonzero(~fits).tolist():
            told = _("Expected {width} cells, as in the row of the heads; here are {count}.")
            fault = Fault("row_length", told.format(width=width, count=lengths[place]))
            self.problems.fault(int(self.lines[place]), "", "", fault)
        self.lines, self.numbers = self.lines[fits], self.numbers[fits]
        return [row for row in rows if len(row) == width]

    def leave_out(self, mask: Array) -> None:
        """Rows of which nothing is read, before anything was: not even what is wrong with them is told."""
        if not mask.any():
            return
        keeps = ~mask
        self.lines, self.numbers, self.bad = self.lines[keeps], self.numbers[keeps], self.bad[keeps]
        self._cells = [tuple(compress(cells, keeps.tolist())) for cells in self._cells]
        self._columns.clear()

    def column(self, head: str) -> Column:
        if head not in self._columns:
            cells = np.empty(len(self), dtype=object)
            cells[:] = self._cells[self._places[head]]
            codes, texts = pd.factorize(cells)
            self._columns[head] = Column(head, [text.strip() for text in texts], codes)
        return self._columns[head]

    def read(self, column: Column, reader: Reader) -> Values:
        found = [reader(text) for text in column.texts]
        self._tell_faults(column, found)
        self._count_notes(column, found)
        return Values([each.value for each in found], column.codes)

    def refuse(self, mask: Array, column: str, fault: Fault, values: Column | None = None) -> None:
        for place in np.flatnonzero(mask).tolist():
            value = values.shown(values.codes[place]) if values else ""
            self.problems.fault(int(self.lines[place]), column, value, fault)
        self.bad |= mask

    def _tell_faults(self, column: Column, found: list[Read]) -> None:
        if not any(each.fault for each in found):
            return
        wrong = np.array([each.fault is not None for each in found], dtype=bool)[column.codes]
        for place in np.flatnonzero(wrong).tolist():
            code = column.codes[place]
            fault = found[code].fault
            assert fault is not None
            self.problems.fault(int(self.lines[place]), column.head, column.shown(code), fault)
        self.bad |= wrong

    def _count_notes(self, column: Column, found: list[Read]) -> None:
        for kind in {each.note for each in found if each.note}:
            mask = np.array([each.note == kind for each in found], dtype=bool)[column.codes]
            first = int(np.argmax(mask))
            value = column.shown(column.codes[first])
            self.problems.note(kind, int(mask.sum()), int(self.lines[first]), column.head, value)
