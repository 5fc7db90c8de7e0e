"""Were we right about one exam: only one's own students, no claims about few, and the largest misses with what was known."""

from types import SimpleNamespace

import pytest

from portal.audit.models import AccessEvent
from predictions.models import CurrentPrediction, Judgement
from predictions.outlooks.exam_right import exam_right, lessons
from predictions.outlooks.exams_right import exams_right
from students.models import Enrolment, Result
from tests import make
from tests.asserts import assert_queries
from tests.cast import Cast
from tests.make import TODAY
from tests.predictions.measured import before, give_results, make_class_of, make_scoring, past_exam, say
from tests.trained import make_version

SCORES = [40, 45, 50, 55, 60, 65, 70, 75, 80, 50, 60, 70]


@pytest.fixture
def sat(school: Cast) -> SimpleNamespace:
    """Twelve of Ada's students sat an exam; two came out far from what was said, the others within three points."""
    version = make_version(school.lakeside)
    school_class, students = make_class_of(school.lakeside, 12)
    make.make_teaching(school.ada, school_class)
    exam = past_exam(school_class, title="Optics", is_target=True)
    run = make_scoring(school.lakeside, version, [exam], as_of=before(exam))
    say(run, exam, students, SCORES, width=20, baseline=60)
    actual = [score + (3 if place % 2 else -3) for place, score in enumerate(SCORES)]
    actual[0], actual[1] = 75, 20
    give_results(exam, students, actual)
    return SimpleNamespace(
        version=version, school_class=school_class, students=students, exam=exam, run=run, actual=actual
    )


def test_what_came_stands_beside_what_was_said(school: Cast, sat: SimpleNamespace) -> None:
    told = exam_right(sat.exam, user=school.ada)
    assert told.is_enough
    assert (len(told.rows), told.inside, told.unsaid) == (12, 10, 0)
    assert told.mean_off == pytest.approx((35 + 25 + 10 * 3) / 12)
    assert told.guess is not None
    assert told.guess.mean == pytest.approx(sum(abs(each - 60) for each in sat.actual) / 12)
    assert told.own is None


def test_the_largest_misses_lie_outside_their_range_and_come_with_what_was_known(
    school: Cast, sat: SimpleNamespace
) -> None:
    misses = exam_right(sat.exam, user=school.ada).misses
    assert [(miss.row.student, round(miss.gap), miss.was_better) for miss in misses] == [
        (sat.students[0], 35, True),
        (sat.students[1], 25, False),
    ]
    assert misses[0].row.quality is not None


def test_own_estimates_stand_beside_on_the_same_students(school: Cast, sat: SimpleNamespace) -> None:
    for student, percent in zip(sat.students[:2], (70, 30), strict=True):
        _judged(school.ada, sat.exam, student, percent)
    _judged(school.hana, sat.exam, sat.students[2], 99)
    told = exam_right(sat.exam, user=school.ada)
    assert told.own is not None
    assert (told.own.rows, told.own.mean, told.own.model) == (2, pytest.approx(7.5), pytest.approx(30))


def _judged(by, exam, student, percent, days: int = 2) -> None:
    at = make.timezone.now() - make.timedelta(days=(TODAY - exam.day).days + days)
    Judgement.objects.create(by=by, exam=exam, student=student, percent=percent, at=at)


def test_each_sees_the_own_students_alone(school: Cast, sat: SimpleNamespace, client_as) -> None:
    make.make_caseload(school.cora, sat.students[3])
    assert [row.student for row in exam_right(sat.exam, user=school.cora).rows] == [sat.students[3].pk]
    assert len(exam_right(sat.exam, user=school.hana).rows) == 12
    for person in (school.wanda, school.tess, school.gus, school.mina, school.nils, school.tom):
        assert exam_right(sat.exam, user=person).rows == ()
        assert client_as(person).get(f"/exams/{sat.exam.pk}/right/").status_code == 404


def test_of_few_students_no_figure_is_told_but_ones_own_are_named(
    school: Cast, sat: SimpleNamespace, client_as
) -> None:
    Enrolment.objects.filter(student__in=sat.students[5:]).update(ends=make.YESTERDAY)
    page = client_as(school.ada).get(f"/exams/{sat.exam.pk}/right/")
    text = page.content.decode()
    assert "5 students you see" in text
    assert "In the 8-of-10 range" not in text
    assert "What to learn from it" not in text
    assert str(sat.students[0]) in text


