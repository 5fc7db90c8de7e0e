"""How far scores lay from results and how often ranges held, each figure with an interval over students."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from mlcore.arrays import Flags, Floats, Ints, Words
from mlcore.bootstrap import Draws, coverage_columns, coverage_of, error_columns, errors_of, figure, ratio
from mlcore.fairness import hidden
from mlcore.ranges.sets import RangeSet
from mlcore.report import Coverage, Errors, Figure, Slice, WorstCase

if TYPE_CHECKING:
    import pandas as pd

LEAST_STUDENTS = 10
HISTORY_FROM = np.array([0, 1, 2, 3, 6, 11])
HISTORY_LABELS = ("0", "1", "2", "3 to 5", "6 to 10", "11 or more")
SLICED = ("subject", "grade_level", "lead", "kind", "history")


def errors(y: Floats, predicted: Floats, students: npt.ArrayLike, seed: int = 0) -> Errors:
    """Rows without a result or without a score are left out."""
    known = _known(y, predicted)
    draws = Draws.of(np.asarray(students)[known], seed)
    return errors_of(draws, error_columns(y[known], predicted[known]))


def coverage(y: Floats, ranges: RangeSet, students: npt.ArrayLike, seed: int = 0) -> Coverage:
    known = _known(y, ranges.low_80)
    draws = Draws.of(np.asarray(students)[known], seed)
    return coverage_of(draws, coverage_columns(y[known], ranges.take(known).columns))


def gain(y: Floats, champion: Floats, baseline: Floats, students: npt.ArrayLike, seed: int = 0) -> Figure:
    """The share of the baseline's RMSE that the champion saves, on the same rows and in the same draws."""
    known = _known(y, champion) & _known(y, baseline)
    draws = Draws.of(np.asarray(students)[known], seed)
    squares = np.stack([(champion[known] - y[known]) ** 2, (baseline[known] - y[known]) ** 2], axis=1)
    totals = draws.totals(squares)
    return figure(_saved(totals.all[None])[0], _saved(totals.drawn))


def slices(
    y: Floats,
    predicted: Floats,
    ranges: RangeSet,
    context: pd.DataFrame,
    students: npt.ArrayLike,
    columns: Sequence[str] = SLICED,
    seed: int = 0,
) -> tuple[Slice, ...]:
    """The figures of each part of each column of `context`; parts of fewer than 10 students are left out."""
    known = _known(y, predicted)
    draws = Draws.of(np.asarray(students)[known], seed)
    off = error_columns(y[known], predicted[known])
    held = coverage_columns(y[known], ranges.take(known).columns)
    told = []
    for column in [name for name in columns if name in context]:
        for name, rows in parts(context[column].to_numpy()[known], column):
            if draws.students_in(rows) >= LEAST_STUDENTS:
                told.append(Slice(column, name, errors_of(draws, off, rows), coverage_of(draws, held, rows)))
    return tuple(told)


def tellable(found: Sequence[Slice], context: pd.DataFrame, students: npt.ArrayLike) -> tuple[Slice, ...]:
    """Of these slices all but those that would tell, less than the whole, of the few students who were left out."""
    whose = np.asarray(students)
    silent = set()
    for column in dict.fromkeys(each.by for each in found):
        named = parts(context[column].to_numpy(), column)
        nameless = np.setdiff1d(np.arange(len(whose)), np.concatenate([rows for _, rows in named]))
        everybody = [*named, ("", nameless)] if len(nameless) else named
        places = hidden([len(np.unique(whose[rows])) for _, rows in everybody])
        silent |= {(column, everybody[place][0]) for place in places}
    return tuple(each for each in found if (each.by, each.name) not in silent)


def parts(values: Words | Floats, column: str) -> list[tuple[str, Ints]]:
    """The name and the rows of each part, numbers and amounts in their order; rows without a value belong to none."""
    if column == "history":
        return _named(history_bins(values), HISTORY_LABELS)
    import pandas as pd

    codes, met = pd.factorize(values, sort=True)
    return _named(np.asarray(codes, dtype=np.int64), [_told(value) for value in met])


def history_bins(history: npt.ArrayLike) -> Ints:
    """The place in HISTORY_LABELS of each amount of earlier results; not known is none."""
    amount = np.nan_to_num(np.asarray(history, dtype=np.float64))
    return np.searchsorted(HISTORY_FROM, amount, side="right").astype(np.int64) - 1


def worst_cases(
    keys: pd.DataFrame, y: Floats, predicted: Floats, ranges: RangeSet, most: int = 20
) -> tuple[WorstCase, ...]:
    """The largest errors, each student and exam once; `keys` has the columns student, exam and lead."""
    off = np.where(_known(y, predicted), np.abs(y - predicted), -1.0)
    order = np.argsort(-off, kind="stable")
    order = order[off[order] >= 0]
    first = ~keys.iloc[order].duplicated(["student", "exam"]).to_numpy()
    told = []
    for row in order[first][:most]:
        key = keys.iloc[row]
        span = (float(ranges.low_80[row]), float(ranges.high_80[row]))
        told.append(
            WorstCase(
                str(key["student"]), str(key["exam"]), int(key["lead"]), float(predicted[row]), float(y[row]), *span
            )
        )
    return tuple(told)


def _known(y: Floats, predicted: Floats) -> Flags:
    return np.isfinite(y) & np.isfinite(predicted)


def _told(value: object) -> str:
    if isinstance(value, (float, np.floating)) and float(value).is_integer():
        return str(int(value))
    return str(value)


def _named(codes: Ints, names: Sequence[str]) -> list[tuple[str, Ints]]:
    found = [(name, np.flatnonzero(codes == code)) for code, name in enumerate(names)]
    return [(name, rows) for name, rows in found if len(rows)]


def _saved(totals: Floats) -> Floats:
    return 1 - np.sqrt(ratio(totals[:, 0], totals[:, 1]))
