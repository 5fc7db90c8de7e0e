"""The candidates, from simple to strong: how each is built, what may be tuned, and whether its scores can be explained."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from mlcore import models
from mlcore.features.base import MatrixSchema
from mlcore.models import Ground
from mlcore.search_space import Amount, Factor, Options, Params, Space


class Kind(StrEnum):
    """What candidates have in common; a stack takes its members from different kinds."""

    BASELINE = "baseline"
    LINEAR = "linear"
    NEIGHBOURS = "neighbours"
    TREE = "tree"
    FOREST = "forest"
    BOOSTER = "booster"


MANY, VERY_MANY = 4_000, 20_000  # rows

Build = Callable[[Ground, Params], Any]  # a scikit-learn Pipeline, which has no types


@dataclass(frozen=True)
class Candidate:
    """`usual`: its setting before any search. `can_serve`: its scores have fast reasons that add up.

    `cheap`: other settings that cost next to nothing, so that every effort tries them.
    """

    name: str
    label: str
    kind: Kind
    build: Build
    usual: Callable[[int], Params] = lambda rows: {}
    space: Space = field(default_factory=dict)
    column: str | None = None
    can_serve: bool = True
    cheap: tuple[Params, ...] = ()

    @property
    def is_baseline(self) -> bool:
        return self.kind is Kind.BASELINE


def _on(encoder: str, model: Callable[[Ground, Params], Any]) -> Build:
    """A pipeline of that encoder and this model."""

    def build(ground: Ground, params: Params) -> Any:
        from sklearn.pipeline import Pipeline

        from mlcore import encoding

        encode = getattr(encoding, encoder)(encoding.sizes_of(ground.schema))
        return Pipeline([("encode", encode), ("model", model(ground, params))])

    return build


def _guess(column: str | None) -> Build:
    def build(ground: Ground, params: Params) -> Any:
        from sklearn.pipeline import Pipeline

        from mlcore.baselines import AsItStands, Pick

        place = None if column is None else ground.schema.places[column]
        return Pipeline([("encode", Pick(place)), ("model", AsItStands())])

    return build


def _baseline(name: str, label: str, column: str | None) -> Candidate:
    return Candidate(name, label, Kind.BASELINE, _guess(column), column=column, can_serve=True)


def _always(**params: Any) -> Callable[[int], Mapping[str, Any]]:
    return lambda rows: params


def _forest_usual(rows: int) -> Params:
    """The more rows, the more of them may share a leaf, and the fewer features each question needs to look at."""
    share = 0.5 if rows < MANY else 1 / 3
    return {"trees": 100, "share_of_features": share, "least_in_leaf": _between(3, rows // 800, 10)}


def _extra_usual(rows: int) -> Params:
    return {**_forest_usual(rows), "share_of_features": 1.0 if rows < MANY else 0.6}


def _xgboost_usual(rows: int) -> Params:
    shape = {"depth": 3, "speed": 0.04} if rows < VERY_MANY else {"depth": 4, "speed": 0.05}
    rest = {"restraint": 1.0, "share_of_rows": 0.8, "share_of_features": 0.6}
    return {"trees": 300, **shape, "least_in_leaf": _between(5, rows // 300, 50), **rest}


def _catboost_usual(rows: int) -> Params:
    shape = {"depth": 4, "speed": 0.03} if rows < VERY_MANY else {"depth": 6, "speed": 0.06}
    return {"trees": 300, **shape, "restraint": 3.0, "chance": 1.0}


def _between(low: int, value: int, high: int) -> int:
    return min(max(low, value), high)


_SPEED = Factor(0.01, 0.2)
_TREES = Factor(100, 600, whole=True)
_LEAF = Factor(1, 60, whole=True)
_SHARE = Amount(0.2, 1.0, 0.15)
_FOREST_SPACE: Space = {"share_of_features": _SHARE, "least_in_leaf": _LEAF}

CANDIDATES: tuple[Candidate, ...] = (
    _baseline("everybody", "the average of everybody", None),
    _baseline("class_mean", "the average of the class", "class_mean"),
    _baseline("last_comparable", "the last comparable result", "last_comparable"),
    _baseline("shrunken_mean", "the student's own average, moved towards everybody's", "shrunken_mean"),
    Candidate("linear", "straight lines", Kind.LINEAR, _on("LevelEncoder", models.linear)),
    Candidate(
        "ridge",
        "straight lines, held back",
        Kind.LINEAR,
        _on("LevelEncoder", models.ridge),
        _always(restraint=1.0),
        cheap=({"restraint": 10.0}, {"restraint": 100.0}),
    ),
    Candidate("lasso", "few straight lines", Kind.LINEAR, _on("LevelEncoder", models.lasso)),
    Candidate(
        "neighbours",
        "the most similar students",
        Kind.NEIGHBOURS,
        _on("LevelEncoder", models.neighbours),
        _always(neighbours=25, weights="distance"),
        {"neighbours": Factor(5, 100, whole=True), "weights": Options(("uniform", "distance"))},
        can_serve=False,
    ),
    Candidate(
        "tree",
        "one tree of questions",
        Kind.TREE,
        _on("TreeEncoder", models.tree),
        _always(depth=7, least_in_leaf=15),
        {"depth": Amount(3, 12, 1, whole=True), "least_in_leaf": Factor(5, 100, whole=True)},
    ),
    Candidate(
        "random_forest",
        "a forest of trees",
        Kind.FOREST,
        _on("TreeEncoder", models.random_forest),
        _forest_usual,
        _FOREST_SPACE,
    ),
    Candidate(
        "extra_trees",
        "a forest of trees with random questions",
        Kind.FOREST,
        _on("TreeEncoder", models.extra_trees),
        _extra_usual,
        _FOREST_SPACE,
    ),
    Candidate(
        "adaboost",
        "trees that look again at the hard cases",
        Kind.BOOSTER,
        _on("LevelEncoder", models.adaboost),
        _always(trees=40, depth=5, speed=0.5),
        {"depth": Amount(3, 9, 1, whole=True), "speed": Factor(0.05, 1.0)},
        can_serve=False,
    ),
    Candidate(
        "histogram",
        "trees that correct each other (scikit-learn)",
        Kind.BOOSTER,
        _on("TreeEncoder", models.histogram),
        _always(trees=150, depth=4, speed=0.05, least_in_leaf=20, restraint=1.0),
        {"trees": _TREES, "speed": _SPEED, "depth": Amount(2, 8, 1, whole=True), "restraint": Factor(0.1, 30)},
    ),
    Candidate(
        "xgboost",
        "trees that correct each other (XGBoost)",
        Kind.BOOSTER,
        _on("TreeEncoder", models.xgboost),
        _xgboost_usual,
        {
            "trees": _TREES,
            "speed": _SPEED,
            "depth": Amount(2, 8, 1, whole=True),
            "least_in_leaf": _LEAF,
            "restraint": Factor(0.1, 30),
            "share_of_features": _SHARE,
        },
    ),
    Candidate(
        "catboost",
        "trees that correct each other (CatBoost)",
        Kind.BOOSTER,
        _on("LevelEncoder", models.catboost),
        _catboost_usual,
        {
            "trees": _TREES,
            "speed": _SPEED,
            "depth": Amount(2, 8, 1, whole=True),
            "restraint": Factor(0.5, 30),
            "chance": Factor(0.1, 10),
        },
    ),
)

BY_NAME: Mapping[str, Candidate] = {candidate.name: candidate for candidate in CANDIDATES}
QUICK = ("ridge", "random_forest", "xgboost")
STACK, STACK_LABEL = "stack", "several models, each weighed by how well it did"


def offered(schema: MatrixSchema) -> tuple[Candidate, ...]:
    """The candidates that this matrix has columns for."""
    return tuple(one for one in CANDIDATES if one.column is None or one.column in schema.places)
