"""A table with a row for each student becomes students, classes, exams, results and observations."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from students.importing.findings import Severity
from students.importing.incoming import Table
from students.importing.mapping import DayOrder, Doubles, ExamColumn, Mapping
from tests.students.importing.broken_sheets import HEADS, MIA, SAM, WIDE
from tests.students.importing.sheets_read import Done, read

DATA = Path(__file__).resolve().parents[4] / "shared" / "data"
TWO_EXAMS = Mapping(
    source="office",
    student={"external_id": "Number", "school_class": "Class"},
    exams={
        "Autumn": ExamColumn("Maths", "Autumn test", date(2025, 10, 1), Decimal(20)),
        "Summer": ExamColumn("Maths", "Summer exam", date(2026, 6, 1), Decimal(60), target=True, kind="final"),
        "Essay": ExamColumn("English", "Essay", date(2024, 11, 5)),
    },
)


def table(*lines: str, heads: str = HEADS, mapping: Mapping = WIDE, **more: bool) -> Done:
    return read("\n".join((heads, *lines)), mapping, **more)


def test_a_row_is_a_student_with_marks_and_indicators() -> None:
    done = table(SAM, MIA)
    assert done.rows(Table.STUDENTS, "id", "external_id", "given_name", "family_name", "birth_date", "must_exist") == [
        ("student:1", "1", "Sam", "Winter", date(2012, 4, 3), 0),
        ("student:2", "2", "Mia", "Sommer", date(2012, 5, 4), 0),
    ]
    exam = "exam:Maths|Autumn test|2025-10-01"
    assert done.rows(Table.EXAMS, "id", "maximum", "is_target", "day") == [(exam, 20.0, 0, date(2025, 10, 1))]
    assert done.rows(Table.RESULTS, "exam", "student", "status", "score") == [
        (exam, "student:1", "scored", 17.0), (exam, "student:2", "scored", 12.0),
    ]  # fmt: skip
    assert sorted(done.rows(Table.OBSERVATIONS, "student", "indicator", "number", "day")) == [
        ("student:1", "indicator:bus", 1.0, date(2025, 10, 1)), ("student:1", "indicator:hours", 2.0, date(2025, 10, 1)),
        ("student:2", "indicator:bus", 0.0, date(2025, 10, 1)), ("student:2", "indicator:hours", 3.0, date(2025, 10, 1)),
    ]  # fmt: skip
    assert len(done.findings) == 0


def test_without_a_class_column_a_class_is_named_after_the_subject_and_sits_the_exam() -> None:
    done = table(SAM)
    assert done.rows(Table.CLASSES, "id", "name", "subject", "term") == [
        ("class:2025-2026|Maths|Maths", "Maths", "subject:Maths", "year:2025-2026")
    ]
    assert done.rows(Table.ENROLMENTS, "student", "school_class") == [("student:1", "class:2025-2026|Maths|Maths")]
    assert done.rows(Table.SITTINGS, "exam", "school_class") == [
        ("exam:Maths|Autumn test|2025-10-01", "class:2025-2026|Maths|Maths")
    ]
    assert done.rows(Table.TERMS, "id", "kind", "starts", "ends") == [
        ("year:2025-2026", "year", date(2025, 8, 1), date(2026, 7, 31))
    ]


def test_a_class_column_makes_a_class_in_each_subject_and_school_year() -> None:
    done = table("1,7a,12,,80", "2,7b,15,,", "3,,9,,", heads="Number,Class,Autumn,Summer,Essay", mapping=TWO_EXAMS)
    assert sorted(done.rows(Table.CLASSES, "id")) == [
        "class:2024-2025|English|7a", "class:2024-2025|English|7b", "class:2025-2026|Maths|7a", "class:2025-2026|Maths|7b",
    ]  # fmt: skip
    assert len(done.rows(Table.ENROLMENTS, "student")) == 4
    assert len(done.rows(Table.SITTINGS, "exam")) == 6
    assert done.notes["without_class"].line == 4
    assert done.incoming.rows_set_aside == 0


def test_an_empty_mark_makes_no_result_and_its_student_still_sits_the_target() -> None:
    done = table("1,7a,12,,80", heads="Number,Class,Autumn,Summer,Essay", mapping=TWO_EXAMS)
    target = "exam:Maths|Summer exam|2026-06-01"
    assert target not in done.rows(Table.RESULTS, "exam")
    assert (target, "class:2025-2026|Maths|7a") in done.rows(Table.SITTINGS, "exam", "school_class")
    assert (target, 1, "final") in done.rows(Table.EXAMS, "id", "is_target", "kind")


def test_a_file_without_names_renames_nobody() -> None:
    done = table("12", heads="Maths", mapping=replace(WIDE, student={"external_id": "#row"}, indicators={}))
    assert done.rows(Table.STUDENTS, "external_id", "given_name", "family_name") == [("1", "Student", "1")]
    assert not {"given_name", "family_name"} & done.incoming.said[Table.STUDENTS]


def test_row_numbers_count_every_row_that_is_not_blank() -> None:
    mapping = replace(WIDE, student={"external_id": "#row"}, indicators={})
    done = table("12,x", "", "25,x", "1", "7,x", heads="Maths,Other", mapping=mapping)
    assert done.rows(Table.STUDENTS, "external_id") == ["1", "4"]
    assert done.errors == [(4, "score_over_maximum", "25"), (5, "row_length", "")]


def test_every_fault_of_a_row_is_told_and_the_row_left_out() -> None:
    done = table(SAM, "=2;;31.4.2012;25;perhaps;many", MIA)
    assert [(line, code) for line, code, _value in done.errors] == [
        (3, "formula"), (3, "no_such_day"), (3, "score_over_maximum"), (3, "not_yes_or_no"), (3, "not_a_number"),
    ]  # fmt: skip
    assert [each.column for each in done.findings.shown[Severity.ERROR]] == ["Number", "Born", "Maths", "Bus", "Hours"]
    assert done.incoming.rows_set_aside == 1
    assert done.incoming.read == {"marks.csv": 3}
    assert done.rows(Table.STUDENTS, "external_id") == ["1", "2"]


def test_who_was_left_out_is_remembered_for_what_hangs_on_them() -> None:
    assert table("7;A B;;25;;").incoming.refused[Table.STUDENTS] == {"student:7"}


def test_lenient_reading_is_noted_once_for_each_kind_with_its_count() -> None:
    done = table("1; A B ;3.4.12;12,5;x;1,5", "2;B C;4.4.12;85 %;;", "3;C D;;17/20;x;2,5")
    assert {code: (note.line, note.expected.split()[0]) for code, note in done.notes.items()} == {
        "two_digit_year": (2, "2"), "decimal_comma": (2, "3"), "percent": (3, "1"), "points_of_maximum": (4, "1"),
        "blank_is_no": (3, "1"),
    }  # fmt: skip
    assert done.errors == []


def test_an_empty_cell_is_a_no_only_where_the_column_has_nothing_but_ticks() -> None:
    assert sorted(table("1;A B;;;x;", "2;B C;;;;").rows(Table.OBSERVATIONS, "student", "number")) == [
        ("student:1", 1.0), ("student:2", 0.0),
    ]  # fmt: skip
    assert table("1;A B;;;x;", "2;B C;;;;", "3;C D;;;no;").rows(Table.OBSERVATIONS, "student", "number") == [
        ("student:1", 1.0), ("student:3", 0.0),
    ]  # fmt: skip
    assert table("1;A B;;;;", "2;B C;;;;").rows(Table.OBSERVATIONS, "student") == []


def test_of_two_rows_about_one_student_the_rule_decides() -> None:
    lines = (SAM, MIA, "1;Sam Winter;;9;no;")
    refused = table(*lines)
    assert refused.rows(Table.STUDENTS, "external_id") == ["2"]
    assert refused.errors == [(4, "double", "1")]
    assert refused.incoming.rows_set_aside == 2
    for rule, score in ((Doubles.FIRST, 17.0), (Doubles.LAST, 9.0)):
        done = table(*lines, mapping=replace(WIDE, doubles=rule))
        assert dict(done.rows(Table.RESULTS, "student", "score"))["student:1"] == score
        assert len(done.rows(Table.ENROLMENTS, "student")) == 2
        assert (done.errors, set(done.notes), done.incoming.rows_set_aside) == ([], {f"{rule.value}_kept"}, 0)


def test_students_without_ids_are_told_apart_by_name_and_birthday() -> None:
    mapping = replace(WIDE, student={"name": "Name", "birth_date": "Born"}, exams={}, indicators={})
    done = table("Ann Lee;1.2.2012", "Ann Lee;2.2.2012", "ann lée;1.2.2012", heads="Name;Born", mapping=mapping)
    assert done.errors == [(4, "double", "ann lee 2012-02-01")]
    assert done.rows(Table.STUDENTS, "id", "external_id") == [("student:ann lee 2012-02-02", "")]


def test_protected_facts_are_read_only_by_who_may() -> None:
    mapping = Mapping(student={"external_id": "Number", "gender": "Sex"})
    hidden = table("1,F", heads="Number,Sex", mapping=mapping)
    assert len(hidden.incoming.rows(Table.DEMOGRAPHICS)) == 0
    assert hidden.notes["protected_left_out"].column == "Sex"
    shown = table("1,F", heads="Number,Sex", mapping=mapping, with_protected=True)
    assert shown.rows(Table.DEMOGRAPHICS, "student", "gender") == [("student:1", "F")]
    assert len(shown.findings) == 0


def test_a_column_that_nobody_asked_for_is_noted_and_left_out() -> None:
    done = table("1;x;y", heads="Number;Shoe;Hat", mapping=Mapping(student={"external_id": "Number"}))
    assert [each.column for each in done.findings.shown[Severity.NOTE]] == ["Shoe", "Hat"]


def test_one_column_may_say_two_facts() -> None:
    mapping = replace(
        TWO_EXAMS, student={"external_id": "Number", "school_class": "Form", "grade_level": "Form"}, exams={}
    )
    done = table("1,7", heads="Number,Form", mapping=replace(mapping, subject="Maths"))
    assert done.rows(Table.STUDENTS, "grade_level") == [7]
    assert done.rows(Table.CLASSES, "name", "must_exist") == [("7", 0)]


def test_codes_of_indicators_are_plain_and_apart() -> None:
    kinds = {"Study hours": "number", "study-hours": "number", "通学時間": "number"}
    done = table("1;2;3;4", heads="Number;Study hours;study-hours;通学時間",
                 mapping=Mapping(student={"external_id": "Number"}, indicators=kinds))  # fmt: skip
    codes = done.rows(Table.INDICATORS, "code")
    assert len(set(codes)) == 3
    assert all(code and code.isascii() and len(code) <= 40 for code in codes)
    assert done.rows(Table.INDICATORS, "name") == list(kinds)


@pytest.mark.skipif(not DATA.is_dir(), reason="The real students' tables do not lie beside the project.")
def test_the_table_of_portuguese_students_is_read_without_a_fault() -> None:
    mapping = Mapping(
        student={"external_id": "#row", "gender": "sex", "school_class": "school"},
        exams={"G1": ExamColumn("Portuguese", "Period 1", date(2006, 1, 31), Decimal(20)),
               "G3": ExamColumn("Portuguese", "Final", date(2006, 6, 15), Decimal(20), target=True)},
        indicators={"studytime": "number", "Mjob": "category", "romantic": "yes/no"},
        days=DayOrder.YEAR_FIRST,
    )  # fmt: skip
    done = read((DATA / "uci_student_por.csv").read_bytes(), mapping, with_protected=True)
    assert done.errors == []
    assert len(done.rows(Table.RESULTS, "score")) == 2 * 649
    assert len(done.rows(Table.OBSERVATIONS, "student")) == 3 * 649
    assert set(done.rows(Table.CLASSES, "name")) == {"GP", "MS"}
