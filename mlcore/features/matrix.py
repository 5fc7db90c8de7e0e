"""The ordered list of all families of features, and the one path from tables to a matrix.

A new feature is a family of its own in `FEATURES`, or a line in one of them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Final, TypeAlias

import numpy as np
import pandas as pd

from mlcore.features.attendance import attendance
from mlcore.features.base import Matrix, MatrixSchema, RawColumn
from mlcore.features.context import grade_level, lead, this_exam, this_student
from mlcore.features.indicators import indicators
from mlcore.features.other_subjects import other_subjects
from mlcore.features.participation import participation
from mlcore.features.profile import profile
from mlcore.features.scores import earlier_results
from mlcore.features.sifting import sifted
from mlcore.features.standing import standing
from mlcore.features.view import View
from mlcore.layout.book import KINDS
from mlcore.layout.keys import text_at
from mlcore.samples import Samples, moments
from mlcore.tables import SchoolTables

Family: TypeAlias = Callable[[View], list[RawColumn]]

FEATURES: Final[tuple[Family, ...]] = (
    earlier_results,
    other_subjects,
    standing,
    attendance,
    indicators,
    participation,
    this_exam,
    this_student,
    profile,
)


def build_columns(tables: SchoolTables, samples: Samples, spec_protected: Collection[str] = ()) -> list[RawColumn]:
    """Every feature that these tables can tell; which subjects and indicators there are follows from what samples see."""
    return _columns(View(tables, samples, protected=frozenset(spec_protected)))


def build_matrix(
    tables: SchoolTables, samples: Samples, schema: MatrixSchema | None = None, protected: Collection[str] = ()
) -> Matrix:
    """One row per sample, from what was known at the end of its `as_of` and before its exam.

    Without a schema it is learned, from the columns that say something; with one the matrix has exactly its columns.
    """
    if schema is None:
        columns = sifted(build_columns(tables, samples, protected))
        schema = MatrixSchema.learn(columns)
    else:
        columns = _columns(View(tables, samples, {feature.name: feature for feature in schema.features}))
    return schema.encode({column.feature.name: column.values for column in columns}, len(samples))


def matrix_and_contexts(tables: SchoolTables, samples: Samples, schema: MatrixSchema) -> tuple[Matrix, pd.DataFrame]:
    """Both at once, for whoever answers: the tables are laid out one time instead of two."""
    view = View(tables, samples, {feature.name: feature for feature in schema.features})
    columns = {column.feature.name: column.values for column in _columns(view)}
    return schema.encode(columns, len(samples)), _contexts(view)


def contexts(tables: SchoolTables, samples: Samples) -> pd.DataFrame:
    """What a sample is about, one row each: for slices, ranges by amount of history, and splits. Not evidence."""
    return _contexts(View(tables, samples))


def _contexts(view: View) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "subject": _texts(text_at(view.book.subjects, view.subject)),
            "kind": _texts(text_at(KINDS, view.kind)),
            "grade_level": grade_level(view),
            "lead": lead(view),
            "history": view.history.timeline.known(view.student, view.cut).length,
            "school_class": _texts(text_at(view.classes.keys, view.school_class)),
            "exam_day": moments(view.exam_day),
        }
    )


def _texts(words: np.ndarray[tuple[int], np.dtype[np.object_]]) -> pd.Series[str]:
    return pd.Series(words, dtype=object)


def _columns(view: View) -> list[RawColumn]:
    """By name; should a subject or an indicator be called like an earlier column, the earlier one stays."""
    named: dict[str, RawColumn] = {}
    for family in FEATURES:
        for column in family(view):
            named.setdefault(column.feature.name, column)
    return list(named.values())
