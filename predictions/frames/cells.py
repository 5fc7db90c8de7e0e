"""Columns as they were read, made into columns of mlcore's tables: words, days and keys, all of them narrow."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mlcore.schema import EARLIEST, LATEST
from portal.kit.bulk import Coded
from portal.kit.reading import Columns
from students.models import Origin, School

Array = NDArray[Any]
FIRST, LAST = np.datetime64(EARLIEST, "s"), np.datetime64(LATEST, "s")
BY_HAND = ord(Origin.HAND[0])
LETTERS = 128
NO_DAY = np.datetime64("NaT", "s")
UTC = ZoneInfo("UTC")


def words(letters: Array, named: dict[str, str]) -> Any:
    """Letters as the words they stand for."""
    choices = list(dict.fromkeys(named.values()))
    places = np.full(LETTERS, -1, dtype=np.int8)
    for letter, word in named.items():
        places[ord(letter)] = choices.index(word)
    return pd.Categorical.from_codes(places[letters], categories=pd.Index(choices))


def texts(column: Coded) -> Any:
    """Texts as words; an empty one is no word."""
    values = [value for value in column.values if value]
    places = np.array([values.index(value) if value else -1 for value in column.values], dtype=np.int32)
    return chosen(values, places[column.codes] if len(places) else column.codes)


def chosen(values: Sequence[Any], codes: Array) -> Any:
    return pd.Categorical.from_codes(codes, categories=pd.Index(values, dtype=object))


def days(column: Array) -> Array:
    """A slip of the pen may put a day into the year 202; it becomes the earliest or the latest, and stops no run.

    The column itself is changed: there may be many millions of rows.
    """
    return np.clip(column, FIRST, LAST, out=column)


def framed(made: Columns) -> pd.DataFrame:
    """Nothing is copied."""
    return pd.DataFrame(made, copy=False)


def zone_of(schools: Sequence[School]) -> ZoneInfo:
    """Where these schools lie; of several zones the one in which days begin first, so that nothing is known too early."""
    zones = [ZoneInfo(name) for name in sorted({school.timezone for school in schools})]
    return max(zones, key=lambda zone: datetime(2000, 1, 1, tzinfo=zone).utcoffset() or timedelta(0), default=UTC)


def day_of(moments: Array, zone: ZoneInfo) -> Array:
    """The date it was there: a plan typed in the evening of one zone is typed on the next day of another."""
    there = pd.DatetimeIndex(moments).tz_localize("UTC").tz_convert(zone).tz_localize(None)
    return days(there.to_numpy().astype("datetime64[D]").astype("datetime64[s]"))


def places_of(keys: Array, known: Array) -> Array:
    """For each key its place among the known ones, which are sorted; -1 if it is not among them."""
    if not len(known):
        return np.full(len(keys), -1, dtype=np.int64)
    place = np.minimum(np.searchsorted(known, keys), len(known) - 1)
    return np.where(known[place] == keys, place, -1)


def kept(rows: Columns, wanted: Array) -> Columns:
    """Nothing is copied where all rows are wanted, which is the rule."""
    if wanted.all():
        return rows
    return {
        name: Coded(column.codes[wanted], column.values) if isinstance(column, Coded) else column[wanted]
        for name, column in rows.items()
    }


def first_known(rows: Columns, otherwise: Array, zone: ZoneInfo) -> Array:
    """When a plan became known: typed by hand, on the day it was typed; otherwise no later than that, and than `otherwise`.

    What came by import (or is the demo's) is older than its row: the system it came from knew it in time.
    """
    typed = day_of(rows["created_at"], zone)
    return np.where(rows["origin"] == BY_HAND, typed, np.minimum(typed, otherwise))
