"""Which record a row is about: by the id it has in its source, or by what makes a record the one it is."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from portal.kit.names import fold
from students.importing.incoming import Array

NOWHERE = -1


def folded(*texts: Array) -> Array:
    """Names as they are compared; each different one is folded once."""
    made: Array = np.full(len(texts[0]), "", dtype=object)
    for text in texts:
        codes, values = pd.factorize(text)
        words = np.empty(len(values), dtype=object)
        words[:] = [fold(value) for value in values]
        made = made + (words[codes] if len(values) else made)
    return made


def codes_of(wanted: Sequence[Array], held: Sequence[Array]) -> tuple[Array, Array]:
    """Rows of two tables as whole numbers that are equal where all their parts are."""
    rows = len(wanted[0])
    total = np.zeros(rows + len(held[0]), dtype=np.int64)
    for mine, theirs in zip(wanted, held, strict=True):
        both = np.concatenate([_whole(mine), _whole(theirs)])
        codes, values = pd.factorize(both)
        total, _ = pd.factorize(total * (len(values) + 1) + codes)
    return total[:rows], total[rows:]


def _whole(part: Array) -> Array:
    return part.astype("datetime64[s]").view(np.int64) if part.dtype.kind == "M" else part


def looked_up(wanted: Array, held: Array) -> tuple[Array, Array]:
    """For each wanted number the place of the first held one that is equal, or NOWHERE; and how many there are."""
    order = np.argsort(held, kind="stable")
    in_order = held[order]
    first = np.searchsorted(in_order, wanted, side="left")
    count = np.searchsorted(in_order, wanted, side="right") - first
    if not len(held):
        return np.full(len(wanted), NOWHERE, dtype=np.int64), count
    return np.where(count > 0, order[np.minimum(first, len(held) - 1)], NOWHERE), count


def places(wanted: Sequence[Array], held: Sequence[Array]) -> tuple[Array, Array]:
    return looked_up(*codes_of(wanted, held))


def by_id(ids: Array, external: Array, usable: Array) -> Array:
    """The place of the record with this id. Where several have it, the newest."""
    chosen = np.flatnonzero(usable & (external != ""))[::-1]
    if not len(chosen) or not len(ids):
        return np.full(len(ids), NOWHERE, dtype=np.int64)
    place, count = places([ids], [external[chosen]])
    return np.where((count > 0) & (ids != ""), chosen[place], NOWHERE)


def first_of_each(codes: Array) -> Array:
    """For each row the place of the first row with the same number."""
    _, first, inverse = np.unique(codes, return_index=True, return_inverse=True)
    return np.asarray(first[inverse])
