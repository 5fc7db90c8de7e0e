"""From a fitted champion to its explainer: members that read the same columns are put together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from mlcore.arrays import Floats, Ints
from mlcore.errors import MLError
from mlcore.explain.groves import Grove, grove
from mlcore.explain.readers import precision_of, trees_of
from mlcore.explain.reasons import TOLERANCE, Explainer, Part
from mlcore.explain.trees import Tree
from mlcore.explain.whatif import usual_values
from mlcore.features.base import Matrix, MatrixSchema

ROWS_TO_CHECK = 500

Weighted: TypeAlias = tuple[float, Any]


@dataclass(frozen=True)
class Line:
    """What counts in proportion: how far a row lies from the usual one, times the coefficients of each group."""

    usual: Floats
    coefficients: Floats  # encoded columns × groups
    missing: float = 0.0  # what a missing value counts as

    def points_of(self, encoded: Floats) -> Floats:
        away = np.ascontiguousarray(np.nan_to_num(encoded, nan=self.missing) - self.usual)
        points: Floats = np.einsum("ij,jk->ik", away, self.coefficients)  # not `@`: see mlcore/lean.py
        return points


def explainer(champion: Any, schema: MatrixSchema, background: Matrix) -> Explainer:
    """Read a fitted pipeline or stack. `background`: training rows; linear reasons count from their mean."""
    parts = tuple(_parts(champion, schema, background.values))
    some = background.values[:: max(1, len(background) // ROWS_TO_CHECK)]
    rest = champion.predict(some) - Explainer(schema.groups, parts, 0.0, {}).points_of(some).sum(axis=1)
    base = float(np.median(rest))
    if not (np.abs(rest - base) <= TOLERANCE / 2).all():
        raise MLError("The scores of this estimator are not a sum of reasons.", "no_reasons")
    return Explainer(schema.groups, parts, base, usual_values(background))


def _parts(champion: Any, schema: MatrixSchema, background: Floats) -> Iterator[Part]:
    from joblib import hash as fingerprint

    alike: dict[str, list[tuple[Any, Weighted]]] = defaultdict(list)
    for weight, pipeline in _members(champion):
        encoder, model = pipeline.named_steps["encode"], pipeline.named_steps["model"]
        alike[fingerprint(encoder)].append((encoder, (weight, model)))
    for same in alike.values():
        encoder, models = same[0][0], [model for _, model in same]
        group_of = schema.group_of[encoder.source]
        groups = np.eye(len(schema.groups))[group_of]
        lines = _lines(models, groups, encoder.transform(background))
        yield Part(encoder, (*lines, *_groves(models, group_of, len(schema.groups))))


def _members(champion: Any) -> list[Weighted]:
    if not hasattr(champion, "members"):
        return [(1.0, champion)]
    return [(float(w), pipeline) for (_, pipeline), w in zip(champion.members, champion.weights, strict=True)]


def _lines(models: Sequence[Weighted], groups: Floats, background: Floats) -> Iterator[Line]:
    """`groups`: for each encoded column a 1 at its group. A baseline has no coefficients: its column is the score."""
    for weight, model in models:
        if hasattr(model, "coef_"):
            yield Line(background.mean(axis=0), weight * np.ravel(model.coef_)[:, None] * groups)
        elif hasattr(model, "mean_"):
            known = np.nan_to_num(background, nan=model.mean_)
            yield Line(known.mean(axis=0), weight * groups, model.mean_)


def _groves(models: Sequence[Weighted], group_of: Ints, groups: int) -> Iterator[Grove]:
    """All trees that compare with the same precision walk together."""
    together: dict[type[np.floating[Any]], list[Tree]] = defaultdict(list)
    for weight, model in models:
        if not _is_line(model):
            together[precision_of(model)] += [tree.weighed(weight) for tree in trees_of(model)]
    for kind, trees in together.items():
        yield grove(trees, group_of, groups, kind)


def _is_line(model: Any) -> bool:
    return hasattr(model, "coef_") or hasattr(model, "mean_")
