"""Names, types and bounds of every column of the tables.

A new column is one line in `TABLES`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import partial
from typing import Any, TypeAlias

import pandas as pd
from pandas.api import types as dtypes

Flags: TypeAlias = "pd.Series[bool]"
AnySeries: TypeAlias = "pd.Series[Any]"

EXAM_KINDS = ("test", "final", "quiz", "coursework", "oral")
RESULT_STATUSES = ("scored", "absent", "exempt", "not_submitted")
ATTENDANCE_STATUSES = ("present", "late", "absent", "excused")
INDICATOR_KINDS = ("number", "category", "yes_no")
ACTIVITY_KINDS = ("sport", "club")

EARLIEST, LATEST = date(1900, 1, 1), date(2200, 1, 1)


class Kind(StrEnum):
    KEY = "a whole number or a text"
    TEXT = "a text"
    CHOICE = "a choice"
    WHOLE = "a whole number"
    NUMBER = "a number"
    DAY = "a date without a time"
    FLAG = "true or false"


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `blank`: values may be missing; `optional`: the whole column may be."""

    name: str
    kind: Kind
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    blank: bool = False
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """What must hold between the columns of one row; `broken` marks the rows where it does not."""

    sentence: str
    broken: Callable[[pd.DataFrame], Flags]


@dataclass(frozen=True, slots=True)
class Form:
    """How a kind is stored in a table without rows, and which columns pass for it."""

    empty: str
    fits: Callable[[AnySeries], bool]


@dataclass(frozen=True, slots=True)
class Table:
    columns: tuple[Column, ...]
    unique: tuple[str, ...] = ("student",)
    rules: tuple[Rule, ...] = ()


_key = partial(Column, kind=Kind.KEY)
_day = partial(Column, kind=Kind.DAY)
_text = partial(Column, kind=Kind.TEXT)
_choice = partial(Column, kind=Kind.CHOICE)
SPAN = (_day("starts"), _day("ends", blank=True))

ENDS_AFTER_STARTS = Rule("ends must not lie before starts", lambda f: f["ends"] < f["starts"])
SCORE_IF_SCORED = Rule(
    "score must be there if status is scored, and only then",
    lambda f: f["score"].notna() != (f["status"] == "scored"),
)
VALUE_OR_CATEGORY = Rule(
    "a category, and no value, must be there if kind is category, and only then",
    lambda f: (f["value"].isna() != (f["kind"] == "category")) | (f["category"].notna() != (f["kind"] == "category")),
)
YES_NO = Rule(
    "value must be 0 or 1 if kind is yes_no",
    lambda f: (f["kind"] == "yes_no") & ~f["value"].isin([0, 1]),
)

TABLES: dict[str, Table] = {
    "students": Table(
        columns=(
            _key("student"),
            # Today's, and therefore in no figure: in the past it would tell who was kept back later.
            Column("grade_level", Kind.WHOLE, low=0, high=20, optional=True),
            _day("birth_date", blank=True, optional=True),
            *SPAN,
        ),
        rules=(ENDS_AFTER_STARTS,),
    ),
    "enrolments": Table(
        columns=(
            _key("student"),
            _key("school_class"),
            _key("subject"),
            _key("term"),
            Column("grade_level", Kind.NUMBER, low=0, high=20, blank=True, optional=True),
            *SPAN,
            _day("known_on"),
        ),
        unique=("student", "school_class", "starts"),
        rules=(ENDS_AFTER_STARTS,),
    ),
    "exams": Table(
        columns=(
            _key("exam"),
            _key("subject"),
            _key("term"),
            _choice("kind", choices=EXAM_KINDS),
            _day("day"),
            Column("maximum", Kind.NUMBER, low=0.5, high=100_000),
            Column("weight", Kind.NUMBER, low=0, high=1_000),
            Column("is_target", Kind.FLAG),
            _day("known_on"),
        ),
        unique=("exam",),
    ),
    "sittings": Table(columns=(_key("exam"), _key("school_class")), unique=("exam", "school_class")),
    "results": Table(
        columns=(
            _key("student"),
            _key("exam"),
            _choice("status", choices=RESULT_STATUSES),
            Column("score", Kind.NUMBER, low=0, high=100_000, blank=True),
            _day("known_on"),
        ),
        unique=("student", "exam"),
        rules=(SCORE_IF_SCORED,),
    ),
    "attendance": Table(
        columns=(
            _key("student"),
            _key("school_class"),
            _day("day"),
            _choice("status", choices=ATTENDANCE_STATUSES),
            _day("known_on"),
        ),
        unique=("student", "school_class", "day"),
    ),
    "observations": Table(
        columns=(
            _key("student"),
            _key("indicator"),
            _choice("kind", choices=INDICATOR_KINDS),
            Column("value", Kind.NUMBER, low=-1e9, high=1e9, blank=True),
            _text("category", blank=True),
            _day("day"),
            _day("known_on"),
            Column("protected", Kind.FLAG),
        ),
        unique=("student", "indicator", "day"),
        rules=(VALUE_OR_CATEGORY, YES_NO),
    ),
    "participation": Table(
        columns=(
            _key("student"),
            _key("activity"),
            _choice("kind", choices=ACTIVITY_KINDS),
            _text("level", blank=True),
            *SPAN,
            _day("known_on"),
        ),
        unique=("student", "activity", "starts"),
        rules=(ENDS_AFTER_STARTS,),
    ),
    "tallies": Table(
        columns=(
            _key("exam"),
            _key("school_class", blank=True),
            _day("known_on"),
            Column("count", Kind.WHOLE, low=1),
            Column("total", Kind.NUMBER, low=0),
        ),
        unique=("exam", "school_class", "known_on"),
    ),
    "demographics": Table(
        columns=(
            _key("student"),
            _text("gender", blank=True),
            _text("ethnicity", blank=True),
            _text("parental_education", blank=True),
            _text("lunch_programme", blank=True),
            _text("home_language", blank=True),
        ),
    ),
}


def empty_table(table: str) -> pd.DataFrame:
    """The table with all its columns and no row."""
    columns = TABLES[table].columns
    return pd.DataFrame({c.name: pd.Series([], dtype=FORMS[c.kind].empty) for c in columns})


def _is_text(series: AnySeries) -> bool:
    if isinstance(series.dtype, pd.CategoricalDtype):
        return dtypes.is_string_dtype(series.cat.categories)
    return dtypes.is_string_dtype(series.dropna()) or bool(series.isna().all())


def _is_day(series: AnySeries) -> bool:
    return dtypes.is_datetime64_any_dtype(series) and getattr(series.dtype, "tz", None) is None


FORMS = {
    Kind.KEY: Form("int64", lambda s: dtypes.is_integer_dtype(s) or _is_text(s)),
    Kind.TEXT: Form("str", _is_text),
    Kind.CHOICE: Form("str", _is_text),
    Kind.WHOLE: Form("int64", dtypes.is_integer_dtype),
    Kind.NUMBER: Form("float64", lambda s: dtypes.is_numeric_dtype(s) and s.dtype != bool),
    Kind.DAY: Form("datetime64[s]", _is_day),
    Kind.FLAG: Form("bool", dtypes.is_bool_dtype),
}
