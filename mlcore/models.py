"""How each kind of estimator is made from its setting; what the words of a setting mean to each library stands here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mlcore.features.base import MatrixSchema
from mlcore.search_space import Params


@dataclass(frozen=True, slots=True)
class Ground:
    """What a candidate is built on: the schema of the matrix, the seed, how many threads and about how many rows."""

    schema: MatrixSchema
    seed: int
    threads: int
    rows: int


def linear(ground: Ground, params: Params) -> Any:
    from mlcore.lean import Lines

    return Lines()


def ridge(ground: Ground, params: Params) -> Any:
    import numpy as np

    from mlcore.lean import Ridge

    return Ridge(np.logspace(-1, 4, 21), params["restraint"])


def lasso(ground: Ground, params: Params) -> Any:
    from mlcore.lean import Lasso

    return Lasso(alphas=30, eps=3e-3, cv=5, tol=1e-3, max_iter=5_000)


def neighbours(ground: Ground, params: Params) -> Any:
    from sklearn.neighbors import KNeighborsRegressor

    return KNeighborsRegressor(params["neighbours"], weights=params["weights"], n_jobs=ground.threads)


def tree(ground: Ground, params: Params) -> Any:
    from sklearn.tree import DecisionTreeRegressor

    return DecisionTreeRegressor(
        max_depth=params["depth"], min_samples_leaf=params["least_in_leaf"], random_state=ground.seed
    )


def random_forest(ground: Ground, params: Params) -> Any:
    from mlcore.forests import EvenForest

    return EvenForest(**_of_forest(ground, params))


def extra_trees(ground: Ground, params: Params) -> Any:
    from mlcore.forests import EvenExtraTrees

    return EvenExtraTrees(bootstrap=True, **_of_forest(ground, params))


def _of_forest(ground: Ground, params: Params) -> dict[str, Any]:
    return {
        "n_estimators": params["trees"],
        "max_features": params["share_of_features"],
        "min_samples_leaf": params["least_in_leaf"],
        "n_jobs": ground.threads,
        "random_state": ground.seed,
    }


def adaboost(ground: Ground, params: Params) -> Any:
    from sklearn.ensemble import AdaBoostRegressor
    from sklearn.tree import DecisionTreeRegressor

    tree = DecisionTreeRegressor(max_depth=params["depth"], max_features=0.5, min_samples_leaf=3)
    return AdaBoostRegressor(
        tree, n_estimators=params["trees"], learning_rate=params["speed"], random_state=ground.seed
    )


def histogram(ground: Ground, params: Params) -> Any:
    from mlcore.lean import Histogram

    return Histogram(
        max_iter=params["trees"],
        learning_rate=params["speed"],
        max_depth=params["depth"],
        min_samples_leaf=params["least_in_leaf"],
        l2_regularization=params["restraint"],
        early_stopping=False,
        random_state=ground.seed,
    )


def xgboost(ground: Ground, params: Params) -> Any:
    from xgboost import XGBRegressor

    return XGBRegressor(
        n_estimators=params["trees"],
        learning_rate=params["speed"],
        max_depth=params["depth"],
        min_child_weight=params["least_in_leaf"],
        reg_lambda=params["restraint"],
        subsample=params["share_of_rows"],
        colsample_bytree=params["share_of_features"],
        tree_method="hist",
        n_jobs=1,  # its threads wait for each other at every level of a tree, on a busy machine most of the time
        random_state=ground.seed,
    )


def catboost(ground: Ground, params: Params) -> Any:
    from catboost import CatBoostRegressor

    return CatBoostRegressor(
        iterations=params["trees"],
        learning_rate=params["speed"],
        depth=params["depth"],
        l2_leaf_reg=params["restraint"],
        random_strength=params["chance"],
        thread_count=ground.threads,
        random_seed=ground.seed,
        allow_writing_files=False,
        verbose=False,
    )
