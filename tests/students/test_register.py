"""One class with its register: whose rows, what they tell, what the page offers, and what trace it leaves."""

import csv
from datetime import timedelta
from io import StringIO

import pytest

from portal.audit.models import AccessEvent, AuditEvent
from students.roles import Role
from tests import make
from tests.asserts import assert_queries
from tests.cast import Cast


def table(response) -> list[list[str]]:
    return list(csv.reader(StringIO(response.content.decode("utf-8-sig"))))


def address(school: Cast, query: str = "") -> str:
    return f"/classes/{school.maths.pk}/{query}"


def names(page) -> list[str]:
    return [row.student.given_name for row in page.context["rows"]]


@pytest.fixture
def busy(school: Cast) -> Cast:
    """Zoe came last week and has no mark; Sam is often away and fell; Mia plays chess."""
    make.make_enrolment(school.zoe, school.maths, starts=make.TODAY - timedelta(days=7))
    make.make_result(make.make_exam(school.maths, day=make.TODAY - timedelta(days=5)), school.sam, 30)
    make.make_mark(school.sam, school.maths, "A", day=make.TODAY - timedelta(days=2))
    make.make_participation(school.mia)
    make.make_participation(school.mia, "Old choir", ends=make.YESTERDAY)
    return school


def test_the_register_tells_last_mark_average_attendance_and_what_is_missing(school: Cast, client_as) -> None:
    make.make_result(make.make_exam(school.maths, day=make.TODAY - timedelta(days=5), weight=3), school.sam, 82)
    make.make_mark(school.sam, school.maths, "A", day=make.TODAY - timedelta(days=2))
    rows = client_as(school.ada).get(f"/classes/{school.maths.pk}/").context["rows"]
    mia, sam = rows
    assert (sam.percents, sam.last, sam.average, sam.attendance, sam.missing) == ((62.0, 82.0), 82.0, 77.0, 50.0, 0)
    assert (mia.percents, mia.last, mia.average, mia.attendance, mia.missing) == ((88.0,), 88.0, 88.0, 100.0, 1)


def test_a_family_sees_no_mark_before_its_release_and_nothing_called_missing(school: Cast, client_as) -> None:
    gus = client_as(school.gus)
    (row,) = gus.get(f"/classes/{school.maths.pk}/").context["rows"]
    assert (row.percents, row.average, row.missing) == ((), None, None)
    make.make_release(school.test, school.maths)
    (row,) = gus.get(f"/classes/{school.maths.pk}/").context["rows"]
    assert row.percents == (62.0,)
    page = gus.get(f"/classes/{school.maths.pk}/").text
    assert "Algebra test" in page
    for staff_only in ("Missing", "1 student", "Columns", "Print", "CSV", "Register"):
        assert staff_only not in page, staff_only
    head, sam = table(gus.get(f"/classes/{school.maths.pk}/register.csv"))
    assert "Missing" not in head
    assert sam == ["Sam Okafor", "62", "62", "", "62", "100", ""]


def test_absent_and_exempt_are_entries_and_no_marks(school: Cast, client_as) -> None:
    quiz = make.make_exam(school.maths, day=make.TODAY - timedelta(days=3))
    make.make_result(quiz, school.sam, None, status="absent")
    make.make_result(quiz, school.mia, None, status="exempt")
    rows = client_as(school.ada).get(f"/classes/{school.maths.pk}/").context["rows"]
    assert [(row.missing, len(row.percents)) for row in rows] == [(0, 1), (0, 1)]


def test_looking_at_a_register_leaves_a_trace_for_each_student_shown(school: Cast, client_as) -> None:
    client_as(school.ada).get(f"/classes/{school.maths.pk}/")
    events = AccessEvent.objects.filter(user_id=school.ada.pk, what="register", door="page", role=Role.TEACHER)
    assert set(events.values_list("student_id", flat=True)) == {school.sam.pk, school.mia.pk}


