"""Reports and specs as plain data: what JSON can hold, the same before and after being written down."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from mlcore.errors import MLError


def plain(value: Any) -> Any:
    """As JSON would give it back: lists for tuples, None for what is no number. Raises MLError for what JSON cannot hold."""
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, str):
        return str(value)
    if isinstance(value, Mapping):
        return {str(name): plain(each) for name, each in value.items()}
    if isinstance(value, (tuple, list, np.ndarray)):
        return [plain(each) for each in value]
    raise MLError(f"A {type(value).__name__} cannot stand in a report.", "not_plain")
