"""Keys and days of tables as whole numbers, so that the rest is arithmetic."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from mlcore.arrays import Floats, Ints, Words

DAY_BITS: Final = 18
SHIFT: Final = 1 << 16  # so that days before 1970 are not negative
NO_DAY: Final = int(np.iinfo(np.int64).min)
ROOM: Final = 62  # bits of a number that a key may use


def distinct(*columns: pd.Series[Any]) -> pd.Index[Any]:
    """Every key of these columns once, in their own order; blanks are no keys."""
    parts = [column.dropna().drop_duplicates() for column in columns if len(column)]
    plain = [np.asarray(part, dtype=object if part.dtype == object else None) for part in parts if len(part)]
    if not plain:
        return pd.Index([], dtype=np.int64)
    keys = pd.Index(plain[0]).unique()
    for part in plain[1:]:
        keys = keys.union(pd.Index(part), sort=False)
    order = np.argsort(keys.astype(str) if keys.dtype == object else keys, kind="stable")
    ordered: pd.Index[Any] = keys.take(order)
    return ordered


def codes_of(column: pd.Series[Any], keys: pd.Index[Any]) -> Ints:
    """The place of each key among `keys`; -1 for any other."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        places = np.append(keys.get_indexer(pd.Index(column.cat.categories)), -1)
        return np.asarray(places[column.cat.codes.to_numpy()], dtype=np.int64)
    return np.asarray(keys.get_indexer(pd.Index(column)), dtype=np.int64)


def rows_of(column: pd.Series[Any], keys: pd.Index[Any]) -> Ints:
    """For each key its row in the column; -1 if it has none."""
    rows = np.full(len(keys), -1, dtype=np.int64)
    code = codes_of(column, keys)
    rows[code[code >= 0]] = np.flatnonzero(code >= 0)
    return rows


def days_of(column: npt.ArrayLike) -> Ints:
    """Days since 1970; a blank is NO_DAY, which lies before all others."""
    return np.asarray(column).astype("datetime64[D]").astype(np.int64)


def moment_key(who: Ints, day: Ints) -> Ints:
    """One number that sorts by `who`, then by day."""
    return (who << DAY_BITS) | np.clip(day, -SHIFT, (1 << DAY_BITS) - SHIFT - 1) + SHIFT


def order_of(key: Ints, tie: Ints | None = None) -> Ints:
    """The rows in the order of their key; those of one key by `tie`, then as they came."""
    if tie is not None:
        bits = int(tie.max(initial=0)).bit_length()
        if int(key.max(initial=0)).bit_length() + bits > ROOM:
            return np.asarray(np.lexsort((tie, key)), dtype=np.int64)
        key = (key << bits) | tie
    return np.asarray(np.argsort(key, kind="stable"), dtype=np.int64)


def at(values: npt.NDArray[Any], places: Ints, blank: Any) -> npt.NDArray[Any]:
    """The values at these places; `blank` where the place is -1."""
    return np.append(values, blank)[places]


def text_at(keys: pd.Index[Any], places: Ints) -> Words:
    """The keys at these places as words; None where the place is -1."""
    words = np.array([*map(str, keys), None], dtype=object)
    return words[places]


def share(part: Floats | Ints, whole: Floats | Ints) -> Floats:
    """NaN where there is nothing to share among."""
    told = np.full(np.shape(whole), np.nan)
    np.divide(part, whole, out=told, where=np.asarray(whole) != 0)
    return told
