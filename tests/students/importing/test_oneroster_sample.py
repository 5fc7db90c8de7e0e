"""A generated school of another system, where its bundle lies beside the project: everything in it is read."""

import csv
from io import TextIOWrapper
from pathlib import Path
from zipfile import ZipFile

import pytest

from students.importing.incoming import Table
from tests.students.importing.oneroster_made import codes, errors, of, read, table

FILE = Path(__file__).resolve().parents[4] / "shared" / "oneroster" / "sample_school_small.zip"
pytestmark = pytest.mark.skipif(not FILE.is_file(), reason="The sample bundle does not lie beside the project.")


def rows_of(name: str) -> list[dict[str, str]]:
    with ZipFile(FILE) as package, package.open(f"{name}.csv") as stream:
        return list(csv.DictReader(TextIOWrapper(stream, "utf-8")))


def test_every_row_arrives_and_nothing_is_wrong() -> None:
    incoming, findings = read(FILE.read_bytes())
    users, enrolments = rows_of("users"), rows_of("enrollments")
    students = [row for row in users if row["role"] == "student"]
    teachers = [row for row in users if row["role"] == "teacher"]
    learns = [row for row in enrolments if row["role"] == "student"]
    assert errors(findings) == []
    assert incoming.rows_set_aside == 0
    assert {name: len(incoming.rows(name)) for name in Table if len(incoming.rows(name))} == {
        Table.TERMS: len(rows_of("academicSessions")),
        Table.SUBJECTS: len(rows_of("courses")),
        Table.CLASSES: len(rows_of("classes")),
        Table.PEOPLE: len(teachers),
        Table.MEMBERSHIPS: len(teachers),
        Table.STUDENTS: len(students),
        Table.DEMOGRAPHICS: len(rows_of("demographics")),
        Table.ENROLMENTS: len(learns),
        Table.TEACHINGS: len(enrolments) - len(learns),
    }
    assert sum(incoming.read.values()) == sum(len(rows_of(name.removesuffix(".csv"))) for name in incoming.files)


def test_only_what_that_system_does_otherwise_is_told() -> None:
    incoming, findings = read(FILE.read_bytes())
    assert codes(findings) == {"filled_status", "school_year", "other_role"}
    assert of(findings, "school_year").value == "2026-2027"
    assert of(findings, "other_role").value == "administrator"
    assert table(incoming, Table.TERMS, "kind", "ends") == [("year", "2027-06-10"), ("term", "2027-06-10")]
    assert incoming.complete == {Table.ENROLMENTS, Table.TEACHINGS}
