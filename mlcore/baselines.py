"""The simplest guesses, which every model must beat: a column of the matrix as it stands, or what everybody has on average.

Import it late: it stands on scikit-learn.
"""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, RegressorMixin, TransformerMixin

from mlcore.arrays import Floats, Ints


class Pick(TransformerMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """One feature, or none."""

    def __init__(self, place: int | None) -> None:
        self.place = place

    def fit(self, X: Floats, y: Any = None) -> Self:  # noqa: N803  # scikit-learn's name
        self.source: Ints = np.array([] if self.place is None else [self.place], dtype=np.int64)
        return self

    def transform(self, X: Floats) -> Floats:  # noqa: N803  # scikit-learn's name
        return X[:, self.source]


class AsItStands(RegressorMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """Says what the one column says; where it says nothing, the mean of all results learned from."""

    def fit(self, X: Floats, y: Floats) -> Self:  # noqa: N803  # scikit-learn's name
        self.mean_ = float(np.mean(y))
        return self

    def predict(self, X: Floats) -> Floats:  # noqa: N803  # scikit-learn's name
        guess = X[:, 0] if X.shape[1] else np.full(len(X), np.nan)
        return np.where(np.isnan(guess), self.mean_, guess)
