"""Passwords in a text file: found in its first lines and blanked byte by byte, in whatever encoding it is written."""

import codecs
import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import StringIO, TextIOWrapper
from typing import BinaryIO

from django.utils.translation import gettext as _

from students.importing.findings import Unreadable
from students.importing.limits import LONGEST_LINE
from students.importing.passwords.places import Place, place_in
from students.importing.spreadsheet.delimited import END, first_lines
from students.importing.spreadsheet.heads import is_blank
from students.importing.spreadsheet.refusing import unreadable
from students.importing.spreadsheet.sniffing import DELIMITERS, SAMPLE, by_mark, by_zeros, delimiter_of, said_delimiter

BYTES = "latin-1"  # every byte is a letter, and comes out as it went in
WIDE = ("utf-16", "utf-32")
BREAKS = frozenset("\r\n")


@dataclass(frozen=True, slots=True)
class Found:
    encoding: str
    delimiter: str
    place: Place


def passwords_in(file: BinaryIO) -> Found | None:
    """By every delimiter, the likely one first: what a person names later must not bring a password to light."""
    file.seek(0)
    start = file.read(SAMPLE)
    encoding = by_mark(start) or by_zeros(start)
    encoding = encoding if encoding.startswith(WIDE) else BYTES
    lines = first_lines(file, encoding)
    likely = delimiter_of(lines)
    for delimiter in (likely, *(each for each in DELIMITERS if each != likely)):
        if found := _in_lines(lines, encoding, delimiter):
            return found
    return None


def _in_lines(lines: Sequence[str], encoding: str, delimiter: str) -> Found | None:
    reader = csv.reader(lines, delimiter=delimiter)
    rows: list[tuple[int, list[str]]] = []
    before = 0
    try:
        for row in reader:
            if not is_blank(row):
                rows.append((before + 1, row))
            before = reader.line_num
    except csv.Error:
        pass  # what was read until there says enough
    place = place_in(rows)
    return Found(encoding, delimiter, place) if place else None


def blank_text(file: BinaryIO, target: BinaryIO, found: Found, name: str) -> None:
    """Raises Unreadable where a row cannot be told apart from the next."""
    # Writes the mark of UTF-16 into an entry of a zip too, where TextIOWrapper takes it that something stands before.
    out = codecs.getwriter(found.encoding)(target, "replace")
    for line, row, raw in _rows(file, found, name):
        out.write(raw if line <= found.place.line else _blanked(row, raw, found))


def _rows(file: BinaryIO, found: Found, name: str) -> Iterator[tuple[int, list[str], str]]:
    """Line, cells and the text of each row, blank ones too."""
    raw: list[str] = []
    reader = csv.reader(_lines(file, found.encoding, raw, name), delimiter=found.delimiter)
    before = 0
    try:
        for row in reader:
            if raw and raw[-1] == END:
                if row != [END]:
                    raise _never_closed(name, before + 1)
                return
            yield before + 1, row, "".join(raw)
            raw.clear()
            before = reader.line_num
    except csv.Error as error:
        raise _never_closed(name, before + 1) from error


def _lines(file: BinaryIO, encoding: str, raw: list[str], name: str) -> Iterator[str]:
    if file.seekable():
        file.seek(0)
    text = TextIOWrapper(file, encoding, errors="replace", newline="")
    number = 0
    try:
        while line := text.readline(LONGEST_LINE + 1):
            number += 1
            if len(line) > LONGEST_LINE:
                sentence = _(
                    "Line %(line)d is longer than %(most)d characters. Expected a table with a line for each row."
                )
                raise unreadable("line_too_long", name, sentence % {"line": number, "most": LONGEST_LINE}, line=number)
            raw.append(line)
            yield "\n" if number == 1 and said_delimiter(line) else line.replace(END, " ")
        raw.append(END)
        yield END
    finally:
        text.detach()


def _blanked(row: list[str], raw: str, found: Found) -> str:
    """A row of another width than the head has slipped, so that its password may stand in a neighbouring cell."""
    columns, missing = found.place.columns, found.place.width - len(row)
    places = {place for place in columns if place < len(row)}
    if missing and len(row) > 1:
        places = set(range(max(min(columns) - max(missing, 0), 0), len(row)))
    # A quotation mark that was forgotten makes one cell of several rows.
    places |= {place for place, cell in enumerate(row) if BREAKS & set(cell) and found.delimiter in cell}
    if not any(row[place] for place in places):
        return raw
    for place in places:
        row[place] = "".join(letter for letter in row[place] if letter in BREAKS)
    end = raw[len(raw.rstrip("\r\n")) :]
    out = StringIO(newline="")
    csv.writer(out, delimiter=found.delimiter, lineterminator=end).writerow(row)
    return out.getvalue()


def _never_closed(name: str, line: int) -> Unreadable:
    sentence = _(
        "A quotation mark that opens in the row of line %(line)d is not closed again, or its cell is too long."
    )
    return unreadable("quotes", name, sentence % {"line": line}, line=line)