def test_the_role_is_the_one_that_opens_the_record(school: Cast, client_as) -> None:
    """Ada teaches Mia; of Zoe, in a class that is not hers, she is the guardian."""
    make.make_member(school.ada, school.lakeside, Role.GUARDIAN)
    make.make_guardianship(school.ada, school.zoe)
    ada = client_as(school.ada)
    ada.get(f"/classes/{school.maths.pk}/")
    ada.get(f"/classes/{school.art.pk}/")
    roles = dict(AccessEvent.objects.values_list("student_id", "role"))
    assert roles == {school.sam.pk: "teacher", school.mia.pk: "teacher", school.zoe.pk: "guardian"}


def test_a_row_tells_the_change_the_activities_and_since_when(busy: Cast, client_as) -> None:
    zoe, mia, sam = client_as(busy.ada).get(address(busy)).context["rows"]
    assert (sam.change, mia.change, zoe.change) == (-32.0, None, None)
    assert (mia.clubs, sam.clubs) == (("Chess club",), ())
    assert zoe.since == make.TODAY - timedelta(days=7)


def test_only_who_is_shown_is_noted_as_looked_at(busy: Cast, client_as) -> None:
    ada = client_as(busy.ada)
    ada.get(address(busy, "?show=attendance"))
    ada.get(address(busy, "register.csv?q=mia"))
    noted = AccessEvent.objects.order_by("pk").values_list("student_id", "door", "role")
    assert list(noted) == [(busy.sam.pk, "page", "teacher"), (busy.mia.pk, "export", "teacher")]
    assert AuditEvent.objects.get(verb="exported").facts == {"what": "register", "students": 1}


def test_the_class_as_one_stands_below_for_who_sees_all_of_it(busy: Cast, client_as) -> None:
    figures = client_as(busy.ada).get(address(busy, "?show=new")).context["register"].figures
    assert (figures.average, figures.missing, figures.last) == (pytest.approx(67.0), 2, 59.0)
    assert figures.percents == (75.0, 30.0)
    for person in ("cora", "gus", "mina"):
        page = client_as(getattr(busy, person)).get(address(busy))
        assert page.context["register"].figures is None
        assert "Whole class" not in page.text
        assert ("Only the students whose records are open to you" in page.text) == (person == "cora")


def test_a_filtered_register_says_of_whom_its_foot_tells(busy: Cast, client_as) -> None:
    ada = client_as(busy.ada)
    assert "All 3 students" in ada.get(address(busy, "?show=new")).text
    assert table(ada.get(address(busy, "register.csv?show=new")))[-1][0] == "All 3 students"
    assert table(ada.get(address(busy, "register.csv")))[-1][:3] == ["Whole class", "75, 30", "59"]


def test_a_lesson_roll_does_not_count_as_attendance(busy: Cast, client_as) -> None:
    for back in range(3, 9):
        make.make_mark(busy.mia, busy.art, "A", day=make.TODAY - timedelta(days=back))
    ada = client_as(busy.ada)
    told = {row.student.given_name: row.attendance for row in ada.get(address(busy)).context["rows"]}
    assert (told["Mia"], told["Sam"]) == (100.0, 50.0)
    line = ada.get("/classes/").context["listing"].rows[0]
    assert round(line.attendance) == 67
    listed = {row.given_name: row.attendance_rate for row in ada.get("/students/").context["listing"].rows}
    assert (listed["Mia"], listed["Sam"]) == (100.0, 50.0)


def test_register_and_students_page_tell_the_same_average_and_attendance(busy: Cast, client_as) -> None:
    """Sam came from another class of the subject this year, and has marks of last year, and one of today."""
    other = make.make_class(busy.lakeside, "Mathematics 9C", subject=busy.maths.subject)
    make.make_result(make.make_exam(other, weight=2, day=make.TODAY - timedelta(days=90)), busy.sam, 81)
    make.make_result(make.make_exam(other, day=make.TODAY - timedelta(days=150)), busy.sam, 3)
    make.make_result(make.make_exam(busy.maths, day=make.TODAY), busy.sam, 44)
    for person in ("ada", "hana", "cora"):
        client = client_as(getattr(busy, person))
        (row,) = (each for each in client.get(address(busy)).context["rows"] if each.student == busy.sam)
        profile = client.get(f"/students/{busy.sam.pk}/").context["profile"]
        (subject,) = (each for each in profile.marks.subjects if each.name == "Mathematics")
        assert row.average == subject.average == pytest.approx(59.6)
        assert row.attendance == profile.attendance.recent == 50.0


