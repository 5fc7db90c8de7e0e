"""Who can see a student and why: what is told must be what the rules give, for everybody of the cast."""

from datetime import timedelta

import pytest
from django.utils import timezone

from portal.audit.models import AccessEvent
from portal.audit.record import looked
from students import access
from students.models import School, Student
from students.reaching import grouped, looks_at, who_reaches
from students.roles import Role
from tests import make
from tests.asserts import assert_queries
from tests.cast import EVERYONE, Cast

STUDENTS = ("sam", "mia", "zoe", "liv", "wim")


def agrees(school: Cast) -> None:
    """Listed if and only if the student is among those the person sees."""
    for name in STUDENTS:
        student = getattr(school, name)
        listed = who_reaches(student, on=make.TODAY).people
        seen = {
            getattr(school, person).pk
            for person in EVERYONE
            if Student.objects.visible_to(getattr(school, person)).filter(pk=student.pk).exists()
        }
        assert listed == seen, name


def test_who_is_listed_is_who_sees_and_nobody_else(school: Cast) -> None:
    agrees(school)


def _end_the_teachers_post(school: Cast) -> None:
    school.ada.memberships.update(ends=make.YESTERDAY)


def _end_the_class(school: Cast) -> None:
    school.sam.enrolments.update(ends=make.YESTERDAY)


def _close_the_account(school: Cast) -> None:
    school.hana.is_active = False
    school.hana.save()


def _begin_next_week(school: Cast) -> None:
    school.ada.teachings.update(starts=make.TODAY + timedelta(days=7))


def _leader_of_the_district_leaves(school: Cast) -> None:
    school.dora.memberships.update(ends=make.YESTERDAY)


def _district_above_the_district(school: Cast) -> None:
    top = make.make_school("Whole Trust", kind=School.Kind.DISTRICT)
    School.objects.filter(pk=school.district.pk).update(parent=top)
    make.make_member(school.tess, top, Role.OFFICE)


def _parent_that_is_no_district(school: Cast) -> None:
    School.objects.filter(pk=school.district.pk).update(kind=School.Kind.SCHOOL)


def _teacher_of_the_whole_district(school: Cast) -> None:
    make.make_member(school.tess, school.district, Role.TEACHER)
    make.make_teaching(school.tess, school.maths)


def _caseload_ends_and_another_begins(school: Cast) -> None:
    school.cora.caseload.update(ends=make.YESTERDAY)
    make.make_caseload(school.cora, school.zoe, starts=make.TODAY)


def _guardian_next_door_too(school: Cast) -> None:
    make.make_guardianship(school.gus, school.wim)


def _leaver_comes_back(school: Cast) -> None:
    school.lena.memberships.update(ends=None)


@pytest.mark.parametrize(
    "happens",
    [
        _end_the_teachers_post,
        _end_the_class,
        _close_the_account,
        _begin_next_week,
        _leader_of_the_district_leaves,
        _district_above_the_district,
        _parent_that_is_no_district,
        _teacher_of_the_whole_district,
        _caseload_ends_and_another_begins,
        _guardian_next_door_too,
        _leaver_comes_back,
    ],
)
def test_it_still_agrees_after(school: Cast, happens) -> None:
    happens(school)
    school.lakeside.refresh_from_db()
    for name in STUDENTS:
        getattr(school, name).refresh_from_db()
    agrees(school)


def test_every_way_of_the_rule_has_a_place_on_the_page() -> None:
    told = {access.OF_SCHOOL, access.TAUGHT, access.LOOKED_AFTER, access.ONESELF, access.IN_ONES_CARE}
    assert set(access.STUDENT.view) == told


def test_it_says_why_and_since_when(school: Cast) -> None:
    reach = who_reaches(school.sam, on=make.TODAY)
    assert [(way.person, way.through) for way in reach.teachers] == [(school.ada, "Mathematics 9B")]
    assert reach.teachers[0].starts == make.TODAY - timedelta(days=100)
    assert [(way.person.name, way.district) for way in reach.keepers] == [
        ("Dora District", "North District"),
        ("Hana Leitner", ""),
        ("Otto Office", ""),
    ]
    assert [way.person for way in reach.counsellors] == [school.cora]
    assert [way.person for way in reach.guardians] == [school.gus]
    assert [way.person for way in who_reaches(school.mia, on=make.TODAY).account] == [school.mina]


def test_who_teaches_two_classes_of_a_student_is_one_person_with_two_reasons(school: Cast) -> None:
    make.make_enrolment(school.sam, school.art)
    make.make_teaching(school.ada, school.art)
    reach = who_reaches(school.sam, on=make.TODAY)
    assert [(way.person, way.reasons) for way in reach.teachers] == [(school.ada, "Art 9B, Mathematics 9B")]
    assert len(reach.people) == 6


