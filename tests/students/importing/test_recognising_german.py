"""Lists as German schools write them in Excel: what is slightly wrong in them is told as an error, and no column is lost for it."""

from datetime import date
from decimal import Decimal

from django.utils import translation

from students.importing.findings import Severity
from students.importing.incoming import Table
from students.importing.mapping import DayOrder
from students.importing.spreadsheet import SheetLook
from tests.students.importing.sheets_read import read
from tests.students.importing.test_recognising import TODAY, loaded, look
from tests.students.importing.uploads import csv_of

PEOPLE = ("1;Müller;Jörg", "2;Weiß;Änne", "3;Groß-Schäfer;Özlem", "4;Öztürk;Mehmet", "5;Straße;Käthe")


def test_a_name_beside_the_first_name_is_the_familys() -> None:
    content = csv_of("Schülernr.;Name;Vorname", *PEOPLE, encoding="cp1252")
    seen, done = loaded(content, "Klasse 9a.csv")
    assert seen.guess.student == {"external_id": "Schülernr.", "given_name": "Vorname", "family_name": "Name"}
    names = done.rows(Table.STUDENTS, "given_name", "family_name")
    assert names[:2] == [("Jörg", "Müller"), ("Änne", "Weiß")]


def test_whole_names_beside_the_first_name_stay_whole_and_the_other_column_says_why() -> None:
    seen = look("Nr.;Name;Vorname", "7;Müller, Jörg;Jörg", "8;Weiß, Änne;Änne", "9;Öztürk, Mehmet;Mehmet")
    assert seen.guess.student == {"external_id": "Nr.", "name": "Name"}
    assert seen.reasons["Vorname"] == "Left out: other columns have the name already."


def _list(*, without: str) -> SheetLook:
    rows = [f"{90_000 + number};Kind{number};Ida;{number}.3.2011;9a" for number in range(10, 20)]
    rows[3] = rows[3].replace(without, "" if without.isdecimal() else "31.02.2011")
    return look("Schülernr.;Nachname;Vorname;Geburtsdatum;Klasse", *rows)


def test_a_row_without_its_number_does_not_take_the_numbers_of_all_others() -> None:
    assert _list(without="90013").guess.student["external_id"] == "Schülernr."


def test_days_that_do_not_exist_are_errors_of_their_rows_and_the_column_stays() -> None:
    rows = ["1;Ada;3.5.2011", "2;Ben;31.2.2011", "3;Cem;7.1.2012"]
    seen = look("Schülernr.;Vorname;Geburtsdatum", *rows)
    assert (seen.guess.student["birth_date"], seen.guess.days) == ("Geburtsdatum", DayOrder.DAY_FIRST)
    done = read(csv_of("Schülernr.;Vorname;Geburtsdatum", *rows), seen.guess, on=TODAY)
    assert [(line, value) for line, _code, value in done.errors] == [(3, "31.2.2011")]


def test_german_words_for_no_mark_are_understood() -> None:
    marks = [f"1{number};Eva;Eck{number};{number},5" for number in range(4)]
    rows = [*marks, "2;Ben;Busch;gefehlt", "3;Cem;Can;entschuldigt", "4;Dora;Dorn;nicht geschrieben"]
    _seen, done = loaded(csv_of("Schülernr.;Vorname;Nachname;Mathe Klausur", *rows), "9a.csv")
    assert done.rows(Table.RESULTS, "status") == [*["scored"] * 4, "absent", "exempt", "not_submitted"]


def test_reasons_and_notes_write_days_and_numbers_as_germans_do() -> None:
    with translation.override("de"):
        rows = [f"{number};{number % 7},5;{'ja' if number % 2 else 'nein'}" for number in range(1, 1201)]
        seen = look("Schülernummer;Mathe Klausur (max. 7,5);Förderung", *rows)
        assert "7,5" in seen.reasons["Mathe Klausur (max. 7,5)"]
        assert seen.guess.on == date(2026, 1, 30)
        assert "30. Januar 2026" in seen.reasons["Förderung"]
        exam = seen.guess.exams["Mathe Klausur (max. 7,5)"]
        assert exam.maximum == Decimal("7.5")
        done = read(csv_of("Schülernummer;Mathe Klausur (max. 7,5);Förderung", *rows), seen.guess, on=TODAY)
        assert done.notes["decimal_comma"].expected == "1.200 Zellen haben ein Dezimalkomma."


def test_a_day_ahead_is_told_with_today_as_germans_write_it() -> None:
    rows = ["1;Ada;3.5.2011", "2;Ben;30.2.2012", "3;Cem;7.1.2030"]
    with translation.override("de"):
        seen = look("Schülernr.;Vorname;Geburtsdatum", *rows)
        done = read(csv_of("Schülernr.;Vorname;Geburtsdatum", *rows), seen.guess, on=TODAY)
    told = [each.expected for each in done.findings.shown[Severity.ERROR] if each.line == 4]
    assert told == ["Erwartet wird ein Tag bis zum 1. März 2026; dieser liegt in der Zukunft."]
