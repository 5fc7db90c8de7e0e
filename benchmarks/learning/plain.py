"""Libraries' estimators as they come, told of nothing but the table: what the accuracy of ours is measured against."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import numpy as np

from benchmarks.learning.sets import RealSet
from mlcore.arrays import Floats, Ints


def plain_models() -> dict[str, Callable[[], Any]]:
    """Those whose library is installed; `absent_models()` says which is not."""
    return {name: make for name, make in PLAIN.items() if not _lacks(name)}


def absent_models() -> list[str]:
    return [
        f"{name}: the package {OPTIONAL[name]} is not installed (it is in requirements-bench.lock)."
        for name in PLAIN
        if _lacks(name)
    ]


def _lacks(name: str) -> bool:
    return name in OPTIONAL and find_spec(OPTIONAL[name]) is None


def procedure(real: RealSet, make: Callable[[], Any]) -> Callable[[Ints, Ints], Floats]:
    """Learns from some rows, on one column per word, and answers for others."""

    def ask(learn: Ints, test: Ints) -> Floats:
        model = _piped(make())
        model.fit(real.attributes.iloc[learn], real.percent[learn])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # LightGBM misses names that the encoder took away
            return np.asarray(model.predict(real.attributes.iloc[test]), dtype=np.float64)

    return ask


def _piped(estimator: Any) -> Any:
    from sklearn.compose import make_column_selector, make_column_transformer
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    numbers = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    words = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    columns = make_column_transformer(
        (numbers, make_column_selector(dtype_include="number")),
        (words, make_column_selector(dtype_exclude="number")),
    )
    return make_pipeline(columns, estimator)


def _ridge() -> Any:
    from sklearn.linear_model import Ridge

    return Ridge()


def _forest() -> Any:
    from sklearn.ensemble import RandomForestRegressor

    return RandomForestRegressor(n_jobs=2, random_state=0)


def _histogram() -> Any:
    from sklearn.ensemble import HistGradientBoostingRegressor

    return HistGradientBoostingRegressor(random_state=0)


def _xgboost() -> Any:
    from xgboost import XGBRegressor

    return XGBRegressor(n_jobs=1)


def _catboost() -> Any:
    from catboost import CatBoostRegressor

    return CatBoostRegressor(verbose=False, allow_writing_files=False, thread_count=2, random_seed=0)


def _lightgbm() -> Any:
    from lightgbm import LGBMRegressor

    return LGBMRegressor(verbose=-1, n_jobs=1)


PLAIN: dict[str, Callable[[], Any]] = {
    "Ridge": _ridge,
    "RandomForest": _forest,
    "HistGradient": _histogram,
    "XGBoost": _xgboost,
    "CatBoost": _catboost,
    "LightGBM": _lightgbm,
}

OPTIONAL = {"LightGBM": "lightgbm"}