def test_what_was_said_on_the_day_or_later_does_not_count(school: Cast, sat: SimpleNamespace, client_as) -> None:
    CurrentPrediction.objects.filter(exam=sat.exam).update(as_of=sat.exam.day)
    assert exam_right(sat.exam, user=school.hana).rows == ()
    assert client_as(school.hana).get(f"/exams/{sat.exam.pk}/right/").status_code == 404


def test_results_without_a_score_before_them_are_counted(school: Cast, sat: SimpleNamespace) -> None:
    CurrentPrediction.objects.filter(exam=sat.exam, student=sat.students[4]).delete()
    Result.objects.filter(exam=sat.exam, student=sat.students[5]).update(status="absent", score=None)
    told = exam_right(sat.exam, user=school.hana)
    assert (len(told.rows), told.unsaid) == (10, 1)


def test_the_page_draws_lists_and_leaves_a_trace(school: Cast, sat: SimpleNamespace, client_as) -> None:
    page = client_as(school.ada).get(f"/exams/{sat.exam.pk}/right/")
    text = page.content.decode()
    assert "10 results lay in the range" in text, "the drawing in words"
    assert text.count('class="dot') == 12
    assert text.count("outside</span>") == 2
    shown = AccessEvent.objects.filter(user_id=school.ada.pk, what="predictions and results")
    assert {event.student_id for event in shown} == {each.pk for each in sat.students}


def test_many_students_are_told_page_by_page(school: Cast, sat: SimpleNamespace, client_as) -> None:
    more_class, more = make_class_of(school.lakeside, 60, name="Physics 9D")
    sat.exam.classes.add(more_class)
    say(sat.run, sat.exam, more, [60] * 60)
    give_results(sat.exam, more, [61] * 60)
    browser = client_as(school.hana)
    assert "?page=2" in browser.get(f"/exams/{sat.exam.pk}/right/").content.decode()
    assert len(browser.get(f"/exams/{sat.exam.pk}/right/?page=2").context["listing"].rows) == 22
    assert browser.get(f"/exams/{sat.exam.pk}/right/?page=x").status_code == 200


def test_what_to_learn_follows_plain_rules(school: Cast, sat: SimpleNamespace) -> None:
    assert "Nothing stands out" in lessons(exam_right(sat.exam, user=school.ada))[0]
    Result.objects.filter(exam=sat.exam).delete()
    give_results(sat.exam, sat.students, [score - 18 for score in SCORES])
    told = lessons(exam_right(sat.exam, user=school.ada))
    assert "18.0 points lower than said" in told[0]
    assert "too narrow" not in " ".join(told)


def test_the_list_counts_the_students_one_sees(school: Cast, sat: SimpleNamespace) -> None:
    (row,) = exams_right(school.lakeside, user=school.ada, on=TODAY)
    assert (row.exam, row.count, row.inside, row.is_enough) == (sat.exam, 12, 10, True)
    assert row.off == pytest.approx(90 / 12)
    assert row.classes == ("Physics 9C",)
    make.make_caseload(school.cora, sat.students[3])
    (mine,) = exams_right(school.lakeside, user=school.cora, on=TODAY)
    assert (mine.count, mine.is_enough) == (1, False)
    assert exams_right(school.lakeside, user=school.wanda, on=TODAY) == []


def test_the_exams_own_page_leads_here_once_there_are_results(school: Cast, sat: SimpleNamespace, client_as) -> None:
    browser = client_as(school.ada)
    assert f"/exams/{sat.exam.pk}/right/brief/" in browser.get(f"/exams/{sat.exam.pk}/").content.decode()
    assert f'href="/exams/{sat.exam.pk}/right/"' in browser.get(f"/exams/{sat.exam.pk}/right/brief/").content.decode()
    assert browser.get(f"/exams/{school.test.pk}/right/brief/").content.strip() == b""


def test_it_needs_as_many_queries_for_many_students_as_for_few(school: Cast, sat: SimpleNamespace) -> None:
    exam_right(sat.exam, user=school.hana)
    with assert_queries(24) as few:
        exam_right(sat.exam, user=school.hana)
    more_class, more = make_class_of(school.lakeside, 40, name="Physics 9D")
    sat.exam.classes.add(more_class)
    say(sat.run, sat.exam, more, [60] * 40)
    give_results(sat.exam, more, [90] * 40)
    with assert_queries(len(few)):
        exam_right(sat.exam, user=school.hana)
    with assert_queries(6):  # rights are read once in a request, here with each question
        exams_right(school.lakeside, user=school.hana, on=TODAY)
