"""Lists as teachers keep them: numbered, with a title above, sums below, days and points in the heads, and a slip here and there."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from io import BytesIO

from students.importing.incoming import Table
from students.importing.mapping import Mapping
from students.importing.spreadsheet import SheetLook, look_at
from tests.students.importing.sheets_read import Done, read

TODAY = date(2026, 3, 1)
NAMES = ("Abt, Lea", "Berg, Tom", "Cohen, Mia", "Dietz, Jan", "Engel, Zoe", "Faber, Ida")
HEADS = "Nr.;Name, Vorname;KA 1 12.10.2025 (max. 20);Bemerkung"


def listed(*marks: str, below: tuple[str, ...] = ()) -> tuple[bytes, SheetLook]:
    rows = [f"{at};{name};{mark};" for at, (name, mark) in enumerate(zip(NAMES, marks, strict=True), 1)]
    content = "\n".join(("Mathematik 8A;;;", HEADS, *rows, *below)).encode()
    return content, look_at(BytesIO(content), "mathe.csv", TODAY)


def brought_in(content: bytes, seen: SheetLook) -> Done:
    return read(content, seen.guess, on=TODAY, name="mathe.csv")


def test_a_number_in_a_list_is_no_id_by_which_somebody_is_known_elsewhere() -> None:
    _content, seen = listed("1,5", "2", "3", "4,5", "abs", "6")
    assert seen.guess.student == {"name": "Name, Vorname"}
    assert "Nr." not in seen.guess.indicators
    assert "count" in seen.reasons["Nr."]


def test_points_and_day_in_a_head_make_it_a_column_of_marks() -> None:
    _content, seen = listed("1,5", "2", "3", "4,5", "abs", "6")
    [(head, exam)] = seen.guess.exams.items()
    assert (head, exam.title, exam.maximum, exam.on) == (
        "KA 1 12.10.2025 (max. 20)", "KA 1", Decimal(20), date(2025, 10, 12),
    )  # fmt: skip


def test_a_slip_is_found_as_an_error_and_does_not_hide_the_column() -> None:
    content, seen = listed("1,5", "2", "25", "4,5", "-3", "6")
    assert [exam.maximum for exam in seen.guess.exams.values()] == [Decimal(20)]
    assert [(line, value) for line, _code, value in brought_in(content, seen).errors] == [(5, "25"), (7, "-3")]


def test_sums_below_a_list_are_nobody() -> None:
    content, seen = listed("1,5", "2", "3", "4,5", "5", "6", below=(";Summe;122;", ";Durchschnitt:;3,7;"))
    done = brought_in(content, seen)
    assert done.errors == []
    assert done.rows(Table.STUDENTS, "given_name") == ["Lea", "Tom", "Mia", "Jan", "Zoe", "Ida"]
    assert done.notes["total_row"].line == 9


def test_somebody_who_is_called_like_a_sum_is_somebody() -> None:
    mapping = Mapping(source="office", student={"given_name": "First", "family_name": "Last"})
    done = read("First;Last\nAda;Summe\n;Summe", mapping)
    assert done.rows(Table.STUDENTS, "given_name", "family_name") == [("Ada", "Summe")]


def test_a_list_of_one_class_is_of_the_class_that_somebody_names() -> None:
    content, seen = listed("1,5", "2", "3", "4,5", "5", "6")
    done = brought_in(content, replace(seen, guess=replace(seen.guess, school_class="8A Mathematics")))
    assert done.rows(Table.CLASSES, "name") == ["8A Mathematics"]
    assert {row[1] for row in done.rows(Table.SITTINGS, "exam", "school_class")} == set(done.rows(Table.CLASSES, "id"))
    names = replace(Mapping(source="office"), student={"name": "Name, Vorname"}, school_class="8A")
    assert len(read(content, names, name="mathe.csv").rows(Table.ENROLMENTS, "school_class")) == len(NAMES)
