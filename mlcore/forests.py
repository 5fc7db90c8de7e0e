"""Forests whose cost stays even: each tree sees a bounded sample, and one row is answered without scikit-learn's detours.

Import it late: it stands on scikit-learn.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any, Self

import numpy as np
from sklearn.ensemble import ExtraTreesRegressor, RandomForestRegressor

from mlcore.arrays import Floats

ROWS_PER_TREE = 4_000  # beyond that more rows per tree cost time and memory and improve the mean of all trees little
FEW_ROWS = 2_000  # up to here starting threads costs more than it saves


class _Even:
    """Bounds the rows per tree on `fit`; `predict` is the mean of the trees, asked directly."""

    estimators_: list[Any]
    n_jobs: int | None

    def fit(self, X: Floats, y: Floats, sample_weight: Floats | None = None) -> Self:  # noqa: N803  # scikit-learn's name
        self.max_samples = ROWS_PER_TREE if len(X) > ROWS_PER_TREE else None
        super().fit(X, y, sample_weight)  # type: ignore[misc]  # the forest stands beside this class
        return self

    def predict(self, X: Floats) -> Floats:  # noqa: N803  # scikit-learn's name
        rows = np.ascontiguousarray(X, dtype=np.float32)
        trees = [tree.tree_ for tree in self.estimators_]
        workers = self.n_jobs or 1
        if workers == 1 or len(rows) <= FEW_ROWS:
            return _mean(trees, rows)
        parts = np.array_split(rows, max(workers, -(-len(rows) // ROWS_PER_TREE)))
        with ThreadPoolExecutor(workers) as pool:
            return np.concatenate(list(pool.map(lambda part: _mean(trees, part), parts)))


class EvenForest(_Even, RandomForestRegressor):  # type: ignore[misc]  # scikit-learn has no types
    """A random forest of bounded cost."""


class EvenExtraTrees(_Even, ExtraTreesRegressor):  # type: ignore[misc]  # scikit-learn has no types
    """Extremely random trees of bounded cost."""


def _mean(trees: list[Any], rows: Any) -> Floats:
    total = np.zeros(len(rows))
    for tree in trees:
        total += tree.predict(rows)[:, 0]
    return total / len(trees)
