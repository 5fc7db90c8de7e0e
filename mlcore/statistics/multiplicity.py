"""Many questions at once: chances of a mere accident, corrected for how many were asked."""

from __future__ import annotations

import numpy as np

from mlcore.arrays import Floats


def holm(p: Floats) -> Floats:
    """By Holm: at most 5 % of schools would be told of any accident below 0.05. What could not be asked stays NaN."""
    asked = np.flatnonzero(np.isfinite(p))
    order = asked[np.argsort(p[asked], kind="stable")]
    corrected = np.full(len(p), np.nan)
    corrected[order] = np.minimum(1.0, np.maximum.accumulate(p[order] * np.arange(len(order), 0, -1)))
    return corrected


def benjamini_hochberg(p: Floats) -> Floats:
    """By Benjamini and Hochberg (q): at most 5 % of those told below 0.05 are accidents, on average."""
    asked = np.flatnonzero(np.isfinite(p))
    order = asked[np.argsort(p[asked], kind="stable")[::-1]]
    corrected = np.full(len(p), np.nan)
    factors = len(order) / np.arange(len(order), 0, -1)
    corrected[order] = np.minimum(1.0, np.minimum.accumulate(p[order] * factors))
    return corrected
