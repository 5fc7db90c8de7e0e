"""The outlook of a class: who is on it, what is said of the class as one, and how far it can be trusted."""

from datetime import timedelta

import numpy as np
import pytest

from predictions.models import Measurement, Touched
from predictions.outlooks.class_outlook import class_outlook, target_exams
from predictions.outlooks.class_view import Wish, arrange
from predictions.outlooks.summing import Spread, _counts, _range, _shifted, spread_of
from predictions.outlooks.trust import trust_of
from tests import make
from tests.asserts import assert_queries
from tests.cast import Cast
from tests.predictions.outlooked import make_outlook, of_final
from tests.trained import make_version

pytestmark = pytest.mark.django_db


def test_the_exams_to_be_predicted_the_next_one_first(school: Cast) -> None:
    make.make_exam(school.maths, title="Quiz", day=make.TODAY + timedelta(days=3))
    soon = make.make_exam(school.maths, title="Test", day=make.TODAY + timedelta(days=9), is_target=True)
    make.make_exam(school.maths, title="Past", day=make.TODAY - timedelta(days=9), is_target=True)
    assert target_exams(school.maths, user=school.ada, on=make.TODAY) == [soon, school.final]
    assert target_exams(school.maths, user=school.wanda, on=make.TODAY) == []


def test_the_class_as_one_is_the_sum_of_its_students(school: Cast) -> None:
    school_class, exam, _students = make_outlook(school.lakeside, 12)
    outlook = class_outlook(school_class, exam, user=school.hana, on=make.TODAY)
    summary = outlook.summary
    assert (summary.scored, summary.unscored) == (12, 0)
    assert summary.mean == pytest.approx(np.mean([row.score for row in outlook.rows]))
    assert summary.mean_low < summary.mean < summary.mean_high  # type: ignore[operator]  # all known
    assert sum(count for _grade, count in summary.mix) == pytest.approx(12)
    assert summary.passes is not None
    expected, low, high = summary.passes
    assert expected == round(sum(row.passing or 0 for row in outlook.rows))
    assert low <= expected <= high
    assert summary.condition == "if the exam is as hard as usual"
    assert all(low <= count + 1 and high >= count - 1 for _grade, count, low, high in summary.by_grade)


def test_counts_follow_the_poisson_binomial_distribution() -> None:
    chances = np.full((1, 10), 0.5)
    counts = _counts(chances)
    assert counts.sum() == pytest.approx(1.0)
    assert counts[5] == pytest.approx(0.24609375)
    assert _range(counts) == (3, 7)
    assert _range(_counts(np.array([[1.0, 1.0, 0.0]]))) == (2, 2)


def test_exams_that_err_as_a_whole_widen_what_is_likely() -> None:
    chances, errors = np.full(30, 0.6), np.full(30, 9.0)
    alone = _range(_counts(_shifted(chances, errors, 0.0)))
    together = _range(_counts(_shifted(chances, errors, 6.0)))
    assert together[0] < alone[0]
    assert together[1] > alone[1]
    assert _shifted(chances, errors, 6.0).mean() == pytest.approx(0.6, abs=0.01)


def test_how_far_whole_exams_err_is_learned_from_those_that_were_measured(school: Cast) -> None:
    version = make_version(school.lakeside)
    for place in range(10):
        exam = make.make_exam(school.maths, title=f"Test {place}", day=make.TODAY - timedelta(days=place + 2))
        bias = 6.0 if place % 2 else -6.0
        facts = {"enough": True, "errors": {"bias": {"value": bias}, "rmse": {"value": 10.0}}}
        Measurement.objects.create(
            school=school.lakeside, version=version, exam=exam, kind="results", rows=25, facts=facts
        )
    told = spread_of(version, school.lakeside).common
    assert told is not None
    assert told == pytest.approx((36 - 64 / 24) ** 0.5)
    assert spread_of(make_version(school.lakeside, seed=1), school.lakeside) == Spread(None)


def test_who_sees_part_of_a_class_is_told_nothing_about_it_as_one(school: Cast) -> None:
    of_final(school, sam=45.0, mia=70.0)
    outlook = class_outlook(school.maths, school.final, user=school.cora, on=make.TODAY)
    assert [row.student for row in outlook.rows] == [school.sam]
    assert not outlook.is_whole
    assert outlook.summary.mean is None
    whole = class_outlook(school.maths, school.final, user=school.ada, on=make.TODAY)
    assert whole.is_whole
    assert len(whole.rows) == 2


def test_a_parent_who_teaches_here_finds_no_row_of_their_own_child_among_others(school: Cast) -> None:
    of_final(school, sam=45.0, mia=70.0)
    make.make_guardianship(school.cora, school.mia)
    from students.roles import Role

    make.make_member(school.cora, school.lakeside, Role.GUARDIAN)
    outlook = class_outlook(school.maths, school.final, user=school.cora, on=make.TODAY)
    assert [row.student for row in outlook.rows] == [school.sam]


