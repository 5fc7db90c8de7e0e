"""One table, written as CSV or as an Excel file: the same cells, numbers as numbers, and no text that a program would run."""

import csv
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from io import BytesIO, StringIO
from typing import Any

from django.http import HttpResponse
from django.utils.http import content_disposition_header

# A spreadsheet takes a cell that begins with one of these for a formula and would carry it out; the wide ones in some countries.
BEGINS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # meant as they are
BYTE_ORDER_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"  # by it spreadsheets recognise UTF-8
CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# No XML may hold these, nor halves of a letter; and a cell of Excel ends after so many letters.
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
LONGEST_CELL = 32_767
WIDEST, NARROWEST = 48, 9
NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\]")
LONGEST_NAME = 31


class Kind(StrEnum):
    """What a column holds. A percentage is the figure that is read, 62 and not 0.62."""

    TEXT = "text"
    NUMBER = "number"
    PERCENT = "percent"
    DAY = "day"


FORMATS = {Kind.NUMBER: "General", Kind.PERCENT: '0.##"\N{NO-BREAK SPACE}%"', Kind.DAY: "yyyy-mm-dd"}


@dataclass(frozen=True, slots=True)
class Column:
    label: str
    kind: Kind = Kind.TEXT


@dataclass(frozen=True, slots=True)
class Table:
    """Rows are cells in the order of the columns; None is an empty cell."""

    title: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Any]]


def harmless(cell: Any) -> Any:
    """Text that stays text when a spreadsheet opens a CSV file; whatever is no text stays as it is."""
    if cell is None:
        return ""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(BEGINS_FORMULA) else cell


def as_csv(table: Table) -> str:
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow(harmless(column.label) for column in table.columns)
    writer.writerows([harmless(_plain(cell)) for cell in row] for row in table.rows)
    return f"{BYTE_ORDER_MARK}{out.getvalue()}"


def _plain(cell: Any) -> Any:
    return cell.isoformat() if isinstance(cell, date) else cell


def as_xlsx(table: Table) -> bytes:
    """One sheet with a bold head that stays in view. Text is stored as text, whatever it begins with."""
    from openpyxl import Workbook  # only who wants such a file waits for it

    book = Workbook(write_only=True)
    sheet = book.create_sheet(NOT_IN_NAMES.sub(" ", _clean(table.title)).strip("' ")[:LONGEST_NAME] or "1")
    rows = [list(row) for row in table.rows]
    _lay_out(sheet, table.columns, rows)
    sheet.append([_text(sheet, column.label, is_head=True) for column in table.columns])
    for row in rows:
        sheet.append([_cell(sheet, cell, column.kind) for cell, column in zip(row, table.columns, strict=True)])
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _lay_out(sheet: Any, columns: Sequence[Column], rows: list[list[Any]]) -> None:
    from openpyxl.utils import get_column_letter

    sheet.freeze_panes = "B2"
    for place, column in enumerate(columns):
        longest = max(len(str(cell)) for cell in (column.label, *(row[place] for row in rows)))
        sheet.column_dimensions[get_column_letter(place + 1)].width = min(max(longest + 2, NARROWEST), WIDEST)


def _cell(sheet: Any, cell: Any, kind: Kind) -> Any:
    if cell is None or cell == "":
        return None
    if isinstance(cell, str) or kind == Kind.TEXT:
        return _text(sheet, str(cell))
    if isinstance(cell, float) and not math.isfinite(cell):
        return None
    from openpyxl.cell import WriteOnlyCell

    made = WriteOnlyCell(sheet, value=cell)
    made.number_format = FORMATS[kind]
    return made


def _text(sheet: Any, text: str, *, is_head: bool = False) -> Any:
    """Excel is told twice that it is text: by the kind of the cell, and by the mark that keeps it so when it is edited."""
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    made = WriteOnlyCell(sheet, value=_clean(text))
    made.data_type = "s"
    made.quotePrefix = text.startswith(BEGINS_FORMULA)
    if is_head:
        made.font = Font(bold=True)
    return made


def _clean(text: str) -> str:
    return UNWRITABLE.sub("", text).replace("\r\n", "\n").replace("\r", "\n")[:LONGEST_CELL]


def file_response(name: str, content: str | bytes, content_type: str) -> HttpResponse:
    """A file that is saved and not opened, and that no cache keeps."""
    headers = {"Content-Disposition": content_disposition_header(True, name) or "attachment"}
    return HttpResponse(content, content_type=content_type, headers={**headers, "Cache-Control": "no-store"})
