"""The rows of one Excel sheet as text, straight from its XML: values and not formulas, and nothing of it stays in memory."""

import zlib
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache
from typing import Any, BinaryIO
from xml.parsers import expat
from zipfile import BadZipFile

from django.utils.translation import gettext as _

from students.importing.findings import Unreadable
from students.importing.limits import LONGEST_CELL, MB, MOST_COLUMNS, MOST_ROWS
from students.importing.spreadsheet.refusing import unreadable

BLOCK = 1 << 16
HELD = frozenset({"v", "t"})  # elements in which the text of a cell stands
DIGITS = "0123456789"


@dataclass(frozen=True)
class Book:
    """What the cells of all sheets refer to."""

    texts: Sequence[str]
    dates: Collection[int]  # styles that show a number as a day or a time
    spans: Collection[int]  # those that show it as hours that have passed
    epoch: Any


class SheetRows:
    """Iterate it for (row number, cells); rows and cells at the end that hold nothing are not there. `formulas` are the
    cells of the rows so far whose formula was never calculated, as (row, place); who reads them may clear them.
    """

    def __init__(self, open_sheet: Callable[[], BinaryIO], name: str, book: Book) -> None:
        self.open_sheet, self.name, self.book = open_sheet, name, book
        self.formulas: list[tuple[int, int]] = []
        self._done: list[tuple[int, list[str]]] = []
        self._cells: list[str] = []
        self._held: list[str] | None = None  # the text of the element that is being read
        self._day = lru_cache(maxsize=50_000)(self._shown_day)

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        self.formulas.clear()
        self._row = self._column = 0
        self._done, self._cells, self._held = [], [], None
        parser = self._parser()
        try:
            with self.open_sheet() as source:
                given = 0
                while block := source.read(BLOCK):
                    given += len(block)
                    parser.Parse(block, False)
                    if given - parser.CurrentByteIndex > MB:
                        raise ValueError(
                            given
                        )  # one tag or remark without end, read from its beginning with each block
                    yield from self._taken()
                parser.Parse(b"", True)
            yield from self._taken()
        except (expat.ExpatError, BadZipFile, zlib.error, EOFError, OSError, ValueError, LookupError) as error:
            sentence = _(
                "The Excel file is broken after row %(row)d. Open it in a spreadsheet program and save it again."
            )
            raise unreadable("bad_excel", self.name, sentence % {"row": self._row}, line=self._row) from error

    def _taken(self) -> list[tuple[int, list[str]]]:
        done, self._done = self._done, []
        return done

    def _parser(self) -> expat.XMLParserType:
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._refuse_doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        return parser

    def _refuse_doctype(self, *_what: Any) -> None:
        raise unreadable(
            "bomb", self.name, _("The Excel file declares entities of its own, as none that a program wrote does.")
        )

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        tag = tag.rpartition(":")[2]
        if tag == "c":
            self._start_cell(attributes)
        elif tag in HELD:
            self._held = []
        elif tag == "f":
            self._has_formula = True
        elif tag == "row":
            self._row = int(attributes["r"]) if "r" in attributes else self._row + 1
            self._column, self._cells = 0, []
            if self._row > MOST_ROWS:
                raise ValueError(self._row)

    def _start_cell(self, attributes: dict[str, str]) -> None:
        reference = attributes.get("r")
        self._column = column_of(reference.rstrip(DIGITS)) if reference else self._column + 1
        self._type, self._style = attributes.get("t", "n"), attributes.get("s", "0")
        self._value, self._has_formula = "", False

    def _text(self, text: str) -> None:
        if self._held is not None:
            self._held.append(text)

    def _end(self, tag: str) -> None:
        tag = tag.rpartition(":")[2]
        if tag in HELD and self._held is not None:
            self._value += "".join(self._held)  # a text in parts, each with letters of its own kind
            self._held = None
            if len(self._value) > LONGEST_CELL:
                raise self._too_long()
        elif tag == "c":
            self._end_cell()
        elif tag == "row" and self._cells:
            self._done.append((self._row, self._cells))

    def _end_cell(self) -> None:
        if self._value == "":
            if self._has_formula:
                self.formulas.append((self._row, self._column - 1))
            return
        if self._column > MOST_COLUMNS:
            sentence = _(
                "Row %(row)d has cells beyond column %(most)d. Delete what stands there, or name another sheet."
            )
            told = {"row": self._row, "most": MOST_COLUMNS}
            raise unreadable("too_many_columns", self.name, sentence % told, line=self._row)
        self._cells += [""] * (self._column - 1 - len(self._cells))
        self._cells[self._column - 1 :] = [self._shown()]

    def _shown(self) -> str:
        value = self._value
        match self._type:
            case "s":
                return self.book.texts[int(value)]
            case "n":
                style = int(self._style)
                return self._day(value, style in self.book.spans) if style in self.book.dates else plain_number(value)
            case "b":
                return "TRUE" if value.strip() in {"1", "true"} else "FALSE"
            case "d":
                return value.removesuffix("Z").removesuffix("T00:00:00")
        return value

    def _shown_day(self, value: str, is_span: bool) -> str:
        from openpyxl.utils.datetime import from_excel

        try:
            found = from_excel(float(value), self.book.epoch, timedelta=is_span)
        except (OverflowError, ValueError):
            return plain_number(value)  # no day: the reader says so where a day is expected
        if isinstance(found, datetime):
            return found.date().isoformat() if found.time() == time() else found.isoformat(" ", "seconds")
        return found.isoformat() if isinstance(found, date | time) else str(found)

    def _too_long(self) -> Unreadable:
        sentence = _("A cell in row %(row)d is longer than %(most)d characters.")
        told = {"row": self._row, "most": LONGEST_CELL}
        return unreadable("line_too_long", self.name, sentence % told, line=self._row)


@lru_cache(maxsize=20_000)
def column_of(letters: str) -> int:
    """A is 1. Raises ValueError for what is no column."""
    place = 0
    for letter in letters:
        step = ord(letter) - 64
        if not 1 <= step <= 26 or place > MOST_COLUMNS:
            raise ValueError(letters)
        place = place * 26 + step
    if not place:
        raise ValueError(letters)
    return place


@lru_cache(maxsize=50_000)
def plain_number(value: str) -> str:
    """As a person would write it: 12 and not 12.0, with the fifteen digits that Excel shows."""
    if value.isdecimal():
        return value
    number = float(value)
    shown = f"{number:.15g}"
    return shown if "e" not in shown else format(Decimal(shown), "f")
