"""Roles, classes and caseloads: given, ended, handed over, taken back; and who may do that."""

from datetime import timedelta

import pytest

from portal.audit.models import AuditEvent, Change
from portal.kit.errors import Conflict, DomainError, NotAllowed, NotReady
from students import handing_over, staffing
from students.models import Caseload, Membership, Student, Teaching
from students.roles import Role
from students.summaries.ending import what_ends
from tests import make

pytestmark = pytest.mark.django_db
TODAY, DAY = make.TODAY, timedelta(days=1)
NEXT_WEEK = TODAY + timedelta(days=7)


@pytest.fixture
def ben(school):
    """A second teacher, who has no class yet."""
    person = make.make_user("Ben Second", "ben@lakeside.example")
    make.make_member(person, school.lakeside, Role.TEACHER)
    return person


@pytest.fixture
def carl(school):
    person = make.make_user("Carl Counsel", "carl@lakeside.example")
    make.make_member(person, school.lakeside, Role.COUNSELLOR)
    return person


def post(school, who, role):
    return Membership.objects.select_related("school", "user").get(user=who, school=school.lakeside, role=role)


def ended(school, who, role, by, on=NEXT_WEEK, **facts):
    handing_over.end_role(post(school, who, role), by=by, on=on, **facts)
    return post(school, who, role).ends


# --- roles --------------------------------------------------------------------------------------------------
def test_the_office_gives_the_roles_that_open_little(school):
    staffing.grant_role(school.tess, school.lakeside, Role.COUNSELLOR, by=school.otto, starts=TODAY)
    for role in (Role.LEADER, Role.OFFICE, Role.ANALYST):
        with pytest.raises(NotAllowed):
            staffing.grant_role(school.tess, school.lakeside, role, by=school.otto, starts=TODAY)
    with pytest.raises(NotAllowed):
        staffing.grant_role(
            school.ada, school.lakeside, Role.COUNSELLOR, by=school.otto, starts=TODAY, sees_demographics=True
        )
    assert staffing.roles_given_by(school.otto, school.lakeside) == ["teacher", "counsellor", "student", "guardian"]
    assert staffing.roles_given_by(school.hana, school.lakeside) == list(Role)
    assert staffing.roles_given_by(school.ada, school.lakeside) == []
    assert staffing.roles_given_by(school.wanda, school.lakeside) == []


def test_a_role_is_not_given_twice_for_the_same_days(school):
    staffing.grant_role(school.ada, school.lakeside, Role.COUNSELLOR, by=school.hana, starts=NEXT_WEEK)
    with pytest.raises(Conflict):  # an endless one that would run into the one that comes
        staffing.grant_role(school.ada, school.lakeside, Role.COUNSELLOR, by=school.hana, starts=TODAY)
    facts = {"starts": TODAY, "ends": NEXT_WEEK - DAY}
    staffing.grant_role(school.ada, school.lakeside, Role.COUNSELLOR, by=school.hana, **facts)


def test_the_only_leader_stays_leader(school):
    for way in (lambda: ended(school, school.hana, Role.LEADER, school.hana), lambda: _shorten(school)):
        with pytest.raises(Conflict, match="Hana Leitner is the only leader"):
            way()
    assert post(school, school.hana, Role.LEADER).ends is None


def _shorten(school):
    membership = post(school, school.hana, Role.LEADER)
    membership.ends = NEXT_WEEK
    staffing.change_role(membership, by=school.hana)


def test_a_leader_may_go_when_another_stays(school):
    staffing.grant_role(school.ada, school.lakeside, Role.LEADER, by=school.hana, starts=NEXT_WEEK + DAY)
    assert ended(school, school.hana, Role.LEADER, school.hana) == NEXT_WEEK


def test_a_closed_account_leads_nobody(school):
    other = make.make_user("Gone Leader", is_active=False)
    make.make_member(other, school.lakeside, Role.LEADER)
    with pytest.raises(Conflict):
        ended(school, school.hana, Role.LEADER, school.hana)


@pytest.mark.parametrize(("who", "role"), [("hana", Role.LEADER), ("nils", Role.ANALYST), ("otto", Role.OFFICE)])
def test_the_office_ends_no_role_it_could_not_give(school, who, role):
    with pytest.raises(NotAllowed):
        ended(school, getattr(school, who), role, school.otto)


