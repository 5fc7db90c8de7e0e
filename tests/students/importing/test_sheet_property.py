"""Tables made from known facts, spelled in any way a school office might, say exactly these facts; seeded faults are told at their lines."""

import csv
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from students.importing.incoming import Table
from students.importing.mapping import DayOrder, ExamColumn, Layout, Mapping
from tests.students.importing.sheets_read import Done, read

ON, TEST_DAY, MOST = date(2026, 1, 15), date(2025, 10, 1), 20
MISSING = Mapping().missing
ALPHABETS = ("abcdefgåäöéßø", "αβγδεζηθ", "абвгдежз", "あいうえ漢字学校", "אבגדהו", "ابتثج", "कखगघ", "łąęśż")
WORDS = st.one_of(*(st.text(alphabet, min_size=1, max_size=8).map(str.capitalize) for alphabet in ALPHABETS))
KNOWN_WORDS = WORDS.filter(lambda word: word not in MISSING)
PATTERNS = {
    DayOrder.YEAR_FIRST: ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%d %b %Y"),
    DayOrder.DAY_FIRST: ("%d.%m.%Y", "%d/%m/%Y", "%Y-%m-%d", "%d. %m. %Y", "%d-%m-%Y"),
    DayOrder.MONTH_FIRST: ("%m/%d/%Y", "%m-%d-%Y", "%Y-%m-%d", "%Y-%m-%dT00:00:00"),
}
# What is put into a cell, and the code by which it must be told.
WRONG = {
    "Number": (("", "empty"), ("=1+1", "formula"), ("x" * 300, "too_long"), ("a\u200bb", "invisible_sign")),
    "Born": (("29.2.2011", "no_such_day|not_a_day"), ("2011-02-29", "no_such_day"), ("9999-12-31", "year_out_of_range"),
             ("2031-01-01", "day_ahead"), ("soon", "not_a_day")),
    "Points": (("25", "score_over_maximum"), ("-1", "score_negative"), ("good", "not_a_number"), ("NaN", "not_a_number"),
               ("1e400", "number_out_of_range"), ("17/25", "maximum_differs"), ("150 %", "score_over_maximum")),
    "Hours": (("many", "not_a_number"), ("1.234", "two_meanings"), ("99999999", "number_out_of_range")),
}  # fmt: skip


@dataclass(frozen=True)
class Fact:
    number: str
    given: str
    family: str
    born: date | None
    points: Decimal | None
    hours: Decimal | None


@dataclass
class Made:
    content: bytes
    mapping: Mapping
    right: list[Fact]
    faults: list[tuple[int, str]]


DAYS = st.dates(date(1998, 1, 1), date(2020, 12, 31))
FACTS = st.builds(
    Fact, st.just(""), KNOWN_WORDS, KNOWN_WORDS, st.none() | DAYS,
    st.none() | st.integers(0, 200).map(lambda tenths: Decimal(tenths) / 10),
    st.none() | st.integers(-999, 999).map(lambda tenths: Decimal(tenths) / 10),
)  # fmt: skip


def spelled(draw: Any, number: Decimal | None, *, is_mark: bool = False) -> str:
    if number is None:
        return draw(st.sampled_from(MISSING))
    ways = [f"{number}", f"{number}".replace(".", ","), f" {number:.2f}\u00a0"]
    if is_mark:
        ways += [f"{number * 100 / MOST} %", f"{number}/{MOST}", f"{number}".replace(".", ",") + f" / {MOST},0"]
    return draw(st.sampled_from(ways))


def cells_of(draw: Any, fact: Fact, order: DayOrder) -> dict[str, str]:
    born = fact.born.strftime(draw(st.sampled_from(PATTERNS[order]))) if fact.born else draw(st.sampled_from(MISSING))
    whole = draw(st.sampled_from((f"{fact.family}, {fact.given}", f"{fact.given} {fact.family}")))
    return {
        "Number": fact.number, "Name": whole, "Born": born, "Points": spelled(draw, fact.points, is_mark=True),
        "Hours": spelled(draw, fact.hours),
    }  # fmt: skip


def encoded(draw: Any, text: str) -> bytes:
    encoding = draw(st.sampled_from(("utf-8", "utf-8-sig", "utf-16", "cp1252")))
    try:
        return text.encode(encoding)
    except UnicodeEncodeError:
        return text.encode()


