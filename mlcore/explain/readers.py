"""How each library's trees are read: their splits, the values of their leaves and how much of the training lies there."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from mlcore.errors import MLError
from mlcore.explain.trees import Tree

NOWHERE = np.int64(-1)


def trees_of(model: Any) -> list[Tree]:
    """The trees whose sum is the model's prediction, but for a constant."""
    if hasattr(model, "tree_"):
        return [_from_sklearn(model.tree_, 1.0)]
    if hasattr(model, "_predictors"):
        return [_from_histogram(predictor.nodes) for (predictor,) in model._predictors]
    if hasattr(model, "get_booster"):
        return _from_xgboost(model)
    if hasattr(model, "calc_leaf_indexes"):
        return _from_catboost(model)
    if hasattr(model, "estimators_") and all(hasattr(each, "tree_") for each in model.estimators_):
        return [_from_sklearn(each.tree_, 1 / len(model.estimators_)) for each in model.estimators_]
    raise MLError(f"There are no reasons for scores of {type(model).__name__}.", "no_reasons")


def precision_of(model: Any) -> type[np.floating[Any]]:
    """In which precision the model compares a number with a threshold."""
    return np.float64 if hasattr(model, "_predictors") else np.float32


def _from_sklearn(tree: Any, share: float) -> Tree:
    return Tree(
        left=tree.children_left,
        right=tree.children_right,
        feature=tree.feature,
        threshold=tree.threshold,
        missing_left=tree.missing_go_to_left.astype(bool),
        value=tree.value[:, 0, 0] * share,
        weight=tree.weighted_n_node_samples,
    )


def _from_histogram(nodes: Any) -> Tree:
    """scikit-learn's histogram booster keeps its nodes in a private array; a test sees to it that this still holds."""
    if nodes["is_categorical"].any():
        raise MLError("There are no reasons for a histogram booster that splits words.", "no_reasons")
    leaf = nodes["is_leaf"].astype(bool)
    return Tree(
        left=np.where(leaf, NOWHERE, nodes["left"].astype(np.int64)),
        right=nodes["right"].astype(np.int64),
        feature=nodes["feature_idx"].astype(np.int64),
        threshold=nodes["num_threshold"],
        missing_left=nodes["missing_go_to_left"].astype(bool),
        value=nodes["value"],
        weight=nodes["count"].astype(np.float64),
    )


def _from_xgboost(model: Any) -> list[Tree]:
    booster = json.loads(model.get_booster().save_raw("json"))["learner"]["gradient_booster"]
    if booster["name"] != "gbtree":
        raise MLError("There are reasons for XGBoost's trees only.", "no_reasons")
    return [_xgboost_tree(tree) for tree in booster["model"]["trees"]]


def _xgboost_tree(tree: dict[str, Any]) -> Tree:
    condition = np.array(tree["split_conditions"], dtype=np.float32)
    return Tree(
        left=np.array(tree["left_children"], dtype=np.int64),
        right=np.array(tree["right_children"], dtype=np.int64),
        feature=np.array(tree["split_indices"], dtype=np.int64),
        # XGBoost sends the threshold itself to the right
        threshold=np.nextafter(condition, np.float32(-np.inf)).astype(np.float64),
        missing_left=np.array(tree["default_left"], dtype=bool),
        value=condition.astype(np.float64),
        weight=np.array(tree["sum_hessian"], dtype=np.float64),
    )


def _from_catboost(model: Any) -> list[Tree]:
    """CatBoost tells its trees only through a file."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "model.json"
        model.save_model(str(path), format="json")
        told = json.loads(path.read_text())
    if "oblivious_trees" not in told or told["features_info"].get("categorical_features"):
        raise MLError("There are reasons for CatBoost's symmetric trees of numbers only.", "no_reasons")
    to_the_right = {
        feature["feature_index"] for feature in told["features_info"]["float_features"] if _missing_is_high(feature)
    }
    scale = float(told["scale_and_bias"][0])
    return [_catboost_tree(tree, scale, to_the_right) for tree in told["oblivious_trees"]]


def _missing_is_high(feature: dict[str, Any]) -> bool:
    return str(feature["nan_value_treatment"]) == "AsTrue"


def _catboost_tree(tree: dict[str, Any], scale: float, to_the_right: set[int]) -> Tree:
    """A symmetric tree asks one question per level. CatBoost numbers leaves so that the last question is the root."""
    splits = (tree["splits"] or [])[::-1]
    inner, leaves = 2 ** len(splits) - 1, 2 ** len(splits)
    level = np.floor(np.log2(np.arange(1, inner + 1))).astype(np.int64)
    feature = np.array([split["float_feature_index"] for split in splits], dtype=np.int64)
    border = np.array([split["border"] for split in splits], dtype=np.float32).astype(np.float64)
    return Tree(
        left=np.concatenate([2 * np.arange(inner) + 1, np.full(leaves, NOWHERE)]),
        right=np.concatenate([2 * np.arange(inner) + 2, np.full(leaves, NOWHERE)]),
        feature=_above(feature[level], leaves),
        threshold=_above(border[level], leaves),
        missing_left=_above(~np.isin(feature[level], list(to_the_right)), leaves),
        value=np.concatenate([np.zeros(inner), np.array(tree["leaf_values"]) * scale]),
        weight=np.concatenate([np.zeros(inner), np.array(tree["leaf_weights"], dtype=np.float64)]),
        symmetric=True,
    )


def _above(inner: Any, leaves: int) -> Any:
    """Values of splits, followed by as many noughts as there are leaves."""
    return np.concatenate([inner, np.zeros(leaves, dtype=inner.dtype)])
