"""Bends and steps: found where they are, with a place that is as sure as it says, and seldom where there is none."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlcore.statistics.breaks import Places, gains
from mlcore.statistics.thresholds import Kind, threshold, thresholds
from mlcore.statistics.wobble import places_again
from tests.mlcore.insight import assert_fit_to_print, category, marks, number

RNG = np.random.default_rng(20)
ATTENDANCE = 100 * RNG.beta(9, 1.5, 400)
NOISE = RNG.normal(0, 6, 400)
BENT = 70 + 0.9 * np.minimum(ATTENDANCE - 85, 0) + NOISE
STEPPED = 60 + 12.0 * (ATTENDANCE >= 85) + NOISE
STRAIGHT = 20 + 0.5 * ATTENDANCE + NOISE


def asked(x, y, students=None, **how):
    x_column = number(x, label="attendance", unit="%")
    return threshold(x_column, marks(y), np.arange(len(x)) if students is None else students, **how)


def test_marks_that_fall_below_85_percent_attendance_are_told_with_the_place():
    told = asked(ATTENDANCE, BENT)
    assert told.kind is Kind.BEND
    assert told.at.place.low <= 85 <= told.at.place.high
    assert told.at.place.value == pytest.approx(85, abs=5)
    assert told.at.below.slope == pytest.approx(0.9, abs=0.25)
    assert told.at.above.slope == pytest.approx(0.0, abs=0.35)
    assert told.at.jump is None
    assert told.sentence.startswith("Along attendance, score bends at about 8")
    assert "With each 1 % more of attendance go 0.9" in told.sentence
    assert_fit_to_print(told)


def test_a_step_is_told_from_a_bend_with_both_sides_counted():
    told = asked(ATTENDANCE, STEPPED)
    below = told.at.place.value > ATTENDANCE
    assert told.kind is Kind.STEP
    assert told.at.place.value == pytest.approx(85, abs=1)
    assert told.at.jump == pytest.approx(12, abs=3)
    assert (told.at.below.students, told.at.above.students) == (below.sum(), (~below).sum())
    assert told.at.below.mean.value == pytest.approx(STEPPED[below].mean())
    assert f"{below.sum()} students below had" in told.sentence
    assert_fit_to_print(told)


def test_a_straight_line_has_no_place_and_a_curve_none_of_its_own():
    x = RNG.uniform(0, 100, 400)
    assert asked(ATTENDANCE, STRAIGHT).kind is Kind.LINE
    assert asked(x, 20 + 0.008 * x**2 + NOISE).kind is Kind.CURVE
    assert "no single place" in asked(x, 20 + 0.008 * x**2 + NOISE).sentence


def test_what_a_break_saves_is_what_least_squares_says():
    x = np.sort((ATTENDANCE - ATTENDANCE.min()) / np.ptp(ATTENDANCE))
    places = Places.between(x, 20)
    found = gains(x, BENT, places, np.random.default_rng(0))
    for at in (3, 20, len(places.at) - 2):
        above = x > places.at[at]
        for extra, saved in ((above.astype(float), found.steps), (np.where(above, x - places.at[at], 0), found.bends)):
            design = np.stack([np.ones_like(x), x, extra], axis=1)
            left = BENT - design @ np.linalg.lstsq(design, BENT, rcond=None)[0]
            assert found.line - saved[at - 1] == pytest.approx(left @ left)


@pytest.mark.parametrize("uneven", [False, True])
def test_straight_lines_are_seldom_told_to_bend_or_step(uneven):
    alarms = 0
    for _ in range(40):
        x = RNG.uniform(0, 100, 120)
        noise = RNG.standard_t(6, 120) * (0.3 + 0.02 * (100 - x) if uneven else 1.0)
        told = asked(x, 50 + 0.02 * x + noise)
        alarms += told.kind in (Kind.BEND, Kind.STEP)
    assert alarms <= 7  # at most 2 expected of 40


def test_a_place_is_as_sure_as_it_says():
    held = []
    for slope, lift in [(1.0, 0.0), (0.0, 8.0)] * 12:
        x = RNG.uniform(40, 100, 250)
        told = asked(x, 70 + slope * np.minimum(x - 80, 0) + lift * (x >= 80) + RNG.normal(0, 5, 250))
        if told.at is not None:
            held.append(told.at.place.low <= 80 <= told.at.place.high)
    assert len(held) >= 18
    assert np.mean(held) >= 0.85  # 95 % are promised; 24 schools cannot tell much better


def test_bundles_of_students_move_a_place_as_far_as_single_students_do():
    x = np.sort(RNG.uniform(0, 1, 1500))
    y = 2.0 * np.minimum(x, 0.6) + RNG.normal(0, 0.4, 1500)
    places = Places.between(x, 75)
    bundled = places_again(x, y, places, np.random.default_rng(0), step=False)
    single = []
    for _ in range(60):
        rows = np.sort(RNG.integers(0, 1500, 1500))
        again = Places(places.at, np.searchsorted(x[rows], places.at))
        best = gains(x[rows], y[rows], again, np.random.default_rng(0)).bends.argmax()
        single.append(places.at[1 + best])
    assert bundled.std() == pytest.approx(np.std(single), rel=0.3)
    assert bundled.mean() == pytest.approx(np.mean(single), abs=0.02)


@given(st.permutations(range(400)), st.floats(0.01, 100), st.floats(-500, 500))
@settings(max_examples=5, deadline=None)
def test_neither_the_unit_nor_the_order_of_rows_moves_the_place(order, factor, shift):
    before = asked(ATTENDANCE, STEPPED)
    after = asked(factor * ATTENDANCE[order] + shift, STEPPED[order])
    assert (after.kind, after.p) == (before.kind, before.p)
    assert (after.at.place.value - shift) / factor == pytest.approx(before.at.place.value, rel=1e-6)
    assert (after.at.place.low - shift) / factor == pytest.approx(before.at.place.low, rel=1e-6)


def test_many_measures_are_corrected_together_and_stay_in_their_order():
    columns = [number(ATTENDANCE, "attendance"), category(["a"] * 400), number(RNG.normal(0, 1, 400), "luck")]
    told = thresholds(columns, marks(BENT), np.arange(400))
    assert [each.name for each in told] == ["attendance", "luck"]
    assert told[0].p_holm == pytest.approx(2 * told[0].p)
    assert told[1].kind is Kind.LINE
    assert_fit_to_print(told)


def test_five_rows_of_each_student_are_no_proof_five_times_over():
    copied = asked(np.repeat(ATTENDANCE[:60], 5), np.repeat(BENT[:60], 5), np.repeat(np.arange(60), 5))
    once = asked(ATTENDANCE[:60], BENT[:60])
    assert (copied.students, copied.p, copied.kind) == (60, once.p, once.kind)


@pytest.mark.parametrize(
    ("x", "y"),
    [
        ([], []),
        ([1.0, 2.0], [3.0, 4.0]),
        (np.arange(39.0), np.arange(39.0)),
        ([np.nan] * 60, np.arange(60.0)),
        (np.full(60, 80.0), np.arange(60.0)),
        (np.arange(60.0) % 4, np.arange(60.0)),
        (np.arange(60.0), np.full(60, 50.0)),
    ],
)
def test_what_cannot_be_said_is_said_so(x, y):
    told = asked(x, y)
    assert told.kind is Kind.UNSAID
    assert "cannot be said" in told.sentence
    assert_fit_to_print(told)


@pytest.mark.parametrize(
    ("y", "kind"),
    [
        (np.arange(60.0), Kind.LINE),
        (np.where(np.arange(60) < 30, 10.0, 60.0), Kind.STEP),
        (np.minimum(np.arange(60.0), 30), Kind.BEND),
    ],
)
def test_marks_without_any_scatter_are_no_trouble(y, kind):
    told = asked(np.arange(60.0), y)
    assert told.kind is kind
    assert_fit_to_print(told)
