"""The staff pages: what they tell, what they do, and what they refuse, for the office and the leaders."""

from datetime import timedelta

import pytest

from students.models import Membership, SchoolPolicy, Teaching
from students.roles import Role
from students.summaries.staff import staff_of, staff_rows
from tests import make
from tests.asserts import assert_queries

pytestmark = pytest.mark.django_db
TODAY = make.TODAY
NEXT_WEEK = TODAY + timedelta(days=7)
BAD_DAYS = ["", "tomorrow", "2024-13-40", "0001-01-01", "9999-12-31", "\x00", "1" * 500]
BAD_KEYS = ["", "0", "-1", "x", "\x00", "9" * 30, "1e3"]


@pytest.fixture
def ben(school):
    person = make.make_user("Ben Second", "ben@lakeside.example")
    make.make_member(person, school.lakeside, Role.TEACHER)
    return person


def post_of(school, who, role):
    return Membership.objects.get(user=who, school=school.lakeside, role=role)


# --- the list and one person --------------------------------------------------------------------------------
def test_the_list_tells_who_works_here_as_what(school, client_as):
    page = client_as(school.otto).get("/staff/").text
    for name in ("Hana Leitner", "Otto Office", "Ada Marsh", "Cora Counsel", "Nils Analyst"):
        assert name in page
    for name in ("Gus Guardian", "Mia Account", "Tess Nextdoor", "Wanda Nextdoor", "Dora District"):
        assert name not in page


@pytest.mark.parametrize(
    ("query", "there", "gone"),
    [
        ("?q=mar", "Ada Marsh", "Otto Office"),
        ("?role=counsellor", "Cora Counsel", "Ada Marsh"),
        ("?role=guardian", "Ada Marsh", "Gus Guardian"),
        ("?state=ended", "Rita Retired", "Ada Marsh"),
        ("?page=x&sort=;&q=%00&role=%27&state=1", "Ada Marsh", "Rita Retired"),
    ],
)
def test_the_list_is_searched_and_filtered(school, client_as, query, there, gone):
    retired = make.make_user("Rita Retired")
    make.make_member(retired, school.lakeside, Role.TEACHER, ends=make.YESTERDAY)
    page = client_as(school.hana).get(f"/staff/{query}")
    assert page.status_code == 200
    assert there in page.text
    assert gone not in page.text.replace("Otto Office</b>", "")


def test_who_owes_a_second_factor_is_told(school, client_as):
    make.make_member(school.otto, school.hillside, Role.OFFICE)
    SchoolPolicy.objects.update_or_create(school=school.lakeside, defaults={"requires_second_factor": True})
    facts = {"user": school.hana, "on": TODAY}
    rows = staff_rows(staff_of(school.lakeside, **facts), school=school.lakeside, **facts)
    assert {row.person.name for row in rows if row.awaits_factor} == {"Hana Leitner", "Otto Office"}
    SchoolPolicy.objects.update(requires_second_factor=False)
    assert "second factor pending" not in client_as(school.hana).get("/staff/").text


@pytest.mark.parametrize("count", [3, 60])
def test_the_list_asks_the_same_number_of_questions_of_any_school(school, client_as, count):
    for number in range(count):
        person = make.make_user(f"Teacher {number:03}", f"t{number}@lakeside.example")
        make.make_member(person, school.lakeside, Role.TEACHER)
        make.make_teaching(person, school.maths)
    client = client_as(school.otto)
    client.get("/staff/")
    for address in ("/staff/", "/staff/caseloads/", f"/classes/{school.maths.pk}/teachers/", "/staff/invitations/"):
        with assert_queries(10):
            client.get(address)
    with assert_queries(10):
        client.get(f"/staff/{school.ada.pk}/")


def test_a_person_of_another_school_is_not_there(school, client_as):
    client = client_as(school.otto)
    assert client.get(f"/staff/{school.tess.pk}/").status_code == 404
    assert client.get(f"/staff/{school.root.pk}/").status_code == 404
    theirs = Membership.objects.get(user=school.tess)
    assert client.get(f"/staff/roles/{theirs.pk}/end/").status_code == 404
    assert client.post(f"/staff/{school.tess.pk}/", {"role": "teacher", "starts": TODAY}).status_code == 404


def test_what_somebody_is_next_door_is_not_told_here(school, client_as):
    make.make_member(school.ada, school.hillside, Role.COUNSELLOR)
    make.make_teaching(school.ada, school.next_door)
    page = client_as(school.otto).get(f"/staff/{school.ada.pk}/").text
    assert "Mathematics 9B" in page
    assert "Physics 10A" not in page
    assert "Hillside" not in page


