"""Rows of numbers as the bytes in which predictions keep them: 32-bit floats, least byte first, NaN for what is not known."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

FLOAT = np.dtype("<f4")


def packed(rows: NDArray[Any]) -> NDArray[np.float32]:
    """A matrix as it is stored; each row becomes one value of a BinaryField (portal/kit/bulk.py)."""
    return np.ascontiguousarray(rows, dtype=FLOAT)


def as_stored(rows: NDArray[Any]) -> NDArray[np.float64]:
    """What a matrix will be when it is read back. Scores are made from this, so that they can be made again."""
    return packed(rows).astype(np.float64)


def unpacked(stored: bytes | memoryview) -> NDArray[np.float64]:
    return np.frombuffer(bytes(stored), dtype=FLOAT).astype(np.float64)


def rows_of(stored: Sequence[bytes | memoryview]) -> NDArray[np.float64]:
    """Many stored rows of equal width as a matrix."""
    if not stored:
        return np.empty((0, 0))
    return (
        np.frombuffer(b"".join(bytes(row) for row in stored), dtype=FLOAT).astype(np.float64).reshape(len(stored), -1)
    )
