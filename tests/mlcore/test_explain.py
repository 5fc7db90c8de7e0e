"""The reasons of a score add up to it, whoever the student and whichever the model, and say what the model says."""

import io

import joblib
import numpy as np
import pytest

from mlcore.errors import MLError
from mlcore.explain import against, explainer, importance
from mlcore.features.base import Matrix
from mlcore.models import Ground
from mlcore.stack import Blend, Stack
from tests.mlcore.explaining import BY_NAME, LEARNT, NEW, SCHEMA, SINGLE, TOLD, Y, champion

SERVING = [*SINGLE, "stack"]
LEARNING = [name for name in SERVING if name != "everybody"]
GROUP = {group: place for place, group in enumerate(SCHEMA.groups)}


def told_by(name):
    return explainer(champion(name), SCHEMA, LEARNT)


def test_the_tests_know_every_candidate_that_can_serve():
    names = ("everybody", "shrunken_mean", "linear", "ridge", "lasso", "tree", "random_forest", "extra_trees")
    assert {*names, "histogram", "xgboost", "catboost"} <= set(SINGLE)


@pytest.mark.parametrize("name", SERVING)
def test_base_and_reasons_make_the_score_of_every_student(name):
    model, explains = champion(name), told_by(name)
    for matrix in (LEARNT, NEW):
        predicted = model.predict(matrix.values)
        assert np.abs(explains.points_of(matrix.values).sum(axis=1) + explains.base - predicted).max() < 0.01
        reasons = explains.reasons(matrix.values, predicted)
        np.testing.assert_allclose(explains.base + reasons.sum(axis=1), predicted, atol=1e-9)
    assert abs(explains.base - Y.mean()) < 2


@pytest.mark.parametrize("name", SERVING)
def test_one_student_gets_the_same_reasons_alone_and_among_all(name):
    explains = told_by(name)
    alone = [explains.points_of(NEW.values[[row]])[0] for row in (0, 35, 149)]
    np.testing.assert_allclose(alone, explains.points_of(NEW.values)[[0, 35, 149]], atol=1e-5)
    assert explains.points_of(NEW.values[:0]).shape == (0, len(SCHEMA.groups))


@pytest.mark.parametrize("name", SERVING)
def test_what_the_model_does_not_use_is_no_reason(name):
    reasons = told_by(name).reasons(NEW.values, champion(name).predict(NEW.values))
    assert not reasons[:, GROUP["Room"]].any()


@pytest.mark.parametrize("name", LEARNING)
def test_better_earlier_results_speak_for_a_student_and_worse_ones_against(name):
    usual = TOLD["shrunken_mean"]
    points = told_by(name).points_of(LEARNT.values)[:, GROUP["Earlier results"]]
    assert points[usual > np.quantile(usual, 0.8)].mean() > 3
    assert points[usual < np.quantile(usual, 0.2)].mean() < -3


@pytest.mark.parametrize("name", ["ridge", "linear", "lasso"])
def test_straight_lines_are_told_as_coefficient_times_distance_from_the_usual_student(name):
    encoder, model = champion(name)
    distance = encoder.transform(NEW.values) - encoder.transform(LEARNT.values).mean(axis=0)
    expected = np.zeros((len(NEW), len(SCHEMA.groups)))
    for column, feature in enumerate(encoder.source):
        expected[:, SCHEMA.group_of[feature]] += distance[:, column] * model.coef_[column]
    np.testing.assert_allclose(told_by(name).points_of(NEW.values), expected, atol=1e-9)
    assert told_by(name).base == pytest.approx(champion(name).predict(LEARNT.values).mean())


def test_a_stack_tells_what_its_members_tell_each_by_its_weight():
    stack = champion("stack")
    members = [explainer(pipeline, SCHEMA, LEARNT) for _, pipeline in stack.members]
    expected = sum(w * one.points_of(NEW.values) for w, one in zip(stack.weights, members, strict=True))
    np.testing.assert_allclose(told_by("stack").points_of(NEW.values), expected, atol=1e-4)
    base = stack.intercept + sum(w * one.base for w, one in zip(stack.weights, members, strict=True))
    assert told_by("stack").base == pytest.approx(base, abs=1e-3)


