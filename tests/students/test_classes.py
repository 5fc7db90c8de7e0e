"""The list of classes, one class with its register, and the register as a file."""

import csv
from datetime import timedelta
from io import StringIO

import pytest

from portal.audit.models import AccessEvent, AuditEvent
from students.reports import harmless
from students.roles import Role
from tests import make
from tests.asserts import assert_queries
from tests.cast import EVERYONE, Cast

REGISTER = {
    "hana": {"Sam Okafor", "Mia Lindqvist"},
    "otto": {"Sam Okafor", "Mia Lindqvist"},
    "dora": {"Sam Okafor", "Mia Lindqvist"},
    "ada": {"Sam Okafor", "Mia Lindqvist"},
    "cora": {"Sam Okafor"},
    "gus": {"Sam Okafor"},
    "mina": {"Mia Lindqvist"},
}


def names_on(page) -> set[str]:
    return {
        name for name in ("Sam Okafor", "Mia Lindqvist", "Zoe Abara", "Liv Hansen", "Wim Verlaine") if name in page.text
    }


def table(response) -> list[list[str]]:
    return list(csv.reader(StringIO(response.content.decode("utf-8-sig"))))


@pytest.mark.parametrize("person", EVERYONE)
def test_the_register_shows_each_person_their_own_and_nobody_else(school: Cast, client_as, person: str) -> None:
    client = client_as(getattr(school, person))
    for address in (f"/classes/{school.maths.pk}/", f"/classes/{school.maths.pk}/register.csv"):
        page = client.get(address)
        assert page.status_code == (200 if person in REGISTER else 404), address
        assert {name for name in names_on(page)} == REGISTER.get(person, set()), address


def test_the_list_holds_ones_own_classes(school: Cast, client_as) -> None:
    page = client_as(school.ada).get("/classes/").text
    assert "Mathematics 9B" in page
    assert "Art 9B" not in page
    assert "Physics 10A" not in page
    whole = client_as(school.hana).get("/classes/").text
    assert "Art 9B" in whole
    assert "Physics 10A" not in whole


def test_classes_of_last_year_are_not_in_the_list(school: Cast, client_as) -> None:
    past = make.make_term(school.lakeside, starts=make.LONG_AGO, ends=make.TODAY - timedelta(days=150))
    make.make_class(school.lakeside, "Mathematics 8B", term=past)
    assert "Mathematics 8B" not in client_as(school.hana).get("/classes/").text


def test_a_leader_narrows_the_list_by_name_subject_and_grade(school: Cast, client_as) -> None:
    hana = client_as(school.hana)
    make.make_class(school.lakeside, "Choir 7A", grade_level=7, subject=school.maths.subject)
    assert "Choir 7A" in hana.get("/classes/?q=choir").text
    by_grade = hana.get("/classes/?grade=7").text
    assert "Choir 7A" in by_grade
    assert "Art 9B" not in by_grade
    assert "Choir 7A" not in hana.get(f"/classes/?subject={school.art.subject_id}").text
    assert "No class fits that" in hana.get("/classes/?q=zzz").text


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
    assert "Missing" not in gus.get(f"/classes/{school.maths.pk}/").text
    head, sam = table(gus.get(f"/classes/{school.maths.pk}/register.csv"))
    assert "Missing" not in head
    assert sam == ["Sam Okafor", "62", "62.0", "62.0", "100.0"]


def test_absent_and_exempt_are_entries_and_no_marks(school: Cast, client_as) -> None:
    quiz = make.make_exam(school.maths, day=make.TODAY - timedelta(days=3))
    make.make_result(quiz, school.sam, None, status="absent")
    make.make_result(quiz, school.mia, None, status="exempt")
    rows = client_as(school.ada).get(f"/classes/{school.maths.pk}/").context["rows"]
    assert [(row.missing, len(row.percents)) for row in rows] == [(0, 1), (0, 1)]


