"""New marks, attendance and classes touch students; a quiet moment later they are scored together, once."""

from datetime import timedelta
from threading import Barrier, Thread
from typing import Any
from unittest.mock import patch

import pytest
from django.db import connection
from django.utils import timezone

from portal.jobs.models import Job
from predictions import receivers, timers, touching
from predictions.models import ScoringRun, Touched
from predictions.orders.scoring import order_scoring
from students import enrolment, rollcall
from students.gradebook import marks
from students.gradebook.outcomes import Cell
from students.marksheet import token
from students.signals import evidence_changed, roster_changed
from tests import make
from tests.cast import Cast, build_cast
from tests.predictions.measured import give_results, make_class_of, make_scoring, make_serving, past_exam, say
from tests.trained import make_version


def age(seconds: int, **rows: Any) -> None:
    Touched.objects.filter(**rows).update(at=timezone.now() - timedelta(seconds=seconds))


def touch(school: Cast, *students: Any, kind: str = "marks", seconds: int = 15) -> None:
    touching.note(
        school.lakeside.pk, [each.pk for each in students], kind, at=timezone.now() - timedelta(seconds=seconds)
    )


def test_each_kind_of_news_notes_its_students_in_one_statement(school: Cast, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        receivers.note_evidence(None, school_id=1, student_ids=list(range(1, 31)), kind="marks")
    evidence_changed.send(None, school_id=1, student_ids=[31], kind="attendance")
    evidence_changed.send(None, school_id=1, student_ids=[31], kind="observations")
    roster_changed.send(None, school_id=1, student_ids=[31])
    assert Touched.objects.count() == 33
    assert set(Touched.objects.filter(student_id=31).values_list("kind", flat=True)) == {
        "attendance", "observations", "roster",
    }  # fmt: skip


def test_thirty_marks_entered_one_by_one_are_one_scoring(school: Cast) -> None:
    make_serving(make_version(school.lakeside))
    school_class, students = make_class_of(school.lakeside, 30)
    make.make_exam(school_class, day=make.TODAY + timedelta(days=9), is_target=True)
    for student in students:
        touch(school, student)
    timers.order_touched()
    timers.order_touched()
    run = ScoringRun.objects.get()
    assert (run.cause, run.as_of) == ("evidence", school.lakeside.today())
    assert run.students == sorted(student.pk for student in students)
    assert not Touched.objects.exists()


def test_while_somebody_goes_on_entering_nothing_is_ordered_until_thirty_seconds_are_over(school: Cast) -> None:
    make_serving(make_version(school.lakeside))
    touch(school, school.sam, seconds=20)
    touch(school, school.mia, seconds=1)
    timers.order_touched()
    assert not ScoringRun.objects.exists()
    assert Touched.objects.count() == 2
    age(31, student_id=school.sam.pk)
    timers.order_touched()
    assert ScoringRun.objects.get().students == sorted([school.sam.pk, school.mia.pk])


def test_one_school_s_haste_does_not_order_for_another(school: Cast) -> None:
    make_serving(make_version(school.lakeside))
    touching.note(school.hillside.pk, [school.wim.pk], "marks", at=timezone.now())
    touch(school, school.sam)
    timers.order_touched()
    assert ScoringRun.objects.get().school == school.lakeside
    assert Touched.objects.get().school_id == school.hillside.pk


def test_without_a_model_the_rows_are_dropped(school: Cast) -> None:
    touch(school, school.sam)
    timers.order_touched()
    assert not Touched.objects.exists()
    assert not ScoringRun.objects.exists()


def test_with_no_exam_ahead_the_rows_are_dropped(school: Cast) -> None:
    make_serving(make_version(school.lakeside))
    school.final.delete()
    touch(school, school.sam)
    timers.order_touched()
    assert not Touched.objects.exists()
    assert not ScoringRun.objects.exists()


def test_what_the_order_could_not_write_is_still_there_for_the_next_turn(school: Cast) -> None:
    make_serving(make_version(school.lakeside))
    touch(school, school.sam)
    with patch("predictions.orders.touched.order_scoring", side_effect=ZeroDivisionError):
        timers.order_touched()
    assert Touched.objects.count() == 1
    timers.order_touched()
    assert ScoringRun.objects.count() == 1


def test_a_school_of_which_nothing_can_be_ordered_keeps_no_other_waiting(school: Cast) -> None:
    make_serving(make_version(school.lakeside))
    touch(school, school.sam)
    touching.note(school.hillside.pk, [school.wim.pk], "marks", at=timezone.now() - timedelta(seconds=60))

    def breaks_for_one(of: Any, **wish: Any) -> list[ScoringRun]:
        if of == school.hillside:
            raise ZeroDivisionError
        return order_scoring(of, **wish)

    with patch("predictions.orders.touched.order_scoring", side_effect=breaks_for_one):
        timers.order_touched()
    assert ScoringRun.objects.get().school == school.lakeside
    assert set(Touched.objects.values_list("school_id", flat=True)) == {school.hillside.pk}


def test_marks_of_an_exam_that_was_predicted_are_held_against_it(school: Cast) -> None:
    version = make_serving(make_version(school.lakeside))
    exam = past_exam(school.maths)
    run = make_scoring(school.lakeside, version, [exam], as_of=exam.day - timedelta(days=2))
    say(run, exam, [school.sam, school.mia], [60, 70])
    give_results(exam, [school.sam, school.mia], [55, 75])
    touch(school, school.sam, kind="attendance")
    timers.order_touched()
    assert not Job.objects.filter(kind="measuring").exists()
    touch(school, school.sam, school.mia)
    timers.order_touched()
    job = Job.objects.get(kind="measuring")
    assert (job.queue, job.arguments) == ("quick", {"school_id": school.lakeside.pk, "exams": [exam.pk]})


def test_marks_a_roll_and_an_enrolment_touch_their_students(
    school: Cast, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        exam = make.make_exam(school.maths)
        cells = [Cell(exam.pk, school.sam.pk, "40", token(None))]
        marks.record_cells(school.maths, cells, by=school.ada, on=make.TODAY, at=timezone.now())
        rollcall.take(school.maths, make.TODAY, {school.mia.pk: "P"}, {}, by=school.ada, on=make.TODAY)
        enrolment.enrol(school.zoe, school.maths, by=school.hana, on=make.TODAY)
    noted = set(Touched.objects.values_list("student_id", "kind"))
    assert noted == {(school.sam.pk, "marks"), (school.mia.pk, "attendance"), (school.zoe.pk, "roster")}


@pytest.mark.django_db(transaction=True)
def test_two_clocks_at_the_same_moment_order_once(transactional_db: None) -> None:
    school = build_cast()
    make_serving(make_version(school.lakeside))
    touch(school, school.sam, school.mia)
    start, broken = Barrier(2), []

    def tick() -> None:
        try:
            start.wait()
            timers.order_touched()
        except Exception as error:  # noqa: BLE001  # told by the assertion below
            broken.append(error)
        finally:
            connection.close()

    clocks = [Thread(target=tick) for _clock in range(2)]
    for clock in clocks:
        clock.start()
    for clock in clocks:
        clock.join()
    assert broken == []
    assert ScoringRun.objects.count() == 1
    assert not Touched.objects.exists()
