"""The outlook of one student as figures: what adds up, what may be tried, what came of earlier ones, and for whom."""

from datetime import timedelta
from typing import Any

import pytest

from portal.accounts.models import User
from portal.kit.scoping import remembering_grants
from predictions import artifacts, judging
from predictions.models import Prediction
from predictions.outlooks.contract import Scale
from predictions.outlooks.student import StudentOutlook, next_of_each, outlook_rows, student_outlook
from predictions.outlooks.student_exams import exam_of, exams_ahead
from predictions.outlooks.student_hints import hints_of
from predictions.outlooks.student_past import past_of
from predictions.outlooks.student_supposing import answered, filled, knobs_of, wanted
from predictions.outlooks.student_why import in_tenths
from students import support
from students.models import Student
from tests import make
from tests.asserts import assert_queries
from tests.cast import Cast
from tests.make import TODAY
from tests.predictions.measured import before, give_results, make_scoring, past_exam, say
from tests.predictions.scored import make_prediction, make_scoring_run
from tests.predictions.test_artifacts import path_of
from tests.predictions.test_changes import AFTER, BEFORE, row_of, said
from tests.trained import make_version

pytestmark = pytest.mark.django_db


def outlook(school: Cast, user: User | None = None, student: Student | None = None, **facts: Any) -> StudentOutlook:
    return student_outlook(student or school.sam, school.final, user=user or school.ada, on=TODAY, **facts)


@pytest.fixture
def prediction(school: Cast) -> Prediction:
    """What is shown of Sam, after Mia was told something better in the same class."""
    version = make_version(school.lakeside)
    made = make_scoring_run(version, [school.final], as_of=TODAY)
    make_prediction(made, school.mia, school.final, row_of({**AFTER, "subject_last": 90.0, "shrunken_mean": 88.0}))
    return make_prediction(made, school.sam, school.final, row_of(AFTER))


@pytest.mark.parametrize("parts", [[0.4, 0.4, 0.4], [-12.5, 3.5, 0.0], [7.49, -0.51], [0.5]])
def test_tenths_add_up_whatever_was_rounded(parts: list[float]) -> None:
    for total in (-9, 0, 1, 7):
        assert sum(in_tenths(total, parts)) == total


def test_the_waterfall_leads_from_the_class_to_the_student_in_told_figures(
    school: Cast, prediction: Prediction
) -> None:
    why = outlook(school).why
    assert why is not None
    assert why.class_name == school.maths.name
    scores = Prediction.objects.values_list("score", flat=True)
    assert why.start == round(sum(score or 0 for score in scores) / 2, 1)
    assert round(why.start * 10) + sum(step.tenths for step in why.steps) == round(why.end * 10)
    assert why.end == round(prediction.score or 0, 1)
    assert [step.is_changeable for step in why.steps] == sorted(
        (step.is_changeable for step in why.steps), reverse=True
    )
    by_label = {step.label: step for step in why.steps}
    told = next((step for label, step in by_label.items() if label.startswith("Earlier results, this")), None)
    assert told is not None
    assert "48" in told.facts


def test_who_sees_one_student_only_is_not_told_a_small_classs_average(school: Cast, prediction: Prediction) -> None:
    told = outlook(school, school.cora).why
    assert told is not None
    assert told.class_name == ""


def test_facts_show_no_protected_value(school: Cast, prediction: Prediction) -> None:
    schema = artifacts.opened(prediction.run.version).schema
    hidden = [feature.label for feature in schema.features if feature.protected]
    told = outlook(school).why
    assert told is not None
    assert not any(label in step.facts for label in hidden for step in told.steps)


