"""Estimators of scikit-learn without what makes them slow here: checks on every single row, and threads that wait.

Import it late: it stands on scikit-learn.
"""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.linear_model import LassoCV, LinearRegression
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # it has no types

from mlcore.arrays import Floats


class _Straight:
    """A sum of what each column counts; the encoder has already checked the columns."""

    coef_: Any
    intercept_: float

    def predict(self, X: Floats) -> Floats:  # noqa: N803  # scikit-learn's name
        # Not `@`: it adds up in another order where there are fewer rows, and a row would not say the same alone.
        said = np.einsum("ij,j->i", np.ascontiguousarray(X), self.coef_)
        return np.asarray(said + self.intercept_, dtype=np.float64)


class Lines(_Straight, LinearRegression):  # type: ignore[misc]  # scikit-learn has no types
    """Straight lines."""


class Ridge(_Straight, RegressorMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """Straight lines, all held back: as far as leaving out each row in turn says, times `restraint`.

    One student's rows are alike, and next term is not like this one: what leaving out single rows says is too little.
    All strengths are tried in one go on the axes of the columns; scikit-learn's own takes several times as long.
    """

    def __init__(self, strengths: Floats, restraint: float) -> None:
        self.strengths = strengths
        self.restraint = restraint

    def fit(self, X: Floats, y: Floats) -> Self:  # noqa: N803  # scikit-learn's name
        middle, level = X.mean(axis=0), float(y.mean())
        about, off = X - middle, y - level
        sizes, axes = np.linalg.eigh(about.T @ about)
        sizes = np.maximum(sizes, 0.0)
        along = axes.T @ (about.T @ off)
        strength = self.restraint * self._strength(about @ axes, off, sizes, along)
        self.coef_ = axes @ (along / (sizes + strength))
        self.intercept_ = level - float(middle @ self.coef_)
        return self

    def _strength(self, places: Floats, off: Floats, sizes: Floats, along: Floats) -> float:
        """The strength whose errors are smallest when each row is told by the others; for lines that follows from one fit."""
        held = 1.0 / (sizes[:, None] + self.strengths)
        errors = off[:, None] - places @ (along[:, None] * held)
        own = places**2 @ held + 1.0 / len(off)
        return float(self.strengths[np.argmin(np.mean((errors / np.maximum(1.0 - own, 1e-6)) ** 2, axis=0))])


class Lasso(_Straight, LassoCV):  # type: ignore[misc]  # scikit-learn has no types
    """Straight lines, of which only the useful stay."""


class Histogram(HistGradientBoostingRegressor):  # type: ignore[misc]  # scikit-learn has no types
    """In one thread: several wait for each other at every leaf, on a busy machine many times as long as they work."""

    def fit(self, X: Floats, y: Floats, sample_weight: Floats | None = None) -> Self:  # noqa: N803  # scikit-learn's name
        with threadpool_limits(limits=1, user_api="openmp"):
            super().fit(X, y, sample_weight)
        return self

    def predict(self, X: Floats) -> Floats:  # noqa: N803  # scikit-learn's name
        raw: Floats = self._raw_predict(X, n_threads=1)  # the open `predict` cannot be told how many threads
        return raw.ravel()
