"""Short cuts by which a file of 2,000 columns is recognised while somebody waits say the same as looking closely would."""

from collections.abc import Callable
from cProfile import Profile
from difflib import SequenceMatcher
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.kit.names import fold
from students.importing.mapping import DayOrder
from students.importing.spreadsheet import look_at
from students.importing.spreadsheet.days import day_reader, orders_of
from students.importing.spreadsheet.numbers import Number, Spelling, parse, values_of
from students.importing.spreadsheet.synonyms import (
    ALIKE,
    CAMEL,
    ROW_NAMES,
    SHORTEST_FUZZY,
    STUDENT_NAMES,
    likeness,
    words_of,
)
from tests.students.importing.test_recognising import TODAY, looked

NAMES = [name for names in (*STUDENT_NAMES.values(), *ROW_NAMES.values()) for name in names]
SLIPS = st.lists(
    st.tuples(st.integers(0, 30), st.sampled_from(["", "a", "e", "ü", "ß", " ", "_", "0", "n"])), max_size=3
)
DIGITS = st.text("0123456789", min_size=1, max_size=4)
MONTHS = st.sampled_from(["Jan", "Mai", "Oktober", "March", "dez", "of", "Foo"])
SIGNS = st.sampled_from([".", "/", "-", " ", ". ", "T", ":", "", "x"])
DAYS = st.lists(st.one_of(DIGITS, MONTHS, SIGNS), max_size=7).map("".join)
FIGURES = st.text("0123456789.,'  +-%eE/x²٣７\u2212", max_size=14)


def slipped(name: str, slips: list[tuple[int, str]]) -> str:
    for place, letter in slips:
        place %= len(name) + 1
        name = name[:place] + letter + name[place + (place % 2) :]
    return name


def closely(head: str, names: tuple[str, ...]) -> tuple[float, str]:
    """Every name compared letter by letter."""
    words = _together(head)
    same = [
        name for name in names if words_of(head) and words_of(name).replace(" ", "") == words_of(head).replace(" ", "")
    ]
    if same:
        return 1.0, same[0]
    near = [name for name in names if min(len(words), len(_together(name))) >= SHORTEST_FUZZY]
    found = [
        (SequenceMatcher(None, words, _together(name), autojunk=False).ratio(), name)
        for name in near
        if abs(len(words) - len(_together(name))) <= 2
    ]
    best = max(found, key=lambda each: each[0], default=(0.0, ""))
    return best if best[0] >= ALIKE else (0.0, "")


def _together(name: str) -> str:
    return fold(CAMEL.sub(" ", name)).replace(" ", "")


@settings(deadline=None, max_examples=300)
@given(st.sampled_from(NAMES), SLIPS)
def test_a_misspelt_head_is_as_like_as_letter_by_letter(name: str, slips: list[tuple[int, str]]) -> None:
    head = slipped(name, slips)
    for names in (*STUDENT_NAMES.values(), *ROW_NAMES.values()):
        assert likeness(head, names) == closely(head, names)


def read_as_days(text: str) -> set[DayOrder]:
    return {order for order in DayOrder if day_reader(order)(text).fault is None}


@settings(deadline=None, max_examples=1000)
@given(DAYS)
def test_a_cell_is_a_day_where_the_reader_of_days_reads_it(text: str) -> None:
    assert orders_of(text) == read_as_days(text)


@pytest.mark.parametrize(
    "text",
    ["2011-03-04", "20110304", "3.4.2011", "3/14/2011", "31. Mär 11", "2011/3/4 08:00", "29.2.2011", "1.1.1899", "31-Feb-2011",
     "2011-03-04T10:00", "24.12.2011", "2011-12-31", "0.5.2006", "1.2.206", "٣.2.2006", "", "soon"],
)  # fmt: skip
def test_so_it_is_in_the_spellings_that_schools_use(text: str) -> None:
    assert orders_of(text) == read_as_days(text)


@settings(deadline=None, max_examples=1000)
@given(FIGURES.map(str.strip), st.booleans())
def test_a_cell_means_the_numbers_that_the_reader_of_numbers_reads(text: str, is_excel: bool) -> None:
    found = parse(text, Spelling("", is_excel))
    if isinstance(found, Number):
        expected = {found.value}
    elif found.code == "two_meanings":
        expected = {each.value for each in (parse(text, Spelling(sign)) for sign in ".,") if isinstance(each, Number)}
    else:
        expected = set()
    assert set(values_of(text, is_excel=is_excel)) == expected
    assert len(values_of(text, is_excel=is_excel)) == len(expected)


def test_a_percentage_that_can_be_read_in_two_ways_is_a_number() -> None:
    seen = looked(b"id;Maths test\n1;1,234%\n2;55%\n3;60%\n", "marks.csv")
    assert seen.guess.exams["Maths test"].maximum == 10_000


def file_of(heads: list[str], cell: Callable[[int, int], str], rows: int) -> bytes:
    lines = [heads, *([cell(row, column) for column in range(len(heads))] for row in range(rows))]
    return "\n".join(map(";".join, lines)).encode()


def _series(count: int) -> list[str]:
    begins = ("g", "t", "e", "ex", "ka", "kl", "pr")
    short = [f"{begin} {number}" for begin in begins for number in range(count // 20)]
    return [*(f"thing {number} of it" for number in range(count - len(short))), *short]


def steps_of(content: bytes) -> int:
    """Calls of functions, which no busy machine makes more."""
    with Profile() as profile:
        look_at(BytesIO(content), "wide.csv", TODAY)
    return sum(each.callcount for each in profile.getstats())


@pytest.mark.parametrize(
    ("heads", "cell"),
    [
        (lambda count: [f"Maths test {number}" for number in range(count)], lambda row, column: str((row * 7 + column) % 20)),
        (_series, lambda row, column: str((row * 7 + column) % 20)),
        (lambda count: [f"parental level of educatoin {number}" for number in range(count)], lambda row, column: f"said {row} of {column}"),
        (lambda count: [f"Visit {number}" for number in range(count)], lambda row, column: f"{row + 1}.{column % 12 + 1}.2011"),
    ],
    ids=["one series", "short series behind other columns", "texts", "days"],
)  # fmt: skip
def test_four_times_the_columns_take_about_four_times_the_steps(
    heads: Callable[[int], list[str]], cell: Callable[[int, int], str]
) -> None:
    few, many = (steps_of(file_of(heads(count), cell, 25)) for count in (500, 2000))
    assert many < 5 * few, (few, many)