def test_something_new_is_told_until_it_is_scored(school: Cast) -> None:
    of_final(school, sam=45.0, mia=70.0)
    Touched.objects.create(school_id=school.lakeside.pk, student_id=school.sam.pk, kind="marks")
    outlook = class_outlook(school.maths, school.final, user=school.ada, on=make.TODAY)
    assert outlook.waits[0].startswith("Something new became known about 1 student")
    assert (outlook.as_of, outlook.may_judge) == (make.TODAY, True)


def test_trust_comes_from_results_of_the_school_else_from_training(school: Cast) -> None:
    version = make_version(school.lakeside)
    told = trust_of(version, school.lakeside)
    assert told.sentence.startswith("In training, ranges like these held")
    assert not told.is_measured
    interval = {"value": 0.8, "low": 0.78, "high": 0.82}
    facts = {
        "enough": True, "coverage": {"hit_80": interval}, "errors": {"mae": {"value": 7.0}},
        "baseline": {"mae": {"value": 9.0}, "gain": {"value": 0.2, "low": 0.1, "high": 0.3}},
    }  # fmt: skip
    other = make_version(school.lakeside, seed=1)
    Measurement.objects.create(school=school.lakeside, version=other, kind="results", rows=300, facts=facts)
    measured = trust_of(other, school.lakeside)
    assert "held 8 of 10 results in the last six months in this school (300 results)" in measured.sentence
    assert "2.0 less than the simplest guess" in measured.sentence
    assert (measured.beats_simplest, measured.results) == (True, 300)


def test_a_model_that_does_not_beat_the_simplest_guess_is_said_to(school: Cast) -> None:
    version = make_version(school.lakeside)
    facts = {
        "enough": True, "coverage": {"hit_80": {"value": 0.8}}, "errors": {"mae": {"value": 9.1}},
        "baseline": {"mae": {"value": 9.0}, "gain": {"value": -0.01, "low": -0.03, "high": 0.01}},
    }  # fmt: skip
    Measurement.objects.create(school=school.lakeside, version=version, kind="results", rows=300, facts=facts)
    told = trust_of(version, school.lakeside)
    assert told.beats_simplest is False
    assert "no nearer than the simplest guess" in told.sentence
    assert trust_of(None, school.lakeside).sentence.startswith("No model serves")


def test_filters_order_and_words_work_on_the_rows_that_were_read(school: Cast) -> None:
    school_class, exam, students = make_outlook(school.lakeside, 12)
    outlook = class_outlook(school_class, exam, user=school.hana, on=make.TODAY)
    usual = arrange(outlook, Wish())
    scores = [row.score for row in usual.rows]
    assert scores == sorted(scores)  # type: ignore[type-var]  # all scored
    near = arrange(outlook, Wish(show="near"))
    assert 0 < len(near.rows) < 12
    assert all(row.passing < 0.8 for row in near.rows)  # type: ignore[operator]  # all scored
    strict = arrange(outlook, Wish(show="near", boundary=f"{outlook.scale.boundaries[-1]:g}"))
    assert len(strict.rows) > len(near.rows)
    assert arrange(outlook, Wish(show="moved")).rows
    assert len(arrange(outlook, Wish(show="uncertain")).rows) <= 6
    assert arrange(outlook, Wish(show="none")).rows == ()
    name = students[4].name
    assert name in [row.student.name for row in arrange(outlook, Wish(words=name.upper())).rows]
    assert arrange(outlook, Wish(sort="passing", is_descending=True)).rows[0].score == max(scores)  # type: ignore[type-var]  # all scored
    odd = arrange(outlook, Wish(columns=("nonsense",), show="x", sort="pk", boundary="-1"))
    assert (odd.show, odd.sort, odd.boundary.percent) == ("all", "score", outlook.scale.pass_mark)
    counts = {each.key: each.count for each in usual.filters}
    assert counts["all"] == 12
    assert counts["near"] == len(near.rows)


def test_as_many_queries_for_a_large_class_as_for_a_small_one(school: Cast) -> None:
    small, exam, _students = make_outlook(school.lakeside, 4)
    large, exam_2, _more = make_outlook(school.lakeside, 30, "Physics 9D")
    class_outlook(small, exam, user=school.hana, on=make.TODAY)
    class_outlook(large, exam_2, user=school.hana, on=make.TODAY)
    with assert_queries(20) as few:
        class_outlook(small, exam, user=school.hana, on=make.TODAY)
    with assert_queries(len(few.captured_queries)):
        class_outlook(large, exam_2, user=school.hana, on=make.TODAY)
