"""Several estimators as one: a weighted sum of what they say, with weights that are never negative."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self, TypeAlias

import numpy as np

from mlcore.arrays import Floats, Ints

Member: TypeAlias = tuple[str, Any]  # a name and a pipeline; scikit-learn has no types

LEAST_WEIGHT = 0.02  # a member that counts less is left out: it costs time and reasons, and moves no score by a point
PRIOR_ROWS = 100.0  # as strongly as so many rows do we believe, before looking, that the members deserve equal weights


@dataclass(frozen=True, slots=True)
class Blend:
    """Weights, one per member, that are not negative, and what is added at the end."""

    weights: Floats
    intercept: float

    def of(self, predicted: Floats) -> Floats:
        return np.asarray(predicted @ self.weights + self.intercept, dtype=np.float64)


class Stack:
    """A champion or baseline: one estimator, or a blend of several. `fit` learns the members; the weights stay."""

    def __init__(self, name: str, label: str, members: Sequence[Member], blend: Blend | None = None) -> None:
        self.name = name
        self.label = label
        self.members = tuple(members)
        chosen = blend or Blend(np.ones(1), 0.0)
        self.weights = chosen.weights
        self.intercept = chosen.intercept

    def fit(self, X: Floats, y: Floats) -> Self:  # noqa: N803  # scikit-learn's name
        from sklearn.base import clone

        self.members = tuple((name, clone(member).fit(X, y)) for name, member in self.members)
        return self

    def predict(self, X: Floats) -> Floats:  # noqa: N803  # scikit-learn's name
        score = np.full(len(X), self.intercept)
        for (_, member), weight in zip(self.members, self.weights, strict=True):
            score += weight * said_by(member, X)
        return score


def said_by(member: Any, X: Floats) -> Floats:  # noqa: N803  # scikit-learn's name
    """What a fitted pipeline predicts, step by step: its own `predict` takes longer for one row than many a model."""
    *encoders, (_, model) = member.steps
    for _, encoder in encoders:
        X = encoder.transform(X)  # noqa: N806
    return np.asarray(model.predict(X), dtype=np.float64)


def blended(predicted: Floats, actual: Floats) -> Blend:
    """The weights with which these predictions (rows x members) come closest to what happened.

    They add up to one: the differences between members are weighed, not the level. With few rows they stay near equal.
    """
    from scipy.optimize import nnls

    rows, members = predicted.shape
    level = predicted.mean(axis=1)
    about = predicted - level[:, None]
    spread = about.std()
    pull = np.sqrt(PRIOR_ROWS) * max(float(spread), 1e-9)
    sure = 1e3 * max(1.0, float(np.abs(predicted).max())) * np.sqrt(rows)
    sides = np.vstack([about - about.mean(axis=0), pull * np.eye(members), sure * np.ones((1, members))])
    error = actual - level
    wanted = np.concatenate([error - error.mean(), np.full(members, pull / members), [sure]])
    weights, _ = nnls(sides, wanted)
    return _without_small(weights, predicted, actual)


def _without_small(weights: Floats, predicted: Floats, actual: Floats) -> Blend:
    kept = np.where(weights / weights.sum() < LEAST_WEIGHT, 0.0, weights)
    kept = kept / kept.sum()
    return Blend(kept, float(np.mean(actual - predicted @ kept)))


def cross_blended(predicted: Floats, actual: Floats, parts: Ints) -> Floats:
    """What the blend says of each part when its weights were learned on the other parts only."""
    said = np.empty(len(actual))
    for part in np.unique(parts):
        there = parts == part
        said[there] = blended(predicted[~there], actual[~there]).of(predicted[there])
    return said
