"""Every kind of broken spreadsheet is told by one sentence at its line, and nothing else; no test here may reach a database."""

import pytest

from students.importing.findings import Severity
from students.importing.incoming import Table
from tests.students.importing.broken_sheets import (
    HEADS,
    MIA,
    NO_TABLE,
    OF_ROWS,
    ON,
    SAM,
    SHEETS,
    WIDE,
    BrokenSheet,
    csv,
)
from tests.students.importing.sheets_read import read, said_of


@pytest.mark.parametrize("broken", SHEETS, ids=str)
def test_a_broken_sheet_is_told_by_its_sentence_and_nothing_else(broken: BrokenSheet) -> None:
    name, content = broken.make()
    said, _rest = said_of(content, name, broken.mapping, ON)
    assert [(each.code, each.line, each.severity) for each in said] == [(broken.code, broken.line, Severity.ERROR)], (
        said
    )
    assert broken.says in said[0].expected
    assert said[0].file == name


@pytest.mark.parametrize("broken", OF_ROWS, ids=str)
def test_the_rows_around_a_broken_one_are_read(broken: BrokenSheet) -> None:
    name, content = broken.make()
    _said, rest = said_of(content, name, broken.mapping, ON)
    rows = sum(1 for line in content.splitlines() if line.strip()) - 1 if name.endswith(".csv") else 2
    assert rest == rows - (2 if broken.code == "double" else 1)


def test_of_three_ways_to_write_days_in_one_column_only_the_one_that_contradicts_is_told() -> None:
    done = read(csv("1;A B;2012-04-30;;;", "2;B C;30.4.2012;;;", "3;C D;4/30/2012;;;", "4;D E;4/3/2012;;;")[1], WIDE)
    assert done.errors == [(4, "day_order", "4/30/2012")]


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_a_stray_line_break_is_told_at_both_halves_of_its_row(ending: str) -> None:
    done = read(ending.join((HEADS, SAM, "3;A\rB C;;;;", MIA, "")), WIDE)
    assert done.errors == [(3, "row_length", ""), (4, "row_length", "")]
    assert done.rows(Table.STUDENTS, "external_id") == ["1", "2"]


def test_a_line_break_in_quotes_is_refused_where_its_row_begins_and_lines_go_on_as_an_editor_counts() -> None:
    done = read("\n".join((HEADS, '3;"A', 'B";;;;', "4;C D;;25;;")), WIDE)
    assert [(line, code) for line, code, _value in done.errors] == [(2, "invisible_sign"), (4, "score_over_maximum")]


def test_a_file_full_of_faults_is_read_to_its_end() -> None:
    done = read("\n".join((HEADS, *(f"{number};A B;;99;perhaps;" for number in range(30_000)))), WIDE)
    assert done.findings.errors == 60_000
    assert done.incoming.rows_set_aside == done.incoming.read["marks.csv"] == 30_000


def test_there_are_more_than_enough_kinds() -> None:
    assert len({each.kind for each in SHEETS}) == len(NO_TABLE) + len(OF_ROWS) >= 45
