"""How lopsided and how heavy-tailed values are, with D'Agostino's tests."""

from __future__ import annotations

import math

import numpy as np

from mlcore.arrays import Floats
from mlcore.report import Figure
from mlcore.statistics.intervals import UNSAID, Z95, two_sided_z
from mlcore.statistics.onerow import is_constant

LEAST_FOR_TEST = 20


def skewness(values: Floats) -> Figure:
    """Skewness without small-sample bias. The interval is the wider of the bell's and of what the values themselves say:
    for marks with a ceiling the bell's alone is too narrow, in small groups the other."""
    n = len(values)
    if n < 3 or is_constant(values):
        return UNSAID
    z = (values - values.mean()) / values.std()
    square = z * z  # far quicker than powers
    raw = float((square * z).mean())
    skew = raw * math.sqrt(n * (n - 1)) / (n - 2)
    bell = math.sqrt(6.0 * n * (n - 1) / ((n - 2) * (n + 1) * (n + 3)))
    own = float((square * z - raw - 3 * z - 1.5 * raw * (square - 1)).std()) / math.sqrt(n)
    half = Z95 * max(bell, own)
    return Figure(skew, skew - half, skew + half)


def skewness_p(values: Floats) -> float | None:
    """D'Agostino's test of no skew; None under 20 values."""
    if len(values) < LEAST_FOR_TEST or is_constant(values):
        return None
    return two_sided_z(_skew_z(values))


def normality_p(values: Floats) -> float | None:
    """D'Agostino and Pearson's test of skew and tails together; None under 20 values."""
    if len(values) < LEAST_FOR_TEST or is_constant(values):
        return None
    return math.exp(-(_skew_z(values) ** 2 + _tail_z(values) ** 2) / 2)


def excess(values: Floats) -> float | None:
    """How much heavier the tails are than the bell's (0)."""
    if len(values) < 4 or is_constant(values):
        return None
    z = (values - values.mean()) / values.std()
    return float((z * z * z * z).mean()) - 3


def _skew_z(values: Floats) -> float:
    n = float(len(values))
    z = (values - values.mean()) / values.std()
    y = float((z * z * z).mean()) * math.sqrt((n + 1) * (n + 3) / (6 * (n - 2)))
    beta = 3 * (n * n + 27 * n - 70) * (n + 1) * (n + 3) / ((n - 2) * (n + 5) * (n + 7) * (n + 9))
    w2 = -1 + math.sqrt(2 * (beta - 1))
    return math.asinh(y / math.sqrt(2 / (w2 - 1))) / math.sqrt(0.5 * math.log(w2))


def _tail_z(values: Floats) -> float:
    """Anscombe and Glynn's normal score of the kurtosis."""
    n = float(len(values))
    z = (values - values.mean()) / values.std()
    variance = 24 * n * (n - 2) * (n - 3) / ((n + 1) ** 2 * (n + 3) * (n + 5))
    x = (float((z * z * z * z).mean()) - 3 * (n - 1) / (n + 1)) / math.sqrt(variance)
    lean = 6 * (n * n - 5 * n + 2) / ((n + 7) * (n + 9)) * math.sqrt(6 * (n + 3) * (n + 5) / (n * (n - 2) * (n - 3)))
    a = 6 + 8 / lean * (2 / lean + math.sqrt(1 + 4 / lean**2))
    denominator = 1 + x * math.sqrt(2 / (a - 4))
    root = float(np.cbrt((1 - 2 / a) / denominator)) if denominator else 0.0
    return ((1 - 2 / (9 * a)) - root) / math.sqrt(2 / (9 * a))
