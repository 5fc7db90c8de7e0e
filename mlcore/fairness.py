"""Errors, ranges and flags by protected group, the gaps between groups, and what leaving protected features out costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from mlcore.arrays import Flags, Floats, Ints
from mlcore.bootstrap import Z95, Draws, coverage_columns, coverage_of, error_columns, errors_of, figure, ratio, share
from mlcore.report import Fairness, Figure, GroupRow

if TYPE_CHECKING:
    import pandas as pd

FEWEST = 10  # students: below that a group's figures are facts about persons
RISKIEST = 0.1
UNSURE = 0.05  # how often chance alone may have a gap told, over all of them together
NOT_KNOWN = "not known"
NOTHING = Figure(None)
# Figures by which groups are compared, and how a gap between two groups is put into words.
# The others of a row say much the same again, and each more that is compared makes what is clear harder to see.
FIGURES = {
    "mae": ("the error", "{:.1f} points"),
    "bias": ("how far scores lie above results", "{:.1f} points"),
    "hit_80": ("how often the 80 % range holds", "{:.0%}"),
    "flag_rate": ("how many are flagged", "{:.0%}"),
    "miss_rate": ("how many misses are not flagged", "{:.0%}"),
}
ROWS, FLAGGED, MISSED, UNSEEN = range(4)


@dataclass(frozen=True)
class Judged:
    """Scores beside what came, one row per sample, and whose they are; rows without score or result are left out.

    `edges`: the columns of the ranges.
    """

    y: Floats
    predicted: Floats
    edges: tuple[Floats, Floats, Floats, Floats]
    chance_of_missing: Floats
    students: npt.ArrayLike
    pass_mark: float = 50.0


@dataclass(frozen=True)
class _Sums:
    """What is added up of the samples of a group, and the draws of students over which it varies."""

    draws: Draws
    errors: Floats
    held: Floats
    flags: Floats

    @classmethod
    def of(cls, judged: Judged, known: Flags, seed: int) -> _Sums:
        y, (low_80, high_80, low_95, high_95) = judged.y[known], (edge[known] for edge in judged.edges)
        return cls(
            draws=Draws.of(np.asarray(judged.students)[known], seed),
            errors=error_columns(y, judged.predicted[known]),
            held=coverage_columns(y, (low_80, high_80, low_95, high_95)),
            flags=_flag_columns(judged)[known],
        )


def fairness(
    judged: Judged,
    groups: pd.DataFrame,
    other_predicted: Floats | None = None,
    *,
    uses_protected: bool = False,
    seed: int = 0,
) -> Fairness:
    """By each column of `groups`. `other_predicted`: of the same recipe with protected features in, if it had none, or out."""
    known = np.isfinite(judged.y) & np.isfinite(judged.predicted)
    sums = _Sums.of(judged, known, seed)
    rows = tuple(row for name in groups.columns for row in _group_rows(str(name), _named(groups[name])[known], sums))
    off = (judged.predicted - judged.y)[known]
    other = None if other_predicted is None else (other_predicted - judged.y)[known]
    using, without, cost = _cost(sums.draws, off, other, uses_protected)
    sentence = " ".join([_flag_sentence(judged.pass_mark), _gap_sentence(rows), cost])
    return Fairness(rows, _gaps(rows), using, without, sentence)


def flagged(judged: Judged) -> Flags:
    """A score below the pass mark, or a chance of missing it among the highest tenth."""
    chances = judged.chance_of_missing
    known = chances[np.isfinite(chances)]
    riskiest = np.quantile(known, 1 - RISKIEST, method="higher") if len(known) else np.inf
    return np.asarray((judged.predicted < judged.pass_mark) | ((chances >= riskiest) & (chances > 0)))


def hidden(students: Sequence[int]) -> set[int]:
    """Places of the groups whose figures are not told: those of fewer than 10 students, and, smallest first, as many more
    as it takes until what total and told groups give away is about 10 students at least.
    """
    order = sorted(range(len(students)), key=lambda place: (students[place], place))
    held = [place for place in order if students[place] < FEWEST]
    for place in order[len(held) :]:
        if not held or sum(students[each] for each in held) >= FEWEST:
            break
        held.append(place)
    return set(held)


def _flag_columns(judged: Judged) -> Floats:
    flag, missed = flagged(judged), judged.y < judged.pass_mark
    return np.stack([np.ones_like(judged.y), flag, missed, missed & ~flag], axis=1)


def _named(column: pd.Series) -> npt.NDArray[np.str_]:
    return np.where(column.isna(), NOT_KNOWN, column.astype(object)).astype(str)


def _group_rows(column: str, names: npt.NDArray[np.str_], sums: _Sums) -> list[GroupRow]:
    """Hidden groups are told together: that row is what total and told groups give away anyhow."""
    met = sorted(set(names.tolist()), key=lambda name: (name == NOT_KNOWN, name))
    parts = {name: np.flatnonzero(names == name) for name in met}
    silent = [met[place] for place in sorted(hidden([sums.draws.students_in(part) for part in parts.values()]))]
    rows = [
        GroupRow(column, name, 0, 0, True, *[NOTHING] * 9) if name in silent else _group_row(column, name, part, sums)
        for name, part in parts.items()
    ]
    if silent and len(silent) < len(met):
        together = np.concatenate([parts[name] for name in silent])
        rows.append(_group_row(column, f"{', '.join(silent[:-1])} or {silent[-1]}", together, sums))
    return rows


def _group_row(column: str, name: str, part: Ints, sums: _Sums) -> GroupRow:
    errors, held = errors_of(sums.draws, sums.errors, part), coverage_of(sums.draws, sums.held, part)
    return GroupRow(
        column=column,
        name=name,
        students=errors.students,
        rows=errors.rows,
        suppressed=False,
        mae=errors.mae,
        rmse=errors.rmse,
        r2=errors.r2,
        within_5=errors.within_5,
        bias=errors.bias,
        hit_80=held.hit_80,
        hit_95=held.hit_95,
        flag_rate=_share(sums, part, FLAGGED, ROWS),
        miss_rate=_share(sums, part, UNSEEN, MISSED),
    )


def _share(sums: _Sums, part: Ints, place: int, among: int) -> Figure:
    """Luck is that of the students who are counted, and not of all in the group; of too few of them nothing is told."""
    counted = sums.draws.students_in(part[sums.flags[part, among] > 0])
    if counted < FEWEST:
        return NOTHING
    totals = sums.draws.totals(sums.flags, part)
    drawn = ratio(totals.drawn[:, place], totals.drawn[:, among])
    return share(float(totals.all[place]), float(totals.all[among]), drawn, counted)


def _told(rows: Sequence[GroupRow], column: str, name: str) -> list[tuple[float, GroupRow]]:
    """Groups of a column from the lowest to the highest of a figure; whoever is in no group is not compared."""
    told = [
        (figure.value, row)
        for row in rows
        if row.column == column
        and not row.name.endswith(NOT_KNOWN)
        and (figure := _figure(row, name)).value is not None
    ]
    return sorted(told, key=lambda pair: (pair[0], pair[1].name))


def _figure(row: GroupRow, name: str) -> Figure:
    told: Figure = getattr(row, name)
    return told


def _gaps(rows: Sequence[GroupRow]) -> tuple[tuple[str, str, float], ...]:
    return tuple(
        (column, name, told[-1][0] - told[0][0])
        for column in dict.fromkeys(row.column for row in rows)
        for name in FIGURES
        if len(told := _told(rows, column, name)) > 1
    )


def _gap_sentence(rows: Sequence[GroupRow]) -> str:
    """Only gaps that are beyond chance are told, and chance has a try with every pair of groups and every figure."""
    gaps = [(column, name, _told(rows, column, name)) for column, name, _ in _gaps(rows)]
    if not gaps:
        return "No two groups were known and large enough to be compared."
    tries = sum(len(told) * (len(told) - 1) // 2 for _, _, told in gaps)
    clear = []
    for column, name, told in gaps:
        (least, low), (most, high) = told[0], told[-1]
        if _apart(_figure(low, name), _figure(high, name)) > NormalDist().inv_cdf(1 - UNSURE / 2 / tries):
            words, form = FIGURES[name]
            clear.append(
                f"By {column.replace('_', ' ')}, {words} differs: "
                f"{form.format(least)} for {low.name}, {form.format(most)} for {high.name}."
            )
    return " ".join(clear) or "No difference between groups is larger than chance alone could make it."


def _apart(low: Figure, high: Figure) -> float:
    """By how many standard errors two figures differ, as the sides of their intervals that face each other tell them."""
    if low.value is None or low.high is None or high.value is None or high.low is None:
        return 0.0
    error = float(np.hypot(low.high - low.value, high.value - high.low)) / Z95
    return (high.value - low.value) / error if error > 0 else 0.0


def _flag_sentence(pass_mark: float) -> str:
    return (
        f"Flagged means that the score lies below the pass mark of {pass_mark:g}, "
        "or that the chance of missing it is among the highest tenth."
    )


def _cost(
    draws: Draws, own: Floats, other: Floats | None, uses_protected: bool
) -> tuple[Figure | None, Figure | None, str]:
    """RMSE with and without protected features, and in words what leaving them out costs."""
    if other is None:
        (rmse,) = _rmses(draws, own)
        word = "uses" if uses_protected else "does not use"
        told = f"The version {word} protected features; the other way was not measured."
        return (rmse, None, told) if uses_protected else (None, rmse, told)
    with_them, without = (own, other) if uses_protected else (other, own)
    using, leaving, cost = _rmses(draws, with_them, without)
    return using, leaving, _cost_sentence(using, leaving, cost)


def _cost_sentence(using: Figure, leaving: Figure, cost: Figure) -> str:
    if cost.value is None or cost.low is None or cost.high is None:
        return "What leaving the protected features out costs cannot be said."
    told = f"the typical error (RMSE) is {using.value:.1f} points with them and {leaving.value:.1f} without"
    if cost.low > 0:
        return f"Leaving the protected features out costs {cost.value:.2f} points: {told}."
    if cost.high < 0:
        return f"Leaving the protected features out makes scores better by {-cost.value:.2f} points: {told}."
    return f"Leaving the protected features out costs nothing that could be told from chance: {told}."


def _rmses(draws: Draws, *errors: Floats) -> tuple[Figure, ...]:
    """Of each, and of two also by how much the second is larger, on the rows that both have and in the same draws."""
    known = np.asarray(np.isfinite(np.stack(errors)).all(axis=0), dtype=np.bool_)
    totals = draws.totals(np.stack([np.ones(int(known.sum())), *(off[known] ** 2 for off in errors)], axis=1), known)
    sums = np.vstack([totals.all, totals.drawn])
    rmse = np.sqrt(ratio(sums[:, 1:], sums[:, :1]))
    told = rmse if len(errors) == 1 else np.column_stack([rmse, rmse[:, 1] - rmse[:, 0]])
    return tuple(figure(float(column[0]), column[1:]) for column in told.T)
