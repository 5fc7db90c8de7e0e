"""How everybody did in each exam, by class and by the day it became known: what a chunk of students cannot say of itself."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from mlcore.arrays import Ints
from mlcore.layout.book import ExamBook, Scores
from mlcore.layout.classes import ClassBook
from mlcore.layout.keys import codes_of, days_of, distinct, order_of
from mlcore.layout.levels import EXACT, together
from mlcore.schema import empty_table
from mlcore.tables import SchoolTables


def tallies_of(tables: SchoolTables) -> pd.DataFrame:
    """The tallies of these results; of a whole school they serve any chunk of its students."""
    book = ExamBook.of(tables)
    scores = Scores.of(tables, book)
    if len(scores.rows) == 0:
        return empty_table("tallies")
    results = tables.results.iloc[scores.rows]
    students = distinct(results["student"])
    classes = ClassBook(tables, book, students)
    klass = classes.when_known(codes_of(results["student"], students), book.subject[scores.exam], scores.known)
    day = days_of(results["known_on"])
    rows, first = _groups(together(scores.exam, klass + 1, len(classes.keys) + 1), day)
    top = rows[first]
    return pd.DataFrame(
        {
            "exam": book.keys.take(scores.exam[top]),
            "school_class": _named(classes.keys, klass[top]),
            "known_on": day[top].astype("datetime64[D]").astype("datetime64[s]"),
            "count": np.diff(np.append(first, len(rows))),
            "total": np.add.reduceat(np.rint(scores.percent * EXACT).astype(np.int64)[rows], first) / EXACT,
        }
    )


def _groups(group: Ints, day: Ints) -> tuple[Ints, Ints]:
    """The rows sorted by group and day, and where each of these begins."""
    rows = order_of(group, day - day.min())
    new = (np.diff(group[rows], prepend=-1) != 0) | (np.diff(day[rows], prepend=day.min() - 1) != 0)
    return rows, np.flatnonzero(new)


def _named(keys: pd.Index[Any], places: Ints) -> Any:
    """The keys at these places, blank where there is none; whole numbers stay whole."""
    if pd.api.types.is_integer_dtype(keys.dtype):
        numbers = np.append(keys.to_numpy(np.int64), 0)[places]
        return pd.arrays.IntegerArray(numbers, places < 0)
    return np.array([*keys, None], dtype=object)[places]
