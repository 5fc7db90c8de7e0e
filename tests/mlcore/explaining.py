"""A made-up year group whose results follow a known rule, and every candidate that can serve, fitted to it."""

from functools import cache

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin

from mlcore.estimators import BY_NAME
from mlcore.features.base import Feature, FeatureKind, Matrix, MatrixSchema, RawColumn
from mlcore.models import Ground
from mlcore.stack import Blend, Stack

SINGLE = [name for name, one in BY_NAME.items() if one.can_serve and (one.column in (None, "shrunken_mean"))]
FEATURES = (
    Feature("shrunken_mean", "usual result", "Earlier results", unit="%", low=0, high=100),
    Feature("last", "last result", "Earlier results", unit="%", low=0, high=100),
    Feature("attendance", "attendance", "Attendance", changeable=True, unit="%", low=0, high=100),
    Feature("hours", "study hours", "Study hours", changeable=True, unit="hours", low=0, high=60),
    Feature("tutored", "has a tutor", "Tutoring", changeable=True, low=0, high=1),
    Feature("club", "club", "Activities", FeatureKind.CATEGORY, changeable=True),
    Feature("subject", "subject", "This exam", FeatureKind.CATEGORY),
    Feature("language", "home language", "Demographics", FeatureKind.CATEGORY, changeable=True, protected=True),
    Feature("room", "room number", "Room"),
)
PLACES = {feature.name: place for place, feature in enumerate(FEATURES)}


def raw(rows: int, seed: int) -> dict[str, np.ndarray]:
    """Study hours help, more so those with a tutor; the room was the same for all when the model learned."""
    rng = np.random.default_rng(seed)
    able = rng.normal(size=rows)
    told = {
        "shrunken_mean": 60 + 10 * able + 3 * rng.normal(size=rows),
        "last": 60 + 10 * able + 8 * rng.normal(size=rows),
        "attendance": np.clip(90 + 5 * able + 6 * rng.normal(size=rows), 0, 100),
        "hours": rng.integers(0, 21, rows).astype(float),
        "tutored": (rng.random(rows) < 0.2).astype(float),
        "club": rng.choice(np.array(["chess", "choir", None], dtype=object), rows),
        "subject": rng.choice(np.array(["Mathematics", "English", "Physics"], dtype=object), rows),
        "language": rng.choice(np.array(["a", "b"], dtype=object), rows),
        "room": np.full(rows, 7.0),
    }
    for name in ("last", "attendance"):
        told[name][rng.random(rows) < 0.2] = np.nan
    return told


def results(told: dict[str, np.ndarray], seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    hard = np.where(told["subject"] == "Physics", -8.0, 0.0)
    known = np.nan_to_num(told["attendance"], nan=80.0)
    study = told["hours"] * np.where(told["tutored"] > 0, 0.9, 0.5)
    score = 0.7 * told["shrunken_mean"] + 0.2 * known + study + hard - 4
    return np.clip(score + 4 * rng.normal(size=len(score)), 0, 100)


TOLD = raw(600, seed=1)
SCHEMA = MatrixSchema.learn([RawColumn(feature, TOLD[feature.name]) for feature in FEATURES])
LEARNT = SCHEMA.encode(TOLD, 600)
Y = results(TOLD, seed=2)


def unseen() -> Matrix:
    """New students: gaps, words never met, another room, and one of whom nothing is known."""
    told = raw(150, seed=3)
    told["subject"][:20] = "Astronomy"
    told["club"][10:30] = None
    told["hours"][20:40] = np.nan
    told["shrunken_mean"][30:50] = np.nan
    told["room"] = np.arange(150.0)
    values = SCHEMA.encode(told, 150).values
    values[-1] = np.nan
    return Matrix(SCHEMA, values)


NEW = unseen()


class Untouched(TransformerMixin, BaseEstimator):
    """Hands the matrix on as it is, gaps and all."""

    def fit(self, X, y=None):  # noqa: N803  # scikit-learn's name
        self.source = np.arange(X.shape[1])
        return self

    def transform(self, X):  # noqa: N803  # scikit-learn's name
        return X


@cache
def champion(name: str):
    """The candidate at its usual setting, with fewer trees so that the tests are quick; or a stack of three kinds."""
    if name == "stack":
        members = [(one, champion(one)) for one in ("ridge", "random_forest", "catboost", "histogram")]
        return Stack("stack", "", members, Blend(np.array([0.4, 0.3, 0.2, 0.1]), -1.5))
    one = BY_NAME[name]
    params = dict(one.usual(len(Y)))
    if "trees" in params:
        params["trees"] = 40
    return one.build(Ground(SCHEMA, seed=0, threads=1, rows=len(Y)), params).fit(LEARNT.values, Y)
