"""Excel files: values as a person sees them, rows by their numbers; what is unsafe or broken is refused before it is unpacked."""

import zlib
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import pytest
from openpyxl import Workbook

from students.importing import limits
from students.importing.findings import Unreadable
from students.importing.mapping import Mapping
from students.importing.spreadsheet.cells import Cells, open_cells
from tests.students.importing.uploads import xlsx_of, zip_of

TINY = xlsx_of(["a", "b"], ["x", "y"])


def cells_of(content: bytes, **mapping: Any) -> Cells:
    return open_cells(BytesIO(content), "book.xlsx", Mapping(**mapping))


def numbered(cells: Cells) -> list[tuple[int, list[str]]]:
    return [pair for lines, rows in cells.blocks() for pair in zip(lines, rows, strict=True)]


def refused(content: bytes, **mapping: Any) -> tuple[str, str]:
    with pytest.raises(Unreadable) as refusal:
        numbered(cells_of(content, **mapping))
    return refusal.value.finding.code, refusal.value.finding.expected


def with_entry(content: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """The same file with one of its parts changed, or added."""
    out = BytesIO()
    with ZipFile(BytesIO(content)) as old, ZipFile(out, "w", ZIP_DEFLATED) as new:
        parts = {each: old.read(each) for each in old.namelist()}
        for each, part in {**parts, name: change(parts.get(name, b""))}.items():
            new.writestr(each, part)
    return out.getvalue()


def test_cells_are_what_a_person_sees() -> None:
    values = [
        (1, "1"), (12.0, "12"), (0.1 + 0.2, "0.3"), (1e20, "100000000000000000000"), (-2.5, "-2.5"), (True, "TRUE"),
        (False, "FALSE"), (date(2012, 2, 29), "2012-02-29"), (datetime(2012, 2, 29, 8, 5), "2012-02-29 08:05:00"),
        (time(8, 30), "08:30:00"), (timedelta(hours=30), "1 day, 6:00:00"), ("#N/A", "#N/A"), ("007", "007"), (None, ""),
        ("two\nlines", "two\nlines"), (" ä ", " ä "),
    ]  # fmt: skip
    cells = cells_of(xlsx_of([f"c{n}" for n in range(len(values) + 1)], [value for value, _text in values] + ["end"]))
    assert numbered(cells) == [(2, [text for _value, text in values] + ["end"])]


def test_rows_keep_their_numbers_and_what_lies_beyond_is_no_cell() -> None:
    book = Workbook()
    sheet = book.active
    for place, value in {
        "A1": "Lakeside School",
        "A4": "Name",
        "B4": "Mark",
        "A6": "Ann",
        "B6": 5,
        "A9": "Bo",
        "D12": "",
    }.items():
        sheet[place] = value
    out = BytesIO()
    book.save(out)
    cells = cells_of(out.getvalue())
    assert (cells.heads, cells.head_line) == (["Name", "Mark"], 4)
    assert numbered(cells) == [(6, ["Ann", "5"]), (9, ["Bo", ""])]


def test_a_formula_gives_its_value_and_is_named_where_it_has_none() -> None:
    cells = cells_of(xlsx_of(["a", "b"], ["x", "=1+1"], ["y", 3]))
    assert numbered(cells) == [(2, ["x", ""]), (3, ["y", "3"])]
    assert cells.formulas == [(2, "b")]
    calculated = with_entry(
        xlsx_of(["a", "b"], ["x", "=1+1"]),
        SHEET,
        lambda xml: xml.replace(b"<v />", b"<v>2</v>"),
    )
    cells = cells_of(calculated)
    assert (numbered(cells), cells.formulas) == ([(2, ["x", "2"])], [])


SHARED = """<?xml version="1.0"?><x:sst xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main">
<x:si><x:t>Zoë</x:t></x:si><x:si><x:r><x:t>in </x:t></x:r><x:r><x:t xml:space="preserve">parts</x:t></x:r></x:si></x:sst>"""
TEXTS = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"


def test_texts_that_excel_keeps_in_a_place_of_their_own_are_found_there() -> None:
    override = f'<Override PartName="/xl/sharedStrings.xml" ContentType="{TEXTS}"/></Types>'.encode()
    content = with_entry(TINY, "[Content_Types].xml", lambda xml: xml.replace(b"</Types>", override))
    content = with_entry(content, "xl/sharedStrings.xml", lambda _xml: SHARED.encode())
    cells = '<c r="A3" t="s"><v>0</v></c><c r="B3" t="s"><v>1</v></c>'
    assert numbered(cells_of(with_entry(content, SHEET, row_of(cells, 3))))[-1] == (3, ["Zoë", "in parts"])


def test_the_first_sheet_that_is_shown_is_read_or_the_one_that_is_named() -> None:
    content = xlsx_of(["a", "b"], ["x", "y"], Marks=[["c", "d"], ["v", "w"]])
    assert cells_of(content).heads == ["a", "b"]
    named = cells_of(content, sheet="Marks")
    assert (named.heads, named.sheet, named.sheets) == (["c", "d"], "Marks", ("Sheet", "Marks"))
    assert refused(content, sheet="Mark") == ("no_sheet", "There is no sheet “Mark”. The file has: “Marks”, “Sheet”.")
    hidden = with_entry(
        content,
        "xl/workbook.xml",
        lambda xml: xml.replace(b'name="Sheet"', b'name="Sheet"').replace(b'state="visible"', b'state="hidden"', 1),
    )
    assert cells_of(hidden).heads == ["c", "d"]


SHEET = "xl/worksheets/sheet1.xml"
OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENDLESS = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]><worksheet><sheetData/></worksheet>'


