"""Tails and intervals from which the other rooms build: normal, t, F and chi-square, for means, shares and explained shares."""

from __future__ import annotations

import math

import numpy as np

from mlcore.arrays import Floats
from mlcore.bootstrap import Z95 as Z95
from mlcore.bootstrap import wilson
from mlcore.report import Figure

UNSAID = Figure(None)


def two_sided_z(z: float) -> float:
    return math.erfc(abs(z) / math.sqrt(2))


def two_sided_t(t: Floats, df: Floats) -> Floats:
    from scipy.special import stdtr

    return np.asarray(2 * stdtr(df, -np.abs(t)), dtype=np.float64)


def t_quantile(df: float) -> float:
    """Half the width of a 95 % interval in standard errors."""
    from scipy.special import stdtrit

    return float(stdtrit(df, 0.975))


def f_tail(value: float, df: tuple[float, float]) -> float:
    from scipy.special import fdtrc

    return float(fdtrc(df[0], df[1], value))


def chi2_tail(value: float, df: float) -> float:
    from scipy.special import chdtrc

    return float(chdtrc(df, value))


def mean_of(values: Floats) -> Figure:
    """The mean and its 95 % interval by the t distribution."""
    if len(values) == 0:
        return UNSAID
    mean = float(values.mean())
    if len(values) < 3:
        return Figure(mean)
    half = t_quantile(len(values) - 1) * float(values.std(ddof=1)) / math.sqrt(len(values))
    return Figure(mean, mean - half, mean + half)


def share_of(count: int, total: int) -> Figure:
    """A share from 0 to 1 and Wilson's interval."""
    if total == 0:
        return UNSAID
    share = count / total
    return Figure(share, *wilson(share, total))


def explained_interval(f: float, df: tuple[float, float], total: int) -> tuple[float, float]:
    """From the F of a comparison the 95 % interval of the explained share: which non-centralities it still agrees with."""
    low, high = (_noncentrality(f, df, tail) for tail in (0.975, 0.025))
    return low / (low + total), high / (high + total)


def _noncentrality(f: float, df: tuple[float, float], tail: float) -> float:
    """The non-centrality under which a smaller F has the chance `tail`, or 0 where there is none."""
    if _below(f, df, 0.0) <= tail:
        return 0.0
    low, high = 0.0, max(1.0, f * df[0])
    while _below(f, df, high) > tail:
        low, high = high, 2 * high
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if _below(f, df, middle) > tail else (low, middle)
    return (low + high) / 2


def _below(f: float, df: tuple[float, float], noncentrality: float) -> float:
    from scipy.special import ncfdtr

    return float(ncfdtr(df[0], df[1], noncentrality, f))
