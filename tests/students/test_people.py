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


@pytest.mark.parametrize(("asked", "found"), [("maths", {"Sam", "Mia"}), ("art", {"Zoe"}), ("none", {"Nora"})])
def test_the_list_narrows_to_a_class_or_to_those_in_none(school: Cast, client_as, asked: str, found: set) -> None:
    make.make_student(school.lakeside, "Nora Unplaced")
    value = asked if asked == "none" else getattr(school, asked).pk
    rows = client_as(school.otto).get(f"/students/?class={value}").context["listing"].rows
    assert {row.given_name for row in rows} == found


@pytest.mark.parametrize("asked", ["drop", "-1", "9" * 30, "²", ""])
def test_a_class_that_cannot_be_read_narrows_nothing(school: Cast, client_as, asked: str) -> None:
    rows = client_as(school.otto).get("/students/", {"class": asked}).context["listing"].rows
    assert len(rows) == 3


def test_a_class_one_may_not_see_narrows_to_nobody(school: Cast, client_as) -> None:
    assert client_as(school.ada).get(f"/students/?class={school.art.pk}").context["listing"].rows == []
    assert client_as(school.otto).get(f"/students/?class={school.next_door.pk}").context["listing"].rows == []


def test_only_ones_own_classes_are_offered_and_never_a_list_too_long_to_read(school: Cast, client_as) -> None:
    assert [name for _, name in client_as(school.ada).get("/students/").context["classes"]] == ["Mathematics 9B"]
    otto = client_as(school.otto)
    assert [name for _, name in otto.get("/students/").context["classes"]] == ["Art 9B", "Mathematics 9B"]
    for number in range(120):
        make.make_class(school.lakeside, f"Group {number:03}")
    page = otto.get("/students/")
    assert page.context["classes"] == []
    assert "In no class" in page.text


def test_the_list_tells_grade_home_class_and_attendance(school: Cast, client_as) -> None:
    make.make_mark(school.sam, school.maths, "A", day=make.TODAY - timedelta(days=3))
    row = next(row for row in client_as(school.ada).get("/students/").context["listing"].rows if row == school.sam)
    assert (row.grade_level, row.home_class, row.attendance_rate) == (9, "Mathematics 9B", 50.0)


def test_reading_the_list_leaves_a_trace_for_each_student_shown(school: Cast, client_as) -> None:
    client_as(school.ada).get("/students/?q=sam")
    assert list(AccessEvent.objects.values_list("student_id", "what", "door", "role")) == [
        (school.sam.pk, "list", "page", "teacher")
    ]


def test_a_page_that_the_list_does_not_have_says_so(school: Cast, client_as) -> None:
    page = client_as(school.otto).get("/students/?grade=9&page=99").text
    assert "There is no page 99" in page
    assert 'href="?grade=9"' in page


def test_attendance_below_a_limit_is_not_shown_as_the_limit(school: Cast, client_as) -> None:
    """26 of 29 days are 89.66 %."""
    for back in range(2, 30):
        make.make_mark(school.sam, school.maths, "A" if back < 5 else "P", day=make.TODAY - timedelta(days=back))
    ada = client_as(school.ada)
    for address in ("/students/", f"/students/{school.sam.pk}/", f"/classes/{school.maths.pk}/?show=attendance"):
        assert "89.7\xa0%" in ada.get(address).text, address


def test_the_list_keeps_its_filters_while_it_is_sorted(school: Cast, client_as) -> None:
    page = client_as(school.otto).get(f"/students/?class={school.maths.pk}&sort=-name")
    assert [row.given_name for row in page.context["listing"].rows] == ["Sam", "Mia"]
    assert f"class={school.maths.pk}&amp;sort=name" in page.text


def _page(client, school: Cast, asked: str = "") -> str:
    return client.get(f"/students/{school.sam.pk}/{asked}").text


def test_a_teacher_sees_marks_attendance_and_the_doors_to_own_classes_only(school: Cast, client_as) -> None:
    make.make_enrolment(school.sam, school.art)
    page = _page(client_as(school.ada), school)
    assert "31 of 50" in page
    assert "Algebra test" in page
    assert "Art 9B" in page
    assert f'href="/classes/{school.art.pk}/"' not in page
    assert f'href="/classes/{school.maths.pk}/"' in page
    assert "You do not teach Art 9B" in page


@pytest.mark.parametrize(
    ("person", "told", "untold"),
    [
        ("ada", {"Protected facts", "Guardians", "Who else looks"}, {"Other registers"}),
        ("cora", {"Protected facts", "Who else looks"}, {"Guardians"}),
        ("hana", {"Protected facts"}, {"Guardians", "Who else looks"}),
        ("otto", {"Protected facts"}, {"Guardians", "Who else looks"}),
    ],
)
def test_staff_are_told_what_they_are_not_shown(school: Cast, client_as, person: str, told: set, untold: set) -> None:
    page = client_as(getattr(school, person)).get(f"/students/{school.sam.pk}/")
    said = {each.what for each in page.context["withheld"]}
    assert told <= said
    assert not untold & said
    assert ("Gus Guardian" in page.text) is ("Guardians" in untold)


