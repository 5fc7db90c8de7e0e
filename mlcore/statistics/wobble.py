"""How far the place of a break would move in another such school: the search again over students drawn anew."""

from __future__ import annotations

import numpy as np

from mlcore.arrays import Floats
from mlcore.statistics.breaks import Places

AGAIN = 400
MOST_BUNDLES = 600


def places_again(x: Floats, y: Floats, places: Places, rng: np.random.Generator, *, step: bool) -> Floats:
    """The best place in each of 400 draws of students with replacement.

    Above 600 students, bundles of them, put together at random, are drawn: the same spread at a cost that does not grow.
    """
    sums = _bundled(x, y, places, rng)
    bundles, k, _ = sums.shape
    drawn = rng.multinomial(bundles, np.full(bundles, 1 / bundles), size=AGAIN).astype(np.float64)
    again = (drawn @ sums.reshape(bundles, -1)).reshape(AGAIN, k, 5)
    above = again[:, ::-1].cumsum(axis=1)[:, ::-1]
    saved = _saved(places.at, above, step=step)
    return np.asarray(places.at[1:][saved[:, 1:].argmax(axis=1)], dtype=np.float64)


def interval(again: Floats, places: Places) -> tuple[float, float]:
    """Where 95 of 100 of them lie, and on to the next place looked at on either side: it is not known any finer."""
    low, high = np.quantile(again, (0.025, 0.975))
    at = places.at[1:]
    before, after = np.searchsorted(at, low, side="left") - 1, np.searchsorted(at, high, side="right")
    return float(at[max(before, 0)]), float(at[min(after, len(at) - 1)])


def _bundled(x: Floats, y: Floats, places: Places, rng: np.random.Generator) -> Floats:
    """For each bundle and each stretch between two places: how many, and the sums of x, x², y and xy."""
    bundles = min(len(x), MOST_BUNDLES)
    bundle = rng.permutation(len(x)) % bundles
    stretch = np.searchsorted(places.starts, np.arange(len(x)), side="right") - 1
    cell, k = bundle * len(places.at) + stretch, len(places.at)
    parts = [np.bincount(cell, weights=w, minlength=bundles * k) for w in (np.ones_like(x), x, x * x, y, x * y)]
    return np.stack(parts, axis=-1).reshape(bundles, k, 5).astype(np.float64)


def _saved(at: Floats, above: Floats, *, step: bool) -> Floats:
    """What a break at each place saves of the line's squared error, for every draw at once."""
    ones, first, second, y, xy = (above[..., part] for part in range(5))
    if step:
        own, with_one, with_x, with_y = ones, ones, first, y
    else:
        own = second - 2 * at * first + at**2 * ones
        with_one, with_x, with_y = first - at * ones, second - at * first, xy - at * y
    n, sx, sxx = ones[:, :1], first[:, :1], second[:, :1]
    determinant = np.maximum(n * sxx - sx**2, 1e-300)
    intercept = (sxx * with_one - sx * with_x) / determinant
    slope = (n * with_x - sx * with_one) / determinant
    score = with_y - intercept * y[:, :1] - slope * xy[:, :1]
    size = own - intercept * with_one - slope * with_x
    return np.divide(score**2, size, out=np.zeros_like(size), where=size > 1e-9 * n)