@st.composite
def tables(draw: Any, mapping: Mapping, extra: dict[str, str], *, with_faults: bool) -> Made:
    order = draw(st.sampled_from(DayOrder))
    facts = [
        replace(fact, number=f"N{place}") for place, fact in enumerate(draw(st.lists(FACTS, min_size=3, max_size=12)))
    ]
    used = {*mapping.student.values(), *mapping.row.values(), *mapping.exams, *mapping.indicators}
    heads = draw(
        st.permutations([head for head in ("Number", "Name", "Born", "Points", "Hours", *extra) if head in used])
    )
    out, delimiter = StringIO(), draw(st.sampled_from(",;\t|"))
    writer = csv.writer(out, delimiter=delimiter, lineterminator=draw(st.sampled_from(("\n", "\r\n", "\r"))))
    writer.writerow(heads)
    made, line = Made(b"", replace(mapping, days=order, delimiter=delimiter), [], []), 1
    for fact in facts:
        line += 1
        cells = {**cells_of(draw, fact, order), **extra}
        broken = (
            draw(st.sampled_from([head for head in heads if head in WRONG]))
            if with_faults and draw(st.booleans())
            else ""
        )
        if broken:
            cells[broken], code = draw(st.sampled_from(WRONG[broken]))
            made.faults.append((line, code))
        else:
            made.right.append(fact)
        writer.writerow([cells[head] for head in heads])
    made.content = encoded(draw, out.getvalue())
    return made


WIDE = Mapping(
    student={"external_id": "Number", "name": "Name", "birth_date": "Born"},
    exams={"Points": ExamColumn("Maths", "Test", TEST_DAY, Decimal(MOST))},
    indicators={"Hours": "number"},
    on=TEST_DAY,
)
LONG = Mapping(
    Layout.RESULTS,
    student={"external_id": "Number", "name": "Name", "birth_date": "Born"},
    row={"exam": "Exam", "subject": "Subject", "maximum": "Most", "score": "Points"},
    on=TEST_DAY,
)
LONG_EXTRA = {"Exam": "Test", "Subject": "Maths", "Most": "20,0"}
MANY = settings(max_examples=60, deadline=timedelta(seconds=5), suppress_health_check=[HealthCheck.too_slow])


def errors_fit(done: Done, made: Made) -> bool:
    told = done.errors
    return len(told) == len(made.faults) and all(
        line == wanted and code in codes.split("|")
        for (line, code, _value), (wanted, codes) in zip(told, made.faults, strict=True)
    )


def says_students(done: Done, facts: list[Fact]) -> None:
    names = ("external_id", "given_name", "family_name", "birth_date")
    assert done.rows(Table.STUDENTS, *names) == [(fact.number, fact.given, fact.family, fact.born) for fact in facts]


def says_results(done: Done, facts: list[Fact]) -> None:
    assert done.rows(Table.RESULTS, "student", "score") == [
        (f"student:{fact.number}", float(fact.points)) for fact in facts if fact.points is not None
    ]


@MANY
@given(made=tables(WIDE, {}, with_faults=False) | tables(WIDE, {}, with_faults=True))
def test_a_wide_table_says_what_it_was_made_from_and_its_faults_are_told_at_their_lines(made: Made) -> None:
    done = read(made.content, made.mapping, on=ON)
    assert errors_fit(done, made), (done.errors, made.faults)
    says_students(done, made.right)
    says_results(done, made.right)
    assert done.rows(Table.OBSERVATIONS, "student", "number", "day") == [
        (f"student:{fact.number}", float(fact.hours), TEST_DAY) for fact in made.right if fact.hours is not None
    ]
    assert done.rows(Table.ENROLMENTS, "student") == [f"student:{fact.number}" for fact in made.right]
    assert done.incoming.rows_set_aside == len(made.faults)


@MANY
@given(made=tables(LONG, LONG_EXTRA, with_faults=False) | tables(LONG, LONG_EXTRA, with_faults=True))
def test_a_long_table_says_what_it_was_made_from_and_its_faults_are_told_at_their_lines(made: Made) -> None:
    done = read(made.content, made.mapping, on=ON)
    assert errors_fit(done, made), (done.errors, made.faults)
    says_results(done, made.right)
    says_students(done, [fact for fact in made.right if fact.points is not None])
    assert done.incoming.rows_set_aside == len(made.faults)
    assert {day for day in done.rows(Table.EXAMS, "day")} <= {TEST_DAY}
