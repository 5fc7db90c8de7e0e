"""A bundle in the school's own words: what each file becomes, in 1.1 and in 1.2, and which school of several is meant."""

import numpy as np
import pytest

from students.importing.findings import Severity, Unreadable
from students.importing.incoming import Table
from students.importing.mapping import ExamRule, Mapping
from students.importing.oneroster import look_in
from tests.students.importing.oneroster_made import (
    codes,
    errors,
    files_11,
    files_12,
    of,
    only,
    read,
    swapped,
    table,
    zipped,
)


def test_everything_of_a_bundle_is_read_and_nothing_is_found_wrong() -> None:
    incoming, findings = read(files_11())
    assert errors(findings) == []
    assert incoming.read == {
        "orgs.csv": 2, "academicSessions.csv": 2, "courses.csv": 1, "classes.csv": 1, "users.csv": 4,
        "demographics.csv": 1, "enrollments.csv": 3, "categories.csv": 1, "lineItems.csv": 1, "results.csv": 2,
        "attendance.csv": 2,
    }  # fmt: skip
    assert incoming.rows_set_aside == 0
    assert incoming.complete == {Table.ENROLMENTS, Table.TEACHINGS}


def test_sessions_are_terms_with_their_days_as_written() -> None:
    incoming, _findings = read(files_11())
    assert table(incoming, Table.TERMS, "id", "name", "kind", "starts", "ends", "parent") == [
        ("y1", "2026/27", "year", "2026-08-15", "2027-06-10", ""),
        ("t1", "Autumn", "term", "2026-08-15", "2027-01-31", "y1"),
    ]


def test_a_course_is_a_subject_named_as_its_code_says() -> None:
    incoming, _findings = read(files_11())
    assert table(incoming, Table.SUBJECTS, "external_id", "code", "name") == [("m", "MATH", "Mathematics")]
    plain, _findings = read(swapped(files_11(), "courses", "Mathematics,MATH", "Mathematics,"))
    assert table(plain, Table.SUBJECTS, "external_id", "code", "name") == [("m", "MA9", "Mathematics 9")]


def test_courses_of_one_subject_code_are_one_subject() -> None:
    files = files_11()
    files["courses"] += "a,,,y1,Mathematics 10,MA10,10,s1,Mathematics,MATH\n"
    incoming, findings = read(files)
    assert table(incoming, Table.SUBJECTS, "id", "code") == [("a", "MATH")]
    assert table(incoming, Table.CLASSES, "id", "subject") == [("c1", "a")]
    assert of(findings, "one_subject").line == 2


def test_classes_know_their_grade_their_term_and_whether_they_take_the_roll() -> None:
    incoming, _findings = read(files_11())
    assert table(incoming, Table.CLASSES, "name", "subject", "term", "grade_level", "is_home_class") == [
        ("Mathematics 9B", "m", "t1", 9, 1)
    ]


def test_classes_of_one_title_are_told_apart_by_their_codes() -> None:
    files = files_11()
    files["classes"] += "c2,,,Mathematics 9B,09,m,9C,scheduled,,s1,t1,,,\n"
    incoming, findings = read(files)
    assert table(incoming, Table.CLASSES, "name") == [("Mathematics 9B 9B",), ("Mathematics 9B 9C",)]
    assert "2 times" in of(findings, "class_code").expected


def test_students_have_no_account_and_guardians_and_teachers_have_one() -> None:
    incoming, _findings = read(files_11())
    assert table(
        incoming, Table.STUDENTS, "id", "given_name", "family_name", "birth_date", "grade_level", "status"
    ) == [
        ("sam", "Sam", "Reed", "2012-12-03", 9, "enrolled"),
        ("mia", "Mia", "Stone", None, 9, "enrolled"),
    ]
    assert table(incoming, Table.PEOPLE, "id", "email", "name") == [
        ("ada", "ada@lakeside.example", "Ada Marsh"),
        ("gus", "gus@home.example", "Gus Reed"),
    ]
    assert table(incoming, Table.MEMBERSHIPS, "external_id", "person", "role") == [
        ("ada@teacher", "ada", "teacher"),
        ("gus@guardian", "gus", "guardian"),
    ]
    assert table(incoming, Table.GUARDIANSHIPS, "student", "person", "relation") == [("sam", "gus", "parent")]


def test_an_end_is_the_day_after_the_last_and_a_missing_begin_that_of_the_term() -> None:
    incoming, _findings = read(files_11())
    assert table(incoming, Table.ENROLMENTS, "external_id", "student", "school_class", "starts", "ends") == [
        ("e2", "sam", "c1", "2026-08-17", "2027-01-30"),
        ("e3", "mia", "c1", "2026-08-15", None),
    ]
    assert table(incoming, Table.TEACHINGS, "external_id", "person", "starts", "is_lead") == [
        ("e1", "ada", "2026-08-15", 1)
    ]


def test_protected_facts_are_read_only_where_they_are_wanted_and_the_day_of_birth_always() -> None:
    incoming, _findings = read(files_11())
    assert table(incoming, Table.DEMOGRAPHICS, "student", "gender", "ethnicity") == [("sam", "male", "Asian, White")]
    without, findings = read(files_11(), with_protected=False)
    assert len(without.rows(Table.DEMOGRAPHICS)) == 0
    assert table(without, Table.STUDENTS, "birth_date")[0] == ("2012-12-03",)
    assert of(findings, "no_demographics").file == "demographics.csv"


def test_line_items_are_exams_of_a_kind_and_results_are_marks() -> None:
    incoming, _findings = read(files_11())
    assert table(incoming, Table.EXAMS, "id", "title", "subject", "term", "kind", "day", "maximum", "is_target") == [
        ("i1", "Fractions", "m", "t1", "test", "2026-09-15", 20.0, -1)
    ]
    assert table(incoming, Table.SITTINGS, "exam", "school_class") == [("i1", "c1")]
    assert table(incoming, Table.RESULTS, "external_id", "student", "status", "score", "known_on")[0] == (
        "r1", "sam", "scored", 17.5, "2026-09-18",
    )  # fmt: skip


