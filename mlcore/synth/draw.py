"""Random streams, columns and days: the few words all of the made-up school is written in.

Students are drawn in fixed blocks of 256. Each block and topic has its own stream, made from the
seed, the topic's name and the block's number, so no student depends on what was drawn before.
"""

from datetime import date
from typing import Any, TypeAlias
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

BLOCK = 256
EPOCH = date(1970, 1, 1).toordinal()
NO_DAY = int(np.iinfo(np.int32).min)
FAR = 2**30

Array: TypeAlias = NDArray[Any]
Columns: TypeAlias = dict[str, Array]


def stream(seed: int, topic: str, number: int = 0) -> np.random.Generator:
    sequence = np.random.SeedSequence([seed, crc32(topic.encode()), number])
    return np.random.Generator(np.random.SFC64(sequence))


def epoch(day: date) -> int:
    """Days since 1 January 1970: how days are kept in arrays."""
    return day.toordinal() - EPOCH


def as_date(day: int) -> date:
    return date.fromordinal(int(day) + EPOCH)


def joined(parts: list[Columns]) -> Columns:
    """Tables of the same columns, one below the other."""
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def chosen(columns: Columns, rows: Array | slice) -> Columns:
    return {name: values[rows] for name, values in columns.items()}


def pick(rng: np.random.Generator, shares: tuple[float, ...], count: int) -> Array:
    """Codes 0, 1, … drawn with these shares."""
    edges = np.cumsum(shares)[:-1]
    return np.searchsorted(edges, rng.random(count), side="right").astype(np.int8)


def sigmoid(values: Array) -> Array:
    return 1 / (1 + np.exp(-values))
