"""What single cells say: days in one order, numbers of any country, marks, names, ids, yes and no."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from students.importing.mapping import DayOrder, Mapping
from students.importing.spreadsheet.days import day_reader
from students.importing.spreadsheet.numbers import MarkReader, Spelling, maximum_reader, number_reader
from students.importing.spreadsheet.values import (
    Read,
    Remembered,
    read_grade,
    read_id,
    read_name,
    read_yes_no,
    text_reader,
)

YMD, DMY, MDY = DayOrder
LAST = date(2006, 1, 31)


def code(read: Read) -> str:
    return read.fault.code if read.fault else ""


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("2006-01-31", DMY), ("2006-1-31", MDY), ("2006-01-31T00:00:00", DMY), ("2006-01-31 08:30", YMD),
        ("20060131", YMD), ("2006/1/31", YMD), ("2006.01.31", YMD), ("31.01.2006", DMY), ("31. 1. 2006", DMY),
        ("31/1/06", DMY), ("31-1-2006", DMY), ("31.1.2006 00:00", DMY), ("1/31/2006", MDY), ("01-31-06", MDY),
        ("31 Jan 2006", YMD), ("31-Jan-06", MDY), ("31. Januar 2006", DMY),
    ],
)  # fmt: skip
def test_a_day_is_read_in_the_order_of_its_file(text: str, order: DayOrder) -> None:
    assert day_reader(order)(text).value == LAST


def test_the_same_text_is_another_day_in_another_order() -> None:
    assert day_reader(DMY)("3/4/2006").value == date(2006, 4, 3)
    assert day_reader(MDY)("3/4/2006").value == date(2006, 3, 4)
    assert code(day_reader(YMD)("3/4/2006")) == "day_order"


def test_two_digits_of_a_year_turn_at_seventy() -> None:
    read = day_reader(DMY)
    assert [read(f"1.2.{year}").value.year for year in ("00", "69", "70", "99")] == [2000, 2069, 1970, 1999]
    assert read("1.2.06").note == "two_digit_year"


@pytest.mark.parametrize(
    ("text", "order", "expected"),
    [
        ("31/12/2006", MDY, "day_order"), ("12/31/2006", DMY, "day_order"), ("31.1.06", YMD, "not_a_day"),
        ("29.2.2007", DMY, "no_such_day"), ("30.2.2008", DMY, "no_such_day"), ("2006-00-10", DMY, "no_such_day"),
        ("2006-13-01", YMD, "no_such_day"), ("0.5.2006", DMY, "no_such_day"), ("1.1.1899", DMY, "year_out_of_range"),
        ("1.1.2101", DMY, "year_out_of_range"), ("1.1.206", DMY, "not_a_day"), ("38748", DMY, "not_a_day"),
        ("31 Foo 2006", DMY, "not_a_day"), ("1.2", DMY, "not_a_day"), ("1/2-2006", DMY, "not_a_day"),
        ("١.٢.٢٠٠٦", DMY, "not_a_day"), ("32 Jan 2006", DMY, "no_such_day"),
    ],
)  # fmt: skip
def test_what_is_no_day_is_told_for_what_it_is(text: str, order: DayOrder, expected: str) -> None:
    assert code(day_reader(order)(text)) == expected


def test_29_february_is_there_every_four_years() -> None:
    assert day_reader(DMY)("29.2.2008").value == date(2008, 2, 29)
    told = day_reader(DMY)("29.2.1900").fault
    assert told is not None
    assert told.expected == "The year 1900 has no 29 February."


@pytest.mark.parametrize(
    ("text", "decimal", "expected"),
    [
        ("12", "", 12), ("12.5", "", 12.5), ("12,5", "", 12.5), (".5", "", 0.5), ("5.", "", 5), ("-3,5", "", -3.5),
        ("+4", "", 4), ("−4", "", -4), ("1,234.5", "", 1234.5), ("1.234,5", "", 1234.5), ("1 234,5", "", 1234.5),
        ("1\u202f234", "", 1234), ("1'234.5", "", 1234.5), ("1’234", "", 1234), ("1.234.567", "", 1234567),
        ("0,125", "", 0.125), ("1234", "", 1234), ("1.234", ",", 1234), ("1.234", ".", 1.234), ("1,234", ".", 1234),
        ("1,234", ",", 1.234), ("1e3", "", 1000), ("2.5E-1", "", 0.25), ("٣٫٥", "", 3.5), ("85 %", "", 85),
        ("-0", "", 0),
    ],
)  # fmt: skip
def test_a_number_is_read_in_the_spelling_of_any_country(text: str, decimal: str, expected: float) -> None:
    assert number_reader(Spelling(decimal))(text).value == expected


@pytest.mark.parametrize(
    ("text", "decimal", "expected"),
    [
        ("1,234", "", "two_meanings"), ("1.234", "", "two_meanings"), ("12.5", ",", "decimal_sign"),
        ("12,5", ".", "decimal_sign"), ("=1+2", "", "formula"), ("@SUM(1)", "", "formula"), ("-x", "", "formula"),
        ("nan", "", "not_a_number"), ("Infinity", "", "not_a_number"), ("1e400", "", "number_out_of_range"),
        ("12,34.5", "", "not_a_number"), ("1,23,456", "", "not_a_number"), ("5²", "", "not_a_number"),
        ("½", "", "not_a_number"), ("--3", "", "formula"), ("1" * 61, "", "not_a_number"), ("%", "", "not_a_number"),
        ("10000000", "", "number_out_of_range"), ("1_000", "", "not_a_number"), ("0x10", "", "not_a_number"),
    ],
)  # fmt: skip
def test_what_is_no_number_is_told_for_what_it_is(text: str, decimal: str, expected: str) -> None:
    assert code(number_reader(Spelling(decimal))(text)) == expected


def test_excel_keeps_numbers_with_a_point_whatever_the_mapping_says() -> None:
    assert number_reader(Spelling(",", is_excel=True))("3.125").value == 3.125
    assert number_reader(Spelling("", is_excel=True))("3.125").value == 3.125
    assert number_reader(Spelling(",", is_excel=True))("12,5").value == 12.5


def test_more_decimals_than_are_kept_are_rounded_and_counted() -> None:
    assert number_reader(Spelling())("1.23456") == Read(1.235, note="rounded")
    assert number_reader(Spelling())("0.0005").value == 0.001


SCORED = "scored"


@pytest.mark.parametrize(
    ("text", "maximum", "expected"),
    [
        ("17", 20, (SCORED, 17.0)), ("12,5", 20, (SCORED, 12.5)), ("85 %", 20, (SCORED, 17.0)), ("85%", 100, (SCORED, 85.0)),
        ("17/20", 20, (SCORED, 17.0)), ("17 / 20,0", 20, (SCORED, 17.0)), ("0", 20, (SCORED, 0.0)), ("12,500", 20, (SCORED, 12.5)),
        ("20", 20, (SCORED, 20.0)), ("abs", 20, ("absent", None)), ("A", 20, ("absent", None)), ("ABSENT", 20, ("absent", None)),
        ("ex", 20, ("exempt", None)), ("NS", 20, ("not_submitted", None)), ("17", None, (SCORED, 17.0)),
    ],
)  # fmt: skip
def test_a_mark_is_points_a_percentage_points_of_the_maximum_or_a_code(
    text: str, maximum: int | None, expected: Any
) -> None:
    most = None if maximum is None else Decimal(maximum)
    assert MarkReader(Mapping(), Spelling()).read(text, most).value == expected


@pytest.mark.parametrize(
    ("text", "maximum", "expected"),
    [
        ("20.01", 20, "score_over_maximum"), ("-1", 20, "score_negative"), ("17/25", 20, "maximum_differs"),
        ("17/", 20, "maximum_differs"), ("/20", 20, "not_a_number"), ("101 %", 20, "score_over_maximum"),
        ("17/20", None, "maximum_unknown"), ("85 %", None, "maximum_unknown"), ("good", 20, "not_a_number"),
        ("nan", 20, "not_a_number"), ("1e400", 20, "number_out_of_range"), ("1,234", 2000, "two_meanings"),
        ("10001", None, "score_over_maximum"), ("x %", 20, "not_a_number"), ("=17", 20, "formula"),
    ],
)  # fmt: skip
def test_what_is_no_mark_is_told_for_what_it_is(text: str, maximum: int | None, expected: str) -> None:
    most = None if maximum is None else Decimal(maximum)
    assert code(MarkReader(Mapping(), Spelling()).read(text, most)) == expected


def test_a_maximum_is_above_zero_and_has_two_decimals() -> None:
    read = maximum_reader(Spelling())
    assert read("12,50").value == Decimal("12.5")
    assert [code(read(text)) for text in ("0", "-5", "10001", "1.2345", "many")] == [
        "maximum_out_of_range", "maximum_out_of_range", "maximum_out_of_range", "maximum_out_of_range", "not_a_number",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "given", "family"),
    [
        ("Winter, Sam", "Sam", "Winter"), ("Sam Winter", "Sam", "Winter"), ("Anna Lena Berg", "Anna Lena", "Berg"),
        ("Maria da Silva", "Maria", "da Silva"), ("Ludwig van der Berg", "Ludwig", "van der Berg"), ("Suharto", "Suharto", ""),
        ("Winter,Sam", "Sam", "Winter"), ("=cmd Winter", "=cmd", "Winter"), ("Jose\u0301 Ruiz", "José", "Ruiz"), ("علی رضا", "علی", "رضا"),
    ],
)  # fmt: skip
def test_a_whole_name_is_parted(text: str, given: str, family: str) -> None:
    assert read_name(text).value == (given, family)


def test_invisible_signs_are_refused_and_joiners_of_persian_are_not() -> None:
    read = text_reader(80)
    assert [code(read(f"A{sign}b")) for sign in "\x00\t\x85\u200b\u202e\ufeff\u2028\ufffd"] == [
        *["invisible_sign"] * 7, "broken_letters",
    ]  # fmt: skip
    assert read("می\u200cخواهم").value == "می\u200cخواهم"
    assert read("+49 Club").value == "+49 Club"


def test_an_id_is_no_formula_and_was_not_cut() -> None:
    assert read_id("007").value == "007"
    assert [code(read_id(text)) for text in ("=1", "+1", "-1", "@1", "1.2E+15", "x" * 256)] == [
        *["formula"] * 4, "id_cut_short", "too_long",
    ]  # fmt: skip


def test_yes_and_no_in_words() -> None:
    assert {read_yes_no(text).value for text in ("yes", "JA", "True", "1", "x", "✓")} == {1}
    assert {read_yes_no(text).value for text in ("no", "Nein", "FALSE", "0")} == {0}
    assert code(read_yes_no("maybe")) == "not_yes_or_no"


def test_a_grade_level_may_stand_among_words() -> None:
    assert [read_grade(text).value for text in ("7", "Year 8", "9th", "Klasse 10", "0", "14")] == [7, 8, 9, 10, 0, 14]
    assert [code(read_grade(text)) for text in ("15", "7a", "seven", "-1")] == ["not_a_grade"] * 4


def test_a_text_is_read_once_and_missing_codes_say_nothing() -> None:
    asked: list[str] = []
    read = Remembered(lambda text: asked.append(text) or Read(text), missing=("", "NA"))  # type: ignore[func-returns-value]  # append says nothing
    assert [read(text).value for text in ("a", "NA", "a", "", "na")] == ["a", None, "a", None, "na"]
    assert asked == ["a", "na"]
