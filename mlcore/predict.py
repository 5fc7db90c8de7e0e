"""From a bundle and samples to scores, ranges, chances and reasons; the same steps for one student and for a whole school."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mlcore.arrays import Floats
from mlcore.bundle import Bundle
from mlcore.causes import Learned, beyond, blanked, causes, scored
from mlcore.errors import MLError
from mlcore.features.base import UNKNOWN, Matrix
from mlcore.features.matrix import matrix_and_contexts
from mlcore.ranges.sets import RangeSet
from mlcore.samples import Samples
from mlcore.sufficiency import Cause
from mlcore.tables import SchoolTables
from mlcore.typed import Value, row_of

if TYPE_CHECKING:
    import pandas as pd

LOWEST, HIGHEST = 0.0, 100.0


@dataclass(frozen=True)
class Predictions:
    """One row per sample, in per cent of the maximum; NaN throughout where `causes` says why there is no score.

    `chances`: of reaching each of `boundaries`. `reasons`: points per group; with `base` they make the score.
    """

    scores: Floats
    ranges: RangeSet
    boundaries: tuple[float, ...]
    chances: Floats
    groups: tuple[str, ...]
    base: float
    reasons: Floats | None
    causes: tuple[Cause | None, ...]
    matrix: Matrix

    def __len__(self) -> int:
        return len(self.scores)

    def unknown_words(self, row: int) -> tuple[str, ...]:
        """Labels of what the student has in a kind that training never met; the score could not use it."""
        places = np.flatnonzero(self.matrix.values[row] == UNKNOWN)
        categories = set(self.matrix.schema.categories.tolist())
        return tuple(self.matrix.schema.features[place].label for place in places if place in categories)


def predict(
    bundle: Bundle,
    tables: SchoolTables,
    samples: Samples,
    *,
    boundaries: Sequence[float] | None = None,
    with_reasons: bool = True,
) -> Predictions:
    """Scores for these samples. `boundaries`: the grade boundaries of the exams, if not those of the training."""
    matrix, context = matrix_and_contexts(tables, samples, bundle.schema)
    told = causes(tables, samples, context, learned(bundle))
    return predict_matrix(bundle, matrix, told, boundaries=boundaries, with_reasons=with_reasons)


def predict_matrix(
    bundle: Bundle,
    matrix: Matrix,
    told: Sequence[Cause | None] = (),
    *,
    boundaries: Sequence[float] | None = None,
    with_reasons: bool = True,
) -> Predictions:
    """The same from a matrix; `told` holds the cause of each row that gets no score."""
    values, bounds = matrix.values, tuple(bundle.boundaries if boundaries is None else boundaries)
    if not all(LOWEST <= bound <= HIGHEST for bound in bounds):
        raise MLError("boundaries: expected percentages from 0 to 100.", "bad_boundaries")
    scores = np.clip(bundle.champion.predict(values), LOWEST, HIGHEST)
    ranges, chances = bundle.ranges.both(values, scores, bounds)
    reasons = bundle.explainer.reasons(values, scores) if with_reasons else None
    told = tuple(told) or (None,) * len(values)
    kept = scored(told)
    if not kept.all():
        scores, chances = blanked(scores, kept), blanked(chances, kept)
        ranges = RangeSet(*(blanked(each, kept) for each in ranges.columns))
        reasons = None if reasons is None else blanked(reasons, kept)
    return Predictions(
        scores, ranges, bounds, chances, bundle.schema.groups, bundle.explainer.base, reasons, told, matrix
    )


def predict_typed(
    bundle: Bundle, values: Mapping[str, Value], boundaries: Sequence[float] | None = None
) -> Predictions:
    """One score from typed values, named as the bundle's features. Raises BadValues."""
    matrix = row_of(bundle.schema, values)
    return predict_matrix(bundle, matrix, causes_typed(bundle, matrix, values), boundaries=boundaries)


def causes_typed(bundle: Bundle, matrix: Matrix, values: Mapping[str, Value]) -> list[Cause | None]:
    """Why a typed row gets no score, if it gets none; `matrix` is what was made of these values."""
    return beyond(_typed_context(bundle, matrix, values), learned(bundle))


def learned(bundle: Bundle) -> Learned:
    """What the bundle's model has experience of."""
    return Learned(bundle.subjects, bundle.kinds, bundle.longest_lead, bundle.sufficiency)


def _typed_context(bundle: Bundle, matrix: Matrix, values: Mapping[str, Value]) -> pd.DataFrame:
    """What a typed row is about. Without a count of earlier results, any average or result that was typed is history enough."""
    import pandas as pd

    def number(name: str) -> float:
        return float(matrix.column(name)[0]) if name in bundle.schema.places else np.nan

    history = number(HISTORY)
    if np.isnan(history):
        history = 0.0 if np.isnan([number(name) for name in EARLIER]).all() else np.inf
    words = {name: [values.get(name) or None] for name in ("subject", "kind")}
    return pd.DataFrame({"history": [history], "lead": [number("lead")], **words})


HISTORY = "all_count"
EARLIER = (
    "last_comparable", "shrunken_mean", "subject_last", "subject_mean", "all_last", "all_mean", "all_shrunken",
)  # fmt: skip
