"""Files as people upload them, made in a line: CSV, Excel and zip as bytes."""

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import Workbook


def csv_of(*lines: str, encoding: str = "utf-8", end: str = "\n") -> bytes:
    return "".join(f"{line}{end}" for line in lines).encode(encoding)


def xlsx_of(*rows: Sequence[Any], **others: Sequence[Sequence[Any]]) -> bytes:
    """A sheet "Sheet" with these rows, and others by name."""
    book = Workbook()
    for name, cells in {"Sheet": rows, **others}.items():
        sheet = book.active if name == "Sheet" else book.create_sheet(name)
        for row in cells:
            sheet.append(row)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def zip_of(entries: Mapping[str, bytes | str] | None = None, **tables: bytes | str) -> bytes:
    """Entries by name; of tables "__" is a slash and "_csv" the ending."""
    named = {name.replace("__", "/").replace("_csv", ".csv"): content for name, content in tables.items()}
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for name, content in {**(entries or {}), **named}.items():
            archive.writestr(name, content)
    return out.getvalue()