def test_help_and_notes_stand_on_the_line_of_time_as_far_as_they_may_be_read(
    school: Cast, prediction: Prediction
) -> None:
    plan = support.HelpPlan(
        kind="tutoring",
        goal="fractions",
        owner=school.ada,
        starts=TODAY - timedelta(days=9),
        review_on=TODAY + timedelta(days=9),
    )
    support.plan(school.sam, plan, by=school.hana, on=TODAY - timedelta(days=9))
    from django.utils import timezone

    support.write_note(school.sam, "Confided in me.", by=school.cora, at=timezone.now(), is_restricted=True)
    for_leader, for_teacher = outlook(school, school.hana).line, outlook(school, school.ada).line
    assert len(for_leader.wide.help) == len(for_teacher.wide.help) == 1
    assert (len(for_leader.wide.notes), len(for_teacher.wide.notes)) == (1, 0)
    assert "fractions" in for_teacher.text
    assert "Confided" not in for_leader.text
    assert any("tutoring" in told for _day, _what, told in for_teacher.rows)


def test_why_it_changed_is_told_from_scoring_to_scoring(school: Cast) -> None:
    version = make_version(school.lakeside)
    said(school, version, 20, BEFORE)
    said(school, version, 5, AFTER)
    history = outlook(school).history
    assert history.count == 2
    assert len(history.line) == 2
    assert "lower since" in history.told[0].sentence
    assert history.told[1].sentence.startswith("Predicted for the first time")


# --- what if ----------------------------------------------------------------------------------------------------
def test_only_what_can_be_changed_may_be_tried_and_what_stands_there_counts_as_unchanged(
    school: Cast, prediction: Prediction
) -> None:
    knobs = knobs_of(prediction)
    schema = artifacts.opened(prediction.run.version).schema
    can = {feature.name for feature in schema.features if feature.changeable and not feature.protected}
    assert {knob.name for knob in knobs} == can
    assert "attendance_rate" in can
    assert wanted(knobs, {knob.key: knob.start for knob in knobs}) == {}
    for knob in knobs:
        if knob.low:
            assert float(knob.low) < float(knob.high)
            assert float(knob.low) <= float(knob.slider) <= float(knob.high)


def test_what_if_tells_now_and_then_and_stores_nothing(school: Cast, prediction: Prediction) -> None:
    knobs = knobs_of(prediction)
    rate = next(knob for knob in knobs if knob.name == "attendance_rate")
    values = wanted(knobs, {rate.key: "99,5"})
    assert values == {"attendance_rate": 99.5}
    count = Prediction.objects.count()
    with assert_queries(3):
        told = answered(prediction, values, Scale(50), user=school.ada)
    assert told.is_told
    assert told.changes == (("attendance", "84\N{NO-BREAK SPACE}%", "100\N{NO-BREAK SPACE}%"),)
    assert told.low <= told.score <= told.high
    assert told.chance
    assert Prediction.objects.count() == count
    again = filled(knobs, {rate.key: "99,5"}, {"attendance_rate": "no"})
    assert next(knob for knob in again if knob.key == rate.key).fault == "no"


def test_hints_gain_points_and_never_advise_to_be_there_less(school: Cast, prediction: Prediction) -> None:
    hints = hints_of(prediction)
    assert len(hints) <= 3
    assert len({hint.label for hint in hints}) == len(hints)
    assert all(hint.points.startswith("+") and hint.now != "not known" for hint in hints)


# --- before -------------------------------------------------------------------------------------------------------
def test_the_past_tells_what_was_said_last_before_each_exam(school: Cast) -> None:
    version = make_version(school.lakeside)
    exam = past_exam(school.maths, days=12)
    for days, score in ((9, 40.0), (3, 60.0)):
        say(make_scoring(school.lakeside, version, [exam], as_of=before(exam, days)), exam, [school.sam], [score])
    give_results(exam, [school.sam], [72.0])
    told = past_of(school.sam, user=school.ada, on=TODAY)
    (row,) = told.rows
    assert (row.score_told, row.range_told, row.actual_told, row.is_inside, row.own) == (
        "60",
        "50–70",
        "72",
        False,
        None,
    )
    assert told.sentence == "The result of 0 of 1 earlier exam lay in its 8-of-10 range."


