"""Predictions dressed for people: what stands beside a score, and that it adds up."""

from datetime import timedelta
from math import fsum

import pytest

from predictions import judging
from predictions.models import CurrentPrediction, Prediction
from predictions.outlooks.averages import averages_for
from predictions.outlooks.rows import dressed, row_of
from predictions.outlooks.scales import scale_for
from students.models import GradeBoundary, GradeScale
from tests import make
from tests.asserts import assert_queries
from tests.cast import Cast
from tests.predictions.outlooked import make_outlook, of_final, say
from tests.trained import make_version

pytestmark = pytest.mark.django_db


def shown(exam: object) -> list[Prediction]:
    return list(Prediction.objects.current().filter(exam=exam).order_by("student_id"))


def test_base_and_reasons_make_the_score_and_count_from_the_average_of_the_class(school: Cast) -> None:
    school_class, exam, _students = make_outlook(school.lakeside, 12)
    rows = dressed(shown(exam), user=school.hana, on=make.TODAY)
    mean = fsum(row.score or 0 for row in rows) / len(rows)
    for row in rows:
        assert row.base == pytest.approx(mean)
        assert row.versus == school_class.name
        assert (row.base or 0) + fsum(reason.points for reason in row.reasons) == pytest.approx(row.score, abs=1e-9)
        sizes = [abs(reason.points) for reason in row.reasons]
        assert sizes == sorted(sizes, reverse=True)
    assert rows[0].reasons[0].points < 0 < rows[-1].reasons[0].points


def test_one_row_has_the_same_reasons_as_the_whole_class(school: Cast) -> None:
    _class, exam, _students = make_outlook(school.lakeside, 12)
    rows = dressed(shown(exam), user=school.hana, on=make.TODAY)
    alone = dressed([shown(exam)[3]], user=school.hana, on=make.TODAY)
    assert alone[0].reasons == rows[3].reasons
    assert row_of(rows[3].student, exam, user=school.hana, on=make.TODAY).reasons == rows[3].reasons


def test_a_small_class_is_no_average_for_who_does_not_see_all_of_it(school: Cast) -> None:
    predictions = of_final(school, sam=45.0, mia=70.0)
    assert averages_for(predictions, user=school.ada, on=make.TODAY)
    assert averages_for(predictions[:1], user=school.cora, on=make.TODAY) == {}
    (row,) = dressed(predictions[:1], user=school.cora, on=make.TODAY)
    assert row.versus == ""
    assert (row.base or 0) + fsum(reason.points for reason in row.reasons) == pytest.approx(row.score)


def test_an_average_does_not_tell_of_the_one_whom_a_person_does_not_see(school: Cast) -> None:
    """Ten times the average less the nine whom she looks after would be the score of the tenth."""
    _class, exam, students = make_outlook(school.lakeside, 13)
    for student in students[:4]:
        make.make_caseload(school.cora, student)
    seen = [each for each in shown(exam) if each.student in students[:3]]
    assert averages_for(seen, user=school.cora, on=make.TODAY) == {}
    school.cora.caseload.filter(student=students[3]).delete()
    assert averages_for(seen, user=school.cora, on=make.TODAY), "of ten whom she does not see the rest is no one's"


def test_an_average_of_two_of_a_new_version_is_not_that_of_a_large_class(school: Cast) -> None:
    _class, exam, students = make_outlook(school.lakeside, 14)
    say(make_version(school.lakeside), exam, {students[0]: 40.0, students[1]: 70.0})
    make.make_caseload(school.cora, students[0])
    mine = [each for each in shown(exam) if each.student == students[0]]
    assert averages_for(mine, user=school.cora, on=make.TODAY) == {}
    assert averages_for(mine, user=school.hana, on=make.TODAY)


def test_chances_of_grades_make_one_and_passing_is_that_of_the_pass_mark(school: Cast) -> None:
    (prediction,) = of_final(school, sam=55.0)
    (row,) = dressed([prediction], user=school.ada, on=make.TODAY)
    scale = scale_for(school.final)
    assert [grade.name for grade, _chance in row.chances] == [grade.name for grade in scale.grades]
    assert sum(chance for _grade, chance in row.chances) == pytest.approx(1.0, abs=1e-6)
    passing = sum(chance for grade, chance in row.chances if grade.is_pass)
    assert row.passing == pytest.approx(passing, abs=1e-6)
    assert dict((grade.name, chance) for grade, chance in row.reaching)[scale.grades[-1].name] == row.chances[-1][1]


def test_a_boundary_that_was_not_asked_for_leaves_its_chances_untold(school: Cast) -> None:
    (prediction,) = of_final(school, sam=55.0)
    GradeBoundary.objects.create(scale=GradeScale.objects.get(school=school.lakeside), grade="C+", least=57)
    (row,) = dressed([prediction], user=school.ada, on=make.TODAY)
    assert row.chances == ()
    assert row.passing is not None


