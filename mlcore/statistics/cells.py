"""Small cells: what is said of fewer than ten students could be said of one of them, and is not said."""

from __future__ import annotations

import numpy as np

from mlcore.arrays import Flags, Floats, Ints

MIN_CELL = 10


def hidden(counts: Ints, least: int = MIN_CELL) -> Flags:
    """Which groups to hide. Where what is hidden could be found by subtraction, the next smallest is hidden too."""
    hide = (counts > 0) & (counts < least)
    for place in np.lexsort((np.arange(len(counts)), counts)):
        if not hide.any() or int(counts[hide].sum()) >= least:
            break
        hide[place] |= counts[place] > 0
    return hide


def share(count: int, total: int, least: int = MIN_CELL) -> float | None:
    """A share in per cent; None where it, or the rest, would be about one to nine students."""
    if total < least or 0 < count < least or 0 < total - count < least:
        return None
    return 100.0 * count / total


def merged(edges: Floats, counts: Ints, least: int = MIN_CELL) -> tuple[Floats, Ints]:
    """Bins joined with their neighbours until each holds nobody or enough."""
    starts: list[int] = []
    sums: list[int] = []
    for place, count in enumerate(counts):
        if sums and 0 < sums[-1] < least:
            sums[-1] += int(count)
        else:
            starts.append(place)
            sums.append(int(count))
    while len(sums) > 1 and 0 < sums[-1] < least:  # what is left at the end joins those before
        starts.pop()
        sums[-2:] = [sums[-2] + sums[-1]]
    return np.append(edges[starts], edges[-1]), np.array(sums, dtype=np.int64)
