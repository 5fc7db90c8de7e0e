"""Every candidate learns from a school's rows, answers one student as it answers all, and answers alike when asked again."""

import pickle
import subprocess
import sys

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from mlcore.estimators import BY_NAME, CANDIDATES, QUICK, Kind, offered
from mlcore.features.base import UNKNOWN, Feature, FeatureKind, Matrix, MatrixSchema
from mlcore.models import Ground
from mlcore.stack import said_by

STRONG = [one for one in CANDIDATES if not one.is_baseline]
GUESSES = ("class_mean", "last_comparable", "shrunken_mean")


def a_class(rows: int = 240, seed: int = 0) -> tuple[Matrix, np.ndarray]:
    """Results that follow earlier ones, some missing, and a way to school that costs a few points."""
    rng = np.random.default_rng(seed)
    skill = rng.normal(60, 12, rows)
    marks = skill[:, None] + rng.normal(0, 6, (rows, 4))
    marks[rng.random((rows, 4)) < 0.1] = np.nan
    way = rng.integers(0, 3, rows).astype(float)
    score = skill - 3 * way + rng.normal(0, 4, rows)
    way[rng.random(rows) < 0.05] = np.nan
    features = [Feature(name, name, "Earlier results") for name in (*GUESSES, "attendance")]
    schema = MatrixSchema(
        (*features, Feature("way", "way to school", "Way", FeatureKind.CATEGORY)), ((),) * 4 + (("a", "b", "c"),)
    )
    return Matrix(schema, np.column_stack([marks, way])), score


CLASS, SCORES = a_class()
LEARN, ASKED = np.arange(180), np.arange(180, 240)


def fitted(name: str, seed: int = 0):
    candidate = BY_NAME[name]
    estimator = candidate.build(Ground(CLASS.schema, seed, 1, len(LEARN)), candidate.usual(len(LEARN)))
    return estimator.fit(CLASS.values[LEARN], SCORES[LEARN])


@pytest.mark.parametrize("name", [one.name for one in CANDIDATES])
def test_a_candidate_answers_one_student_as_it_answers_all_and_alike_again(name):
    model = fitted(name)
    rows = CLASS.values[ASKED].copy()
    rows[0] = np.nan
    rows[1, 4] = UNKNOWN
    together = model.predict(rows)
    alone = np.concatenate([model.predict(row[None]) for row in rows[:8]])
    np.testing.assert_allclose(together[:8], alone, atol=1e-4)
    np.testing.assert_allclose(together, said_by(model, rows), atol=1e-9)
    assert np.isfinite(together).all()
    np.testing.assert_array_equal(together, fitted(name).predict(rows))
    np.testing.assert_array_equal(together, pickle.loads(pickle.dumps(model)).predict(rows))


@pytest.mark.parametrize("name", [one.name for one in STRONG])
def test_a_strong_candidate_beats_the_average_of_everybody(name):
    off = fitted(name).predict(CLASS.values[ASKED]) - SCORES[ASKED]
    assert np.sqrt(np.mean(off**2)) < 0.85 * SCORES[ASKED].std()


def test_a_baseline_says_what_its_column_says_and_the_mean_where_it_says_nothing():
    said = fitted("last_comparable").predict(CLASS.values)
    column = CLASS.column("last_comparable")
    known = ~np.isnan(column)
    np.testing.assert_array_equal(said[known], column[known])
    assert said[~known] == pytest.approx(SCORES[LEARN].mean())


def test_a_school_without_earlier_results_has_still_the_average_of_everybody_to_beat():
    schema = MatrixSchema((Feature("age", "age", "Age"),), ((),))
    assert [one.name for one in offered(schema) if one.is_baseline] == ["everybody"]
    assert [one.name for one in offered(schema) if not one.is_baseline] == [one.name for one in STRONG]


def test_candidates_stand_from_simple_to_strong_and_quick_takes_one_of_each_kind():
    assert [one.kind for one in CANDIDATES[:4]] == [Kind.BASELINE] * 4
    assert {BY_NAME[name].kind for name in QUICK} == {Kind.LINEAR, Kind.FOREST, Kind.BOOSTER}
    assert all(BY_NAME[name].can_serve for name in QUICK)
    assert {one.name for one in CANDIDATES if not one.can_serve} == {"neighbours", "adaboost"}


@pytest.mark.parametrize("name", ["random_forest", "extra_trees", "histogram"])
def test_answering_without_detours_gives_what_the_library_would_say(name):
    model = fitted(name)
    encoded = model[0].transform(CLASS.values[ASKED])
    library = next(kind for kind in type(model[1]).__mro__ if kind.__module__.startswith("sklearn.ensemble"))
    with threadpool_limits(1):  # several threads wait for each other on a busy machine
        np.testing.assert_allclose(model[1].predict(encoded), library.predict(model[1], encoded), atol=1e-9)


def test_many_rows_are_answered_by_several_threads_as_by_one():
    candidate = BY_NAME["random_forest"]
    model = candidate.build(Ground(CLASS.schema, 0, 2, 180), candidate.usual(180)).fit(CLASS.values, SCORES)
    many = np.tile(CLASS.values, (20, 1))
    np.testing.assert_array_equal(model.predict(many)[:240], model.predict(CLASS.values))


def test_heavy_libraries_wait_until_an_estimator_is_built():
    heavy = "{'sklearn', 'scipy', 'xgboost', 'catboost', 'pandas'}"
    code = f"import sys, mlcore.search, mlcore.estimators, mlcore.stack; print(sorted({heavy} & set(sys.modules)))"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"
