"""Several models as one: weights that are never negative, add up to one, and stay near equal where little is known."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlcore.stack import LEAST_WEIGHT, Blend, Stack, blended, cross_blended
from tests.mlcore.test_estimators import CLASS, LEARN, SCORES, fitted


def guesses(rows: int, errors: tuple[float, ...], seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    scores = rng.normal(60, 15, rows)
    return np.column_stack([scores + rng.normal(0, error, rows) for error in errors]), scores


@settings(max_examples=40, deadline=None)
@given(
    st.integers(2, 60),
    st.lists(st.floats(0, 40), min_size=1, max_size=5),
    st.integers(0, 1000),
)
def test_weights_are_never_negative_and_add_up_to_one(rows, errors, seed):
    blend = blended(*guesses(rows, tuple(errors), seed))
    assert (blend.weights >= 0).all()
    assert blend.weights.sum() == pytest.approx(1)
    assert not ((blend.weights > 0) & (blend.weights < LEAST_WEIGHT / 2)).any()


def test_the_better_of_two_counts_more_and_both_together_beat_the_better():
    predicted, scores = guesses(4000, (5.0, 7.0))
    blend = blended(predicted, scores)
    assert blend.weights[0] == pytest.approx(49 / 74, abs=0.05)
    off = np.std(predicted - scores[:, None], axis=0)
    assert np.std(blend.of(predicted) - scores) < off.min()


def test_with_few_rows_weights_stay_near_equal():
    spread_of_few = np.std([blended(*guesses(20, (5.0, 5.0), seed)).weights[0] for seed in range(30)])
    assert spread_of_few < 0.1


def test_a_model_that_adds_nothing_is_left_out():
    predicted, scores = guesses(4000, (2.0, 2.0, 60.0))
    assert blended(predicted, scores).weights[2] == 0


def test_what_all_models_miss_is_added_at_the_end():
    predicted, scores = guesses(500, (3.0, 3.0))
    assert blended(predicted - 4, scores).intercept == pytest.approx(4, abs=0.5)


def test_no_row_is_judged_with_weights_that_saw_it():
    predicted, scores = guesses(90, (4.0, 6.0))
    parts = np.arange(90) % 3
    said = cross_blended(predicted, scores, parts)
    changed = scores.copy()
    changed[parts == 0] += 50
    np.testing.assert_array_equal(cross_blended(predicted, changed, parts)[parts == 0], said[parts == 0])


def test_a_stack_says_the_weighed_sum_of_its_members_and_learns_anew_each_time():
    members = [("ridge", fitted("ridge")), ("linear", fitted("linear"))]
    stack = Stack("stack", "both", members, Blend(np.array([0.7, 0.3]), 1.5))
    values = CLASS.values[LEARN]
    once = stack.fit(values, SCORES[LEARN]).predict(values)
    parts = [member.predict(values) for _, member in stack.members]
    np.testing.assert_allclose(once, 0.7 * parts[0] + 0.3 * parts[1] + 1.5)
    assert not np.allclose(stack.fit(values[:60], SCORES[:60]).predict(values), once)
    np.testing.assert_array_equal(stack.fit(values, SCORES[LEARN]).predict(values), once)
