"""A spreadsheet as heads and blocks of rows, whatever kind of file it is. What the cells mean is decided elsewhere."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, Protocol

from django.utils.translation import gettext as _

from students.importing.findings import Finding
from students.importing.limits import BLOCK_CELLS, LONGEST_LINE, MOST_COLUMNS, rows_at_once
from students.importing.mapping import Mapping
from students.importing.spreadsheet import heads as naming
from students.importing.spreadsheet.delimited import TextRows, first_lines
from students.importing.spreadsheet.excel import OLD_OFFICE, open_excel, refuse_old_office
from students.importing.spreadsheet.refusing import unreadable
from students.importing.spreadsheet.sheet_rows import SheetRows
from students.importing.spreadsheet.sniffing import DELIMITERS, ENCODINGS, delimiter_of, encoding_of

ZIP = b"PK\3\4"
# Programs that write such files call them .xls, so that Excel opens them.
WEB_PAGES = (b"<html", b"<!doctype", b"<table", b"<?xml", b"<meta")
BLOCK_TEXT = 16 * LONGEST_LINE


class Rows(Protocol):
    """(line, cells) of every row, blank ones included; as often as it is iterated."""

    def __iter__(self) -> Iterator[tuple[int, list[str]]]: ...


@dataclass
class Cells:
    """`notes` say how the file was read. `sheet` is empty for text, `encoding` and `delimiter` for Excel."""

    name: str
    heads: list[str]
    head_line: int
    notes: list[Finding]
    rows: Rows
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    sheets: tuple[str, ...] = ()
    # Of the block that was given last: cells with a formula that was never calculated, by line and head. They are "" there.
    formulas: list[tuple[int, str]] = field(default_factory=list)

    def blocks(self) -> Iterator[tuple[list[int], list[list[str]]]]:
        """Lines and cells of the rows below the head; blank rows are none. Rows have as many cells as they have: rows of
        text with fewer or more than there are heads are for the reader to report. Raises Unreadable on the way.
        """
        lines: list[int] = []
        rows: list[list[str]] = []
        size, cells, most = 0, 0, rows_at_once.get()
        for line, row in self._below():
            lines.append(line)
            rows.append(row)
            cells += len(row)
            size += sum(map(len, row))
            if len(rows) >= most or cells >= BLOCK_CELLS or size >= BLOCK_TEXT:
                yield self._handed_on(lines, rows)
                lines, rows, size, cells = [], [], 0, 0
        if rows:
            yield self._handed_on(lines, rows)

    def _below(self) -> Iterator[tuple[int, list[str]]]:
        width, is_text, blank = len(self.heads), not self.sheet, naming.is_blank
        for line, row in self.rows:
            if line <= self.head_line or blank(row):
                continue
            if len(row) != width:
                row = self._fitted(line, row, width, is_text)
            yield line, row

    def _fitted(self, line: int, row: list[str], width: int, is_text: bool) -> list[str]:
        """Empty cells at the end are no cells, and Excel leaves them away."""
        if len(row) > MOST_COLUMNS:
            sentence = _("Line %(line)d has %(count)d cells; at most %(most)d are read.")
            told = {"line": line, "count": len(row), "most": MOST_COLUMNS}
            raise unreadable("too_many_columns", self.name, sentence % told, line=line)
        if len(row) > width and not any(row[width:]):
            return row[:width]
        return row if is_text else row + [""] * (width - len(row))

    def _handed_on(self, lines: list[int], rows: list[list[str]]) -> tuple[list[int], list[list[str]]]:
        self.formulas = []
        if isinstance(self.rows, SheetRows):
            seen, self.rows.formulas = self.rows.formulas, []
            width = len(self.heads)
            self.formulas = [
                (line, self.heads[place]) for line, place in seen if place < width and line > self.head_line
            ]
        return lines, rows


def open_cells(file: BinaryIO, name: str, mapping: Mapping) -> Cells:
    """A seekable file, opened for as long as its cells are read. Raises Unreadable."""
    file.seek(0)
    start = file.read(512)
    if not start:
        raise unreadable(
            "empty", name, _("The file is empty. Expected a row with the names of the columns, and rows below.")
        )
    if start.startswith(ZIP):
        return _of_excel(file, name, mapping)
    if start.startswith(OLD_OFFICE):
        refuse_old_office(file, name)
    if start.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(WEB_PAGES):
        sentence = _(
            "This is a web page, whatever its name says. Open it in a spreadsheet program and save it as .xlsx or CSV."
        )
        raise unreadable("web_page", name, sentence)
    return _of_text(file, name, mapping)


def _of_text(file: BinaryIO, name: str, mapping: Mapping) -> Cells:
    encoding, told = encoding_of(file, name, mapping.encoding)
    delimiter = mapping.delimiter or delimiter_of(first_lines(file, encoding))
    if delimiter not in DELIMITERS:
        sentence = _("Cells are not told apart by “%(asked)s”; expected a comma, a semicolon, a tab or “|”.")
        raise unreadable("delimiter", name, sentence % {"asked": delimiter}, value=delimiter)
    rows = TextRows(file, name, encoding, delimiter)
    line, heads, notes = _headed(rows, name, mapping)
    notes = [*([told] if told else []), *notes]
    return Cells(name, heads, line, notes, rows, ENCODINGS.get(encoding, encoding), delimiter)


def _of_excel(file: BinaryIO, name: str, mapping: Mapping) -> Cells:
    book = open_excel(file, name)
    sheet = book.chosen(mapping.sheet)
    rows = book.rows(sheet)
    line, heads, notes = _headed(rows, name, mapping)
    return Cells(name, heads, line, notes, rows, sheet=sheet, sheets=tuple(book.sheets))


def _headed(rows: Rows, name: str, mapping: Mapping) -> tuple[int, list[str], list[Finding]]:
    walk = iter(rows)
    try:
        line, cells = naming.head_of(walk, name, mapping.head)
    finally:
        walk.close()  # type: ignore[attr-defined]  # a generator in both kinds; closed so that the file may be read again
    heads, notes = naming.named(line, cells, name)
    return line, heads, notes