def test_who_misses_nothing_is_told_so(school: Cast, client_as) -> None:
    school.hana.memberships.update(sees_demographics=True)
    page = _page(client_as(school.hana), school)
    assert "Everything else that is kept about this student is on this page." in page
    assert "Not shown to you" not in page


def test_the_sentence_about_guardians_names_those_whom_the_rule_names(school: Cast, client_as) -> None:
    assert "Leaders, the office and their counsellor see who cares for a student." in _page(
        client_as(school.ada), school
    )


def test_protected_facts_open_when_asked_for_by_who_may_and_leave_their_own_line(school: Cast, client_as) -> None:
    hana = client_as(school.hana)
    assert "female" not in _page(hana, school, "?protected=1")
    school.hana.memberships.update(sees_demographics=True)
    assert "female" not in _page(hana, school)
    assert not AccessEvent.objects.filter(what="protected facts").exists()
    assert "female" in _page(hana, school, "?protected=1")
    assert (
        AccessEvent.objects.filter(user_id=school.hana.pk, student_id=school.sam.pk, what="protected facts").count()
        == 1
    )


def test_a_family_sees_released_marks_and_no_part_made_for_staff(school: Cast, client_as) -> None:
    gus = client_as(school.gus)
    page = _page(gus, school)
    assert "Algebra test" not in page
    assert "Marks appear here once the school has released them." in page
    make.make_release(school.test, school.maths)
    page = _page(gus, school)
    assert "Algebra test" in page
    for staff_only in ("Not shown to you", "On the roll", "Who can see", "not released", "Cora Counsel", "call first"):
        assert staff_only not in page


def test_a_teacher_sees_which_marks_the_family_has_not_been_shown(school: Cast, client_as) -> None:
    ada = client_as(school.ada)
    assert "not released" in _page(ada, school)
    make.make_release(school.test, school.maths)
    assert "not released" not in _page(ada, school)


def test_a_protected_indicator_is_shown_to_who_holds_the_right_alone(school: Cast, client_as) -> None:
    make.make_observation(school.sam, make.make_indicator(school.lakeside, "Study hours"))
    make.make_observation(school.sam, make.make_indicator(school.lakeside, "Income", is_protected=True))
    school.hana.memberships.update(sees_demographics=True)
    told = {person: _page(client_as(getattr(school, person)), school) for person in ("hana", "otto", "ada", "gus")}
    assert {person for person, page in told.items() if "Study hours" in page} == set(told)
    assert {person for person, page in told.items() if "Income" in page} == {"hana"}


def test_a_preferred_name_leads_and_the_given_name_follows(school: Cast, client_as) -> None:
    school.sam.preferred_name = "Sammy"
    school.sam.save()
    page = _page(client_as(school.ada), school)
    assert ">Sammy Okafor</h1>" in page
    assert "given name Sam" in page


@pytest.mark.parametrize("asked", ["?subject=drop", "?subject=-1", "?subject=99999999999999999999", "?earlier=yes"])
def test_what_cannot_be_read_counts_as_not_said(school: Cast, client_as, asked: str) -> None:
    page = client_as(school.ada).get(f"/students/{school.sam.pk}/{asked}")
    assert page.status_code == 200
    assert page.context["profile"].marks.chosen is None
    assert "Algebra test" in page.text


@pytest.mark.parametrize("person", ["ada", "hana", "cora", "gus", "otto"])
@pytest.mark.parametrize("rows", [2, 30])
def test_lists_and_pages_of_students_need_few_queries(school: Cast, client_as, person: str, rows: int) -> None:
    school.hana.memberships.update(sees_demographics=True)
    for number in range(rows):
        student = make.make_student(school.lakeside)
        make.make_enrolment(student, school.maths)
        make.make_caseload(school.cora, student)
        make.make_guardianship(school.gus, student)
        group = make.make_class(school.lakeside, f"Class {number}", subject=make.make_subject(school.lakeside))
        make.make_enrolment(school.sam, group)
        make.make_result(make.make_exam(group), school.sam)
        make.make_mark(school.sam, school.maths, day=make.TODAY - timedelta(days=number + 2))
        make.make_participation(school.sam, f"Club {number}")
        make.make_observation(school.sam, make.make_indicator(school.lakeside, f"Measure {number}"))
    client = client_as(getattr(school, person))
    client.get("/")
    with assert_queries(10):  # one of them leaves a trace for each student listed
        client.get("/students/?q=s")
    with assert_queries(12):  # the first page of a school within some minutes reads its scales and its year too
        client.get(f"/students/{school.sam.pk}/")
    with assert_queries(10):
        client.get(f"/students/{school.sam.pk}/")