def test_what_moved_is_told_against_a_week_before_and_not_against_last_night(school: Cast) -> None:
    version = of_final(school, sam=50.0)[0].run.version
    CurrentPrediction.objects.all().delete()
    Prediction.objects.all().delete()
    (old,) = say(version, school.final, {school.sam: 45.0}, days_ago=9)
    say(version, school.final, {school.sam: 60.0}, days_ago=1)
    (now,) = say(version, school.final, {school.sam: 61.0})
    (row,) = dressed([now], user=school.ada, on=make.TODAY)
    assert row.moved is not None
    assert row.moved.points == (now.score or 0) - (old.score or 0)
    assert row.moved.since == old.run.as_of
    assert row.moved.cause == "new marks"


def test_where_nothing_is_a_week_old_the_scoring_before_counts_and_the_first_is_new(school: Cast) -> None:
    version = of_final(school, sam=50.0)[0].run.version
    (now,) = say(version, school.final, {school.sam: 60.0})
    (row,) = dressed([now], user=school.ada, on=make.TODAY)
    assert row.moved is not None
    assert row.moved.points == pytest.approx(now.score - Prediction.objects.earliest("pk").score)  # type: ignore[operator]  # both scored
    (first,) = say(version, school.final, {school.mia: 60.0})
    (row,) = dressed([first], user=school.ada, on=make.TODAY)
    assert row.moved is not None
    assert (row.moved.points, row.moved.since) == (None, None)


def test_without_a_score_the_row_says_why_and_what_would_change_it(school: Cast) -> None:
    row = row_of(school.sam, school.final, user=school.ada, on=make.TODAY)
    assert not row.has_score
    assert row.sentence == "No prediction was made yet."
    assert "tonight" in row.remedy
    assert (row.score_told, row.range_told, row.passing_words) == ("–", "", "")


def test_estimates_in_force_stand_beside_each_other_the_own_one_apart(school: Cast) -> None:
    (prediction,) = of_final(school, sam=55.0)
    for person, percent in ((school.ada, 50), (school.cora, 58), (school.ada, 53)):
        judging.judge(school.sam, school.final, percent, by=person, on=make.TODAY)
    judging.judge(school.sam, school.final, 70, by=school.hana, on=make.TODAY, expires=make.TODAY + timedelta(days=1))
    (row,) = dressed([prediction], user=school.ada, on=make.TODAY)
    assert row.estimate is not None
    assert row.estimate.percent == 53
    assert {each.by.name: each.percent for each in row.estimates} == {
        "Ada Marsh": 53,
        "Cora Counsel": 58,
        "Hana Leitner": 70,
    }
    (later,) = dressed([prediction], user=school.cora, on=make.TODAY + timedelta(days=2))
    assert {each.percent for each in later.estimates} == {53, 58}
    assert later.estimate is not None
    assert later.estimate.percent == 58


def test_once_the_exam_is_there_nobody_reads_what_others_had_estimated(school: Cast) -> None:
    (prediction,) = of_final(school, sam=55.0)
    for person, percent in ((school.ada, 50), (school.cora, 58)):
        judging.judge(school.sam, school.final, percent, by=person, on=make.TODAY)
    (before,) = dressed([prediction], user=school.hana, on=make.TODAY)
    (after,) = dressed([prediction], user=school.hana, on=school.final.day)
    (own,) = dressed([prediction], user=school.ada, on=school.final.day)
    assert [len(row.estimates) for row in (before, after, own)] == [2, 0, 1]


def test_marks_are_those_of_the_subject_the_oldest_first(school: Cast) -> None:
    for days, score in ((200, 40), (20, 30), (5, 45)):
        exam = make.make_exam(school.maths, title=f"Test {days}", day=make.TODAY - timedelta(days=days), maximum=50)
        make.make_result(exam, school.sam, score)
    other = make.make_exam(school.art, title="Drawing", day=make.TODAY - timedelta(days=3))
    make.make_result(other, school.sam, 99)
    (row,) = dressed(of_final(school, sam=55.0), user=school.ada, on=make.TODAY)
    assert row.marks[0] == 80.0
    assert row.marks[-1] == row.last_mark == 90.0
    assert 99.0 not in row.marks


def test_as_many_queries_for_many_rows_and_exams_as_for_few(school: Cast) -> None:
    _class, exam, _students = make_outlook(school.lakeside, 3)
    dressed(shown(exam), user=school.hana, on=make.TODAY)
    few = shown(exam)
    with assert_queries(22) as small:
        dressed(few, user=school.hana, on=make.TODAY)
    _other, exam_2, _more = make_outlook(school.lakeside, 9, "Physics 9D")
    many = [*shown(exam), *shown(exam_2)]
    with assert_queries(len(small.captured_queries)):
        dressed(many, user=school.hana, on=make.TODAY)