# --- giving and ending roles --------------------------------------------------------------------------------
def test_the_office_gives_a_role(school, client_as):
    answer = client_as(school.otto).post(f"/staff/{school.ada.pk}/", {"role": "counsellor", "starts": NEXT_WEEK})
    assert answer.status_code == 302
    assert post_of(school, school.ada, Role.COUNSELLOR).starts == NEXT_WEEK


@pytest.mark.parametrize("role", ["leader", "office", "analyst", "guardian", "student", "", "demographics", "x"])
def test_the_office_makes_nobody_more_than_it_may(school, client_as, role):
    before = Membership.objects.count()
    for who in (school.otto, school.ada):
        answer = client_as(school.otto).post(f"/staff/{who.pk}/", {"role": role, "starts": TODAY})
        assert answer.status_code == 422
    assert Membership.objects.count() == before


def test_only_a_leader_gives_the_right_to_protected_facts(school, client_as):
    form = {"role": "counsellor", "starts": TODAY, "sees_demographics": "on"}
    client_as(school.otto).post(f"/staff/{school.ada.pk}/", form)
    assert not post_of(school, school.ada, Role.COUNSELLOR).sees_demographics
    client_as(school.hana).post(f"/staff/{school.tom.pk}/", form)
    assert post_of(school, school.tom, Role.COUNSELLOR).sees_demographics
    answer = client_as(school.hana).post(f"/staff/{school.nils.pk}/", {**form, "role": "analyst"})
    assert "Only staff can be given this right." in answer.text


def test_a_role_that_is_held_is_refused_in_words(school, client_as):
    answer = client_as(school.hana).post(f"/staff/{school.ada.pk}/", {"role": "teacher", "starts": TODAY})
    assert answer.status_code == 422
    assert "Ada Marsh is a teacher at Lakeside School from" in answer.text


@pytest.mark.parametrize("day", BAD_DAYS)
def test_days_that_cannot_be_are_told_at_the_field(school, client_as, day):
    client = client_as(school.hana)
    post = post_of(school, school.ada, Role.TEACHER)
    before = Membership.objects.count()
    assert client.post(f"/staff/{school.ada.pk}/", {"role": "counsellor", "starts": day}).status_code == 422
    form = {"on": day, "version": 1, "sure": day}
    assert client.post(f"/staff/roles/{post.pk}/end/", form).status_code == 422
    assert Membership.objects.count() == before
    assert post_of(school, school.ada, Role.TEACHER).ends is None


def test_before_a_role_ends_the_page_says_what_ends_with_it(school, client_as):
    client = client_as(school.otto)
    post = post_of(school, school.ada, Role.TEACHER)
    asked = client.post(f"/staff/roles/{post.pk}/end/", {"on": NEXT_WEEK, "version": 1, "with_duties": "on"})
    text = " ".join(asked.text.split())
    day = NEXT_WEEK + timedelta(days=1)
    assert f"Ada Marsh will no longer see 1 class and 2 students from {day.day} {day:%B %Y}." in text
    assert post_of(school, school.ada, Role.TEACHER).ends is None
    form = {"on": NEXT_WEEK, "version": 1, "with_duties": "on", "sure": NEXT_WEEK}
    assert client.post(f"/staff/roles/{post.pk}/end/", form).status_code == 302
    assert post_of(school, school.ada, Role.TEACHER).ends == NEXT_WEEK
    assert Teaching.objects.get(teacher=school.ada).ends == NEXT_WEEK


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(school, client_as):
    post = post_of(school, school.ada, Role.TEACHER)
    Membership.objects.filter(pk=post.pk).update(version=5)
    form = {"on": NEXT_WEEK, "version": 1, "sure": NEXT_WEEK}
    answer = client_as(school.otto).post(f"/staff/roles/{post.pk}/end/", form)
    assert "Somebody else changed this in the meantime" in answer.text
    assert post_of(school, school.ada, Role.TEACHER).ends is None


def test_the_only_leader_is_told_so_before_and_after_the_question(school, client_as):
    post = post_of(school, school.hana, Role.LEADER)
    for form in ({"on": NEXT_WEEK, "version": 1}, {"on": NEXT_WEEK, "version": 1, "sure": NEXT_WEEK}):
        answer = client_as(school.hana).post(f"/staff/roles/{post.pk}/end/", form)
        assert answer.status_code == 422
        assert "Hana Leitner is the only leader" in answer.text
    assert client_as(school.otto).get(f"/staff/roles/{post.pk}/end/").status_code == 403


