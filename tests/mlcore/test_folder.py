"""A folder of tables is read as it was written, and what is wrong in it is told by file, line and column."""

import tempfile
from contextlib import suppress
from dataclasses import fields
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlcore.errors import MLError, SchemaMismatch
from mlcore.folder import read_folder, write_folder
from mlcore.schema import TABLES
from mlcore.synth import SynthSpec, as_tables, plan, students
from mlcore.tables import SchoolTables

MADE = plan(SynthSpec(students=12, years=1, seed=5, today=date(2026, 5, 15)))
SCHOOL = as_tables(MADE, [students(MADE, 0, 12)])
STUDENTS = "student,grade_level,starts,ends\n1,7,2025-09-01,\n2,8,2025-09-01,2026-01-31\n"
ENROLMENTS = "student,school_class,subject,term,starts,ends,known_on\n1,7,MATH,1,2025-09-01,,2025-09-01\n"
TALLIES = "exam,school_class,known_on,count,total\n3,7,2026-01-20,2,140\n3,,2026-01-20,1,50\n"
OBSERVATIONS = (
    "student,indicator,kind,value,category,day,known_on,protected\n"
    "1,study_hours,number,4,,2026-01-10,2026-01-10,false\n"
    "2,study_hours,number,6,,2026-01-10,2026-01-10,false\n"
)
DEMOGRAPHICS = "student,gender,ethnicity,parental_education,lunch_programme,home_language\n1,f,,,,\nA2,m,,,,\n"


@pytest.mark.parametrize("ending", [".csv", ".parquet"])
def test_a_school_that_was_written_is_read_back(tmp_path: Path, ending: str) -> None:
    write_folder(SCHOOL, tmp_path, ending)
    read = read_folder(tmp_path)
    for table in fields(SchoolTables):
        pd.testing.assert_frame_equal(
            getattr(read, table.name), getattr(SCHOOL, table.name), check_dtype=False, check_categorical=False
        )


def test_one_file_is_enough(tmp_path: Path) -> None:
    (tmp_path / "students.csv").write_text(STUDENTS)
    read = read_folder(tmp_path)
    assert list(read.students["student"]) == [1, 2]
    assert len(read.results) == 0


def test_a_key_that_is_a_text_in_one_file_is_a_text_in_all(tmp_path: Path) -> None:
    (tmp_path / "students.csv").write_text(STUDENTS)
    (tmp_path / "demographics.csv").write_text(DEMOGRAPHICS)
    read = read_folder(tmp_path)
    assert list(read.students["student"]) == ["1", "2"]
    assert list(read.demographics["student"]) == ["1", "A2"]


def test_a_key_with_leading_zeros_stays_as_it_is_written(tmp_path: Path) -> None:
    (tmp_path / "students.csv").write_text(STUDENTS.replace("\n1,", "\n001,"))
    assert list(read_folder(tmp_path).students["student"]) == ["001", "2"]


def test_scores_of_students_in_no_class_do_not_part_classes_from_their_averages(tmp_path: Path) -> None:
    (tmp_path / "enrolments.csv").write_text(ENROLMENTS)
    (tmp_path / "tallies.csv").write_text(TALLIES)
    read = read_folder(tmp_path)
    assert list(read.enrolments["school_class"]) == list(read.tallies["school_class"].dropna()) == [7]
    assert list(read.tallies["school_class"].isna()) == [False, True]
    (tmp_path / "enrolments.csv").write_text(ENROLMENTS.replace(",7,", ",7b,"))
    read = read_folder(tmp_path)
    assert [*read.enrolments["school_class"], *read.tallies["school_class"].dropna()] == ["7b", "7"]
    assert list(read.tallies["school_class"].isna()) == [False, True]


def test_of_several_files_that_cannot_be_read_the_first_by_name_is_told(tmp_path: Path) -> None:
    for table in TABLES:
        (tmp_path / f"{table}.csv").write_text("")
    with pytest.raises(MLError, match=r"^attendance\.csv is not a table"):
        read_folder(tmp_path)


@pytest.mark.parametrize("endless", ["inf", "-inf", "Infinity", "1e999"])
def test_a_number_without_end_is_told_and_not_taken_for_a_blank(tmp_path: Path, endless: str) -> None:
    (tmp_path / "observations.csv").write_text(OBSERVATIONS.replace(",6,", f",{endless},"))
    with pytest.raises(SchemaMismatch) as caught:
        read_folder(tmp_path)
    told = f"observations.csv, line 3, value: expected a number, but it says '{endless}'."
    assert caught.value.faults == (told,)


