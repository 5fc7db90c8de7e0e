"""What serves is chosen on folds of the past, within a budget, can be stopped at any time, and is never worse than the best alone."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.pipeline import Pipeline

import mlcore.search as search
from mlcore.baselines import AsItStands, Pick
from mlcore.estimators import BY_NAME, CANDIDATES
from mlcore.search import PATIENCE, Choice, SearchPlan, choose
from mlcore.search_fits import Attempt, Fits, Problem
from mlcore.search_rounds import first_round, judged
from mlcore.search_space import Amount, Factor, Options, drawn, refined
from mlcore.spec import Effort, never, silent
from mlcore.splits import by_student
from tests.mlcore.test_estimators import a_class

CLASS, SCORES = a_class(150, seed=3)
FOLDS = by_student(np.arange(150), seed=1)[:2]
FEW = SearchPlan(Effort.STANDARD, most_fits=34)


@pytest.fixture(scope="module")
def quick() -> Choice:
    return choose(CLASS, SCORES, FOLDS, SearchPlan())


@pytest.fixture(scope="module")
def standard() -> tuple[Choice, list[tuple[int, int, str]]]:
    told: list[tuple[int, int, str]] = []
    choice = choose(CLASS, SCORES, FOLDS, FEW, lambda *progress: told.append(progress))
    return choice, told


@pytest.fixture(scope="module")
def first() -> list[Attempt]:
    return first_round(Fits(Problem(CLASS, SCORES, FOLDS), FEW, 34, silent, never))


def served(choice: Choice) -> float:
    name = choice.champion.name
    return next(tried.rmse for tried in choice.tried if tried.name == name)


def test_quick_tries_one_of_each_kind_and_all_baselines(quick):
    names = [tried.name for tried in quick.tried]
    baselines = ["everybody", "class_mean", "last_comparable", "shrunken_mean"]
    assert [name for name in names if name != "stack"] == [*baselines, "ridge", "random_forest", "xgboost"]
    assert [tried.name for tried in quick.tried if tried.is_baseline] == baselines


def test_the_champion_is_the_best_that_may_serve_or_a_blend_hardly_behind_it(quick, standard):
    for choice in (quick, standard[0]):
        best = min(tried.rmse for tried in choice.tried if tried.can_serve and tried.rmse)
        assert served(choice) <= (PATIENCE if choice.champion.name == "stack" else 1) * best


def test_a_blend_takes_only_those_near_the_best(standard):
    told = {tried.name: tried.rmse for tried in standard[0].tried}
    best = min(tried.rmse for tried in standard[0].tried if tried.can_serve and tried.rmse)
    assert all(told[name] <= 1.05 * best for name, _ in standard[0].champion.members)


def test_weights_of_the_champion_are_told_beside_its_members(quick):
    weights = {tried.name: tried.weight for tried in quick.tried if tried.weight > 0 and tried.name != "stack"}
    members = {name: weight for (name, _), weight in zip(quick.champion.members, quick.champion.weights, strict=True)}
    assert weights == pytest.approx(members)


def test_rows_that_no_fold_tries_have_no_prediction_and_the_others_have_an_honest_one(quick):
    tried = np.zeros(len(SCORES), dtype=bool)
    tried[np.concatenate([test for _, test in FOLDS])] = True
    np.testing.assert_array_equal(np.isfinite(quick.out_of_fold), tried)
    off = (quick.out_of_fold - SCORES)[tried]
    assert np.sqrt(np.mean(off**2)) == pytest.approx(served(quick))


def test_rows_outside_the_folds_are_never_seen():
    inside = [(np.arange(0, 80), np.arange(80, 120)), (np.arange(40, 120), np.arange(0, 40))]
    changed = SCORES.copy()
    changed[120:] = 1e6
    values = CLASS.values.copy()
    values[120:] = np.nan
    one = choose(CLASS, SCORES, inside, SearchPlan())
    other = choose(replace(CLASS, values=values), changed, inside, SearchPlan())
    assert one.tried == other.tried
    np.testing.assert_array_equal(one.out_of_fold, other.out_of_fold)
    np.testing.assert_array_equal(one.champion.weights, other.champion.weights)


def test_the_same_seed_gives_the_same_choice(standard):
    again = choose(CLASS, SCORES, FOLDS, FEW)
    assert again.tried == standard[0].tried
    np.testing.assert_array_equal(again.out_of_fold, standard[0].out_of_fold)


def test_standard_tries_every_candidate_and_keeps_to_its_budget(standard):
    choice, told = standard
    assert {tried.name for tried in choice.tried} == {one.name for one in CANDIDATES} | {"stack"}
    assert sum(tried.fits for tried in choice.tried if not tried.is_baseline) <= 34
    done = [progress[0] for progress in told]
    assert done == sorted(done)
    assert told[-1][0] == told[-1][1] <= 34
    assert all(sentence.endswith(".") for _, _, sentence in told)


def test_tuning_never_makes_a_candidate_worse(standard, first):
    tuned = {tried.name: tried.rmse for tried in standard[0].tried}
    assert all(tuned[attempt.candidate.name] <= attempt.rmse for attempt in first)
    assert any(tuned[attempt.candidate.name] < attempt.rmse for attempt in first)


def test_hopeless_candidates_are_dropped_with_a_reason(first):
    best = min(attempt.rmse for attempt in first)
    for attempt in judged(first):
        assert bool(attempt.dropped) == (attempt.rmse > 1.08 * best or len(attempt.errors) < len(FOLDS))


@pytest.mark.parametrize("after", [0, 1, 3])
def test_stopped_early_the_best_so_far_is_chosen(after):
    count = [0]

    def stop() -> bool:
        count[0] += 1
        return count[0] > after

    choice = choose(CLASS, SCORES, FOLDS, SearchPlan(), stop=stop)
    said = choice.champion.fit(CLASS.values, SCORES).predict(CLASS.values)
    assert np.isfinite(said).all()
    assert choice.champion.name == ("ridge" if after == 3 else choice.baseline.name)


def test_a_candidate_that_cannot_be_fitted_is_told_and_the_others_go_on(monkeypatch):
    class Picky(AsItStands):
        def fit(self, X, y):  # noqa: N803  # scikit-learn's name
            raise ValueError("Too few rows for this.\nMore of it.")

    def broken(ground, params):
        return Pipeline([("encode", Pick(None)), ("model", Picky())])

    monkeypatch.setitem(BY_NAME, "random_forest", replace(BY_NAME["random_forest"], build=broken))
    choice = choose(CLASS, SCORES, FOLDS, SearchPlan())
    forest = next(tried for tried in choice.tried if tried.name == "random_forest")
    assert (forest.rmse, forest.dropped) == (None, "It could not be fitted: Too few rows for this.")
    assert "random_forest" not in {name for name, _ in choice.champion.members}
    assert {tried.name for tried in choice.tried} > {"ridge", "xgboost"}


class Wrong(Pick):
    """Lays the rows out wrongly."""

    def transform(self, X):  # noqa: N803  # scikit-learn's name
        raise ValueError("operands could not be broadcast together")


def of_no_such_setting(ground, params):
    raise KeyError("depth")


@pytest.mark.parametrize(
    ("build", "fault"),
    [
        (of_no_such_setting, KeyError),
        (lambda ground, params: Pipeline([("encode", Wrong(None)), ("model", AsItStands())]), ValueError),
    ],
)
def test_a_fault_of_ours_is_not_swallowed(monkeypatch, build, fault):
    monkeypatch.setitem(BY_NAME, "ridge", replace(BY_NAME["ridge"], build=build))
    with pytest.raises(fault):
        choose(CLASS, SCORES, FOLDS, SearchPlan())


def test_a_fault_in_telling_how_far_it_is_is_not_taken_for_one_of_the_model():
    def tell(done, most, sentence):
        raise ValueError("no such job")

    fits = Fits(Problem(CLASS, SCORES, FOLDS), SearchPlan(), 9, tell, never)
    with pytest.raises(ValueError, match="no such job"):
        fits.run(BY_NAME["ridge"], BY_NAME["ridge"].usual(100))


@pytest.mark.parametrize("name", ["everybody", "shrunken_mean", "ridge", "random_forest", "xgboost"])
def test_tried_step_by_step_a_candidate_says_what_its_pipeline_says(name):
    candidate = BY_NAME[name]
    params = candidate.usual(100)
    fits = Fits(Problem(CLASS, SCORES, FOLDS), SearchPlan(), 9, silent, never)
    whole = [
        fits.build(candidate, params, len(learn)).fit(CLASS.values[learn], SCORES[learn]).predict(CLASS.values[test])
        for learn, test in FOLDS
    ]
    np.testing.assert_array_equal(fits.run(candidate, params).predicted, np.concatenate(whole))


def test_what_cannot_be_explained_does_not_serve():
    guess = replace(BY_NAME["everybody"], can_serve=False)
    fits = Fits(Problem(CLASS, SCORES, FOLDS), SearchPlan(), 9, silent, never)
    assert search._able([fits.guess(guess)]) == []


def test_one_fold_is_enough():
    choice = choose(CLASS, SCORES, FOLDS[:1], SearchPlan())
    assert np.isfinite(choice.out_of_fold).sum() == len(FOLDS[0][1])


RANGES = [Factor(0.01, 0.2), Factor(5, 100, whole=True), Amount(2, 8, 1, whole=True), Amount(0.2, 1, 0.15)]


@given(st.sampled_from(RANGES), st.integers(0, 10_000), st.sampled_from([1.0, 0.5]))
def test_a_setting_stays_inside_its_range_and_moves_to_both_sides(kind, seed, width):
    value = kind.draw(np.random.default_rng(seed))
    around = kind.around(value, width)
    assert all(kind.low <= each <= kind.high for each in (value, *around))
    assert around[0] <= value <= around[1]
    assert around[0] < around[1]


def test_one_setting_is_moved_at_a_time():
    space = {"depth": Amount(2, 8, 1, whole=True), "weights": Options(("uniform", "distance"))}
    best = drawn(space, np.random.default_rng(0), {"trees": 9, "depth": 5, "weights": "uniform"})
    moved = list(refined(space, best, 1.0))
    assert len(moved) in (2, 3)
    assert all(sum(params[name] != best[name] for name in best) == 1 for params in moved)
