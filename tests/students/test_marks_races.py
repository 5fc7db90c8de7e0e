"""Several people enter marks at the same moment: one of them is first, and each other one is told so."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections
from django.utils import timezone

from portal.audit.models import Change
from students.gradebook import marks, releasing
from students.gradebook.outcomes import Cell, Outcome
from students.marksheet import token
from students.models import Result, SchoolClass
from tests import make
from tests.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)


def all_at_once(*deeds: Callable[[], list[Outcome]]) -> Iterator[list[Outcome]]:
    """Each in a thread with a connection of its own, started together."""
    ready = Barrier(len(deeds))

    def one(deed: Callable[[], list[Outcome]]) -> list[Outcome]:
        try:
            ready.wait()
            return deed()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(deeds)) as threads:
        return iter(list(threads.map(one, deeds)))


def entering(by: object, school_class: SchoolClass, *cells: Cell) -> Callable[[], list[Outcome]]:
    def enter() -> list[Outcome]:
        return marks.record_cells(school_class, cells, by=by, on=make.TODAY, at=timezone.now()).outcomes

    return enter


def states(answers: Iterator[list[Outcome]]) -> list[str]:
    return sorted(each.state for answer in answers for each in answer)


def test_of_six_who_fill_one_empty_cell_one_is_first(school: Cast) -> None:
    quiz = make.make_exam(school.maths)
    deeds = [entering(school.ada, school.maths, Cell(quiz.pk, school.sam.pk, str(n), "")) for n in range(6)]
    assert states(all_at_once(*deeds)) == ["conflict"] * 5 + ["saved"]
    assert Result.objects.filter(exam=quiz).count() == 1


def test_of_six_who_correct_one_mark_one_is_first(school: Cast) -> None:
    seen = token(Result.objects.get(exam=school.test, student=school.sam))
    deeds = [
        entering(school.ada, school.maths, Cell(school.test.pk, school.sam.pk, text, seen))
        for text in ("1", "2", "abs", "4", "5", "")
    ]
    assert states(all_at_once(*deeds)) == ["conflict"] * 5 + ["saved"]
    assert Change.objects.filter(model="students.Result").count() == 1


def test_two_classes_that_share_a_student_and_an_exam_do_not_trip_over_each_other(school: Cast) -> None:
    """They wait for different sittings, so only the database knows that both add the same mark."""
    make.make_enrolment(school.sam, school.art)
    both = make.make_exam(school.maths, school.art)
    for number in range(5):
        Result.objects.filter(exam=both).delete()
        first = entering(school.ada, school.maths, Cell(both.pk, school.sam.pk, f"{number}", ""))
        second = entering(school.otto, school.art, Cell(both.pk, school.sam.pk, f"{number}.5", ""))
        assert states(all_at_once(first, second)) == ["conflict", "saved"]


def test_blocks_in_any_order_do_not_wait_for_each_other_for_ever(school: Cast) -> None:
    exams = [make.make_exam(school.maths) for _ in range(4)]
    cells = [Cell(exam.pk, student.pk, "7", "") for exam in exams for student in (school.sam, school.mia)]
    deeds = [entering(school.ada, school.maths, *cells), entering(school.otto, school.maths, *reversed(cells))]
    assert states(all_at_once(*deeds)) == ["saved"] * 16
    assert Result.objects.filter(exam__in=exams).count() == 8


def test_once_a_sitting_is_locked_nothing_more_comes_in(school: Cast) -> None:
    def lock() -> list[Outcome]:
        releasing.lock(school.test, school.maths, by=school.hana, on=make.TODAY, at=timezone.now())
        return []

    seen = token(Result.objects.get(exam=school.test, student=school.sam))
    (answer,) = states(
        all_at_once(lock, entering(school.ada, school.maths, Cell(school.test.pk, school.sam.pk, "9", seen)))
    )
    changed = Change.objects.filter(model="students.Result").exists()
    assert answer == ("saved" if changed else "refused")
    if changed:
        first = Change.objects.get(model="students.Result").pk
        assert first < Change.objects.get(model="students.Sitting").pk
