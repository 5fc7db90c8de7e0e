"""A made-up school as `SchoolTables`, for tests, benchmarks and the work on mlcore itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias

import numpy as np
import pandas as pd

from mlcore.schema import ATTENDANCE_STATUSES, EXAM_KINDS, RESULT_STATUSES
from mlcore.synth import people
from mlcore.synth.chunk import TABLE_NAMES, SynthChunk
from mlcore.synth.draw import NO_DAY, Array, Columns, joined
from mlcore.synth.habits import ACTIVITIES, INDICATORS, LEVELS
from mlcore.synth.plan import SchoolPlan
from mlcore.synth.subjects import GRADES
from mlcore.tables import SchoolTables

Words: TypeAlias = "pd.Categorical[str]"

DEMOGRAPHIC_WORDS = {
    "gender": people.GENDERS,
    "ethnicity": people.ETHNICITIES,
    "parental_education": people.PARENTAL_EDUCATION,
    "lunch_programme": people.LUNCH_PROGRAMMES,
    "home_language": people.HOME_LANGUAGES,
}


def as_tables(plan: SchoolPlan, chunks: Iterable[SynthChunk]) -> SchoolTables:
    """The frames of these students, with positions as keys and subjects by code."""
    parts = list(chunks)
    rows = {name: joined([getattr(chunk, name) for chunk in parts]) for name in TABLE_NAMES}
    return SchoolTables(
        students=_students(rows["people"]),
        enrolments=_enrolments(plan, rows["enrolments"]),
        exams=_exams(plan),
        sittings=pd.DataFrame(plan.sittings()),
        results=_results(rows["results"]),
        attendance=_attendance(rows["attendance"]),
        observations=_observations(rows["observations"]),
        participation=_participation(rows["participation"]),
        demographics=pd.DataFrame(
            {"student": rows["people"]["student"]}
            | {name: _named(words, rows["people"][name]) for name, words in DEMOGRAPHIC_WORDS.items()}
        ),
    )


def _students(rows: Columns) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "student": rows["student"],
            "grade_level": rows["grade_level"],
            **{name: _days(rows[name]) for name in ("birth_date", "starts", "ends")},
        }
    )


def _enrolments(plan: SchoolPlan, rows: Columns) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "student": rows["student"],
            "school_class": rows["school_class"],
            "subject": _subject_codes(plan, rows["subject"]),
            "term": 4 * rows["year"].astype(np.int64),
            "grade_level": GRADES[0] + plan.classes["grade"][rows["school_class"]].astype(np.float64),
            **{name: _days(rows[name]) for name in ("starts", "ends", "known_on")},
        }
    )


def _exams(plan: SchoolPlan) -> pd.DataFrame:
    exams = plan.exams
    return pd.DataFrame(
        {
            "exam": np.arange(len(exams["day"]), dtype=np.int32),
            "subject": _subject_codes(plan, exams["subject"]),
            "term": exams["term"],
            "kind": _named(EXAM_KINDS, exams["kind"]),
            "day": _days(exams["day"]),
            "maximum": exams["maximum"],
            "weight": exams["weight"],
            "is_target": exams["is_target"],
            "known_on": _days(exams["known_on"]),
        }
    )


def _results(rows: Columns) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "student": rows["student"],
            "exam": rows["exam"],
            "status": _named(RESULT_STATUSES, rows["status"]),
            "score": rows["score"].astype(np.float64),
            "known_on": _days(rows["known_on"]),
        }
    )


def _attendance(rows: Columns) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "student": rows["student"],
            "school_class": rows["school_class"],
            "day": _days(rows["day"]),
            "status": _named(ATTENDANCE_STATUSES, rows["status"]),
            "known_on": _days(rows["day"] + rows["known_after"]),
        }
    )


def _observations(rows: Columns) -> pd.DataFrame:
    keys = [indicator.key for indicator in INDICATORS]
    kinds = np.array([indicator.kind for indicator in INDICATORS])
    return pd.DataFrame(
        {
            "student": rows["student"],
            "indicator": _named(keys, rows["indicator"]),
            "kind": pd.Categorical(kinds[rows["indicator"]]),
            "value": rows["value"].astype(np.float64),
            "category": _categories(rows),
            "day": _days(rows["day"]),
            "known_on": _days(rows["known_on"]),
            "protected": False,
        }
    )


def _participation(rows: Columns) -> pd.DataFrame:
    names = [name for name, _ in ACTIVITIES]
    kinds = np.array([kind for _, kind in ACTIVITIES])
    return pd.DataFrame(
        {
            "student": rows["student"],
            "activity": _named(names, rows["activity"]),
            "kind": pd.Categorical(kinds[rows["activity"]]),
            "level": _named(LEVELS, rows["level"]),
            **{name: _days(rows[name]) for name in ("starts", "ends", "known_on")},
        }
    )


def _categories(rows: Columns) -> Words:
    """Each indicator's codes in its own list of choices, put into one list of words."""
    words = sorted({word for indicator in INDICATORS for word in indicator.choices})
    codes = np.full(len(rows["category"]), -1)
    for number, indicator in enumerate(INDICATORS):
        if indicator.choices:
            mine = rows["indicator"] == number
            places = np.array([words.index(word) for word in indicator.choices])
            codes[mine] = places[rows["category"][mine]]
    return pd.Categorical.from_codes(codes, categories=pd.Index(words))


def _subject_codes(plan: SchoolPlan, codes: Array) -> Words:
    return _named([subject.code for subject in plan.subjects], codes)


def _named(words: Sequence[str], codes: Array) -> Words:
    """Codes as words; -1 is no word."""
    return pd.Categorical.from_codes(codes, categories=pd.Index(words))


def _days(days: Array) -> Array:
    moments = days.astype("datetime64[D]").astype("datetime64[s]")
    moments[days == NO_DAY] = np.datetime64("NaT")
    return moments
