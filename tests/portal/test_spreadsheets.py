"""Tables as CSV and as Excel: what was put in comes out, and no program finds anything in them to run."""

import csv
from datetime import date
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any
from zipfile import ZipFile

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from portal.kit.spreadsheets import BEGINS_FORMULA, UNWRITABLE, Column, Kind, Table, as_csv, as_xlsx, harmless

WORDS = st.text(max_size=40)


def sheet_of(table: Table) -> Any:
    return load_workbook(BytesIO(as_xlsx(table))).active


def made(*rows: Any) -> Table:
    columns = (
        Column("Student"),
        Column("Score", Kind.PERCENT),
        Column("Points", Kind.NUMBER),
        Column("Since", Kind.DAY),
    )
    return Table("Mathematics 9B", columns, rows)


@settings(deadline=None)  # a slow machine is no fault of the text
@given(WORDS)
@example("=1+1")
@example("#N/A")
@example("-2")
@example("2026-01-01")
@example("'already")
@example("a\x00b\ud800")
def test_any_text_comes_out_of_excel_as_the_same_text_and_never_as_a_formula(text: str) -> None:
    cell = sheet_of(Table("x", (Column("Name"),), [(text,), ("last",)]))["A2"]
    expected = UNWRITABLE.sub("", text).replace("\r\n", "\n").replace("\r", "\n")
    assert (cell.value or "") == expected
    assert cell.data_type != "f"


@settings(deadline=None)  # a slow machine is no fault of the text
@given(WORDS)
@example("@SUM(A1)")
@example("＝1+1")  # a wide sign, as some keyboards write it
def test_no_cell_of_a_csv_file_begins_like_a_formula(text: str) -> None:
    plain = text.replace("\x00", "").encode(errors="ignore").decode()
    rows = list(
        csv.reader(StringIO(as_csv(Table("x", (Column(plain),), [(plain,)])).removeprefix("\ufeff"), newline=""))
    )
    assert len(rows) == 2 or not plain
    for row in rows:
        assert not row or not row[0].startswith(BEGINS_FORMULA)
        assert not row or row[0].removeprefix("'") == plain.removeprefix("'")


def test_numbers_are_numbers_and_days_are_days() -> None:
    sheet = sheet_of(made(("Sam", 62, -3.5, date(2026, 5, 4)), ("Mia", Decimal("88.25"), None, None)))
    assert [cell.value for cell in sheet[2]][:3] == ["Sam", 62, -3.5]
    assert sheet["D2"].value.date() == date(2026, 5, 4)
    assert {cell.data_type for cell in sheet[2][1:3]} == {"n"}
    assert sheet["B2"].number_format == '0.##"\xa0%"'
    assert sheet["C3"].value is None


def test_the_head_is_bold_and_stays_in_view() -> None:
    sheet = sheet_of(made())
    assert sheet.freeze_panes == "B2"
    assert all(cell.font.bold for cell in sheet[1])
    assert sheet.column_dimensions["A"].width >= len("Student")


def test_both_files_say_the_same() -> None:
    table = made(("=cmd()", 62, 1, date(2026, 5, 4)), ("Mia", None, -1, None))
    lines = list(csv.reader(StringIO(as_csv(table).removeprefix("\ufeff"))))
    assert lines[1:] == [["'=cmd()", "62", "1", "2026-05-04"], ["Mia", "", "-1", ""]]
    assert [[cell.value for cell in row] for row in sheet_of(table).iter_rows(min_row=3)] == [["Mia", None, -1, None]]


def test_what_is_no_number_leaves_its_cell_empty_and_a_text_in_a_column_of_numbers_stays_text() -> None:
    sheet = sheet_of(made(("Sam", float("nan"), "–", None)))
    assert (sheet["B2"].value, sheet["C2"].value, sheet["C2"].data_type) == (None, "–", "s")  # a dash


@pytest.mark.parametrize("title", ["9B [maths]: a/b?*", "'quoted'", "", "x" * 80, "\x00"])
def test_any_title_names_a_sheet(title: str) -> None:
    assert len(sheet_of(Table(title, (Column("a"),), [])).title) <= 31


def test_no_file_holds_a_link_or_a_macro() -> None:
    names = ZipFile(BytesIO(as_xlsx(made(('=HYPERLINK("http://x")', 1, 1, None))))).namelist()
    assert not [name for name in names if "vba" in name.lower() or "external" in name.lower()]


def test_numbers_below_nought_stay_numbers_in_a_csv_file() -> None:
    assert [harmless(each) for each in (-3, None, "Sam")] == [-3, "", "Sam"]
