"""When families see marks, and when marks are final."""

import pytest
from django.utils import timezone

from portal.audit.models import AuditEvent, Change
from portal.kit.errors import Conflict, NotAllowed, NotReady
from students.gradebook import releasing
from students.models import Exam, Release, Result, SchoolClass, Sitting
from tests import make
from tests.cast import Cast


@pytest.fixture
def parallel(school: Cast) -> SchoolClass:
    return make.make_class(school.lakeside, "Mathematics 9C", subject=school.maths.subject)


@pytest.fixture
def shared(school: Cast, parallel: SchoolClass) -> Exam:
    """Both classes sit it; Zoe, in 9C, is not Ada's."""
    exam = make.make_exam(school.maths, parallel, title="Shared test")
    make.make_enrolment(school.zoe, parallel)
    for student in (school.sam, school.zoe):
        make.make_result(exam, student, 50)
    return exam


def release(exam: Exam, school_class: SchoolClass, by, **facts) -> None:
    releasing.release(exam, [school_class], by=by, on=make.TODAY, at=timezone.now(), **facts)


def lock(exam: Exam, school_class: SchoolClass, by) -> None:
    releasing.lock(exam, school_class, by=by, on=make.TODAY, at=timezone.now())


def test_a_release_opens_the_marks_of_that_class_to_its_families(school: Cast, shared: Exam) -> None:
    make.make_guardianship(school.gus, school.zoe)
    release(shared, school.maths, school.ada, comment="Well done.")
    assert {each.student for each in Result.objects.visible_to(school.gus)} == {school.sam}
    made = Release.objects.get(exam=shared)
    assert (made.by, made.comment) == (school.ada, "Well done.")
    assert AuditEvent.objects.get(verb="results released").facts == {"classes": [school.maths.pk]}
    assert Change.objects.get(model="students.Release").school_id == school.lakeside.pk


def test_taking_back_hides_them_and_the_history_keeps_that_they_were_seen(school: Cast, shared: Exam) -> None:
    release(shared, school.maths, school.ada)
    releasing.take_back(shared, school.maths, by=school.ada, on=make.TODAY)
    assert not Result.objects.visible_to(school.gus).exists()
    assert Change.objects.filter(model="students.Release", kind="removed").count() == 1
    assert AuditEvent.objects.filter(verb="results taken back").count() == 1
    with pytest.raises(Conflict, match="not released"):
        releasing.take_back(shared, school.maths, by=school.ada, on=make.TODAY)


def test_a_teacher_does_nothing_to_the_class_of_a_colleague(
    school: Cast, shared: Exam, parallel: SchoolClass
) -> None:  # fmt: skip
    make.make_release(shared, parallel)
    with pytest.raises(NotAllowed):
        lock(shared, parallel, school.ada)
    with pytest.raises(NotAllowed):
        releasing.take_back(shared, parallel, by=school.ada, on=make.TODAY)
    Release.objects.all().delete()
    with pytest.raises(NotAllowed):
        releasing.release(
            shared, [school.maths, parallel], by=school.ada, on=make.TODAY, at=timezone.now()
        )  # fmt: skip
    assert not Release.objects.exists()
    assert not Sitting.objects.filter(locked_at__isnull=False).exists()


@pytest.mark.parametrize("person", ["tom", "cora", "gus", "mina", "nils", "wanda", "tess", "root"])
def test_nobody_else_releases_or_locks(school: Cast, person: str) -> None:
    with pytest.raises(NotAllowed):
        release(school.test, school.maths, getattr(school, person))
    with pytest.raises(NotAllowed):
        lock(school.test, school.maths, getattr(school, person))


def test_what_is_released_is_not_released_twice_and_what_is_empty_not_at_all(school: Cast) -> None:
    release(school.test, school.maths, school.ada)
    with pytest.raises(Conflict, match="released already"):
        release(school.test, school.maths, school.otto)
    with pytest.raises(NotReady, match="No marks"):
        release(school.final, school.maths, school.ada)
    with pytest.raises(Conflict, match="does not sit"):
        release(school.test, school.art, school.otto)
    with pytest.raises(NotReady, match="at least one"):
        releasing.release(school.test, [], by=school.ada, on=make.TODAY, at=timezone.now())


def test_several_classes_are_released_together_or_not_at_all(school: Cast, shared: Exam, parallel: SchoolClass) -> None:
    make.make_release(shared, parallel)
    with pytest.raises(Conflict):
        releasing.release(shared, [school.maths, parallel], by=school.otto, on=make.TODAY, at=timezone.now())
    assert Release.objects.filter(exam=shared).count() == 1


def test_a_teacher_locks_their_own_and_only_the_school_unlocks(school: Cast) -> None:
    lock(school.test, school.maths, school.ada)
    sitting = Sitting.objects.get(exam=school.test)
    assert (sitting.is_locked, sitting.locked_by) == (True, school.ada)
    with pytest.raises(NotAllowed, match="Only a leader or the office"):
        releasing.unlock(school.test, school.maths, by=school.ada, on=make.TODAY)
    assert Sitting.objects.get(exam=school.test).is_locked
    releasing.unlock(school.test, school.maths, by=school.otto, on=make.TODAY)
    assert not Sitting.objects.get(exam=school.test).is_locked
    verbs = AuditEvent.objects.order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["marks locked", "marks unlocked"]
    assert Change.objects.filter(model="students.Sitting", school_id=school.lakeside.pk).count() == 2


def test_locking_twice_keeps_who_was_first(school: Cast) -> None:
    lock(school.test, school.maths, school.ada)
    lock(school.test, school.maths, school.hana)
    assert Sitting.objects.get(exam=school.test).locked_by == school.ada
    assert AuditEvent.objects.filter(verb="marks locked").count() == 1


def test_an_exam_ahead_is_not_locked(school: Cast) -> None:
    with pytest.raises(NotReady, match="lies ahead"):
        lock(school.final, school.maths, school.ada)


def test_locking_shows_nothing_to_families(school: Cast) -> None:
    lock(school.test, school.maths, school.ada)
    assert not Result.objects.visible_to(school.gus).exists()