@pytest.mark.parametrize("stranger", ["wanda", "ada", "tess", "nils"])
def test_nobody_else_ends_a_role(school, stranger):
    with pytest.raises(NotAllowed):
        ended(school, school.cora, Role.COUNSELLOR, getattr(school, stranger))


def test_what_ends_with_a_role_is_known_before(school):
    told = what_ends(post(school, school.ada, Role.TEACHER), NEXT_WEEK)
    assert (told.classes, told.students, told.first_day_without, told.keeps) == (1, 2, NEXT_WEEK + DAY, ())
    assert what_ends(post(school, school.cora, Role.COUNSELLOR), NEXT_WEEK).students == 1
    assert what_ends(post(school, school.gus, Role.GUARDIAN), NEXT_WEEK).students == 1
    assert what_ends(post(school, school.mina, Role.STUDENT), NEXT_WEEK).students == 1
    assert what_ends(post(school, school.nils, Role.ANALYST), NEXT_WEEK).students == 0
    assert what_ends(post(school, school.otto, Role.OFFICE), NEXT_WEEK).students == 3


def test_a_role_may_end_with_its_classes(school, ben):
    coming = make.make_teaching(school.ada, school.art, starts=NEXT_WEEK + DAY)
    ended(school, school.ada, Role.TEACHER, school.otto, with_duties=True)
    assert not Teaching.objects.filter(pk=coming.pk).exists()
    assert [each.ends for each in Teaching.objects.filter(teacher=school.ada)] == [NEXT_WEEK]


def test_a_role_may_end_with_its_caseload(school):
    ended(school, school.cora, Role.COUNSELLOR, school.otto, with_duties=True)
    assert Caseload.objects.get(counsellor=school.cora).ends == NEXT_WEEK


# --- classes ------------------------------------------------------------------------------------------------
def test_a_class_is_handed_over_from_one_day_to_the_next(school, ben):
    old = Teaching.objects.get(teacher=school.ada)
    new = handing_over.hand_over_class(old, ben, by=school.otto, on=NEXT_WEEK)
    old.refresh_from_db()
    assert (old.ends, new.starts, new.ends, new.is_lead) == (NEXT_WEEK - DAY, NEXT_WEEK, None, True)
    for day, teacher in ((NEXT_WEEK - DAY, school.ada), (NEXT_WEEK, ben)):
        active = Teaching.objects.active(day).filter(school_class=school.maths)
        assert [each.teacher for each in active] == [teacher]
    assert Student.objects.visible_to(ben, on=NEXT_WEEK).count() == 2
    assert Student.objects.visible_to(school.ada, on=NEXT_WEEK).count() == 0
    assert list(AuditEvent.objects.values_list("verb", flat=True)[:2]) == ["teacher assigned", "teaching changed"]


def test_a_class_goes_only_to_a_teacher_of_the_school_on_that_day(school, ben):
    old = Teaching.objects.get(teacher=school.ada)
    for stranger in (school.tess, school.otto, school.cora):
        with pytest.raises(DomainError):
            handing_over.hand_over_class(old, stranger, by=school.otto, on=NEXT_WEEK)
    ben.memberships.update(ends=NEXT_WEEK - DAY)
    with pytest.raises(DomainError):
        handing_over.hand_over_class(old, ben, by=school.otto, on=NEXT_WEEK)
    old.refresh_from_db()
    assert old.ends is None


def test_a_class_is_not_handed_over_before_it_was_taken(school, ben):
    old = Teaching.objects.get(teacher=school.ada)
    with pytest.raises(DomainError):
        handing_over.hand_over_class(old, ben, by=school.otto, on=old.starts)
    with pytest.raises(Conflict):
        handing_over.hand_over_class(old, school.ada, by=school.otto, on=NEXT_WEEK)


def test_what_has_not_begun_is_taken_back_and_what_has_begun_is_not(school, ben):
    coming = staffing.assign(ben, school.maths, by=school.otto, starts=NEXT_WEEK)
    handing_over.call_off(coming, by=school.otto, today=TODAY)
    assert not ben.teachings.exists()
    with pytest.raises(Conflict):
        handing_over.call_off(Teaching.objects.get(teacher=school.ada), by=school.otto, today=TODAY)


