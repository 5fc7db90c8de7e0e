"""What ranges are learned from: what was said of unseen rows, what came, whose row it is and when it was asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mlcore.arrays import Floats, Ints
from mlcore.features.base import Matrix

if TYPE_CHECKING:
    import pandas as pd

MOST_ERAS, ERA_RESULTS = 4, 200
CLOCK = 0.6  # a number that goes this closely with the calendar tells of the season, not of the student


@dataclass(frozen=True)
class Evidence:
    """One entry per row, but for the last two.

    `result`: a code, equal for rows that ask for one result at several leads. `era`: 0, 1, 2 … rising with time;
    models of an early era had learned from less and were further off, and what is served is as good as the last.
    `history`: the column of the matrix that counts earlier results. `clocks`: columns that only tell the time.
    """

    matrix: Matrix
    predicted: Floats
    actual: Floats
    student: Ints
    result: Ints
    era: Ints
    history: int | None
    clocks: frozenset[int]

    @classmethod
    def of(cls, matrix: Matrix, predicted: Floats, actual: Floats, student: Ints, context: pd.DataFrame) -> Evidence:
        result = _results(context, student)
        asked = _asked(context)
        history = _history(matrix, context)
        era, clocks = np.zeros(len(student), dtype=np.int64), frozenset[int]()
        if asked is not None:
            era, clocks = _eras(asked, len(np.unique(result))), _clocks(matrix, asked) - {history}
        return cls(matrix, predicted, actual, student, result, era, history, frozenset(map(int, clocks)))

    @property
    def error(self) -> Floats:
        """Above 0 where the result was better than the score."""
        return self.actual - self.predicted

    @property
    def rows_per_result(self) -> float:
        return len(self.result) / len(np.unique(self.result))


def _results(context: pd.DataFrame, student: Ints) -> Ints:
    same = [name for name in ("exam", "subject", "kind", "exam_day") if name in context]
    if not {"exam", "exam_day"} & set(same):  # nothing tells one result from another
        return np.arange(len(context), dtype=np.int64)
    keys = context[same].assign(student=student)
    return np.asarray(keys.groupby(list(keys.columns), dropna=False, sort=False).ngroup(), dtype=np.int64)


def _asked(context: pd.DataFrame) -> Floats | None:
    """The day of each row, in days since 1970."""
    if "exam_day" not in context or "lead" not in context:
        return None
    day = context["exam_day"].to_numpy().astype("datetime64[D]").astype(np.float64)
    return np.asarray(day - context["lead"].to_numpy(dtype=np.float64))


def _eras(asked: Floats, results: int) -> Ints:
    """A few stretches of time with about equally many rows."""
    count = max(1, min(MOST_ERAS, results // ERA_RESULTS))
    cuts = np.quantile(asked, np.arange(1, count) / count)
    return np.asarray(np.searchsorted(cuts, asked, side="right"), dtype=np.int64)


def _clocks(matrix: Matrix, asked: Floats) -> frozenset[int]:
    found = set()
    for place in matrix.schema.numbers:
        column = matrix.values[:, place]
        known = np.isfinite(column)
        values, days = column[known], asked[known]
        if len(values) > 2 and np.ptp(values) > 0 and np.ptp(days) > 0:
            found |= {int(place)} if abs(np.corrcoef(values, days)[0, 1]) > CLOCK else set()
    return frozenset(found)


def _history(matrix: Matrix, context: pd.DataFrame) -> int | None:
    """Found by its values, whatever its name."""
    if "history" not in context:
        return None
    history = context["history"].to_numpy(dtype=np.float64)
    for place in matrix.schema.numbers:
        if np.array_equal(np.nan_to_num(matrix.values[:, place]), history):
            return int(place)
    return None
