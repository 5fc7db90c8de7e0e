"""What real exports do otherwise than the standard asks: it is read, and each kind is told once with its first lines."""

import pytest

from students.importing.findings import Finding
from students.importing.incoming import Table
from tests.students.importing.oneroster_made import (
    Files,
    errors,
    files_11,
    files_12,
    of,
    read,
    swapped,
    table,
    zipped,
)

# code, file, what stands there usually, what stands there instead, a part of the sentence, line, value
ODD = [
    ("byte_order_mark", "users", "sourcedId", "\N{ZERO WIDTH NO-BREAK SPACE}sourcedId", "byte order mark", 1, ""),
    ("capitals", "users", "ada,,,true", "ada,,,TRUE", "other capitals", 2, "TRUE"),
    ("one_or_zero", "users", "ada,,,true", "ada,,,1", "read as true and false", 2, "1"),
    ("capitals", "classes", "homeroom", "Homeroom", "other capitals", 2, "Homeroom"),
    ("capitals", "results", "fully graded", "Fully_Graded", "other capitals", 2, "Fully_Graded"),
    ("school_year", "academicSessions", "y1,2027", "y1,2026-2027", "year in which the school year ends", 3, "2026-2027"),
    ("school_year", "academicSessions", "y1,2027", "y1,2026/27", "year in which the school year ends", 3, "2026/27"),
    ("filled_status", "users", "ada,,,", "ada,active,2026-11-20,", "should be empty", 2, "active"),
    ("spaces", "users", ",Ada,", ", Ada ,", "Spaces around", 2, "Ada"),
    ("day_otherwise", "enrollments", "2026-08-17", "8/17/2026", "only one day can be meant", 3, "8/17/2026"),
    ("day_otherwise", "enrollments", "2026-08-17", "17/8/2026", "only one day can be meant", 3, "17/8/2026"),
    ("day_with_time", "enrollments", "2026-08-17", "2026-08-17T00:00:00.000Z", "time of day", 3, "2026-08-17T00:00:00.000Z"),
    ("metadata", "users", "grades,password", "grades,password,metadata.bus", "not used", 1, "metadata.bus"),
    ("unknown_columns", "users", "grades,password", "grades,password,bus", "none of the standard's", 1, "bus"),
    ("misspelt_head", "users", "givenName", "givenname", "“givenName”", 1, "givenname"),
    ("misspelt_head", "users", "familyName", "famliyName", "“familyName”", 1, "famliyName"),
    ("misspelt_head", "demographics", "birthDate", "birthdate", "“birthDate”", 1, "birthdate"),
    ("unknown_grade", "users", "gus,09,", "gus,PS,", "left empty", 3, "PS"),
    ("several_grades", "users", "gus,09,", 'gus,"09,10",', "the first counts", 3, "09,10"),
    ("not_enabled", "users", "mia,,,true", "mia,,,false", "may not sign in", 4, "false"),
    ("other_role", "users", "s1,parent", "s1,aide", "staff page", 5, "aide"),
    ("enrolment_role", "enrollments", "ada,teacher", "ada,aide", "Only students and teachers", 2, "aide"),
    ("later_terms", "classes", "s1,t1,", 's1,"t1,y1",', "the first of them", 2, "t1,y1"),
    ("min_not_zero", "lineItems", ",0,20", ",1,20", "counted from 0", 2, "1"),
    ("no_maximum", "lineItems", ",0,20", ",0,0", "is no exam", 2, "Fractions"),
    ("score_of_exempt", "results", "exempt,,", "exempt,3,", "not read", 3, "3"),
    ("bad_email", "users", "ada@lakeside.example", "ada at home", "no e-mail address", 2, "ada at home"),
    ("zero_days", "enrollments", "2027-01-31", "2026-08-17", "the only day", 3, "2026-08-17"),
    ("shortened", "classes", "Mathematics 9B", "M" * 90, "shortened", 2, "M" * 90),
    ("manifest_version_missing", "manifest", "manifest.version,1.0\n", "", "taken for 1.0", 0, ""),
    ("undeclared_file", "manifest", "file.users,bulk\n", "", "does not name it", 0, "users"),
    ("manifest_unknown_file", "manifest", "file.users,bulk", "file.users,bulk\nfile.lunches,bulk", "none of the", 17, "file.lunches"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "file", "usual", "odd", "says", "line", "value"), ODD)
def test_it_is_read_and_told(code: str, file: str, usual: str, odd: str, says: str, line: int, value: str) -> None:
    files = swapped(files_11(), file, usual, odd)
    if code in ("metadata", "unknown_columns"):
        head, *rows = files["users"].splitlines()
        files["users"] = "\n".join([head, *(f"{row},x" for row in rows), ""])
    note = noted(files, code)
    assert says in note.expected
    assert (note.line, note.value) == (line, value)