def test_the_right_to_protected_facts_is_told_apart(school: Cast) -> None:
    assert who_reaches(school.sam, on=make.TODAY).protected == ()
    school.ada.memberships.update(sees_demographics=True)
    school.nils.memberships.update(sees_demographics=True)
    assert [way.person for way in who_reaches(school.sam, on=make.TODAY).protected] == [school.ada]


def test_looks_are_counted_by_person_and_door_and_older_ones_are_left_out(school: Cast) -> None:
    for _ in range(3):
        looked(school.ada, [school.sam], role="teacher", what="student", door="page")
    looked(school.ada, [school.sam], role="teacher", what="register", door="export")
    looked(school.hana, [school.mia], role="leader", what="student", door="page")
    AccessEvent.objects.create(
        user_id=school.otto.pk, student_id=school.sam.pk, role="office", what="student", door="page",
        at=timezone.now() - timedelta(days=31),
    )  # fmt: skip
    looks = looks_at(school.sam, until=timezone.now())
    assert {(look.person, look.what, look.door, look.times) for look in looks} == {
        (school.ada, "student", "page", 3),
        (school.ada, "register", "export", 1),
    }
    assert [(looker.person, len(looker.opened), looker.in_lists) for looker in grouped(looks)] == [(school.ada, 2, 0)]


def test_who_comes_by_several_roles_has_one_row_and_the_rows_add_up_to_the_people(school: Cast) -> None:
    make.make_member(school.hana, school.lakeside, Role.TEACHER)
    make.make_teaching(school.hana, school.maths)
    reach = who_reaches(school.sam, on=make.TODAY)
    rows = [*reach.keepers, *reach.teachers, *reach.counsellors, *reach.family]
    assert len(rows) == len(reach.people)
    assert {way.person: way.reasons for way in rows}[school.hana] == "leader, Mathematics 9B"


def test_lists_that_were_read_are_told_in_one_line_after_what_was_opened(school: Cast, client_as) -> None:
    for _ in range(5):
        client_as(school.ada).get(f"/classes/{school.maths.pk}/")
    client_as(school.ada).get("/students/")
    client_as(school.ada).get(f"/students/{school.sam.pk}/")
    page = client_as(school.hana).get(f"/students/{school.sam.pk}/who-sees/").text
    assert page.index(
        "This student's page" if "This student's page" in page else "This student&#x27;s page"
    ) < page.index("In class lists, 6 times")
    assert "Class register" not in page


def test_a_look_of_an_account_that_is_gone_is_still_told(school: Cast, client_as) -> None:
    looked(school.tom, [school.sam], role="teacher", what="student", door="page")
    AccessEvent.objects.bulk_create(
        [AccessEvent(user_id=999_999, student_id=school.sam.pk, role="", what="student", door="page")]
    )
    page = client_as(school.hana).get(f"/students/{school.sam.pk}/who-sees/").text
    assert "An account that was removed" in page
    assert "Tom Wasteacher" in page


@pytest.mark.parametrize("person", ["hana", "otto", "dora"])
def test_leaders_and_office_read_the_reasons(school: Cast, client_as, person: str) -> None:
    page = client_as(getattr(school, person)).get(f"/students/{school.sam.pk}/who-sees/").text
    for word in (
        "Ada Marsh",
        "Mathematics 9B",
        "Cora Counsel",
        "Gus Guardian",
        "Hana Leitner",
        "leader of North District",
    ):
        assert word in page
    assert "6 people today" in page
    for absent in ("Tom Wasteacher", "Wanda", "Tess", "Nils Analyst"):
        assert absent not in page


@pytest.mark.parametrize(
    ("person", "status"), [("ada", 403), ("cora", 403), ("gus", 403), ("wanda", 404), ("nils", 404)]
)
def test_others_are_not_told_and_leave_no_trace(school: Cast, client_as, person: str, status: int) -> None:
    user = getattr(school, person)
    page = client_as(user).get(f"/students/{school.sam.pk}/who-sees/")
    assert page.status_code == status
    assert "Cora Counsel" not in page.text or person == "cora"
    assert not AccessEvent.objects.filter(user_id=user.pk).exists()


@pytest.mark.parametrize("rows", [2, 40])
def test_it_takes_the_same_queries_for_many_people(school: Cast, client_as, rows: int) -> None:
    for number in range(rows):
        teacher = make.make_user(f"Teacher {number}", f"t{number}@lakeside.example")
        make.make_member(teacher, school.lakeside, Role.TEACHER)
        make.make_teaching(teacher, school.maths)
        looked(teacher, [school.sam], role="teacher", what="student", door="page")
    client = client_as(school.hana)
    client.get("/")
    with assert_queries(17):
        page = client.get(f"/students/{school.sam.pk}/who-sees/")
    assert len(page.context["reach"].teachers) == rows + 1
