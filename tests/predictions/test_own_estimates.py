"""Own estimates after the exam: told to the person alone, by the same rules for both sides."""

from datetime import datetime, time, timedelta
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from predictions.models import Judgement
from predictions.outlooks.own_estimates import own_estimates
from students.models import Enrolment
from tests import make
from tests.asserts import assert_queries
from tests.cast import Cast
from tests.make import TODAY
from tests.predictions.measured import before, give_results, make_class_of, make_scoring, past_exam, say
from tests.trained import make_version


@pytest.fixture
def sat(school: Cast) -> SimpleNamespace:
    """Six of Ada's students were all told 60 and came out at 70."""
    version = make_version(school.lakeside)
    school_class, students = make_class_of(school.lakeside, 6)
    make.make_teaching(school.ada, school_class)
    exam = past_exam(school_class, title="Optics", is_target=True)
    run = make_scoring(school.lakeside, version, [exam], as_of=before(exam))
    say(run, exam, students, [60] * 6)
    give_results(exam, students, [70] * 6)
    return SimpleNamespace(students=students, exam=exam, version=version)


def judged(by: Any, exam: Any, student: Any, percent: float, *, days: int = 2, hour: int = 12, **facts: Any) -> None:
    day = exam.day - timedelta(days=days)
    at = datetime.combine(day, time(hour), tzinfo=ZoneInfo(exam.school.timezone))
    Judgement.objects.create(by=by, exam=exam, student=student, percent=percent, at=at, **facts)


def test_nearer_further_and_equally_near_are_told_apart(school: Cast, sat: SimpleNamespace) -> None:
    for student, percent in zip(sat.students, (68, 75, 80, 60, 50, 71), strict=True):
        judged(school.ada, sat.exam, student, percent)
    told = own_estimates(school.ada, on=TODAY)
    assert (told.nearer, told.ties, len(told.rows)) == (3, 2, 6), "80 and 60 are as far as the model's 60"
    said = " ".join(told.sentences)
    assert "Your estimates were nearer than the model’s scores in 3 of 6." in said
    assert "2 were equally near." in said
    assert "You were off by 8.0 points on average, the model by 10.0 on the same students." in said


def test_only_the_last_word_before_the_exams_day_counts_unless_it_had_run_out(
    school: Cast, sat: SimpleNamespace
) -> None:
    one, two, three, *_rest = sat.students
    judged(school.ada, sat.exam, one, 10, days=9)
    judged(school.ada, sat.exam, one, 69, days=1, hour=23)
    judged(school.ada, sat.exam, one, 70, days=0, hour=0)
    judged(school.ada, sat.exam, two, 70, days=5, expires=sat.exam.day - timedelta(days=1))
    judged(school.ada, sat.exam, three, 70, days=0)
    told = own_estimates(school.ada, on=TODAY)
    assert [(row.student, row.own) for row in told.rows] == [(one, 69)]


def test_nobody_elses_are_counted_or_shown(school: Cast, sat: SimpleNamespace, client_as) -> None:
    judged(school.ada, sat.exam, sat.students[0], 12.34)
    for person in (school.hana, school.otto, school.cora, school.dora, school.wanda):
        assert own_estimates(person, on=TODAY).rows == ()
        page = client_as(person).get("/right/").content.decode()
        assert "Your own estimates" not in page
    page = client_as(school.ada).get("/right/").content.decode()
    assert "only you see this" in page
    assert "nearer than the model’s score in 0 of 1" in page


def test_of_students_one_sees_no_more_nothing_is_told(school: Cast, sat: SimpleNamespace) -> None:
    judged(school.ada, sat.exam, sat.students[0], 70)
    Enrolment.objects.filter(student=sat.students[0]).update(ends=make.YESTERDAY)
    told = own_estimates(school.ada, on=TODAY)
    assert (told.rows, told.waiting) == ((), 0)


def test_estimates_without_a_result_wait(school: Cast, sat: SimpleNamespace, client_as) -> None:
    later = past_exam(sat.students[0].enrolments.get().school_class, days=1, is_target=True)
    judged(school.ada, later, sat.students[0], 70)
    told = own_estimates(school.ada, on=TODAY)
    assert (told.rows, told.waiting, told.sentences) == ((), 1, [])
    assert "1 of your estimates has no result" in client_as(school.ada).get("/right/").content.decode()


def test_a_person_without_any_sees_no_empty_table(school: Cast, client_as) -> None:
    page = client_as(school.ada).get("/right/").content.decode()
    assert "Your own estimates" not in page
    assert "No exam to look back on yet" in page


def test_it_needs_as_many_queries_for_many_as_for_few(school: Cast, sat: SimpleNamespace) -> None:
    judged(school.ada, sat.exam, sat.students[0], 66)
    with assert_queries(6) as few:
        own_estimates(school.ada, on=TODAY)
    for student in sat.students[1:]:
        judged(school.ada, sat.exam, student, 66)
    with assert_queries(len(few)):
        assert len(own_estimates(school.ada, on=TODAY).rows) == 6