def noted(files: Files, code: str) -> Finding:
    incoming, findings = read(files)
    assert errors(findings) == []
    assert incoming.rows_set_aside == 0
    assert [len(incoming.rows(name)) for name in (Table.STUDENTS, Table.ENROLMENTS)] == [2, 2]
    return of(findings, code)


def test_each_kind_is_told_once_with_how_often_and_the_first_five_lines() -> None:
    files = files_11()
    files["users"] = files["users"].replace(",true,s1", ",TRUE,s1")
    files["users"] += "".join(f"x{n},,,TRUE,s1,administrator,x{n},,X,Y,,,,,,,,\n" for n in range(3))
    _incoming, findings = read(files)
    assert "7 times, first in lines 2, 3, 4, 5, 6." in of(findings, "capitals").expected


def test_lines_may_end_as_they_like() -> None:
    files = {name: text.replace("\n", "\r\n") for name, text in files_11().items()}
    incoming, findings = read(files)
    assert errors(findings) == []
    assert len(incoming.rows(Table.STUDENTS)) == 2
    files["users"] = files["users"].replace("\r\n", "\r\n\r\n")
    assert "5 times, first in lines 2, 4, 6, 8, 10." in noted(files, "blank_lines").expected


def test_a_line_break_inside_a_cell_is_read_and_lines_are_still_counted_as_an_editor_counts() -> None:
    files = swapped(files_11(), "users", ",Ada,", ',"Ada\nB.",')
    incoming, findings = read(swapped(files, "users", "mia,,,true", "mia,,,maybe"))
    assert of(findings, "line_break").line == 2
    assert of(findings, "bad_yes_no").line == 5
    assert table(incoming, Table.PEOPLE, "name")[0] == ("Ada\nB. Marsh",)


def test_columns_may_stand_in_any_order_and_optional_ones_may_be_missing() -> None:
    files = files_11()
    rows = [row.split(",") for row in files["enrollments"].splitlines()]
    files["enrollments"] = "".join(",".join(row[::-1]) + "\n" for row in rows)
    assert noted(files, "column_order").file == "enrollments.csv"
    files["enrollments"] = "".join(",".join(row[:7]) + "\n" for row in rows)
    assert noted(files, "optional_missing").value == "primary, beginDate, endDate"


def test_a_file_of_column_names_only_is_no_error() -> None:
    files = files_11()
    files["results"] = files["results"].splitlines()[0] + "\n"
    assert noted(files, "header_only").file == "results.csv"


def test_without_a_manifest_it_is_a_whole_snapshot() -> None:
    files = files_11()
    del files["manifest"]
    assert "OneRoster 1.1" in noted(files, "no_manifest").expected
    files = files_12()
    del files["manifest"]
    assert "OneRoster 1.2" in noted(files, "no_manifest").expected


def test_one_folder_other_capitals_and_what_systems_leave_behind_are_no_harm() -> None:
    files = {
        **files_11(),
        "__MACOSX/._users.csv": "x",
        ".DS_Store": "x",
        "readme.txt": "x",
        "USERS.CSV": files_11()["users"],
    }
    del files["users"]
    incoming, findings = read(zipped(files, folder="export 2026/"))
    assert errors(findings) == []
    assert of(findings, "nested_folder").value == "export 2026/"
    assert of(findings, "file_names").value == "USERS.CSV"
    assert of(findings, "other_files").value == "readme.txt"
    assert len(incoming.rows(Table.STUDENTS)) == 2


def test_files_that_our_records_have_no_place_for_are_accepted_and_counted() -> None:
    files = files_11()
    files["manifest"] = files["manifest"].replace("file.resources,absent", "file.resources,bulk")
    files["resources"] = "sourcedId,status,dateLastModified,vendorResourceId\nx,,,1\n"
    incoming, findings = read(files)
    assert errors(findings) == []
    assert of(findings, "not_used").value == "resources.csv"
    assert incoming.read["resources.csv"] == 1


def test_a_system_may_have_words_of_its_own_in_1_2() -> None:
    incoming, findings = read(swapped(files_12(), "results", "not submitted", "ext:lost"))
    assert errors(findings) == []
    assert of(findings, "extension").value == "ext:lost"
    assert len(incoming.rows(Table.RESULTS)) == 1


def test_two_teachers_may_lead_a_class_one_after_the_other() -> None:
    files = files_11()
    files["users"] += "bea,,,true,s1,teacher,bea,,Bea,Hill,,,bea@lakeside.example,,,,,\n"
    files["enrollments"] = files["enrollments"].replace("ada,teacher,true,,", "ada,teacher,true,,2026-10-01")
    files["enrollments"] += "e8,,,c1,s1,bea,teacher,true,2026-10-01,\n"
    incoming, findings = read(files)
    assert errors(findings) == []
    assert len(incoming.rows(Table.TEACHINGS)) == 2
