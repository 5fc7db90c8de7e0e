"""Rows of predictions that share their run and exam, and with them the boundaries of their chances."""

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


def alike(run: Ints, exam: Ints) -> list[Ints]:
    """The places of each group, one array per group."""
    if not len(run):
        return []
    order = np.lexsort((exam, run))
    steps = np.flatnonzero((np.diff(run[order]) != 0) | (np.diff(exam[order]) != 0)) + 1
    return np.split(order, steps)