def row_of(cell: str, row: int = 2) -> Callable[[bytes], bytes]:
    """A row that no program would write, below the head."""
    return lambda xml: xml.replace(b"</sheetData>", f'<row r="{row}">{cell}</row></sheetData>'.encode())


def with_many_entries() -> bytes:
    return zip_of({f"{number}.csv": "a" for number in range(limits.MOST_ENTRIES + 1)})


def with_a_size_it_does_not_have() -> bytes:
    """Two gigabytes, so it says of itself."""
    out = BytesIO()
    with ZipFile(out, "w") as archive:
        info = ZipInfo("xl/worksheets/sheet1.xml")
        archive.writestr(info, b"x")
        info.file_size = 2 << 30
    return out.getvalue()


def with_zeros() -> bytes:
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive, archive.open("xl/workbook.xml", "w") as entry:
        for _each in range(30):
            entry.write(bytes(1 << 20))
    return out.getvalue()


def encrypted() -> bytes:
    content = bytearray(TINY)
    place = content.find(b"PK\x01\x02")
    content[place + 8] |= 1
    return bytes(content)


@pytest.mark.parametrize(
    ("make", "code", "says"),
    [
        (lambda: OLD + b"\0" * 600, "old_excel", "before 2007 (.xls)"),
        (lambda: OLD + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"), "encrypted", "protected by a password"),
        (encrypted, "encrypted", "protected by a password"),
        (lambda: with_entry(TINY, "xl/vbaProject.bin", bytes), "macros", "holds macros"),
        (lambda: with_entry(TINY, "xl/workbook.bin", bytes), "old_excel", "binary Excel file"),
        (lambda: zip_of(a_csv="a,b\n1,2\n"), "not_excel", "This zip is no Excel file."),
        (lambda: TINY[:-40], "bad_zip", "The zip is broken."),
        (lambda: TINY[:200], "bad_zip", "The zip is broken."),
        (lambda: with_entry(TINY, "xl/workbook.xml", lambda _xml: b"<no"), "bad_excel", "The Excel file is broken."),
        (lambda: with_entry(TINY, "xl/styles.xml", lambda _xml: b"no"), "bad_excel", "The Excel file is broken."),
        (lambda: with_entry(TINY, SHEET, lambda xml: xml[:-30]), "bad_excel", "broken after row 2"),
        (lambda: with_entry(TINY, SHEET, row_of('<c r="A3" t="s"><v>99</v></c>', 3)), "bad_excel", "broken after row 3"),
        (lambda: with_entry(TINY, SHEET, row_of('<c r="5"><v>9</v></c>', 3)), "bad_excel", "broken after row 3"),
        (lambda: with_entry(TINY, SHEET, row_of("<c><v>9</v></c>", 10**9)), "bad_excel", "broken"),
        (lambda: with_entry(TINY, SHEET, row_of('<c r="XFD3"><v>9</v></c>', 3)), "too_many_columns", "beyond column 2000"),
        (lambda: with_entry(TINY, SHEET, row_of(f'<c t="str"><v>{"x" * 200_000}</v></c>', 3)), "line_too_long", "A cell in row 3"),
        (lambda: with_entry(TINY, SHEET, lambda _xml: ENDLESS), "bomb", "declares entities"),
        (with_many_entries, "bomb", "holds more than 1000 files"),
        (with_a_size_it_does_not_have, "bomb", "more than 1024 MB"),
        (with_zeros, "bomb", "packed more tightly than any table"),
        (lambda: with_entry(TINY, "xl/styles.xml", lambda _xml: b"<a>" + b"%x" % 7 * (9 << 20)), "bomb", "larger than 8 MB"),
        (lambda: xlsx_of(["a", "b"]), "head_only", "nothing below them"),
        (lambda: xlsx_of(), "empty", "The file is empty."),
        (lambda: xlsx_of(["a", "a"], [1, 2]), "head_twice", "Columns 1 and 2 are both named “a”."),
    ],
)  # fmt: skip
def test_what_is_unsafe_or_broken_is_refused(make: Callable[[], bytes], code: str, says: str) -> None:
    found, sentence = refused(make())
    assert found == code
    assert says in sentence


def test_an_entry_that_is_larger_than_it_says_is_not_unpacked_further() -> None:
    """Its declared size is what Python unpacks at most; then the sum over its bytes is wrong."""
    content = bytearray(with_entry(TINY, SHEET, lambda xml: xml + b" " * 100_000))
    with ZipFile(BytesIO(content)) as archive:
        info = archive.getinfo(SHEET)
        packed, real = info.compress_size, info.file_size
    assert packed < 2000 < real
    small = (800).to_bytes(4, "little")
    place = content.find(real.to_bytes(4, "little"), content.find(b"PK\x01\x02"))
    content[place : place + 4] = small
    assert zlib.crc32(bytes(content))
    assert refused(bytes(content))[0] == "bad_excel"
