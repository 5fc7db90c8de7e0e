"""A batch is taken back from its end to its beginning, whoever made it and whatever it did."""

from datetime import timedelta
from uuid import UUID, uuid4

from django.contrib.auth.models import Group

from portal.accounts.models import User
from portal.audit import history
from portal.audit.models import Change
from portal.audit.undo import undo
from students.models import Indicator, Student, Term
from tests import make
from tests.cast import Cast


def changed(student: Student, school: Cast, batch: UUID, **facts: object) -> None:
    for name, value in facts.items():
        setattr(student, name, value)
    history.save(student, by=school.otto, batch=batch)


def test_a_record_that_was_changed_twice_becomes_what_it_was_at_first(school: Cast) -> None:
    batch = uuid4()
    changed(school.sam, school, batch, grade_level=10, given_name="Samuel")
    changed(school.sam, school, batch, grade_level=11)
    done = undo(batch, by=school.hana)
    school.sam.refresh_from_db()
    assert (school.sam.grade_level, school.sam.given_name, school.sam.version) == (9, "Sam", 5)
    assert (done.restored, done.left) == (2, [])
    assert school.sam.search_name == " sam okafor"


def test_values_of_every_form_come_back(school: Cast) -> None:
    batch = uuid4()
    mood = make.make_indicator(school.lakeside, "Mood", kind="category", categories=["a", "ü"], least=None)
    before = history.facts_of(mood)
    mood.categories, mood.is_protected, mood.least, mood.unit = ["x"], True, 3, "h"
    history.save(mood, by=school.otto, batch=batch)
    assert undo(batch, by=school.hana).restored == 1
    assert history.facts_of(Indicator.objects.get(pk=mood.pk)) == before


def test_a_removed_record_of_any_kind_comes_back_as_it_was(school: Cast) -> None:
    batch, mood = uuid4(), make.make_indicator(school.lakeside, "Mood", kind="category", categories=["a", "ü"])
    facts = history.facts_of(mood)
    history.note_removed([mood], by=school.otto, batch=batch)
    Indicator.objects.filter(pk=mood.pk).delete()
    assert undo(batch, by=school.hana).restored == 1
    assert history.facts_of(Indicator.objects.get(pk=mood.pk)) == facts
    assert Indicator.objects.get(pk=mood.pk).version > mood.version


def test_a_year_stays_with_the_term_that_somebody_put_into_it(school: Cast) -> None:
    batch = uuid4()
    days = {"starts": make.TODAY, "ends": make.TODAY + timedelta(days=300)}
    year = make.make_term(school.lakeside, name="Next year", **days)
    parts = [make.make_term(school.lakeside, name=name, kind="term", parent=year, **days) for name in ("I", "II")]
    history.note_added([year, *parts], by=school.otto, batch=batch)
    make.make_class(school.lakeside, "Early class", term=parts[0])
    done = undo(batch, by=school.hana)
    assert set(Term.objects.filter(pk__in=[year.pk, *(each.pk for each in parts)])) == {year, parts[0]}
    assert (done.removed, len(done.left)) == (1, 2)


def test_a_right_given_in_the_back_office_keeps_an_account(school: Cast) -> None:
    batch = uuid4()
    new = User(email="n@lakeside.example", name="N")
    new.set_unusable_password()
    new.save()
    history.note_added([new], by=school.otto, batch=batch)
    new.groups.add(Group.objects.create(name="helpers"))
    assert len(undo(batch, by=school.hana).left) == 1
    assert User.objects.get(pk=new.pk).groups.count() == 1


def test_without_a_mark_of_its_own_taking_back_is_noted_under_none(school: Cast) -> None:
    batch, own = uuid4(), uuid4()
    changed(school.sam, school, batch, grade_level=10)
    undo(batch, by=school.hana)
    assert history.history_of(school.sam)[0].batch is None
    changed(Student.objects.get(pk=school.sam.pk), school, batch, grade_level=12)
    undo(batch, by=school.hana, as_batch=own)
    assert Change.objects.filter(batch=own).exists()


def test_what_is_gone_already_needs_no_taking_back_and_what_cannot_be_set_back_is_told(school: Cast) -> None:
    batch, new = uuid4(), make.make_student(school.lakeside, "Ben Ng")
    history.note_added([new], by=school.otto, batch=batch)
    changed(school.zoe, school, batch, grade_level=10)
    Student.objects.filter(pk=new.pk).delete()
    key = school.zoe.pk
    Student.objects.filter(pk=key).delete()
    done = undo(batch, by=school.hana)
    assert done.left == [f"Student no. {key} was removed since and stays so."]
    assert done.told_left == done.left[0]
