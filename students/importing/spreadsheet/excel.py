"""An Excel file opened with care: what it is, whether it is safe to unpack, its sheets, and the rows of one of them."""

import warnings
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, BinaryIO
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile, ZipFile

from django.utils.translation import gettext as _

from students.importing.limits import MB, MOST_PART, MOST_TEXTS
from students.importing.spreadsheet.refusing import unreadable
from students.importing.spreadsheet.sheet_rows import Book, SheetRows
from students.importing.zipped import open_zip

TYPES, WORKBOOK, MACROS, BINARY = "[Content_Types].xml", "xl/workbook.xml", "xl/vbaProject.bin", "xl/workbook.bin"
SMALL = (TYPES, WORKBOOK, "xl/styles.xml", "xl/_rels/workbook.xml.rels")
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
SHEET, MAIN = "worksheet", "main+xml"
# What openpyxl raises on files that are not made as they should be.
BROKEN = (
    BadZipFile, zlib.error, ParseError, KeyError, IndexError, ValueError, TypeError, AttributeError, EOFError, OSError,
    OverflowError, NotImplementedError,
)  # fmt: skip


@dataclass(frozen=True)
class Workbook:
    """The sheets that hold tables, in their order; those that are hidden come last."""

    name: str
    sheets: dict[str, str]  # its name -> its entry in the zip
    archive: ZipFile
    book: Book

    def chosen(self, wanted: str) -> str:
        """The sheet of this name, or the first. Raises Unreadable."""
        if not self.sheets:
            raise unreadable("no_sheet", self.name, _("The Excel file has no sheet with a table."))
        if not wanted:
            return next(iter(self.sheets))
        if wanted in self.sheets:
            return wanted
        sentence = _("There is no sheet “%(wanted)s”. The file has: %(there)s.")
        nearest = get_close_matches(wanted, self.sheets, n=5, cutoff=0) or list(self.sheets)[:5]
        there = ", ".join(f"“{each}”" for each in nearest)
        raise unreadable("no_sheet", self.name, sentence % {"wanted": wanted, "there": there}, value=wanted)

    def rows(self, sheet: str) -> SheetRows:
        return SheetRows(self._opener(self.sheets[sheet]), self.name, self.book)

    def _opener(self, entry: str) -> Callable[[], BinaryIO]:
        return lambda: self.archive.open(entry)  # type: ignore[return-value]  # IO[bytes] is what is meant


def open_excel(file: BinaryIO, name: str) -> Workbook:
    archive = open_zip(file, name)
    _must_be_plain_excel(archive, name)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl tells what it leaves out: drawings, checks of input
            return _opened(file, name, archive)
    except BROKEN as error:
        sentence = _("The Excel file is broken. Open it in a spreadsheet program and save it again.")
        raise unreadable("bad_excel", name, sentence) from error


def refuse_old_office(file: BinaryIO, name: str) -> None:
    """Files that begin as Office files did before 2007, and as protected ones still do. Raises Unreadable."""
    file.seek(0)
    while block := file.read(MB):
        if ENCRYPTED in block:
            raise unreadable("encrypted", name, _("The Excel file is protected by a password. Save it without one."))
    sentence = _("This is an Excel file of the kind before 2007 (.xls). Open it and save it as .xlsx or CSV.")
    raise unreadable("old_excel", name, sentence)


def _must_be_plain_excel(archive: ZipFile, name: str) -> None:
    names = set(archive.namelist())
    if MACROS in names:
        raise unreadable("macros", name, _("The Excel file holds macros. Save it as .xlsx, which holds none."))
    if BINARY in names:
        raise unreadable("old_excel", name, _("This is a binary Excel file (.xlsb). Save it as .xlsx or CSV."))
    if TYPES not in names or WORKBOOK not in names:
        raise unreadable(
            "not_excel", name, _("This zip is no Excel file. Expected a CSV file or an Excel file (.xlsx).")
        )
    for each in SMALL:
        if each in names:
            _must_fit(archive, name, each, MOST_PART)


def _must_fit(archive: ZipFile, name: str, entry: str, most: int) -> None:
    if archive.getinfo(entry).file_size > most:
        sentence = _("“%(entry)s” in the Excel file is larger than %(most)d MB. Save the table as CSV.")
        raise unreadable("bomb", name, sentence % {"entry": entry, "most": most // MB})


def _opened(file: BinaryIO, name: str, archive: ZipFile) -> Workbook:
    """By openpyxl's own steps, apart from opening every sheet at once as it would."""
    from openpyxl.reader.excel import ExcelReader
    from openpyxl.styles.stylesheet import apply_stylesheet
    from openpyxl.xml.constants import SHARED_STRINGS

    reader: Any = ExcelReader(file, read_only=True, data_only=True, keep_links=False)  # untyped where it is read
    reader.read_manifest()
    texts = reader.package.find(SHARED_STRINGS)
    if texts is not None:
        _must_fit(archive, name, texts.PartName.removeprefix("/"), MOST_TEXTS)
        reader.read_strings()
    for part in reader.package.Override:
        if part.ContentType.endswith(MAIN):
            _must_fit(archive, name, part.PartName.removeprefix("/"), MOST_PART)
    reader.read_workbook()
    apply_stylesheet(archive, reader.wb)
    found = [(sheet, rel) for sheet, rel in reader.parser.find_sheets() if rel.Type.rpartition("/")[2] == SHEET]
    found.sort(key=lambda pair: pair[0].state != "visible")
    book = Book(reader.shared_strings, reader.wb._date_formats, reader.wb._timedelta_formats, reader.wb.epoch)
    names = set(archive.namelist())
    return Workbook(name, {sheet.name: rel.target for sheet, rel in found if rel.target in names}, archive, book)