def test_rows_sort_by_any_column_and_who_has_no_figure_comes_last(school: Cast, client_as) -> None:
    make.make_enrolment(school.zoe, school.maths)
    ada = client_as(school.ada)

    def order(sort: str) -> list[str]:
        rows = ada.get(f"/classes/{school.maths.pk}/?sort={sort}").context["rows"]
        return [row.student.given_name for row in rows]

    assert order("name") == ["Zoe", "Mia", "Sam"]
    assert order("average") == ["Sam", "Mia", "Zoe"]
    assert order("-average") == ["Mia", "Sam", "Zoe"]
    assert order("drop+table") == order("name")


@pytest.mark.parametrize(
    "query", ["page=abc", "page=0", "page=-1", "page=99999999", "sort=drop", "grade=x&subject=x", "q=%00", "page=²"]
)
def test_a_bad_query_string_gives_a_sensible_page(school: Cast, client_as, query: str) -> None:
    hana = client_as(school.hana)
    for address in (
        "/classes/",
        "/students/",
        f"/classes/{school.maths.pk}/",
        f"/classes/{school.maths.pk}/register.csv",
    ):
        assert hana.get(f"{address}?{query}").status_code == 200, address


@pytest.mark.parametrize("number", ["0", "999999", "9" * 25])
def test_a_class_that_is_not_there_is_not_found(school: Cast, client_as, number: str) -> None:
    assert client_as(school.hana).get(f"/classes/{number}/").status_code == 404


def test_a_long_list_is_paged_without_being_counted(school: Cast, client_as) -> None:
    for number in range(60):
        make.make_class(school.lakeside, f"Group {number:02}", grade_level=3)
    hana = client_as(school.hana)
    first = hana.get("/classes/?grade=3")
    assert "Group 49" in first.text
    assert "Group 50" not in first.text
    following = first.context["listing"].next
    assert "grade=3" in following
    assert "Group 50" in hana.get(f"/classes/{following}").text


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


def test_the_file_equals_the_screen_and_is_noted_as_an_export(school: Cast, client_as) -> None:
    response = client_as(school.ada).get(f"/classes/{school.maths.pk}/register.csv?sort=-average")
    assert response["Content-Disposition"] == 'attachment; filename="mathematics-9b.csv"'
    rows = table(response)
    assert rows[0][:2] == ["Student", "Marks in percent"]
    assert rows[1:] == [
        ["Mia Lindqvist", "88", "88.0", "88.0", "100.0", "0"],
        ["Sam Okafor", "62", "62.0", "62.0", "100.0", "0"],
    ]
    assert AuditEvent.objects.get(verb="exported").facts == {"what": "register", "students": 2}
    assert AccessEvent.objects.filter(door="export").count() == 2


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"])
def test_a_cell_that_looks_like_a_formula_stays_text(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"


def test_a_name_made_to_be_a_formula_stays_a_name(school: Cast, client_as) -> None:
    make.make_enrolment(make.make_student(school.lakeside, '=HYPERLINK("http://x") Aaa'), school.maths)
    rows = table(client_as(school.ada).get(f"/classes/{school.maths.pk}/register.csv"))
    assert rows[1][0].startswith("'=HYPERLINK")


@pytest.mark.parametrize("people", [2, 40])
@pytest.mark.parametrize("person", ["ada", "hana", "cora", "gus"])
def test_a_class_needs_ten_queries_however_large_it_is(school: Cast, client_as, person: str, people: int) -> None:
    exams = [make.make_exam(school.maths) for _ in range(people // 2)]
    for _ in range(people):
        student = make.make_student(school.lakeside)
        make.make_enrolment(student, school.maths)
        make.make_caseload(school.cora, student)
        make.make_guardianship(school.gus, student)
        make.make_mark(student, school.maths)
        for exam in exams:
            make.make_result(exam, student)
    client = client_as(getattr(school, person))
    client.get("/")
    with assert_queries(10):
        client.get(f"/classes/{school.maths.pk}/")
    with assert_queries(8):
        client.get("/classes/")
