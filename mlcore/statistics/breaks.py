"""The arithmetic of breaks: at which of many places a straight line would gain most from a bend or a step, in one pass.

Every sum that a fit needs is a sum over the students at or above a place, so all places cost no more than one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mlcore.arrays import Floats, Ints

MOST_PLACES = 60
DRAWS = 1999
HAIR = 1e-7  # keeps neighbouring places, which are almost the same, apart in arithmetic


@dataclass(frozen=True)
class Places:
    """`at`: places on the x that was brought to 0..1, the first one its start; `starts`: the first student at or above each."""

    at: Floats
    starts: Ints

    @classmethod
    def between(cls, x: Floats, least: int) -> Places:
        """Up to 60 places in the gaps of sorted x, spread by how many students lie there, `least` of them on either side."""
        gaps = np.flatnonzero(np.diff(x) > 0) + 1
        gaps = gaps[(gaps >= least) & (gaps <= len(x) - least)]
        if len(gaps) > MOST_PLACES:
            wanted = np.linspace(gaps[0], gaps[-1], MOST_PLACES)
            gaps = np.unique(gaps[np.minimum(np.searchsorted(gaps, wanted), len(gaps) - 1)])
        at = (x[gaps - 1] + x[gaps]) / 2
        return cls(np.append(0.0, at), np.append(0, gaps).astype(np.int64))

    def above(self, values: Floats) -> Floats:
        """Sums of the values over the students at or above each place."""
        return np.asarray(np.add.reduceat(values, self.starts)[::-1].cumsum()[::-1], dtype=np.float64)


@dataclass(frozen=True)
class Gains:
    """What steps (first half) and bends (second half) would save of the line's squared error, by place; `p` of the best."""

    line: float
    saved: Floats
    p: float

    @property
    def steps(self) -> Floats:
        return self.saved[: len(self.saved) // 2]

    @property
    def bends(self) -> Floats:
        return self.saved[len(self.saved) // 2 :]


def gains(x: Floats, y: Floats, places: Places, rng: np.random.Generator) -> Gains:
    """x sorted and from 0 to 1. `p`: the chance that a straight line shows a break as clear as the best one somewhere.

    The best of all steps and bends is held against 1999 draws of what the best would be under a straight line whose errors are
    as uneven as those seen; so neither the search nor scores that scatter more at one end make false alarms.
    """
    k = len(places.at)
    base, breaks = np.array([0, k]), np.setdiff1d(np.arange(2 * k), [0, k])
    errors, leverage = _off_the_line(x, y)
    cross = _cross(places, [places.above(x**power) for power in range(3)])
    shift = np.linalg.solve(cross[np.ix_(base, base)], cross[np.ix_(base, breaks)]).T
    score = _with(places, errors, x)[breaks]
    size = np.diagonal(cross)[breaks] - (shift * cross[np.ix_(breaks, base)]).sum(axis=1)
    usable = size > 1e-9 * len(x)
    saved = np.divide(score**2, size, out=np.zeros(len(size)), where=usable)
    uneven = (errors / (1 - leverage)) ** 2
    spread = _cross(places, [places.above(uneven * x**power) for power in range(3)])
    meat = _less_the_line(spread, shift, base, breaks)
    p = _best_by_accident(score[usable], meat[np.ix_(usable, usable)], rng) if usable.any() else 1.0
    return Gains(float((errors * errors).sum()), saved, p)


def _off_the_line(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """The errors of the straight line, and how much each student draws it to themselves."""
    centred = x - x.mean()
    whole = float((centred * centred).sum())
    errors = y - y.mean() - centred * float((centred * y).sum()) / whole
    return errors, 1 / len(x) + centred**2 / whole


def _cross(places: Places, above: list[Floats]) -> Floats:
    """Weighted products of all steps and bends with one another from the sums of 1, x and x²."""
    k, at = len(places.at), places.at
    later = np.maximum.outer(np.arange(k), np.arange(k))
    ones, first, second = (each[later] for each in above)
    steps_bends = first - at[None, :] * ones
    bends = second - np.add.outer(at, at) * first + np.multiply.outer(at, at) * ones
    return np.block([[ones, steps_bends], [steps_bends.T, bends]])


def _with(places: Places, values: Floats, x: Floats) -> Floats:
    """Products of all steps and bends with some values."""
    ones, first = places.above(values), places.above(values * x)
    return np.concatenate([ones, first - places.at * ones])


def _less_the_line(spread: Floats, shift: Floats, base: Ints, breaks: Ints) -> Floats:
    mixed = shift @ spread[np.ix_(base, breaks)]
    own = spread[np.ix_(breaks, breaks)]
    return np.asarray(own - mixed - mixed.T + shift @ spread[np.ix_(base, base)] @ shift.T, dtype=np.float64)


def _best_by_accident(score: Floats, meat: Floats, rng: np.random.Generator) -> float:
    scale = np.sqrt(np.maximum(np.diagonal(meat), 0.0))
    if not (scale > 0).all():
        return 1.0
    best = float(np.abs(score / scale).max())
    root = np.linalg.cholesky(meat / np.outer(scale, scale) + HAIR * np.eye(len(scale)))
    drawn = rng.standard_normal((DRAWS, len(scale)), dtype=np.float32) @ root.T.astype(np.float32)
    return (1 + int((np.abs(drawn).max(axis=1) >= best).sum())) / (DRAWS + 1)