@pytest.mark.parametrize(
    ("file", "text", "sentence"),
    [
        (
            "students.csv",
            STUDENTS.replace("2025-09-01,\n", "1.9.2025,\n"),
            "students.csv, line 2, starts: expected a date",
        ),
        (
            "students.csv",
            STUDENTS.replace(",8,", ",eight,"),
            "students.csv, line 3, grade_level: expected a whole number",
        ),
        (
            "students.csv",
            STUDENTS.replace(",8,", ",8.5,"),
            "students.csv, line 3, grade_level: expected a whole number",
        ),
        (
            "students.csv",
            "\n" + STUDENTS.replace("\n2,8,", "\n\n  \n2,8.5,"),
            "students.csv, line 6, grade_level: expected a whole number",
        ),
        ("students.csv", STUDENTS.replace(",8,", ",99,"), "students.grade_level: expected a whole number from 0 to 20"),
        ("students.csv", STUDENTS.replace("student,", "pupil,"), "students.pupil: this column is not in the schema."),
        (
            "students.csv",
            STUDENTS.replace("\n2,", "\n1,"),
            "students: expected one row per (student), but row 2 repeats",
        ),
        ("pupils.csv", STUDENTS, "holds none of the tables"),
        ("students.csv", "", "students.csv is not a table of comma-separated values"),
        ("students.csv", 'a,b\n"1,2\n', "students.csv is not a table of comma-separated values"),
        (
            "students.csv",
            "student,starts,ends\n1,2025-09-01,,\n2,2025-09-01,,\n",
            "students.csv: its rows have more cells than there are names of columns.",
        ),
        ("students.parquet", "no parquet", "students.parquet is not a Parquet file"),
    ],
)
def test_what_is_wrong_is_told(tmp_path: Path, file: str, text: str, sentence: str) -> None:
    (tmp_path / file).write_text(text)
    with pytest.raises(MLError) as caught:
        read_folder(tmp_path)
    assert sentence in str(caught.value)


@pytest.mark.parametrize("nothing", ["\n", "\n  \n", ",,\n"])
def test_lines_with_nothing_in_them_are_no_rows(tmp_path: Path, nothing: str) -> None:
    (tmp_path / "students.csv").write_text(nothing.strip(",") + STUDENTS.replace("\n2,", f"\n{nothing}2,") + nothing)
    assert read_folder(tmp_path).students.equals(read_folder(_beside(tmp_path)).students)


def _beside(place: Path) -> Path:
    plain = place / "plain"
    plain.mkdir()
    (plain / "students.csv").write_text(STUDENTS)
    return plain


def test_text_that_is_not_utf_8_is_told(tmp_path: Path) -> None:
    (tmp_path / "students.csv").write_bytes(STUDENTS.encode().replace(b"1,7", b"\xe9,7"))
    with pytest.raises(MLError, match="not text in UTF-8"):
        read_folder(tmp_path)


def test_a_stray_table_beside_good_ones_is_told(tmp_path: Path) -> None:
    (tmp_path / "students.csv").write_text(STUDENTS)
    (tmp_path / "marks.csv").write_text("a\n1\n")
    with pytest.raises(SchemaMismatch, match="there is no table of this name"):
        read_folder(tmp_path)


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(MLError, match="is not a folder"):
        read_folder(tmp_path / "nowhere")


CELL = st.one_of(st.text(max_size=6), st.integers().map(str), st.floats().map(str), st.dates().map(str), st.just(""))


@settings(deadline=None, max_examples=60)
@given(
    rows=st.lists(st.tuples(CELL, CELL, CELL, CELL), max_size=4), head=st.sampled_from([STUDENTS.split("\n")[0], "x,y"])
)
def test_whatever_a_file_holds_it_is_read_or_told(rows: list[tuple[str, ...]], head: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        text = "\n".join([head, *(",".join(row) for row in rows)])
        (Path(folder) / "students.csv").write_text(text, encoding="utf-8", newline="")
        with suppress(MLError):
            read_folder(Path(folder)).check()


def test_a_column_that_is_there_twice_and_semicolons_are_told(tmp_path: Path) -> None:
    file = tmp_path / "students.csv"
    file.write_text("student,starts,starts\n1,2025-09-01,2025-09-01\n")
    with pytest.raises(MLError, match=r"students\.csv: the column starts is there twice\."):
        read_folder(tmp_path)
    file.write_text("student;starts;ends\n1;2025-09-01;\n")
    with pytest.raises(MLError, match=r"students\.csv: expected commas between the columns"):
        read_folder(tmp_path)
