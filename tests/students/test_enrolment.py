"""Who learns in which class from when to when."""

from typing import Any

import pytest

from portal.audit.models import AuditEvent, Change
from portal.kit.errors import Conflict, DomainError
from students import enrolment
from students.models import Enrolment, Student
from students.signals import roster_changed
from tests import make
from tests.asserts import assert_queries
from tests.cast import Cast

SOON = make.TODAY + make.timedelta(days=7)


@pytest.fixture
def told() -> Any:
    heard: list[tuple[int, list[int]]] = []

    def hear(sender: Any, school_id: int, student_ids: list[int], **kwargs: Any) -> None:
        heard.append((school_id, student_ids))

    roster_changed.connect(hear, weak=False)
    yield heard
    roster_changed.disconnect(hear)


def test_a_student_joins_a_class_from_a_day_and_others_hear_of_it(
    school: Cast, told: Any, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        made = enrolment.enrol(school.zoe, school.maths, by=school.otto, on=make.TODAY)
    assert (made.starts, made.ends) == (make.TODAY, None)
    assert told == [(school.lakeside.pk, [school.zoe.pk])]
    assert AuditEvent.objects.get(verb="enrolled").school_id == school.lakeside.pk
    assert Change.objects.get(model="students.Enrolment").school_id == school.lakeside.pk


def test_nobody_is_in_a_class_twice(school: Cast) -> None:
    with pytest.raises(Conflict, match="Sam Okafor is already in Mathematics 9B"):
        enrolment.enrol(school.sam, school.maths, by=school.otto, on=make.TODAY)
    with pytest.raises(Conflict, match="already"):
        enrolment.enrol(school.sam, school.maths, by=school.otto, on=make.LONG_AGO)


def test_who_came_back_is_enrolled_again(school: Cast) -> None:
    first = Enrolment.objects.get(student=school.sam)
    enrolment.withdraw(first, by=school.otto, on=make.YESTERDAY)
    again = enrolment.enrol(school.sam, school.maths, by=school.otto, on=make.TODAY)
    assert Enrolment.objects.active(make.TODAY).get(student=school.sam) == again


def test_a_class_takes_only_students_of_its_school_who_are_there_and_in_time(school: Cast) -> None:
    with pytest.raises(Conflict, match="another school"):
        enrolment.enrol(school.wim, school.maths, by=school.otto, on=make.TODAY)
    with pytest.raises(Conflict, match="has left"):
        enrolment.enrol(school.liv, school.art, by=school.otto, on=make.TODAY)
    with pytest.raises(Conflict, match="after its last day"):
        enrolment.enrol(school.zoe, school.maths, by=school.otto, on=make.TODAY + make.timedelta(days=999))


def test_the_last_day_does_not_lie_before_the_first(school: Cast) -> None:
    with pytest.raises(DomainError, match="last day"):
        enrolment.withdraw(Enrolment.objects.get(student=school.sam), by=school.otto, on=make.LONG_AGO)


def test_a_move_leaves_no_day_without_a_class_and_none_with_two(school: Cast) -> None:
    old = Enrolment.objects.get(student=school.sam)
    new = enrolment.move(old, school.art, by=school.otto, on=SOON)
    assert old.ends == SOON - make.timedelta(days=1)
    assert new.starts == SOON


def test_many_are_enrolled_at_once_and_the_rest_named_with_the_reason(school: Cast) -> None:
    students = Student.objects.order_by("pk")
    done = enrolment.enrol_many(students, school.maths, by=school.otto, on=make.TODAY)
    assert [each.given_name for each in done.ready] == ["Zoe"]
    reasons = {each.given_name: reason for each, reason in done.left_out}
    assert reasons == {
        "Sam": "is already in Mathematics 9B", "Mia": "is already in Mathematics 9B",
        "Liv": "has left the school", "Wim": "belongs to another school",
    }  # fmt: skip


def test_enrolling_many_takes_as_many_queries_as_enrolling_few(school: Cast) -> None:
    for number in (3, 60):
        students = [make.make_student(school.lakeside) for _ in range(number)]
        with assert_queries(9):
            enrolment.enrol_many(students, school.maths, by=school.otto, on=make.TODAY)


def test_many_end_on_one_day_and_what_ended_before_stays(
    school: Cast, told: Any, django_capture_on_commit_callbacks: Any
) -> None:
    of_lakeside = Enrolment.objects.filter(school_class__school=school.lakeside)
    with django_capture_on_commit_callbacks(execute=True):
        assert enrolment.end_many(of_lakeside, by=school.otto, on=make.TODAY) == 3
    assert not enrolment.open_after(of_lakeside, make.TODAY).exists()
    assert Enrolment.objects.get(student=school.liv).ends < make.TODAY
    assert Enrolment.objects.get(student=school.wim).ends is None
    assert told == [(school.lakeside.pk, sorted([school.sam.pk, school.mia.pk, school.zoe.pk]))]
    change = Change.objects.filter(model="students.Enrolment").first()
    assert (change.before, change.after) == ({"ends": None}, {"ends": make.TODAY.isoformat()})
    assert Enrolment.objects.get(student=school.sam).version == 2