def test_only_who_keeps_the_marks_finds_the_ways_to_them(school: Cast, client_as) -> None:
    for person, expected in (("ada", True), ("otto", True), ("cora", False), ("gus", False)):
        page = client_as(getattr(school, person)).get(address(school))
        assert ("Enter marks" in page.text) == expected, person


def test_an_ended_class_says_so_and_takes_no_roll(school: Cast, client_as) -> None:
    past = make.make_term(school.lakeside, starts=make.LONG_AGO, ends=make.TODAY - timedelta(days=150))
    old = make.make_class(school.lakeside, "Mathematics 8B", term=past)
    make.make_enrolment(school.liv, old, starts=make.LONG_AGO, ends=past.ends)
    page = client_as(school.hana).get(f"/classes/{old.pk}/")
    assert "This class ended on" in page.text
    assert "Take the roll" not in page.text
    assert [row.name for row in page.context["rows"]] == ["Liv Hansen"]


def test_a_class_ahead_shows_who_will_be_in_it_and_tells_its_teacher_when_they_open(school: Cast, client_as) -> None:
    first = make.TODAY + timedelta(days=9)
    soon = make.make_term(school.lakeside, starts=first, ends=make.TODAY + timedelta(days=90))
    ahead = make.make_class(school.lakeside, "Physics 9B", term=soon)
    make.make_enrolment(make.make_student(school.lakeside, "Nora Newcomer", starts=first), ahead, starts=first)
    make.make_teaching(school.ada, ahead)
    page = client_as(school.hana).get(f"/classes/{ahead.pk}/")
    assert "This class begins on" in page.text
    assert names(page) == ["Nora"]
    assert "Nobody to show yet" in client_as(school.ada).get(f"/classes/{ahead.pk}/").text


def test_a_class_of_nobody_without_exams_says_what_is_so(school: Cast, client_as) -> None:
    empty = make.make_class(school.lakeside, "Latin 9C")
    page = client_as(school.hana).get(f"/classes/{empty.pk}/")
    assert "Nobody in this class" in page.text
    assert "Next exams" not in page.text


def test_long_names_and_no_marks_are_shown_whole(school: Cast, client_as) -> None:
    long = "Maximiliana-Theodora Featherstonehaugh-Cholmondeley-Marjoribanks"
    make.make_enrolment(make.make_student(school.lakeside, long), school.maths, starts=make.YESTERDAY)
    page = client_as(school.ada).get(address(school, "?q=max"))
    assert long in page.text
    assert "no mark" in page.text


@pytest.mark.parametrize("people", [5, 60])
@pytest.mark.parametrize(
    ("person", "most"), [("ada", 10), ("hana", 10), ("otto", 10), ("cora", 10), ("gus", 10), ("mina", 10), ("dora", 12)]
)
def test_a_class_needs_ten_queries_however_large_it_is(
    school: Cast, client_as, person: str, most: int, people: int
) -> None:
    """The district's leader needs two more: her schools are read first."""
    exams = [make.make_exam(school.maths) for _ in range(people // 5)]
    for _ in range(people):
        student = make.make_student(school.lakeside)
        make.make_enrolment(student, school.maths)
        make.make_caseload(school.cora, student)
        make.make_guardianship(school.gus, student)
        make.make_participation(student)
        make.make_mark(student, school.maths)
        for exam in exams:
            make.make_result(exam, student)
    client = client_as(getattr(school, person))
    client.get("/")
    with assert_queries(most + 2):  # the first page of a school within some minutes reads its scales and its year too
        client.get(address(school))
    with assert_queries(most):
        client.get(address(school, "?sort=-average&show=missing"))


def test_who_teaches_here_and_is_a_guardian_too_needs_no_more_queries(school: Cast, client_as) -> None:
    make.make_member(school.ada, school.lakeside, Role.GUARDIAN)
    make.make_guardianship(school.ada, school.zoe)
    ada = client_as(school.ada)
    ada.get(address(school))
    with assert_queries(10):
        ada.get(address(school))