def test_members_that_read_the_same_columns_are_read_once():
    assert len(told_by("stack").parts) == 2


@pytest.mark.parametrize("name", ["ridge", "stack"])
def test_an_explainer_says_the_same_after_being_stored(name):
    stream = io.BytesIO()
    joblib.dump(told_by(name), stream)
    stream.seek(0)
    again = joblib.load(stream)
    np.testing.assert_array_equal(again.points_of(NEW.values), told_by(name).points_of(NEW.values))
    assert again.base == told_by(name).base


def test_reasons_of_another_model_are_never_passed_off_as_those_of_this_one():
    predicted = champion("catboost").predict(NEW.values)
    with pytest.raises(MLError, match="another model"):
        told_by("ridge").reasons(NEW.values, predicted)
    with pytest.raises(MLError, match="another model"):
        told_by("ridge").reasons(NEW.values, np.full(len(NEW), np.nan))


@pytest.mark.parametrize("name", ["neighbours", "adaboost"])
def test_a_model_that_cannot_give_reasons_is_refused_when_it_is_trained(name):
    one = BY_NAME[name]
    assert not one.can_serve
    fitted = one.build(Ground(SCHEMA, 0, 1, len(Y)), one.usual(len(Y))).fit(LEARNT.values, Y)
    with pytest.raises(MLError, match="reasons") as caught:
        explainer(fitted, SCHEMA, LEARNT)
    assert caught.value.code == "no_reasons"


def test_a_score_held_at_the_end_of_the_scale_has_reasons_that_end_there_too():
    steep = Stack("steep", "", [("ridge", champion("ridge"))], Blend(np.array([2.5]), -1.5 * Y.mean()))
    explains, free = explainer(steep, SCHEMA, LEARNT), steep.predict(LEARNT.values)
    assert free.min() < -5
    assert free.max() > 105
    reasons = explains.reasons(LEARNT.values, np.clip(free, 0, 100))
    np.testing.assert_allclose(explains.base + reasons.sum(axis=1), np.clip(free, 0, 100), atol=1e-9)
    inside = (free >= 0) & (free <= 100)
    bare = explains.points_of(LEARNT.values)
    np.testing.assert_allclose(reasons[inside], bare[inside], atol=1e-6)
    np.testing.assert_array_equal(np.sign(reasons[~inside]), np.sign(bare[~inside]))
    assert (np.abs(reasons) <= np.abs(bare) + 1e-6).all()


def test_the_reasons_of_a_class_can_be_counted_from_its_own_average():
    predicted = champion("ridge").predict(NEW.values)
    reasons = told_by("ridge").reasons(NEW.values, predicted)
    members = np.arange(len(NEW)) % 5 == 0
    base, own = against(reasons, told_by("ridge").base, members)
    assert base == pytest.approx(predicted[members].mean())
    np.testing.assert_allclose(own.mean(axis=0), 0, atol=1e-9)
    np.testing.assert_allclose(base + own.sum(axis=1), predicted[members])
    assert against(reasons, 60.0, np.array([], dtype=int))[0] == 60.0


def test_the_groups_that_move_scores_most_come_first():
    reasons = told_by("stack").reasons(LEARNT.values, champion("stack").predict(LEARNT.values))
    ranked = importance(reasons, SCHEMA.groups)
    assert ranked[0][0] == "Earlier results"
    assert [size for _, size in ranked] == sorted((size for _, size in ranked), reverse=True)
    assert dict(ranked)["Room"] == 0
    assert importance(reasons[:0], SCHEMA.groups)[0][1] == 0


def test_a_matrix_may_be_told_about_in_any_order():
    order = np.random.default_rng(0).permutation(len(NEW))
    mixed = Matrix(SCHEMA, NEW.values[order])
    np.testing.assert_allclose(told_by("stack").points_of(mixed.values), told_by("stack").points_of(NEW.values)[order])