def test_days_of_teaching_never_run_into_each_other(school):
    teaching = Teaching.objects.get(teacher=school.ada)
    later = make.make_teaching(school.ada, school.maths, starts=NEXT_WEEK)
    with pytest.raises(Conflict):
        handing_over.end_teaching(teaching, by=school.otto, on=NEXT_WEEK)
    teaching.refresh_from_db()
    handing_over.end_teaching(teaching, by=school.otto, on=NEXT_WEEK - DAY)
    with pytest.raises(Conflict):
        staffing.assign(school.ada, school.maths, by=school.otto, starts=TODAY)
    later.ends = later.starts - DAY
    with pytest.raises(DomainError):
        handing_over.change_teaching(later, by=school.otto)


# --- caseloads ----------------------------------------------------------------------------------------------
def take_on(school, who, *students, by=None, on=TODAY):
    return handing_over.take_on(students, who, school=school.lakeside, by=by or school.otto, on=on)


def students_of(who, on=TODAY):
    return {each.student for each in Caseload.objects.filter(counsellor=who) if each.ends is None or each.ends >= on}


def test_many_students_come_onto_a_caseload_and_the_rest_are_told(school):
    found = handing_over.sort([school.mia, school.sam, school.liv, school.wim], school.cora, school.lakeside, TODAY)
    assert found.ready == [school.mia]
    assert [reason for _, reason in found.left_out] == [
        "is with Cora Counsel already", "has left the school", "belongs to another school",
    ]  # fmt: skip
    done = take_on(school, school.cora, school.mia, school.sam, school.liv, school.wim)
    assert (done.count, done.left_out) == (1, 3)
    assert students_of(school.cora) == {school.sam, school.mia}
    assert Change.objects.filter(batch=done.batch).count() == 1


def test_a_caseload_goes_over_to_somebody_else_and_comes_back(school, carl):
    take_on(school, school.cora, school.mia, on=TODAY - DAY)
    rows = Caseload.objects.filter(counsellor=school.cora)
    done = handing_over.hand_over_caseload(
        rows, school.cora, carl, school=school.lakeside, by=school.hana, on=NEXT_WEEK
    )
    assert done.count == 2
    assert students_of(carl, NEXT_WEEK) == {school.sam, school.mia}
    assert students_of(school.cora, NEXT_WEEK) == set()
    undone = handing_over.take_back(done.batch, school=school.lakeside, by=school.otto)
    assert (undone.restored, undone.removed, undone.left) == (2, 2, [])
    assert students_of(school.cora, NEXT_WEEK) == {school.sam, school.mia}
    with pytest.raises(NotReady):
        handing_over.take_back(done.batch, school=school.lakeside, by=school.otto)


def test_who_is_with_both_stays_with_both(school, carl):
    take_on(school, carl, school.sam)
    rows = Caseload.objects.filter(counsellor=school.cora)
    facts = {"school": school.lakeside, "by": school.hana, "on": NEXT_WEEK}
    assert handing_over.hand_over_caseload(rows, school.cora, carl, **facts).left_out == 1
    assert students_of(school.cora, NEXT_WEEK) == {school.sam}


def test_a_caseload_ends_on_a_day(school):
    rows = Caseload.objects.all()
    done = handing_over.end_caseload(rows, school.cora, school=school.lakeside, by=school.otto, on=TODAY)
    assert done.count == 1
    assert students_of(school.cora, TODAY + DAY) == set()


@pytest.mark.parametrize("stranger", ["ada", "cora", "wanda", "gus", "nils"])
def test_nobody_else_moves_students_between_counsellors(school, carl, stranger):
    by = getattr(school, stranger)
    facts = {"school": school.lakeside, "by": by}
    rows = Caseload.objects.filter(counsellor=school.cora)
    done = take_on(school, carl, school.zoe)
    for attempt in (
        lambda: take_on(school, carl, school.mia, by=by),
        lambda: handing_over.end_caseload(rows, school.cora, on=TODAY, **facts),
        lambda: handing_over.hand_over_caseload(rows, school.cora, carl, on=NEXT_WEEK, **facts),
        lambda: handing_over.take_back(done.batch, **facts),
    ):
        with pytest.raises(NotAllowed):
            attempt()
    assert students_of(school.cora) == {school.sam}
    with pytest.raises(NotReady):  # a batch of this school is none of the school next door
        handing_over.take_back(done.batch, school=school.hillside, by=school.wanda)


def test_only_a_counsellor_has_a_caseload(school):
    for who in (school.ada, school.otto, school.tess):
        with pytest.raises(DomainError):
            take_on(school, who, school.mia)
