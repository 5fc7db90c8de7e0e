"""Whether chances happened as often as they said, and whether those flagged first were those who missed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from mlcore.arrays import Flags, Floats
from mlcore.bootstrap import Draws, figure, ratio, share
from mlcore.report import ChanceBin, Chances, Flagging

BINS = 10
FLAGGED_SHARES = (0.05, 0.10, 0.20)


def reliability(
    y: Floats, chances: Floats, boundaries: Sequence[float], students: npt.ArrayLike, seed: int = 0
) -> tuple[Chances, ...]:
    """One table per boundary; `chances` has a column for each. Rows without a result are left out."""
    known = np.isfinite(y) & np.isfinite(chances).all(axis=1)
    draws = Draws.of(np.asarray(students)[known], seed)
    return tuple(
        _reliability(boundary, y[known] >= boundary, chances[known, place], draws)
        for place, boundary in enumerate(boundaries)
    )


def flagging(
    y: Floats,
    chance_of_missing: Floats,
    pass_mark: float,
    students: npt.ArrayLike,
    shares: Sequence[float] = FLAGGED_SHARES,
    seed: int = 0,
) -> tuple[Flagging, ...]:
    """The share of samples likeliest to miss the pass mark is flagged: how many of them did, how many who did were found."""
    known = np.isfinite(y) & np.isfinite(chance_of_missing)
    missed, chance = y[known] < pass_mark, chance_of_missing[known]
    draws = Draws.of(np.asarray(students)[known], seed)
    return tuple(_flagging(part, missed, flagged_first(chance, part), draws) for part in shares)


def flagged_first(chance: Floats, part: float) -> Flags:
    """The likeliest `part` of the rows, rounded up; of equal chances the first rows."""
    flagged = np.zeros(len(chance), dtype=np.bool_)
    flagged[np.argsort(-chance, kind="stable")[: int(np.ceil(part * len(chance) - 1e-9))]] = True
    return flagged


def _reliability(boundary: float, reached: Flags, chance: Floats, draws: Draws) -> Chances:
    if not len(chance):
        return Chances(float(boundary), figure(np.nan, np.empty(0)), None, ())
    totals = draws.totals(np.stack([np.ones(len(chance)), (chance - reached) ** 2], axis=1))
    brier = figure(float(totals.all[1] / totals.all[0]), ratio(totals.drawn[:, 1], totals.drawn[:, 0]))
    rate = float(reached.mean())
    return Chances(float(boundary), brier, rate * (1 - rate), _bins(reached, chance))


def _bins(reached: Flags, chance: Floats) -> tuple[ChanceBin, ...]:
    place = np.minimum((chance * BINS).astype(np.int64), BINS - 1)
    rows = np.bincount(place, minlength=BINS)
    said, happened = np.bincount(place, chance, BINS), np.bincount(place, reached, BINS)
    return tuple(
        ChanceBin(at / BINS, (at + 1) / BINS, int(rows[at]), float(said[at] / rows[at]), float(happened[at] / rows[at]))
        for at in np.flatnonzero(rows).tolist()
    )


def _flagging(part: float, missed: Flags, flagged: Flags, draws: Draws) -> Flagging:
    found = missed & flagged
    totals = draws.totals(np.stack([found, flagged, missed], axis=1).astype(np.float64))
    both, told, all_missed = (float(total) for total in totals.all)
    precision = share(both, told, ratio(totals.drawn[:, 0], totals.drawn[:, 1]), draws.students_in(flagged))
    recall = share(both, all_missed, ratio(totals.drawn[:, 0], totals.drawn[:, 2]), draws.students_in(missed))
    return Flagging(part, int(told), precision, recall)
