"""Chances are held against what happened, and those flagged first against those who missed the pass mark."""

import warnings

import numpy as np
import pytest

from mlcore.chances import flagged_first, flagging, reliability
from mlcore.report import Chances, Figure

Y = np.array([80.0, 50.0, 49.0, 20.0])
WHO = np.arange(4)


def column(*chances: float) -> np.ndarray:
    return np.array(chances)[:, None]


def test_the_score_of_chances_is_what_a_hand_works_out() -> None:
    [told] = reliability(Y, column(0.9, 0.6, 0.5, 0.1), [50.0], WHO)  # exactly 50 reaches 50
    assert told.boundary == 50.0
    assert told.brier.value == pytest.approx((0.1**2 + 0.4**2 + 0.5**2 + 0.1**2) / 4)
    assert told.brier_of_base_rate == pytest.approx(0.5 * 0.5)
    assert told.brier.low < told.brier.value < told.brier.high


def test_each_boundary_has_its_own_chances() -> None:
    low, high = reliability(Y, np.array([[1.0, 1.0, 1.0, 0.0], [1.0, 0.0, 0.0, 0.0]]).T, [40.0, 60.0], WHO)
    assert (low.boundary, high.boundary) == (40.0, 60.0)
    assert (low.brier.value, high.brier.value) == (0.0, 0.0)
    assert (low.brier_of_base_rate, high.brier_of_base_rate) == (pytest.approx(3 / 16), pytest.approx(3 / 16))


def test_chances_that_are_never_wrong_cannot_be_bettered() -> None:
    [told] = reliability(Y, column(1.0, 1.0, 0.0, 0.0), [50.0], WHO)
    assert told.brier == Figure(0.0, 0.0, 0.0)
    assert [(part.said, part.happened, part.rows) for part in told.bins] == [(0.0, 0.0, 2), (1.0, 1.0, 2)]


def test_bins_say_what_was_said_and_what_happened() -> None:
    y = np.array([30.0, 30.0, 60.0, 60.0, 30.0, 60.0])
    [told] = reliability(y, column(0.02, 0.08, 0.05, 0.95, 0.95, 1.0), [50.0], np.arange(6))
    lowest, highest = told.bins  # a bin into which nothing falls is not told
    assert (lowest.low, lowest.high, lowest.rows) == (0.0, 0.1, 3)
    assert lowest.said == pytest.approx(0.05)
    assert lowest.happened == pytest.approx(1 / 3)
    assert (highest.low, highest.high, highest.rows) == (0.9, 1.0, 3)
    assert highest.said == pytest.approx(2.9 / 3)
    assert highest.happened == pytest.approx(2 / 3)


def test_a_chance_between_two_bins_belongs_to_the_upper_one() -> None:
    tenths = np.arange(11) / 10
    [told] = reliability(np.full(11, 60.0), tenths[:, None], [50.0], np.arange(11))
    assert [part.rows for part in told.bins] == [1] * 9 + [2]
    assert all(part.low <= part.said <= part.high for part in told.bins)


def test_honest_chances_happen_as_often_as_they_say() -> None:
    rng = np.random.default_rng(1)
    chance = rng.random(20_000)
    y = np.where(rng.random(20_000) < chance, 70.0, 30.0)
    [told] = reliability(y, chance[:, None], [50.0], np.arange(20_000))
    assert all(part.happened == pytest.approx(part.said, abs=0.04) for part in told.bins)
    assert told.brier.value == pytest.approx(1 / 6, abs=0.005)
    assert told.brier_of_base_rate == pytest.approx(0.25, abs=0.001)


def test_rows_without_a_result_or_a_chance_are_left_out() -> None:
    chances = column(0.9, 0.6, 0.5, 0.1)
    more = np.vstack([chances, [[0.3], [np.nan]]])
    longer, who = np.append(Y, [np.nan, 70.0]), np.arange(6)
    assert reliability(longer, more, [50.0], who) == reliability(Y, chances, [50.0], WHO)
    assert flagging(longer, more[:, 0], 50.0, who) == flagging(Y, chances[:, 0], 50.0, WHO)


@pytest.mark.parametrize(
    ("rows", "part", "flagged"), [(20, 0.05, 1), (21, 0.05, 2), (10, 0.1, 1), (30, 0.1, 3), (7, 0.2, 2), (5, 1.0, 5)]
)
def test_the_share_that_is_flagged_is_rounded_up_to_whole_students(rows: int, part: float, flagged: int) -> None:
    assert flagged_first(np.linspace(0, 1, rows), part).sum() == flagged


def test_the_likeliest_are_flagged_first_and_of_equal_ones_those_who_come_first() -> None:
    assert flagged_first(np.array([0.2, 0.9, 0.4, 0.8]), 0.5).tolist() == [False, True, False, True]
    assert flagged_first(np.array([0.1, 0.5, 0.5, 0.5]), 0.5).tolist() == [False, True, True, False]
    assert flagged_first(np.full(4, 0.5), 0.25).tolist() == [True, False, False, False]
    assert not flagged_first(np.empty(0), 0.1).any()


def test_who_was_flagged_and_who_missed_are_counted_as_by_hand() -> None:
    y = np.array([30.0, 45.0, 49.9, 50.0, 60.0, 70.0, 80.0, 90.0, 95.0, 99.0])  # three miss 50
    chance = np.array([0.9, 0.2, 0.7, 0.8, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1])
    first, all_four = flagging(y, chance, 50.0, np.arange(10), shares=(0.1, 0.4))
    assert (first.share, first.flagged) == (0.1, 1)
    assert (first.precision.value, first.recall.value) == (1.0, pytest.approx(1 / 3))
    assert all_four.flagged == 4  # those of 0.9, 0.8, 0.7 and 0.2
    assert (all_four.precision.value, all_four.recall.value) == (pytest.approx(3 / 4), 1.0)


def test_one_who_was_flagged_rightly_is_no_certainty() -> None:
    [told] = flagging(Y, np.array([0.1, 0.2, 0.3, 0.9]), 50.0, WHO, shares=(0.25,))
    assert (told.precision.value, told.precision.high) == (1.0, 1.0)
    assert told.precision.low < 0.25


def test_one_student_flagged_for_many_exams_counts_as_one() -> None:
    who = np.append(np.zeros(20), np.arange(1, 81))
    chance = np.append(np.full(20, 0.9), np.full(80, 0.1))
    y = np.append(np.where(np.arange(20) < 10, 40.0, 60.0), np.full(80, 70.0))
    [told] = flagging(y, chance, 50.0, who, shares=(0.2,))
    assert told.precision.value == pytest.approx(0.5)
    assert told.precision.high - told.precision.low > 0.8


def test_where_nobody_missed_there_is_nothing_to_be_found() -> None:
    [told] = flagging(np.full(10, 80.0), np.linspace(0, 1, 10), 50.0, np.arange(10), shares=(0.2,))
    assert told.precision.value == 0.0
    assert told.recall == Figure(None)


def test_nothing_to_judge_gives_no_figure_and_no_warning() -> None:
    none = np.empty(0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert reliability(none, np.empty((0, 1)), [50.0], none) == (Chances(50.0, Figure(None), None, ()),)
        [told] = flagging(np.full(4, np.nan), np.full(4, 0.5), 50.0, WHO, shares=(0.1,))
    assert (told.flagged, told.precision, told.recall) == (0, Figure(None), Figure(None))
