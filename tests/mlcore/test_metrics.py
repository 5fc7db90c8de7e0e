"""Figures are what a hand works out, and an interval counts students, not rows."""

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlcore import metrics
from mlcore.bootstrap import Draws, figure, wilson
from mlcore.ranges.sets import RangeSet
from mlcore.report import Coverage, Errors, Figure

NONE = Figure(None)
Y = np.array([50.0, 60.0, 70.0, 80.0])
PREDICTED = np.array([52.0, 55.0, 76.0, 80.0])  # off by 2, -5, 6 and 0
WHO = np.array(["Mia", "Sam", "Eva", "Tom"])


def off(*points: float) -> np.ndarray:
    """Scores that miss Y by so many points."""
    return Y + np.array(points)


def around(centre: np.ndarray, half_80: float = 10.0, half_95: float = 20.0) -> RangeSet:
    return RangeSet(centre - half_80, centre + half_80, centre - half_95, centre + half_95)


def a_class(students: int, rows: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Results, scores and students; each student is misjudged by 4 points either way, each exam by 6 more."""
    rng = np.random.default_rng(seed)
    who = np.repeat(np.arange(students), rows)
    y = rng.normal(60, 12, students)[who]
    return y, y + rng.normal(0, 4, students)[who] + rng.normal(0, 6, len(who)), who


def width(told: Figure) -> float:
    assert told.low is not None
    assert told.high is not None
    return told.high - told.low


def figures(errors: Errors) -> list[Figure]:
    return [errors.mae, errors.rmse, errors.r2, errors.within_5, errors.bias]


def test_four_results_are_judged_as_by_hand() -> None:
    told = metrics.errors(Y, PREDICTED, WHO)
    assert (told.rows, told.students) == (4, 4)
    assert told.mae.value == pytest.approx(13 / 4)
    assert told.rmse.value == pytest.approx(np.sqrt(65 / 4))
    assert told.r2.value == pytest.approx(1 - 65 / 500)
    assert told.within_5.value == pytest.approx(3 / 4)  # exactly 5 points off is within 5
    assert told.bias.value == pytest.approx(3 / 4)  # too high on the whole


def test_rows_without_a_result_or_a_score_are_left_out() -> None:
    y, predicted = np.append(Y, [np.nan, 40.0, np.nan]), np.append(PREDICTED, [99.0, np.nan, np.nan])
    who = np.append(WHO, ["Ben", "Ben", "Ida"])
    assert metrics.errors(y, predicted, who) == metrics.errors(Y, PREDICTED, WHO)
    assert metrics.coverage(y, around(predicted), who) == metrics.coverage(Y, around(PREDICTED), WHO)


def test_where_all_results_are_the_same_nothing_can_be_explained() -> None:
    told = metrics.errors(np.full(4, 70.0), PREDICTED, WHO)
    assert told.r2 == NONE
    assert told.mae.value is not None


def test_every_figure_lies_within_its_interval() -> None:
    for told in figures(metrics.errors(*a_class(40, 5, 1))):
        assert told.low < told.value < told.high


def test_asking_each_student_twice_does_not_make_figures_any_surer() -> None:
    y, predicted, who = a_class(40, 5, 2)
    once = figures(metrics.errors(y, predicted, who))
    twice = figures(metrics.errors(np.tile(y, 2), np.tile(predicted, 2), np.tile(who, 2)))
    others = figures(metrics.errors(np.tile(y, 2), np.tile(predicted, 2), np.append(who, who + 40)))
    for one, two, more_students in zip(once, twice, others, strict=True):
        assert two.value == pytest.approx(one.value)
        assert width(two) == pytest.approx(width(one), rel=0.03)
        assert width(more_students) < 0.85 * width(one)


def test_the_interval_holds_the_truth_of_a_hundred_schools_about_as_often_as_it_says() -> None:
    whole = metrics.errors(*a_class(40_000, 5, 3))
    told = [figures(metrics.errors(*a_class(50, 5, seed), seed=seed)) for seed in range(100, 300)]
    for place, truth in enumerate(figures(whole)):
        held = np.mean([each[place].low <= truth.value <= each[place].high for each in told])
        assert 0.89 <= held <= 0.99, (place, held)


def test_intervals_that_took_rows_for_students_would_hold_less_often() -> None:
    held = 0
    for seed in range(100, 200):
        y, predicted, _ = a_class(50, 5, seed)
        bias = metrics.errors(y, predicted, np.arange(len(y)), seed=seed).bias
        held += bias.low <= 0 <= bias.high
    assert held < 85


def test_one_student_alone_says_nothing_about_luck() -> None:
    y, predicted, _ = a_class(1, 30, 4)
    told = metrics.errors(y, predicted, np.zeros(30))
    assert (told.mae.low, told.mae.high, told.bias.low) == (None, None, None)
    assert width(told.within_5) > 0.5


def test_more_students_than_are_drawn_one_by_one_get_the_same_interval() -> None:
    y, predicted, who = a_class(6_000, 2, 5)
    bundled = metrics.errors(y, predicted, who).mae
    assert Draws.of(who).weights.shape[1] == 2_000
    by_student = pd.Series(np.abs(predicted - y)).groupby(who).mean()
    assert width(bundled) == pytest.approx(2 * 1.96 * by_student.std() / np.sqrt(6_000), rel=0.15)


def test_twelve_of_twelve_is_no_certainty() -> None:
    y = np.linspace(40, 90, 12)
    hit = metrics.coverage(y, around(y), np.arange(12)).hit_80
    assert hit.value == 1.0
    assert hit.low == pytest.approx(wilson(1.0, 12)[0])
    assert hit.low == pytest.approx(0.757, abs=0.001)


@given(st.integers(1, 2_000), st.floats(0, 1))
def test_a_share_lies_within_its_interval_and_that_between_none_and_all(rows: int, part: float) -> None:
    value = round(part * rows) / rows
    low, high = wilson(value, rows)
    assert 0 <= low <= value <= high <= 1
    assert low < high


def test_a_figure_that_most_draws_cannot_say_has_no_interval() -> None:
    assert figure(1.0, np.array([1.0, np.nan, np.nan, np.nan])) == Figure(1.0)
    assert figure(np.inf, np.array([1.0, 2.0])) == NONE


def test_the_gain_is_the_share_of_the_simple_guess_error_that_is_saved() -> None:
    told = metrics.gain(Y, off(3, -3, 3, -3), off(4, -4, -4, 4), WHO)
    assert told.value == pytest.approx(0.25)
    unsaid = metrics.gain(Y, PREDICTED, Y, WHO)  # a guess without any error leaves nothing to save
    assert unsaid == NONE


def test_the_gain_compares_the_same_rows() -> None:
    champion, baseline = off(3, -3, np.nan, 50), off(4, -4, 90, np.nan)
    assert metrics.gain(Y, champion, baseline, WHO).value == pytest.approx(0.25)


def test_ranges_are_counted_with_both_their_ends() -> None:
    ranges = RangeSet(
        *(np.array(edge, dtype=float) for edge in ([50, 50, 0, 90], [60, 60, 69, 95], [40] * 4, [80] * 4))
    )
    told = metrics.coverage(Y, ranges, WHO)
    assert told.rows == 4
    assert told.hit_80.value == pytest.approx(2 / 4)  # 50 is where one range begins, 60 where one ends
    assert told.hit_95.value == 1.0
    assert told.width_80 == pytest.approx((10 + 10 + 69 + 5) / 4)
    assert told.width_95 == pytest.approx(40)


def test_parts_of_fewer_than_ten_students_are_left_out() -> None:
    y, predicted, who = a_class(30, 4, 6)
    subject = np.where(who < 9, "ART", np.where(who < 19, "MATH", "MUS")).astype(object)
    subject[-1] = None
    told = metrics.slices(y, predicted, around(predicted), pd.DataFrame({"subject": subject}), who)
    assert [(part.by, part.name) for part in told] == [("subject", "MATH"), ("subject", "MUS")]
    assert [part.errors.students for part in told] == [10, 11]
    assert [part.coverage.rows for part in told] == [40, 43]  # the row without a subject belongs to none
    in_math = subject == "MATH"
    alone = metrics.errors(y[in_math], predicted[in_math], who[in_math])
    assert told[0].errors.mae.value == pytest.approx(alone.mae.value)
    assert told[0].errors.r2.value == pytest.approx(alone.r2.value)


def test_a_part_too_small_to_be_told_cannot_be_worked_out_from_the_others() -> None:
    """The whole less all that is told would be the few who were left out, so another part is left out with them."""
    y, predicted, who = a_class(40, 2, 6)
    subject = np.where(who < 3, "ART", np.where(who < 14, "MATH", "MUS")).astype(object)
    kind = np.where(who < 20, "test", "oral").astype(object)
    kind[who == 39] = None
    history = np.where(who < 20, 0, 5)
    context = pd.DataFrame({"subject": subject, "kind": kind, "history": history})
    found = metrics.slices(y, predicted, around(predicted), context, who)
    assert len(found) == 6
    told = [(part.by, part.name) for part in metrics.tellable(found, context, who)]
    assert told == [("subject", "MUS"), ("kind", "test"), ("history", "0"), ("history", "3 to 5")]


def test_parts_come_in_the_order_of_their_numbers_and_amounts() -> None:
    lead, history = np.array([84.0, 1.0, 14.0, np.nan]), np.array([12, 0, 4, 1])
    assert [name for name, _ in metrics.parts(lead, "lead")] == ["1", "14", "84"]
    assert [name for name, _ in metrics.parts(history, "history")] == ["0", "1", "3 to 5", "11 or more"]


def test_amounts_of_history_fall_into_their_bins() -> None:
    labels = np.array(metrics.HISTORY_LABELS)
    told = labels[metrics.history_bins([0, np.nan, 1, 2, 3, 5, 6, 10, 11, 400])]
    assert "|".join(told) == "0|0|1|2|3 to 5|3 to 5|6 to 10|6 to 10|11 or more|11 or more"


def test_the_worst_cases_name_each_student_and_exam_once() -> None:
    keys = pd.DataFrame({"student": [1, 1, 2, 2, 3], "exam": [7, 7, 7, 8, 8], "lead": [1, 42, 1, 1, 1]})
    y = np.array([50.0, 50.0, 50.0, 50.0, np.nan])
    predicted = np.array([80.0, 90.0, 55.0, 30.0, 0.0])
    told = metrics.worst_cases(keys, y, predicted, around(predicted))
    assert [(case.student, case.exam, case.lead) for case in told] == [("1", "7", 42), ("2", "8", 1), ("2", "7", 1)]
    assert (told[0].predicted, told[0].actual, told[0].low_80, told[0].high_80) == (90.0, 50.0, 80.0, 100.0)
    assert len(metrics.worst_cases(keys, y, predicted, around(predicted), most=2)) == 2


def test_nothing_to_judge_gives_no_figure_and_no_warning() -> None:
    none = np.empty(0)
    ranges = RangeSet(none, none, none, none)
    keys = pd.DataFrame({"student": [], "exam": [], "lead": []})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert metrics.errors(none, none, none) == Errors(0, 0, NONE, NONE, NONE, NONE, NONE)
        assert metrics.errors(Y, np.full(4, np.nan), WHO).rmse == NONE
        assert metrics.coverage(none, ranges, none) == Coverage(0, NONE, NONE, None, None)
        assert metrics.gain(none, none, none, none) == NONE
        assert metrics.slices(none, none, ranges, pd.DataFrame({"subject": [], "history": []}), none) == ()
        assert metrics.worst_cases(keys, none, none, ranges) == ()
