"""A text file as rows of cells, a line after the other: nothing is kept, and lines are counted as an editor counts."""

import csv
from collections.abc import Iterator
from io import TextIOWrapper
from itertools import islice
from typing import BinaryIO

from django.utils.translation import gettext as _

from students.importing.findings import Unreadable
from students.importing.limits import LONGEST_LINE
from students.importing.spreadsheet.refusing import unreadable
from students.importing.spreadsheet.sniffing import said_delimiter

SAMPLED_LINES, SAMPLED_TEXT = 200, 1 << 18
END = "\0"  # a last line that no file can hold: it ends up inside a cell if a quotation mark was never closed


class TextRows:
    """Iterate it, as often as needed, for (line, cells). A cell may hold line breaks; the line is the row's first."""

    def __init__(self, file: BinaryIO, name: str, encoding: str, delimiter: str) -> None:
        self.file, self.name, self.encoding, self.delimiter = file, name, encoding, delimiter
        self._ended = False
        self._read = 0

    @property
    def place(self) -> int:
        """How many letters were read so far."""
        return self._read

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        self._ended, self._read = False, 0
        reader = csv.reader(self._lines(), delimiter=self.delimiter)
        before = 0
        try:
            for row in reader:
                if self._ended:
                    if row != [END]:
                        raise self._never_closed(before + 1)
                    return
                yield before + 1, row
                before = reader.line_num
        except csv.Error as error:
            raise self._never_closed(before + 1) from error

    def _lines(self) -> Iterator[str]:
        self.file.seek(0)
        text = TextIOWrapper(self.file, self.encoding, newline="")
        number = 0
        try:
            while line := text.readline(LONGEST_LINE + 1):
                number += 1
                self._read += len(line)
                self._check(line, number)
                yield "\n" if number == 1 and said_delimiter(line) else line
            self._ended = True
            yield END
        finally:
            if not self.file.closed:
                text.detach()

    def _check(self, line: str, number: int) -> None:
        if len(line) > LONGEST_LINE:
            sentence = _("Line %(line)d is longer than %(most)d characters. Expected a table with a line for each row.")
            raise unreadable("line_too_long", self.name, sentence % {"line": number, "most": LONGEST_LINE}, line=number)
        if END in line:
            sentence = _("Line %(line)d holds a character of value zero, as no text does. Export the file again.")
            raise unreadable("nul", self.name, sentence % {"line": number}, line=number)

    def _never_closed(self, line: int) -> Unreadable:
        sentence = _(
            "A quotation mark that opens in the row of line %(line)d is not closed again, or its cell is too long."
        )
        return unreadable("quotes", self.name, sentence % {"line": line}, line=line)


def first_lines(file: BinaryIO, encoding: str) -> list[str]:
    """Enough whole lines to see how a file is made; none of them is longer than a sample."""
    file.seek(0)
    text = TextIOWrapper(file, encoding, errors="replace", newline="")
    try:
        lines: list[str] = []
        size = 0
        for line in islice(iter(lambda: text.readline(SAMPLED_TEXT), ""), SAMPLED_LINES):
            size += len(line)
            if lines and size > SAMPLED_TEXT:
                break
            lines.append(line)
        return lines
    finally:
        text.detach()