def test_ones_own_estimate_stands_beside_it_and_nobody_elses(school: Cast) -> None:
    version = make_version(school.lakeside)
    say(make_scoring(school.lakeside, version, [school.final]), school.final, [school.sam], [60.0])
    judging.judge(school.sam, school.final, 55, by=school.ada, on=TODAY)
    judging.judge(school.sam, school.final, 90, by=school.hana, on=TODAY)
    day = TODAY + timedelta(days=61)
    make.make_result(school.final, school.sam, 58)
    told = past_of(school.sam, user=school.ada, on=day).rows
    assert [(row.own_told, row.is_inside) for row in told] == [("55", True)]
    assert past_of(school.sam, user=school.gus, on=day).rows == ()


# --- which exams --------------------------------------------------------------------------------------------------
def test_exams_ahead_are_those_of_the_students_own_classes(school: Cast) -> None:
    make.make_exam(school.art, day=TODAY + timedelta(days=5), is_target=True)
    make.make_exam(school.maths, day=TODAY + timedelta(days=4))
    assert exams_ahead(school.sam, user=school.ada, on=TODAY) == [school.final]
    assert exams_ahead(school.sam, user=school.tess, on=TODAY) == []
    first = make.make_exam(school.maths, day=TODAY, is_target=True)
    ahead = exams_ahead(school.sam, user=school.ada, on=TODAY)
    assert ahead == [first, school.final]
    assert next_of_each(ahead) == [first]
    assert exam_of(school.sam, school.test.pk, user=school.ada) == school.test


# --- states -------------------------------------------------------------------------------------------------------
def test_without_a_prediction_the_page_still_has_marks_and_arithmetic(school: Cast) -> None:
    told = outlook(school)
    assert not told.row.has_score
    assert told.row.sentence
    assert not told.has_model
    assert told.why is None
    assert told.knobs == ()
    assert told.history.count == 0
    assert [need.grade.name for need in told.needed.year] == ["A", "B", "C", "D"]
    assert all(need.chance is None for need in told.needed.year)


def test_what_cannot_be_opened_is_left_out_and_the_score_stays(school: Cast, prediction: Prediction) -> None:
    path_of(prediction.run.version).unlink()
    artifacts.forget_opened()
    told = outlook(school)
    assert told.row.has_score
    assert told.why is None
    assert told.knobs == ()
    assert told.hints == ()
    assert all(need.chance is not None for need in told.needed.here)


def test_an_exam_that_is_over_has_its_result_and_nothing_to_try(school: Cast, prediction: Prediction) -> None:
    make.make_result(school.final, school.sam, 71)
    told = student_outlook(school.sam, school.final, user=school.ada, on=TODAY + timedelta(days=70))
    assert told.is_over
    assert told.result_told == "71\N{NO-BREAK SPACE}%"
    assert told.knobs == ()
    assert told.needed.here == ()
    assert told.line.wide.whisker is not None
    assert told.line.wide.link == ""
    assert told.sees_exam


def test_a_long_history_needs_no_more_queries_than_a_short_one(school: Cast, prediction: Prediction) -> None:
    def both(least: int) -> None:
        with remembering_grants(), assert_queries(25):
            outlook(school, school.hana, whole=True)
        with remembering_grants(), assert_queries(11):
            assert len(outlook_rows(school.sam, user=school.hana, on=TODAY)) == least

    both(1)
    version = prediction.run.version
    for days in range(2, 9):
        exam = past_exam(school.maths, days=days)
        say(make_scoring(school.lakeside, version, [exam], as_of=before(exam)), exam, [school.sam], [60.0])
        give_results(exam, [school.sam], [50.0 + days])
        make.make_exam(school.maths, day=TODAY + timedelta(days=days), is_target=True)
        said(school, version, days, BEFORE)
    both(8)