def test_an_ended_role_opens_nothing(school, client_as):
    client = client_as(school.otto)
    school.otto.memberships.update(ends=make.YESTERDAY)
    for address in ("/staff/", f"/staff/{school.ada.pk}/", "/staff/caseloads/", "/staff/invitations/new/"):
        assert client.get(address).status_code == 403
    form = {"role": "teacher", "starts": TODAY}
    assert client.post(f"/staff/{school.cora.pk}/", form).status_code == 403


# --- a class and its teachers -------------------------------------------------------------------------------
def test_a_teacher_is_found_and_added(school, client_as, ben):
    client = client_as(school.otto)
    address = f"/classes/{school.maths.pk}/teachers/"
    assert "Ben Second" in client.get(f"{address}?q=sec").text
    only_choices = client.get(f"{address}?q=sec", headers={"HX-Request": "true"}).text
    assert "Ben Second" in only_choices
    assert "<html" not in only_choices
    assert client.post(address, {"person": ben.pk, "starts": NEXT_WEEK}).status_code == 302
    made = Teaching.objects.get(teacher=ben)
    assert (made.starts, made.is_lead) == (NEXT_WEEK, False)
    page = client.get(address).text
    assert page.index("Teaching now") < page.index("Coming") < page.index("Earlier")


@pytest.mark.parametrize("key", BAD_KEYS)
def test_a_forged_person_is_nobody(school, client_as, key):
    client = client_as(school.otto)
    before = Teaching.objects.count()
    teaching = Teaching.objects.get(teacher=school.ada).pk
    base = f"/classes/{school.maths.pk}/teachers/"
    for person in (key, str(school.tess.pk), str(school.gus.pk)):
        assert client.post(base, {"person": person, "starts": TODAY}).status_code == 422
        form = {"teaching": teaching, "person": person, "on": NEXT_WEEK}
        assert client.post(f"{base}hand-over/", form).status_code == 422
    assert client.post(f"{base}hand-over/", {**form, "teaching": key}).status_code == 422
    assert client.post(f"/staff/{school.ada.pk}/classes/", {"school_class": key, "starts": TODAY}).status_code == 422
    forged = {"school_class": school.next_door.pk, "starts": TODAY}
    assert client.post(f"/staff/{school.ada.pk}/classes/", forged).status_code == 422
    assert Teaching.objects.count() == before


def test_a_class_is_handed_over_in_one_step(school, client_as, ben):
    old = Teaching.objects.get(teacher=school.ada)
    form = {"teaching": old.pk, "person": ben.pk, "on": NEXT_WEEK}
    answer = client_as(school.otto).post(f"/classes/{school.maths.pk}/teachers/hand-over/", form, follow=True)
    assert "Ben Second teaches Mathematics 9B from" in answer.text
    old.refresh_from_db()
    assert old.ends == NEXT_WEEK - timedelta(days=1)


def test_days_of_teaching_are_changed_and_a_plan_is_taken_back(school, client_as, ben):
    client = client_as(school.hana)
    coming = make.make_teaching(ben, school.maths, starts=NEXT_WEEK)
    address = f"/classes/{school.maths.pk}/teachers/{coming.pk}/"
    form = {"starts": NEXT_WEEK, "ends": TODAY, "version": 1}
    assert "The last day lies before the first." in client.post(address, form).text
    assert client.post(address, {**form, "ends": NEXT_WEEK, "is_lead": "on"}).status_code == 302
    assert client.post(address, {**form, "ends": ""}).status_code == 422  # an old version
    assert client.post(address, {"do": "call-off"}).status_code == 302
    assert not Teaching.objects.filter(pk=coming.pk).exists()
    other = Teaching.objects.get(teacher=school.tess)
    assert client.get(f"/classes/{school.maths.pk}/teachers/{other.pk}/").status_code == 404


def test_a_person_is_given_a_class(school, client_as, ben):
    form = {"school_class": school.art.pk, "starts": TODAY, "version": 0, "is_lead": "on"}
    assert client_as(school.otto).post(f"/staff/{ben.pk}/classes/", form).status_code == 302
    assert Teaching.objects.get(teacher=ben).school_class == school.art


def test_the_navigation_offers_staff_to_those_who_may_open_it(school, client_as):
    for who, may in ((school.hana, True), (school.otto, True), (school.ada, False), (school.gus, False)):
        assert ('href="/staff/"' in client_as(who).get("/").text) == may
