"""A file is recognised: what a row is, what each column is and why, so that most files load with two clicks."""

from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest

from benchmarks.learning.sets import folder
from students.importing.incoming import Table
from students.importing.mapping import DayOrder, Layout
from students.importing.spreadsheet import SheetLook, look_at
from students.importing.spreadsheet.mapping_faults import faults_of
from students.importing.spreadsheet.mapping_file import as_json, from_json, from_toml, to_toml
from tests.students.importing.sheets_read import Done, read
from tests.students.importing.uploads import csv_of, xlsx_of

TODAY = date(2026, 3, 1)
MONTH = timedelta(days=30)


def look(*lines: str, name: str = "export.csv") -> SheetLook:
    return looked(csv_of(*lines), name)


def looked(content: bytes, name: str) -> SheetLook:
    seen = look_at(BytesIO(content), name, TODAY)
    assert from_toml(to_toml(seen.guess)) == from_json(as_json(seen.guess)) == seen.guess
    assert set(seen.reasons) == set(seen.heads)
    assert all(seen.reasons.values())
    return seen


def loaded(content: bytes, name: str) -> tuple[SheetLook, Done]:
    """As a person who changes nothing: what was guessed is what is read."""
    seen = looked(content, name)
    assert faults_of(seen.guess, seen.heads) == []
    done = read(content, seen.guess, on=TODAY, name=name, with_protected=True)
    assert done.errors == []
    return seen, done


def real(name: str) -> bytes:
    path = Path(folder()) / name
    if not path.is_file():
        pytest.skip(f"The table {name} does not lie beside the project.")
    return path.read_bytes()


def test_the_table_of_kaggle_loads_with_two_clicks() -> None:
    seen, done = loaded(real("kaggle_students.csv"), "kaggle_students.csv")
    guess = seen.guess
    assert (seen.count, guess.layout) == (1000, Layout.STUDENTS)
    assert guess.student == {
        "external_id": "#row", "gender": "gender", "ethnicity": "race_ethnicity",
        "parental_education": "parental_level_of_education", "lunch_programme": "lunch",
    }  # fmt: skip
    assert {head: (exam.subject, exam.maximum, exam.on) for head, exam in guess.exams.items()} == {
        "math_score": ("Mathematics", Decimal(100), TODAY),
        "reading_score": ("Reading", Decimal(100), TODAY),
        "writing_score": ("Writing", Decimal(100), TODAY),
    }
    assert guess.indicators == {"test_preparation_course": "category"}
    assert (len(done.incoming.rows(Table.STUDENTS)), len(done.incoming.rows(Table.RESULTS))) == (1000, 3000)


def test_the_table_of_uci_loads_with_two_clicks() -> None:
    seen, done = loaded(real("uci_student_por.csv"), "uci_student_por.csv")
    exams = seen.guess.exams
    assert {exam.subject for exam in exams.values()} == {"Portuguese"}
    assert {exam.maximum for exam in exams.values()} == {Decimal(20)}
    assert [(head, exam.on, exam.target) for head, exam in exams.items()] == [
        ("G1", TODAY - 2 * MONTH, False), ("G2", TODAY - MONTH, False), ("G3", TODAY, True),
    ]  # fmt: skip
    assert seen.guess.student == {"external_id": "#row", "gender": "sex"}
    kinds = seen.guess.indicators
    assert (kinds["school"], kinds["studytime"], kinds["Mjob"], kinds["romantic"]) == (
        "category",
        "number",
        "category",
        "yes/no",
    )
    assert len(kinds) == 29
    assert seen.guess.on == TODAY - 3 * MONTH
    assert len(done.incoming.rows(Table.RESULTS)) == 3 * 649
    assert len(done.incoming.rows(Table.OBSERVATIONS)) == 29 * 649


def test_a_german_list_of_marks_is_understood() -> None:
    content = csv_of(
        "Goethe-Gymnasium;;;;;;", "Schüler Nr.;Nachname;Vorname;Geburtsdatum;Klasse;Mathe Klausur 1 (max. 40);Mathe Klausur 2",
        "1;Müller;Zoë;3.2.2012;7a;12,5;30", "2;Öz;Ali;13.2.2012;7b;22,5;abs", "3;Sachs;Ida;1.12.2011;7b;39;31",
        encoding="cp1252",
    )  # fmt: skip
    seen, done = loaded(content, "7ab Noten.csv")
    assert seen.guess.student == {
        "external_id": "Schüler Nr.", "family_name": "Nachname", "given_name": "Vorname", "birth_date": "Geburtsdatum",
        "school_class": "Klasse",
    }  # fmt: skip
    assert seen.guess.days == DayOrder.DAY_FIRST
    first, second = seen.guess.exams.values()
    assert (first.subject, first.title, first.maximum, first.on) == (
        "Mathematik",
        "Mathe Klausur 1",
        Decimal(40),
        TODAY - MONTH,
    )
    assert (second.maximum, second.on, second.target) == (Decimal(40), TODAY, True)
    assert done.rows(Table.RESULTS, "status", "score")[:2] == [("scored", 12.5), ("scored", 22.5)]


