"""Who sees and changes what, asked of the querysets themselves: the doors can only show what these give."""

import pytest
from django.apps import apps

from portal.kit.scoping import ScopedQuerySet
from students.models import AttendanceMark, Demographics, Enrolment, Result, SchoolClass, Student
from tests import make
from tests.cast import EVERYONE, Cast

SEEN_STUDENTS = {
    "hana": {"Sam", "Mia", "Zoe", "Liv"},
    "otto": {"Sam", "Mia", "Zoe", "Liv"},
    "dora": {"Sam", "Mia", "Zoe", "Liv"},
    "ada": {"Sam", "Mia"},
    "tom": set(),
    "cora": {"Sam"},
    "gus": {"Sam"},
    "mina": {"Mia"},
    "lena": set(),
    "nils": set(),
    "root": set(),
    "wanda": {"Wim"},
    "tess": {"Wim"},
}


@pytest.mark.parametrize("person", EVERYONE)
def test_each_person_sees_their_students_and_no_others(school: Cast, person: str) -> None:
    seen = Student.objects.visible_to(getattr(school, person)).values_list("given_name", flat=True)
    assert sorted(seen) == sorted(SEEN_STUDENTS[person])


def _scoped_models() -> list[type]:
    models = [apps.get_app_config(label).get_models() for label in ("students", "jobs")]
    return [model for group in models for model in group if isinstance(model._default_manager.all(), ScopedQuerySet)]


def test_every_record_of_a_school_has_a_rule() -> None:
    assert set(apps.get_app_config("students").get_models()) - set(_scoped_models()) == set()


@pytest.mark.parametrize("person", EVERYONE)
def test_what_may_be_changed_is_part_of_what_is_seen(school: Cast, person: str) -> None:
    user = getattr(school, person)
    make.make_observation(school.sam, make.make_indicator(school.lakeside))
    make.make_observation(school.mia, make.make_indicator(school.lakeside, "Income", is_protected=True))
    make.make_participation(school.mia)
    make.make_release(school.test, school.maths)
    for model in _scoped_models():
        changeable = set(model.objects.editable_by(user).values_list("pk", flat=True))
        seen = set(model.objects.visible_to(user).values_list("pk", flat=True))
        assert changeable <= seen, model.__name__


@pytest.mark.parametrize("person", ["wanda", "tess", "tom", "lena", "root"])
def test_nothing_of_lakeside_reaches_people_outside_it(school: Cast, person: str) -> None:
    for model in (Student, SchoolClass, Result, AttendanceMark, Enrolment):
        for row in model.objects.visible_to(getattr(school, person)):
            owner = getattr(row, "school", None) or getattr(row, "student", None).school
            assert owner == school.hillside


def test_a_teacher_whose_post_ended_sees_nothing_even_if_a_class_still_names_them(school: Cast) -> None:
    school.ada.memberships.update(ends=make.YESTERDAY)
    assert not Student.objects.visible_to(school.ada).exists()


def test_rights_hold_through_their_last_day(school: Cast) -> None:
    school.ada.teachings.update(ends=make.TODAY)
    assert Student.objects.visible_to(school.ada).count() == 2
    assert not Student.objects.visible_to(school.ada, on=make.TODAY + make.timedelta(days=1)).exists()


def test_a_family_sees_a_result_only_after_its_release(school: Cast) -> None:
    assert not Result.objects.visible_to(school.gus).exists()
    make.make_release(school.test, school.maths)
    assert [row.student for row in Result.objects.visible_to(school.gus)] == [school.sam]
    assert [row.student for row in Result.objects.visible_to(school.mina)] == [school.mia]


def test_a_teacher_changes_results_only_of_a_class_that_sat_the_exam(school: Cast) -> None:
    elsewhere = make.make_exam(school.art, title="Drawing")
    make.make_result(elsewhere, school.sam)
    assert {row.exam for row in Result.objects.editable_by(school.ada)} == {school.test}
    assert {row.exam for row in Result.objects.visible_to(school.ada)} == {school.test, elsewhere}


def test_protected_facts_need_a_right_that_no_role_brings(school: Cast) -> None:
    for person in EVERYONE:
        assert not Demographics.objects.visible_to(getattr(school, person)).exists(), person
    school.cora.memberships.update(sees_demographics=True)
    assert [row.student for row in Demographics.objects.visible_to(school.cora)] == [school.sam]


def test_an_analyst_counts_what_no_list_shows_them(school: Cast) -> None:
    assert Student.objects.countable_by(school.nils).count() == 4
    assert not Student.objects.visible_to(school.nils).exists()


def test_a_leader_who_also_cares_for_a_child_next_door_sees_both(school: Cast) -> None:
    make.make_member(school.hana, school.hillside, "guardian")
    make.make_guardianship(school.hana, school.wim)
    seen = Student.objects.visible_to(school.hana).values_list("given_name", flat=True)
    assert sorted(seen) == ["Liv", "Mia", "Sam", "Wim", "Zoe"]


def test_an_account_that_may_not_sign_in_sees_nothing(school: Cast) -> None:
    school.hana.is_active = False
    assert not Student.objects.visible_to(school.hana).exists()


@pytest.mark.parametrize("person", ["gus", "mina", "nils"])
def test_the_right_to_protected_facts_works_for_staff_alone(school: Cast, person: str) -> None:
    getattr(school, person).memberships.update(sees_demographics=True)
    assert not Demographics.objects.visible_to(getattr(school, person)).exists()
