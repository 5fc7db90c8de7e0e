"""How columns are made from named features and what was told of them; means that few results pull to what is usual."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial

import numpy as np

from mlcore.arrays import Floats, Ints
from mlcore.features.base import Feature, FeatureKind, RawColumn
from mlcore.layout.keys import share

PRIOR = 3.0  # as many results as the usual level counts for

percent = partial(Feature, unit="%", low=0.0, high=100.0)
points = partial(Feature, unit="points", low=-100.0, high=100.0)
days = partial(Feature, unit="days", low=0.0)
number = partial(Feature, low=0.0)
category = partial(Feature, kind=FeatureKind.CATEGORY)


def columns(features: Iterable[Feature], told: Mapping[str, Floats]) -> list[RawColumn]:
    return [RawColumn(feature, told[feature.name]) for feature in features]


def shrunk(total: Floats, count: Ints | Floats, usual: Floats | float) -> Floats:
    """The mean, as if there had been a few results more at the usual level; where that is not known, the plain mean."""
    pulled = (total + PRIOR * usual) / (count + PRIOR)
    return np.where(np.isnan(pulled), share(total, count), pulled)


def first_known(*values: Floats) -> Floats:
    """The first of these that is not missing."""
    told = values[0]
    for other in values[1:]:
        told = np.where(np.isnan(told), other, told)
    return told