@pytest.mark.parametrize(
    ("lines", "layout", "student", "row"),
    [
        (
            ["pupil_id,assessment,subject,date,max score,score", "1,Mock,Maths,2026-01-05,50,33", "1,Quiz,Maths,2026-01-09,10,7",
             "2,Mock,Maths,2026-01-05,50,44", "2,Quiz,Maths,2026-01-09,10,"],
            Layout.RESULTS, {"external_id": "pupil_id"},
            {"exam": "assessment", "subject": "subject", "day": "date", "maximum": "max score", "score": "score"},
        ),
        (
            ["UPN,Date,Attendance code", "A1,2026-01-05,P", "A2,2026-01-05,L", "A1,2026-01-06,N"],
            Layout.ATTENDANCE, {"external_id": "UPN"}, {"day": "Date", "status": "Attendance code"},
        ),
        (
            ["Student name,Measure,Date,Value", '"Lee, Ann",hours,2026-01-05,5', '"Bo, Ed",hours,2026-01-06,6.5'],
            Layout.OBSERVATIONS, {"name": "Student name"}, {"indicator": "Measure", "day": "Date", "value": "Value"},
        ),
        (
            ["student id,class,subject,start date", "1,7a,Maths,2026-01-05", "2,7a,Maths,2026-01-05", "1,7b,Art,2026-01-05"],
            Layout.ENROLMENTS, {"external_id": "student id"},
            {"school_class": "class", "subject": "subject", "starts": "start date"},
        ),
    ],
)  # fmt: skip
def test_what_a_row_is_is_told_by_the_columns(
    lines: list[str], layout: Layout, student: dict[str, str], row: dict[str, str]
) -> None:
    seen, _done = loaded(csv_of(*lines), "export.csv")
    assert (seen.guess.layout, seen.guess.student, seen.guess.row) == (layout, student, row)


@pytest.mark.parametrize(
    ("head", "cells", "fact"),
    [
        ("Student No.", "S1 S2 S3", "external_id"), ("UPN", "A1 A2 A3", "external_id"), ("pupilId", "1 2 3", "external_id"),
        ("Adm. No", "1 2 3", ""), ("Surname", "Lee Bo Day", "family_name"), ("SURNMAE", "Lee Bo Day", "family_name"),
        ("Prénom", "Zoë Ali Ida", "given_name"), ("Nombre", "Zoë Ali Ida", "given_name"), ("Forename", "Zoë Ali Ida", "given_name"),
        ("Date of birth", "2012-01-02 2012-01-03 2012-01-04", "birth_date"), ("DOB", "yes no yes", ""),
        ("Geburts-Datum", "1.2.2012 2.2.2012 13.2.2012", "birth_date"), ("Year Group", "7 8 7", "grade_level"),
        ("Tutor group", "7a 7b 7a", "school_class"), ("Klasse", "7a 7b 7a", "school_class"),
        ("Geschlecht", "m w m", "gender"), ("Sex", "F M F", "gender"), ("Ethnicty", "A B A", "ethnicity"),
        ("Free school meals", "yes no no", "lunch_programme"), ("Muttersprache", "de tr de", "home_language"),
    ],
)  # fmt: skip
def test_columns_are_known_by_many_names_and_misspelt_ones(head: str, cells: str, fact: str) -> None:
    seen = look(f"{head};Shoe", *(f"{cell};{size}" for cell, size in zip(cells.split(), (30, 31, 40), strict=True)))
    assert {each for each, column in seen.guess.student.items() if column == head} == ({fact} if fact else set())
    if fact == "family_name" and head != "Surname":
        assert seen.reasons[head] == "By its name, which is nearly “surname”."


def test_names_and_ids_are_known_by_their_cells() -> None:
    seen = look("Kid;Ref;Shoe", "Lee, Ann;x;1", "Bo, Ed;y;2", "Day, Ida;y;2")
    assert seen.guess.student == {"name": "Kid"}
    seen = look("Ref;Shoe", *(f"S{number:04};{number % 3}" for number in range(9)))
    assert seen.guess.student == {"external_id": "Ref"}
    assert seen.reasons["Ref"] == "By its cells: each row has one of its own."


