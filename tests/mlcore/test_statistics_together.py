"""Whatever a school's tables hold: every answer can be printed, none claims a cause, and none warns or breaks."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlcore.statistics import words
from mlcore.statistics.differences import differences
from mlcore.statistics.distributions import distribution, distributions
from mlcore.statistics.relations import relations
from mlcore.statistics.segments import segments
from mlcore.statistics.thresholds import thresholds
from tests.mlcore.insight import assert_fit_to_print, category, marks, number

VALUES = (
    lambda rng, n: rng.normal(60, 15, n),
    lambda rng, n: rng.integers(0, 4, n).astype(float),
    lambda rng, n: np.where(rng.random(n) < 0.03, 1e6, 0.0),
    lambda rng, n: np.where(rng.random(n) < 0.7, np.nan, rng.normal(0, 1e-6, n)),
    lambda rng, n: np.full(n, 1 / 3) + rng.normal(0, 1e-17, n),
    lambda rng, n: np.full(n, np.nan),
    lambda rng, n: rng.choice([np.inf, -np.inf, 1.0, 2.0], n),
    lambda rng, n: 1e9 + rng.normal(0, 1, n),
)


@given(
    st.integers(0, 2**32),
    st.sampled_from([0, 1, 2, 3, 9, 10, 11, 21, 45, 80, 160]),
    st.integers(1, 3),
    st.integers(0, len(VALUES) - 1),
)
@settings(max_examples=12, deadline=None)
def test_every_answer_can_be_printed(seed, students, rows, kind):
    rng = np.random.default_rng(seed)
    n = students * rows
    keys = rng.permutation(np.repeat([f"s{at}" for at in range(students)], rows)) if students else np.empty(0)
    score = np.clip(VALUES[kind](rng, n), -1e9, 2e9) if kind else np.clip(rng.normal(55, 20, n), 0, 100)
    target = marks(score)
    numbers = [number(make(rng, n), f"x{at}") for at, make in enumerate(VALUES)]
    groups = [category(rng.choice(np.array(["a", "b", "c", "", None], dtype=object), n), f"g{at}") for at in range(2)]
    assert_fit_to_print(distribution(target, keys))
    assert_fit_to_print(distributions(target, groups[0], keys))
    assert_fit_to_print(relations(numbers, target, keys, given=numbers[0]))
    assert_fit_to_print(differences(target, groups, keys))
    assert_fit_to_print(thresholds(numbers, target, keys, seed=seed))
    assert_fit_to_print(segments([*numbers, *groups], score, keys, seed=seed))


@pytest.mark.parametrize(
    ("value", "told"),
    [(86.0, "86 %"), (85.04, "85 %"), (-0.45, "−0.45 %"), (0.004, "0 %"), (-0.001, "0 %"), (1234.56, "1,234.6 %")],
)
def test_a_figure_is_written_for_a_person(value, told):
    assert words.number(value, "%") == told


def test_nobody_is_told_one_students():
    assert words.people(1) == "1 student"
    assert words.people(1200) == "1,200 students"
