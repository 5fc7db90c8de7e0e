"""How the student does in each of the commonest subjects, and in all subjects but the one of the exam."""

from __future__ import annotations

import numpy as np

from mlcore.arrays import Floats, Ints
from mlcore.features.base import RawColumn
from mlcore.features.making import columns, percent
from mlcore.features.past import Past, told_of_past
from mlcore.features.view import View
from mlcore.layout.keys import at, share
from mlcore.layout.timeline import count_in, latest, sum_in

MOST_SUBJECTS = 15
OTHERS = "Results in other subjects"


def other_subjects(view: View) -> list[RawColumn]:
    """Two columns per subject: the mean and the last result there."""
    chosen = _wanted(view) if view.wanted is not None else _commonest(view)
    names = [str(view.book.subjects[place]) for place in chosen]
    features = [percent("others_mean", "average of earlier results in other subjects", OTHERS)]
    for name in names:
        features += [
            percent(f"in_{name}", f"average in {name}", OTHERS),
            percent(f"last_{name}", f"last result in {name}", OTHERS),
        ]
    return columns(features, told_of_past(view, lambda past: _told(past, chosen, names)))


def _commonest(view: View) -> list[int]:
    """Subjects by the number of results that any sample may see."""
    history = view.history
    seen = view.book.subject[history.exam[history.known <= view.last_cut]]
    count = np.bincount(seen[seen >= 0], minlength=len(view.book.subjects))
    order = np.argsort(-count, kind="stable")[:MOST_SUBJECTS]
    return sorted(int(place) for place in order if count[place])


def _wanted(view: View) -> list[int]:
    named = [str(key) for key in view.book.subjects]
    return [place for place, name in enumerate(named) if view.wants(f"in_{name}", f"last_{name}")]


def _told(past: Past, chosen: list[int], names: list[str]) -> dict[str, Floats]:
    other = ~past.same_subject
    sample = past.sample[other]
    told = {"others_mean": share(sum_in(sample, past.percent[other], past.size), count_in(sample, past.size))}
    column = np.full(len(past.view.book.subjects) + 1, -1, dtype=np.int64)
    column[chosen] = np.arange(len(chosen))
    rows = np.flatnonzero(column[past.subject] >= 0)
    cell = column[past.subject[rows]] * past.size + past.sample[rows]
    mean, last = _by_cell(past, rows, cell, len(chosen) * past.size)
    for place, name in enumerate(names):
        piece = slice(place * past.size, (place + 1) * past.size)
        told |= {f"in_{name}": mean[piece], f"last_{name}": last[piece]}
    return told


def _by_cell(past: Past, rows: Ints, cell: Ints, cells: int) -> tuple[Floats, Floats]:
    history = past.view.history
    mean = share(sum_in(cell, past.percent[rows], cells), count_in(cell, cells))
    best = latest(cell, past.rank[rows], cells)
    return mean, np.asarray(at(history.percent, at(history.by_rank, best, -1), np.nan), dtype=np.float64)
