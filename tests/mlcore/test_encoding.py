"""What a student's row becomes before an estimator reads it: no gap is silently a nought, and each number knows its feature."""

from time import perf_counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from mlcore.encoding import LevelEncoder, TreeEncoder, sizes_of
from mlcore.features.base import UNKNOWN, Feature, FeatureKind, MatrixSchema

ENCODERS = [LevelEncoder, TreeEncoder]


def a_schema(numbers: int = 2, words: tuple[str, ...] = ("bus", "car", "walk")) -> MatrixSchema:
    features = [Feature(f"mark_{place}", f"mark {place}", "Marks") for place in range(numbers)]
    return MatrixSchema(
        (*features, Feature("way", "way to school", "Way", FeatureKind.CATEGORY)), ((),) * numbers + (words,)
    )


LEARNT = np.array([[50.0, 1, 0], [60, np.nan, 1], [70, 3, 2], [80, 4, 0], [90, 5, np.nan]])


@pytest.mark.parametrize("kind", ENCODERS)
def test_each_encoded_column_knows_the_feature_it_came_from(kind):
    encoder = kind(sizes_of(a_schema())).fit(LEARNT)
    assert encoder.transform(LEARNT).shape == (5, len(encoder.source))
    changed = LEARNT.copy()
    changed[:, 1] += 1
    moved = (encoder.transform(changed) != encoder.transform(LEARNT)) & ~np.isnan(encoder.transform(LEARNT))
    assert set(encoder.source[moved.any(axis=0)]) == {1}


@pytest.mark.parametrize("kind", ENCODERS)
def test_a_way_to_school_never_met_is_none_of_those_known_and_a_missing_one_is_marked(kind):
    encoder = kind(sizes_of(a_schema())).fit(LEARNT)
    ways = encoder.source == 2
    asked = np.array([[50.0, 1, UNKNOWN], [50, 1, np.nan], [50, 1, 1]])
    unknown, missing, car = encoder.transform(asked)[:, ways]
    assert unknown.sum() == 0
    assert missing.sum() == 1
    assert car.sum() == 1
    assert (missing != car).any()


def test_a_missing_mark_is_the_usual_one_for_straight_lines_and_said_to_be_missing():
    encoder = LevelEncoder(sizes_of(a_schema())).fit(LEARNT)
    known, missing = encoder.transform(np.array([[50.0, 3.5, 0], [50, np.nan, 0]]))
    assert known[1] == missing[1]
    assert (known != missing).sum() == 1
    assert np.isfinite(missing).all()


def test_a_missing_mark_stays_missing_for_trees_unless_training_never_missed_one():
    encoder = TreeEncoder(sizes_of(a_schema())).fit(LEARNT)
    encoded = encoder.transform(np.full((1, 3), np.nan))[0]
    assert encoded[0] == 70
    assert np.isnan(encoded[1])


def test_a_mark_far_outside_what_was_met_does_not_run_away():
    encoder = LevelEncoder(sizes_of(a_schema())).fit(LEARNT)
    assert (encoder.transform(np.array([[999.0, 3, 0]])) == encoder.transform(np.array([[90.0, 3, 0]]))).all()


@pytest.mark.parametrize("kind", ENCODERS)
def test_what_was_the_same_for_all_says_nothing(kind):
    same = np.column_stack([np.full(5, 7.0), np.full(5, np.nan), np.zeros(5)])
    encoder = kind(sizes_of(a_schema())).fit(same)
    assert encoder.transform(same).shape == (5, 0)


@settings(max_examples=30, deadline=None)
@given(arrays.arrays(np.float64, (12, 3), elements=st.floats(0, 2) | st.just(np.nan)))
@pytest.mark.parametrize("kind", ENCODERS)
def test_a_row_alone_is_encoded_as_among_others(kind, values):
    values[:, 2] = np.round(values[:, 2])
    encoder = kind(sizes_of(a_schema())).fit(values[:8])
    together = encoder.transform(values)
    alone = np.vstack([encoder.transform(values[place : place + 1]) for place in range(len(values))])
    np.testing.assert_array_equal(together, alone)
    if kind is LevelEncoder:
        assert np.isfinite(together).all()


@pytest.mark.parametrize("kind", ENCODERS)
def test_one_student_is_encoded_in_a_blink(kind):
    schema = a_schema(40)
    values = np.random.default_rng(0).normal(size=(200, 41))
    values[:, 40] = np.arange(200) % 3
    encoder = kind(sizes_of(schema)).fit(values)
    times = []
    for _ in range(200):
        start = perf_counter()
        encoder.transform(values[:1])
        times.append(perf_counter() - start)
    assert np.median(times) < 5e-4  # usually 2e-5; the machine may be busy