def test_what_is_not_submitted_is_not_zero() -> None:
    incoming, findings = read(files_12())
    assert table(incoming, Table.RESULTS, "student", "status")[1] == ("mia", "not_submitted")
    assert np.isnan(incoming.rows(Table.RESULTS)["score"][1])
    assert of(findings, "zero_not_submitted").value == "0"


def test_what_is_not_graded_yet_is_left_out() -> None:
    incoming, findings = read(swapped(files_11(), "results", "exempt", "submitted"))
    assert table(incoming, Table.RESULTS, "student") == [("sam",)]
    assert of(findings, "not_graded_yet").line == 3


def test_rules_of_the_profile_say_what_a_line_item_is() -> None:
    files = files_11()
    files["lineItems"] += "i2,,,Homework 3,,2026-09-01,2026-09-15,c1,k1,t1,0,20\n"
    files["results"] += "r3,,,i2,sam,fully graded,1,2026-09-18,\n"
    rules = (ExamRule(title="homework", leave_out=True), ExamRule(category="tests", kind="final", target=True))
    incoming, findings = read(files, Mapping(exam_rules=rules))
    assert table(incoming, Table.EXAMS, "id", "kind", "is_target") == [("i1", "final", 1)]
    assert len(incoming.rows(Table.RESULTS)) == 2
    assert of(findings, "rule_left_out").value == "Homework 3"
    assert of(findings, "of_left_out").line == 4


def test_the_roll_is_read_with_words_and_with_codes_of_the_profile() -> None:
    incoming, _findings = read(files_11())
    assert table(incoming, Table.ATTENDANCE, "student", "school_class", "day", "status") == [
        ("sam", "c1", "2026-09-01", "P"),
        ("mia", "", "2026-09-01", "L"),
    ]
    coded, _findings = read(swapped(files_11(), "attendance", "Tardy", "77"), Mapping(attendance={"77": "E"}))
    assert table(coded, Table.ATTENDANCE, "status")[1] == ("E",)


def test_in_1_2_roles_stand_in_a_file_of_their_own() -> None:
    incoming, findings = read(files_12())
    assert errors(findings) == []
    assert table(incoming, Table.MEMBERSHIPS, "person", "role", "starts") == [
        ("ada", "teacher", "2020-08-01"),
        ("ada", "counsellor", None),
        ("gus", "guardian", None),
    ]
    assert table(incoming, Table.STUDENTS, "given_name", "preferred_name")[0] == ("Samuel", "Sam")


def test_a_bundle_of_several_schools_asks_which_and_leaves_the_others_out() -> None:
    files = files_11()
    files["orgs"] += "s2,,,Hillside School,school,,d1\n"
    files["users"] += "wim,,,true,s2,student,wim,,Wim,West,,,,,,,09,\n"
    files["classes"] += "c9,,,Next door,09,m,,scheduled,,s2,t1,,,\n"
    files["enrollments"] += "e9,,,c9,s2,wim,student,,,\n"
    with pytest.raises(Unreadable) as refusal:
        read(files)
    assert "Hillside School (s2); Lakeside School (s1)" in refusal.value.finding.expected
    incoming, findings = read(files, Mapping(org="s1"))
    assert len(incoming.rows(Table.STUDENTS)) == 2
    assert len(incoming.rows(Table.CLASSES)) == 1
    assert {each.file for each in findings.firsts[Severity.NOTE, "other_school"]} == {
        "users.csv", "classes.csv", "enrollments.csv",
    }  # fmt: skip
    assert table(read(files, Mapping(org="Hillside School"))[0], Table.STUDENTS, "id") == [("wim",)]


def test_who_has_no_address_and_who_leads_is_left_out_with_a_note() -> None:
    files = swapped(files_11(), "users", "ada@lakeside.example", "")
    files = swapped(files, "users", "true,s1,parent,gus", "true,s1,administrator,gus")
    incoming, findings = read(files)
    assert len(incoming.rows(Table.PEOPLE)) == 0
    assert len(incoming.rows(Table.TEACHINGS)) == 0
    assert {"no_email", "other_role", "of_left_out"} <= codes(findings)
    # A teaching that was left out is not ended for it.
    assert incoming.refused[Table.TEACHINGS] == {"e1"}


def test_only_a_manifest_says_that_nothing_is_new() -> None:
    incoming, findings = read(only())
    assert incoming.read == {}
    assert incoming.complete == set()
    assert "nothing is new" in of(findings, "no_updates").expected


def test_the_mapping_page_sees_versions_files_schools_and_titles() -> None:
    from io import BytesIO

    look = look_in(BytesIO(zipped(files_11())))
    assert (look.version, look.source) == ("1.1", "Made up")
    assert ("users.csv", "bulk", 4) in {(each.name, each.mode, each.rows) for each in look.files}
    assert [(each.key, each.name) for each in look.schools] == [("s1", "Lakeside School")]
    assert look.categories == (("Tests", 1),)
    assert [(each.title, each.category, each.count) for each in look.titles] == [("Fractions", "Tests", 1)]


def test_passwords_are_nowhere() -> None:
    from io import BytesIO

    incoming, findings = read(swapped(files_11(), "users", "09,hunter2", "09,hunter2,one too many"))
    out = BytesIO()
    findings.write(out)
    assert b"hunter" not in out.getvalue()
    texts = [str(value) for name in Table for column in incoming.rows(name).columns.values() for value in column]
    assert not any("hunter" in text for text in texts)