@pytest.mark.parametrize(
    ("days", "order", "is_open"),
    [
        (("2012-02-03", "2012-02-14"), DayOrder.YEAR_FIRST, False),
        (("3.2.2012", "14.2.2012"), DayOrder.DAY_FIRST, False),
        (("02/03/2012", "02/14/2012"), DayOrder.MONTH_FIRST, False),
        (("02/03/2012", "02/04/2012"), DayOrder.DAY_FIRST, True),
    ],
)  # fmt: skip
def test_the_order_of_days_is_found_and_said_where_it_is_open(
    days: tuple[str, str], order: DayOrder, is_open: bool
) -> None:
    seen = look("Name,Born", *(f"A{place},{day}" for place, day in enumerate(days)))
    assert seen.guess.days == order
    assert ("the other way round" in seen.reasons["Born"]) == is_open


def test_what_says_nothing_is_left_out_and_it_is_said() -> None:
    rows = [
        f"{n},x,{n}/{n},a{n}@b.de,,{n + 700_000},same,{'ab'[n % 2]},{'yn'[n % 2]},{n % 7},5.{n},hunter{n}"
        for n in range(40)
    ]
    seen = look("id,One,Note,Mail,Empty,Phone,Site,Group,Bus,Books,Hours,Password", *rows)
    assert seen.guess.indicators == {"Group": "category", "Bus": "yes/no", "Books": "number", "Hours": "number"}
    why = seen.reasons
    assert why["One"] == why["Site"] == "Left out: every row has the same."
    assert why["Note"] == "Left out: 40 different texts are too many for a category."
    assert why["Empty"] == "Left out: it is empty."
    assert why["Phone"].startswith("Left out: these numbers")
    assert why["Mail"] == "Left out: these are addresses."
    assert why["Password"] == "Left out: passwords are not kept."  # a sentence


@pytest.mark.parametrize(
    ("head", "cells", "subject", "title", "maximum", "day"),
    [
        ("Exam 2 (max 40)", "12 39", "Year", "Exam 2", 40, TODAY), ("science_marks", "5 9", "Science", "Science marks", 10, TODAY),
        ("Biology 2026-01-15 test", "5 41", "Biology", "Biology test", 50, date(2026, 1, 15)),
        ("Physics quiz /25", "20 12,5", "Physics", "Physics quiz", 25, TODAY), ("Period", "14 19", "Year", "Period", 20, TODAY),
        ("Maths", "7 18", "Mathematics", "Maths", 20, TODAY), ("English %", "88 3", "English", "English %", 100, TODAY), ("Note Deutsch", "1 6", "Deutsch", "Note Deutsch", 6, TODAY),
        ("Exam (max 10)", "12 39", "Year", "Exam", 40, TODAY),
    ],
)  # fmt: skip
def test_an_exam_is_known_by_its_head(head: str, cells: str, subject: str, title: str, maximum: int, day: date) -> None:
    seen = look(f"id;{head}", *(f"{place};{cell}" for place, cell in enumerate(cells.split())), name="year 8.csv")
    exam = seen.guess.exams[head]
    assert (exam.subject, exam.title, exam.maximum, exam.on) == (subject, title, Decimal(maximum), day)


def test_words_among_marks_that_no_rule_explains_are_named() -> None:
    seen = look("id,Maths test", *(f"{n},{n}" for n in range(20)), "20,abs", "21,sick", "22,sick")
    assert "Not understood so far: sick." in seen.reasons["Maths test"]


def test_a_sheet_of_excel_is_looked_at_like_a_text() -> None:
    seen = looked(
        xlsx_of(["Student ID", "Born", "Maths test"], *([n, date(2012, 1, n), n / 2] for n in range(1, 9))),
        "Year 8.xlsx",
    )
    assert seen.guess.student == {"external_id": "Student ID", "birth_date": "Born"}
    assert seen.guess.exams["Maths test"].maximum == 5
    assert (seen.sheet, seen.rows[0]) == ("Sheet", ["1", "2012-01-01", "0.5"])


def test_a_look_shows_the_first_rows_and_counts_them_where_that_is_cheap() -> None:
    seen = look("a,b", *(f"{n},{n % 5 or ''}" for n in range(30)))
    assert (len(seen.rows), seen.count, seen.looked_at) == (20, 30, 30)
    assert [(column.empty, column.distinct) for column in seen.columns] == [(0, 30), (6, 4)]
    many = look("a,b", *(f"{n},x" for n in range(20_001)))
    assert (many.count, many.looked_at) == (None, 20_000)
