"""Files of changes: what is deleted ends and is never removed, and what the file does not bring must be in the records."""

from students.importing.incoming import Table
from tests.students.importing.oneroster_made import (
    MARKS_11,
    ROSTER,
    USERS_11,
    USERS_12,
    codes,
    delta,
    errors,
    files_11,
    of,
    read,
    table,
)

MOMENT = "2026-11-20T08:30:00.000Z"


def changed(text: str, *keys: str, state: str = "active") -> str:
    """The head and the rows of these keys, as changes."""
    head, *rows = text.splitlines()
    kept = [row.replace(",,,", f",{state},{MOMENT},", 1) for row in rows if row.split(",")[0] in keys]
    return "\n".join([head, *kept, ""])


def test_rows_of_changes_say_what_they_say_and_nothing_about_others() -> None:
    incoming, findings = read(delta(users=changed(USERS_11, "sam")))
    assert errors(findings) == []
    assert table(incoming, Table.STUDENTS, "id", "status") == [("sam", "enrolled")]
    assert incoming.complete == set()


def test_a_deleted_enrolment_ends_the_day_before_or_as_it_had_ended() -> None:
    text = changed(ROSTER["enrollments"], "e1", "e2", "e3", state="tobedeleted").replace("2027-01-31", "2026-10-10")
    incoming, _findings = read(delta(enrollments=text))
    assert table(incoming, Table.ENROLMENTS, "external_id", "ends") == [("e2", "2026-10-09"), ("e3", "2026-11-21")]
    assert table(incoming, Table.TEACHINGS, "external_id", "ends") == [("e1", "2026-11-21")]


def test_an_enrolment_never_ends_before_its_first_day() -> None:
    text = changed(ROSTER["enrollments"], "e2", state="tobedeleted").replace("2026-08-17", "2026-12-01")
    incoming, _findings = read(delta(enrollments=text))
    assert table(incoming, Table.ENROLMENTS, "starts", "ends") == [("2026-12-01", "2026-12-01")]


def test_whom_a_change_refers_to_must_be_in_the_records() -> None:
    incoming, findings = read(delta(enrollments=changed(ROSTER["enrollments"], "e1", "e2")))
    assert errors(findings) == []
    for name, key in ((Table.STUDENTS, "sam"), (Table.PEOPLE, "ada"), (Table.CLASSES, "c1")):
        assert table(incoming, name, "id", "external_id", "must_exist") == [(key, key, 1)]
    assert incoming.rows(Table.STUDENTS).lines.tolist() == [3]


def test_a_deleted_student_leaves_and_a_deleted_teacher_loses_the_role() -> None:
    incoming, findings = read(delta(users=changed(USERS_11, "sam", "ada", state="tobedeleted")))
    assert table(incoming, Table.STUDENTS, "id", "status") == [("sam", "left")]
    assert table(incoming, Table.MEMBERSHIPS, "person", "ends") == [("ada", "2026-11-21")]
    assert {"left_school", "role_ends"} <= codes(findings)


def test_deleted_classes_and_marks_stay_and_that_is_told() -> None:
    files = delta(
        classes=changed(ROSTER["classes"], "c1", state="tobedeleted"),
        lineItems=changed(MARKS_11["lineItems"], "i1", state="tobedeleted"),
        results=changed(MARKS_11["results"], "r1", state="tobedeleted"),
    )
    incoming, findings = read(files)
    assert errors(findings) == []
    assert [len(incoming.rows(name)) for name in (Table.CLASSES, Table.EXAMS, Table.RESULTS)] == [0, 0, 0]
    assert of(findings, "stays").file == "classes.csv"
    assert {each for _severity, each in findings.by_code} >= {"marks_stay"}


def test_a_deleted_row_needs_its_ids_only() -> None:
    text = changed(USERS_11, "sam", state="tobedeleted").replace(",Sam,Reed,", ",,,")
    incoming, findings = read(delta(users=text))
    assert errors(findings) == []
    assert table(incoming, Table.STUDENTS, "given_name", "status") == [("", "left")]


def test_inactive_is_the_old_word_for_deleted() -> None:
    incoming, findings = read(delta(enrollments=changed(ROSTER["enrollments"], "e3", state="inactive")))
    assert table(incoming, Table.ENROLMENTS, "ends") == [("2026-11-21",)]
    assert of(findings, "status_inactive").line == 2


def test_a_change_without_state_or_moment_is_an_error() -> None:
    text = changed(USERS_11, "sam", "mia").replace("sam,active", "sam,").replace(f"mia,active,{MOMENT}", "mia,active,")
    _incoming, findings = read(delta(users=text))
    assert [(each.code, each.line, each.column) for each in errors(findings)] == [
        ("delta_status", 2, "status"),
        ("required", 3, "dateLastModified"),
    ]


def test_a_day_is_enough_for_the_last_change() -> None:
    _incoming, findings = read(delta(users=changed(USERS_11, "sam").replace(MOMENT, "2026-11-20")))
    assert errors(findings) == []
    assert of(findings, "day_only").value == "2026-11-20"


def test_in_1_2_the_role_of_a_changed_user_must_be_said() -> None:
    roles = "sourcedId,status,dateLastModified,userSourcedId,roleType,role,beginDate,endDate,orgSourcedId,userProfileSourcedId\n"
    row = f"r-sam,{{}},{MOMENT},sam,primary,student,,,s1,\n"
    _incoming, findings = read(delta(users=changed(USERS_12, "sam"), roles=roles))
    assert [(each.code, each.file, each.line) for each in errors(findings)] == [("no_role", "users.csv", 2)]
    incoming, findings = read(delta(users=changed(USERS_12, "sam"), roles=roles + row.format("active")))
    assert errors(findings) == []
    assert table(incoming, Table.STUDENTS, "id", "status") == [("sam", "enrolled")]
    gone, _findings = read(delta(roles=roles + row.format("tobedeleted")))
    assert table(gone, Table.STUDENTS, "id", "status") == [("sam", "left")]


def test_whole_files_and_changes_may_stand_side_by_side() -> None:
    files = files_11()
    files["manifest"] = files["manifest"].replace("file.users,bulk", "file.users,delta")
    files["users"] = changed(USERS_11, "sam")
    incoming, findings = read(files)
    assert errors(findings) == []
    assert "mixed_modes" in codes(findings)
    assert incoming.complete == {Table.ENROLMENTS, Table.TEACHINGS}
    assert ("mia", 1) in table(incoming, Table.STUDENTS, "id", "must_exist")


def test_of_a_category_that_is_not_in_the_bundle_no_kind_is_guessed() -> None:
    text = changed(MARKS_11["lineItems"], "i1")
    incoming, _findings = read(delta(lineItems=text))
    assert table(incoming, Table.EXAMS, "id", "kind", "is_target") == [("i1", "", -1)]
    incoming, _findings = read(delta(lineItems=text.replace("Fractions", "Final exam")))
    assert table(incoming, Table.EXAMS, "kind") == [("final",)]
