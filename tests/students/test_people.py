"""The list of students one may search, and the page of one student."""

from datetime import timedelta

import pytest

from portal.audit.models import AccessEvent
from tests import make
from tests.asserts import assert_queries
from tests.cast import EVERYONE, Cast

LISTED = {
    "hana": {"Sam", "Mia", "Zoe"},
    "otto": {"Sam", "Mia", "Zoe"},
    "dora": {"Sam", "Mia", "Zoe"},
    "ada": {"Sam", "Mia"},
    "cora": {"Sam"},
    "gus": {"Sam"},
    "mina": {"Mia"},
    "wanda": {"Wim"},
    "tess": {"Wim"},
}
MAY_OPEN_SAM = {"hana", "otto", "dora", "ada", "cora", "gus"}


@pytest.mark.parametrize("person", EVERYONE)
def test_the_list_holds_whom_the_person_may_see_and_no_leavers(school: Cast, client_as, person: str) -> None:
    rows = client_as(getattr(school, person)).get("/students/").context["listing"].rows
    assert {row.given_name for row in rows} == LISTED.get(person, set())


@pytest.mark.parametrize("person", EVERYONE)
def test_a_students_page_opens_by_right_only_and_leaves_a_trace(school: Cast, client_as, person: str) -> None:
    user = getattr(school, person)
    page = client_as(user).get(f"/students/{school.sam.pk}/")
    assert page.status_code == (200 if person in MAY_OPEN_SAM else 404)
    assert ("Sam Okafor" in page.text) is (person in MAY_OPEN_SAM)
    events = AccessEvent.objects.filter(user_id=user.pk, student_id=school.sam.pk, what="student", door="page")
    assert events.exists() is (person in MAY_OPEN_SAM)


@pytest.mark.parametrize("asked", ["sam", "OKA", "okafor sam", "Ökáf"])
def test_a_student_is_found_by_the_beginning_of_any_name(school: Cast, client_as, asked: str) -> None:
    rows = client_as(school.hana).get("/students/", {"q": asked}).context["listing"].rows
    assert [row.given_name for row in rows] == ["Sam"]


def test_who_left_is_found_by_who_asks_for_leavers(school: Cast, client_as) -> None:
    rows = client_as(school.otto).get("/students/?status=left").context["listing"].rows
    assert [row.given_name for row in rows] == ["Liv"]


@pytest.mark.parametrize("status", ["", "drop", "enrolled"])
def test_without_a_status_that_is_known_only_those_on_the_roll_are_listed(school: Cast, client_as, status: str) -> None:
    page = client_as(school.otto).get(f"/students/?status={status}")
    assert "Liv Hansen" not in page.text
    assert "Sam Okafor" in page.text


def test_the_page_shows_marks_classes_and_attendance(school: Cast, client_as) -> None:
    page = client_as(school.ada).get(f"/students/{school.sam.pk}/")
    profile = page.context["profile"]
    assert [(subject.name, subject.average) for subject in profile.subjects] == [("Mathematics", 62.0)]
    assert (profile.attendance, profile.days_marked) == (100.0, 1)
    assert "31 of 50" in page.text


def test_a_teacher_sees_a_students_other_classes_without_a_door_to_them(school: Cast, client_as) -> None:
    make.make_enrolment(school.sam, school.art)
    page = client_as(school.ada).get(f"/students/{school.sam.pk}/").text
    assert "Art 9B" in page
    assert f'href="/classes/{school.art.pk}/"' not in page
    assert f'href="/classes/{school.maths.pk}/"' in page


def test_a_family_sees_released_marks_only(school: Cast, client_as) -> None:
    gus = client_as(school.gus)
    address = f"/students/{school.sam.pk}/"
    assert "Algebra test" not in gus.get(address).text
    make.make_release(school.test, school.maths)
    assert "Algebra test" in gus.get(address).text


def test_a_class_that_was_left_stands_apart(school: Cast, client_as) -> None:
    school.sam.enrolments.update(ends=make.TODAY - timedelta(days=7))
    profile = client_as(school.hana).get(f"/students/{school.sam.pk}/").context["profile"]
    assert profile.enrolments == ()
    assert [each.school_class.name for each in profile.earlier] == ["Mathematics 9B"]


@pytest.mark.parametrize("person", ["ada", "hana", "cora", "gus"])
@pytest.mark.parametrize("rows", [2, 30])
def test_lists_and_pages_of_students_need_few_queries(school: Cast, client_as, person: str, rows: int) -> None:
    for number in range(rows):
        student = make.make_student(school.lakeside)
        make.make_enrolment(student, school.maths)
        make.make_caseload(school.cora, student)
        make.make_guardianship(school.gus, student)
        group = make.make_class(school.lakeside, f"Class {number}", subject=make.make_subject(school.lakeside))
        make.make_enrolment(school.sam, group)
        make.make_result(make.make_exam(group), school.sam)
    client = client_as(getattr(school, person))
    client.get("/")
    with assert_queries(8):
        client.get("/students/?q=s")
    with assert_queries(10):
        client.get(f"/students/{school.sam.pk}/")
