"""Passwords in an Excel file: it is written anew as plain texts, cell for cell where it was, without them."""

from itertools import islice
from typing import Any, BinaryIO

from portal.kit.spreadsheets import UNWRITABLE
from students.importing.passwords.places import Place, place_in
from students.importing.spreadsheet.excel import Workbook, open_excel
from students.importing.spreadsheet.heads import LOOKED_AT
from students.importing.spreadsheet.sheet_rows import SheetRows

UNKNOWN = "=NA()"  # stands for a formula without a value, which the reader reports


def blank_book(file: BinaryIO, target: BinaryIO, name: str) -> bool:
    """All sheets are looked through: a person may choose any of them. Raises Unreadable."""
    book = open_excel(file, name)
    columns = {sheet: place_in(list(islice(book.rows(sheet), LOOKED_AT))) for sheet in book.sheets}
    if not any(columns.values()):
        return False
    from openpyxl import Workbook as NewWorkbook

    clean = NewWorkbook(write_only=True)
    for sheet, place in columns.items():
        _copy(book, sheet, clean.create_sheet(sheet), place)
    clean.save(target)
    return True


def _copy(book: Workbook, sheet: str, target: Any, place: Place | None) -> None:
    """Rows keep their numbers."""
    rows = book.rows(sheet)
    written = 0
    for number, row in rows:
        while written < number - 1:
            target.append([])
            written += 1
        hidden = place.columns if place and number > place.line else ()
        cells = [_cell(target, "" if column in hidden else text) for column, text in enumerate(row)]
        target.append(_with_formulas(target, cells, rows, number))
        written = max(written, number - 1) + 1


def _with_formulas(target: Any, cells: list[Any], rows: SheetRows, number: int) -> list[Any]:
    for line, place in rows.formulas:
        if line == number:
            cells += [None] * (place + 1 - len(cells))
            cells[place] = UNKNOWN
    rows.formulas = [each for each in rows.formulas if each[0] > number]
    return cells


def _cell(target: Any, text: str) -> Any:
    from openpyxl.cell import WriteOnlyCell

    if not text:
        return None
    made = WriteOnlyCell(target, value=UNWRITABLE.sub("", text))
    made.data_type = "s"  # whatever it begins with
    return made
