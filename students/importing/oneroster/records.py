"""A CSV entry of the zip as rows of cells with their lines. No line and no row may grow without bound."""

import codecs
import csv
from collections.abc import Callable, Iterator
from io import TextIOWrapper

from django.utils.translation import gettext as _

from students.importing.limits import LONGEST_LINE
from students.importing.oneroster.package import Package, refused

GARBLED = "\N{REPLACEMENT CHARACTER}"
MOST_CELLS = 400
Note = Callable[[str, int], None]
OTHER_ENCODINGS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class Records:
    """Iterate it once: (line, cells, what is wrong with the row as a whole). The head comes first."""

    def __init__(self, package: Package, name: str, note: Note = lambda code, line: None) -> None:
        self.package, self.name, self.file = package, name, f"{name}.csv"
        self.note = note
        self._damage = ""
        self._size = 0  # letters since the last whole row
        self._ended = False

    def __iter__(self) -> Iterator[tuple[int, list[str], str]]:
        with self.package.opened(self.name) as stream:
            text = TextIOWrapper(stream, "utf-8", errors="replace", newline="")
            reader = csv.reader(self._lines(text), strict=True)
            before = 0
            while (row := self._next(reader, before)) is not None:
                line, before = before + 1, reader.line_num
                damage, self._damage, self._size = self._damage, "", 0
                if row:
                    if before > line:
                        self.note("line_break", line)
                    yield line, row, damage
                else:
                    self.note("blank_lines", line)

    def _next(self, reader: Iterator[list[str]], before: int) -> list[str] | None:
        """The next row; a row that is no CSV comes as one damaged cell, and the file goes on below it."""
        try:
            return next(reader, None)
        except csv.Error as error:
            if self._ended or reader.line_num > before + 1:  # type: ignore[attr-defined]  # of csv's own reader
                sentence = _('A quotation mark that opens in this row is not closed again. Expected cells like "a".')
                raise refused("quotes_open", self.file, sentence, line=before + 1) from error
            self._damage = "quotes"
            return [""]

    def _lines(self, text: TextIOWrapper) -> Iterator[str]:
        number = 0
        while line := text.readline(LONGEST_LINE + 1):
            number += 1
            self._size += len(line)
            if self._size > LONGEST_LINE:
                sentence = _("A row is longer than %(most)d characters. Expected a table with a line for each row.")
                raise refused("line_too_long", self.file, sentence % {"most": LONGEST_LINE}, line=number)
            if number == 1 and line.startswith("\N{ZERO WIDTH NO-BREAK SPACE}"):
                self.note("byte_order_mark", 1)
                line = line[1:]
            if GARBLED in line:
                self._damage = "not_utf8"
            if "\0" in line:
                self._damage = "nul"
            yield line
        self._ended = True


def first_row(package: Package, name: str) -> list[str]:
    """The head. Raises Unreadable where there is none, or none that a bundle could have."""
    file = f"{name}.csv"
    with package.opened(name) as stream:
        if stream.read(2) in OTHER_ENCODINGS:
            raise refused(
                "utf16", file, _("The file is in UTF-16. Expected UTF-8; save it so and zip it again."), line=1
            )
    for line, cells, damage in Records(package, name):
        if damage:
            sentence = _("The head holds characters that are no UTF-8 text. Save the file as UTF-8.")
            raise refused(f"head_{damage}", file, sentence, line=line)
        if len(cells) > MOST_CELLS:
            sentence = _("The head has %(cells)d columns. Expected those of %(file)s, at most %(most)d.")
            told = sentence % {"cells": len(cells), "file": file, "most": MOST_CELLS}
            raise refused("too_many_columns", file, told, line=line)
        return cells
    raise refused("no_head", file, _("The file is empty. Expected at least the row of column names."))
