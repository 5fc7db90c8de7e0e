"""A tree's reasons follow its questions: walked as its own library walks it, and shared out as can be checked by hand."""

from itertools import permutations

import catboost
import numpy as np
import pytest
import xgboost
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.ensemble import RandomForestRegressor
from sklearn.pipeline import Pipeline
from sklearn.tree import DecisionTreeRegressor

from mlcore.errors import MLError
from mlcore.explain import explainer
from mlcore.explain.readers import trees_of
from mlcore.explain.symmetric import symmetric_points
from mlcore.explain.trees import Tree, lay
from mlcore.features.base import Feature, Matrix, MatrixSchema
from mlcore.lean import Histogram
from tests.mlcore.explaining import LEARNT, NEW, SCHEMA, Untouched, Y, champion

BOOSTERS = {
    "forest": lambda: RandomForestRegressor(10, min_samples_leaf=3, random_state=0),
    "histogram": lambda: Histogram(max_iter=20, random_state=0),
    "xgboost": lambda: xgboost.XGBRegressor(n_estimators=20, max_depth=5, n_jobs=1, gamma=5.0),
    "catboost": lambda: quiet(nan_mode="Min"),
    "catboost with missing as most": lambda: quiet(nan_mode="Max"),
}


def quiet(**settings):
    return catboost.CatBoostRegressor(20, 0.3, 4, verbose=False, allow_writing_files=False, thread_count=1, **settings)


def numbers(columns: int, groups: int | None = None) -> MatrixSchema:
    features = [Feature(f"f{n}", f"f{n}", f"group {n % (groups or columns)}") for n in range(columns)]
    return MatrixSchema(tuple(features), ((),) * columns)


def fitted(model, values, y):
    return Pipeline([("encode", Untouched()), ("model", model)]).fit(values, y)


@pytest.mark.parametrize("name", BOOSTERS)
def test_a_gap_goes_where_the_library_sends_it(name):
    model = fitted(BOOSTERS[name](), LEARNT.values, Y)
    reasons = explainer(model, SCHEMA, LEARNT).points_of(NEW.values).sum(axis=1)
    predicted = model.predict(NEW.values)
    np.testing.assert_allclose(reasons - reasons.mean(), predicted - predicted.mean(), atol=1e-4)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 9), st.booleans())
def test_every_row_ends_in_the_leaf_that_the_library_names(seed, depth, on_the_border):
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(60, 3)) * 10.0 ** rng.integers(-3, 6)
    model = DecisionTreeRegressor(max_depth=depth).fit(values, rng.normal(size=60))
    if on_the_border and model.tree_.node_count > 1:
        values[:, model.tree_.feature[0]] = model.tree_.threshold[0]
    laid = lay(trees_of(model), 3, np.float32)
    leaves = model.apply(values)
    np.testing.assert_array_equal(laid.nodes.leaves_of(values)[0], laid.place[0][leaves])


def test_each_split_hands_its_change_of_the_mean_to_its_group():
    tree, encode = champion("tree")[1].tree_, champion("tree")[0]
    told = explainer(champion("tree"), SCHEMA, LEARNT)
    rows = encode.transform(NEW.values)
    expected = np.zeros((len(NEW), len(SCHEMA.groups)))
    for row in range(len(NEW)):
        node = 0
        while tree.children_left[node] >= 0:
            column = tree.feature[node]
            number = np.float32(rows[row, column])
            goes_left = tree.missing_go_to_left[node] if np.isnan(number) else number <= tree.threshold[node]
            child = (tree.children_left if goes_left else tree.children_right)[node]
            group = SCHEMA.group_of[encode.source[column]]
            expected[row, group] += tree.value[child, 0, 0] - tree.value[node, 0, 0]
            node = child
    np.testing.assert_allclose(told.points_of(NEW.values), expected, atol=1e-4)
    assert told.base == pytest.approx(Y.mean())


