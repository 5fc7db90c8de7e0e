"""Similar histories: a distribution of ten students or more, never of fewer, and never of the student's own results."""

from datetime import date, timedelta

import pytest

from predictions.models import Prediction
from predictions.outlooks.contract import Scale
from predictions.outlooks.student_similar import similar
from students.models import Student
from tests import make
from tests.asserts import assert_queries
from tests.cast import Cast
from tests.make import TODAY
from tests.predictions.measured import before, give_results, make_class_of, make_scoring, past_exam, say
from tests.trained import make_version

pytestmark = pytest.mark.django_db
SCALE = Scale(50)
LEAD = 3


def told_of_sam(
    school: Cast, count: int, *, scores: float = 60.0, days_before: int = LEAD
) -> tuple[Prediction, list[Student]]:
    """Sam's prediction of 60 for a test in three days, and so many others who were told `scores` as long before a test."""
    version = make_version(school.lakeside)
    school_class, students = make_class_of(school.lakeside, count, subject=school.maths.subject)
    exam = past_exam(school_class)
    say(
        make_scoring(school.lakeside, version, [exam], as_of=before(exam, days_before)),
        exam,
        students,
        [scores] * count,
    )
    give_results(exam, students, [40 + 2 * place for place in range(count)])
    ahead = make.make_exam(school.maths, day=TODAY + timedelta(days=LEAD), is_target=True)
    say(make_scoring(school.lakeside, version, [ahead]), ahead, [school.sam], [60.0])
    return Prediction.objects.select_related("run", "exam").get(student=school.sam, exam=ahead), students


def test_it_tells_how_many_passed_and_where_the_middle_half_lay(school: Cast) -> None:
    prediction, _others = told_of_sam(school, 11)
    with assert_queries(2):
        told = similar(prediction, SCALE, on=TODAY)
    assert told is not None
    assert (told.count, told.exams, told.passed) == (11, 1, 6)
    assert (told.low, told.middle, told.high) == (45, 50, 55)
    assert "Of 11 earlier results in 1 exam of this school" in told.sentence
    # They had been told 60 and came to 50 on average: without that they would seem to speak against this prediction.
    assert told.sentence.endswith("On the whole they came out 10 points lower than was said: the exams were harder.")


def test_of_fewer_than_ten_students_nothing_is_told(school: Cast) -> None:
    prediction, _others = told_of_sam(school, 9)
    assert similar(prediction, SCALE, on=TODAY) is None


def test_many_results_of_few_students_are_still_few(school: Cast) -> None:
    prediction, others = told_of_sam(school, 9)
    exam = past_exam(school.maths, days=30)
    say(make_scoring(school.lakeside, prediction.run.version, [exam], as_of=before(exam)), exam, others, [60.0] * 9)
    give_results(exam, others, [55.0] * 9)
    assert similar(prediction, SCALE, on=TODAY) is None


def test_ones_own_results_do_not_count(school: Cast) -> None:
    prediction, _others = told_of_sam(school, 9)
    exam = past_exam(school.maths, days=30)
    say(make_scoring(school.lakeside, prediction.run.version, [exam], as_of=before(exam)), exam, [school.sam], [60.0])
    give_results(exam, [school.sam], [55.0])
    assert similar(prediction, SCALE, on=TODAY) is None


@pytest.mark.parametrize(("scores", "days_before"), [(66.0, LEAD), (60.0, 40)])
def test_what_was_said_otherwise_or_much_earlier_is_not_similar(school: Cast, scores: float, days_before: int) -> None:
    prediction, _others = told_of_sam(school, 12, scores=scores, days_before=days_before)
    assert similar(prediction, SCALE, on=TODAY) is None


def test_another_school_is_not_asked(school: Cast) -> None:
    prediction, _others = told_of_sam(school, 9)
    version = make_version(school.hillside)
    school_class, students = make_class_of(school.hillside, 12)
    exam = past_exam(school_class)
    say(make_scoring(school.hillside, version, [exam], as_of=before(exam)), exam, students, [60.0] * 12)
    give_results(exam, students, [55.0] * 12)
    assert similar(prediction, SCALE, on=date.today()) is None


def test_a_result_told_twice_counts_once(school: Cast) -> None:
    prediction, others = told_of_sam(school, 10)
    exam = past_exam(school.maths, days=10)
    earlier = Prediction.objects.filter(student=others[0]).get().exam
    say(
        make_scoring(school.lakeside, prediction.run.version, [earlier], as_of=before(earlier, 5)),
        earlier,
        others,
        [60.0] * 10,
    )
    told = similar(prediction, SCALE, on=TODAY)
    assert exam.pk
    assert told is not None
    assert told.count == 10