def test_catboost_is_told_by_the_same_shapley_values_that_it_gives_itself():
    rng = np.random.default_rng(0)
    values = rng.normal(size=(800, 6)) + rng.normal(size=(800, 1))
    y = 5 * values[:, 0] + values[:, 1] * values[:, 2] + rng.normal(size=800)
    model = fitted(quiet(), values, y)
    schema = numbers(6)
    told = explainer(model, schema, Matrix(schema, values))
    own = model[-1].get_feature_importance(catboost.Pool(values), type="ShapValues")
    np.testing.assert_allclose(told.points_of(values), own[:, :-1], atol=1e-4)
    assert told.base == pytest.approx(own[0, -1])


def test_xgboost_is_told_much_as_by_its_shapley_values():
    model = champion("xgboost")
    columns = model[0].transform(NEW.values)
    own = model[1].get_booster().predict(xgboost.DMatrix(columns), pred_contribs=True)[:, :-1]
    by_group = np.zeros((len(NEW), len(SCHEMA.groups)))
    for column, feature in enumerate(model[0].source):
        by_group[:, SCHEMA.group_of[feature]] += own[:, column]
    told = explainer(model, SCHEMA, LEARNT).points_of(NEW.values)
    assert np.corrcoef(told.ravel(), by_group.ravel())[0, 1] > 0.97


@st.composite
def symmetric_trees(draw):
    depth = draw(st.integers(1, 4))
    groups = draw(st.lists(st.integers(0, 2), min_size=depth, max_size=depth))
    some = st.lists(st.integers(-20, 20), min_size=2**depth, max_size=2**depth)
    rows = st.lists(st.sampled_from([0, 0, 1, 2, 30]), min_size=2**depth, max_size=2**depth)
    return np.array(groups), np.array(draw(some), dtype=float), np.array(draw(rows), dtype=float)


def expected_by_hand(value, weight, groups, known, leaf, level=0):
    """What a row of this leaf is expected to score when only these groups of its answers are known."""
    if level == len(groups):
        return value[0]
    half = len(value) // 2
    sides = [(value[:half], weight[:half]), (value[half:], weight[half:])]
    scores = [expected_by_hand(v, w, groups, known, leaf, level + 1) for v, w in sides]
    if groups[level] in known:
        return scores[leaf >> (len(groups) - level - 1) & 1]
    total = weight.sum()
    left = weight[:half].sum() / total if total else 0.5
    return left * scores[0] + (1 - left) * scores[1]


@settings(max_examples=40, deadline=None)
@given(symmetric_trees())
def test_symmetric_trees_share_out_points_as_the_mean_over_all_orders(tree):
    groups, value, weight = tree
    points = symmetric_points(value[None], weight[None], groups[None], 3)[0]
    orders = list(permutations(range(3)))
    for leaf in range(len(value)):
        expected = np.zeros(3)
        for order in orders:
            for place, group in enumerate(order):
                before, after = (
                    expected_by_hand(value, weight, groups, order[:end], leaf) for end in (place, place + 1)
                )
                expected[group] += (after - before) / len(orders)
        np.testing.assert_allclose(points[leaf], expected, atol=1e-9)


def test_leaves_that_no_training_row_reached_cause_no_gaps():
    schema = numbers(2)
    empty = Tree(
        left=np.array([1, -1, -1]),
        right=np.array([2, -1, -1]),
        feature=np.array([0, 0, 0]),
        threshold=np.zeros(3),
        missing_left=np.ones(3, dtype=bool),
        value=np.array([0.0, 4.0, 8.0]),
        weight=np.zeros(3),
    )
    from mlcore.explain.groves import grove

    told = grove([empty, empty], schema.group_of, 2, np.float64)
    np.testing.assert_allclose(told.points_of(np.array([[-1.0, 0], [1, 0], [np.nan, 0]])), [[-4, 0], [4, 0], [-4, 0]])


def test_models_whose_trees_cannot_be_read_are_refused():
    values = np.abs(np.round(LEARNT.values[:, 3:5]))
    lopsided = quiet(grow_policy="Lossguide")
    words = Histogram(max_iter=5, categorical_features=[0])
    weighted = xgboost.XGBRegressor(n_estimators=5, booster="gblinear", n_jobs=1)
    schema = numbers(2)
    for model in (lopsided, words):
        with pytest.raises(MLError, match="There are"):
            explainer(fitted(model, values, Y), schema, Matrix(schema, values))
    with pytest.raises(MLError, match="There are"):
        trees_of(weighted.fit(np.nan_to_num(values), Y))
