"""One table as a school: a row per student, attributes, perhaps earlier exams, and one exam to predict."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
from pandas.api import types as dtypes

from mlcore.errors import SchemaMismatch
from mlcore.spec import TrainSpec
from mlcore.tables import SchoolTables

FIRST_DAY = date(2001, 1, 1)  # the table has no days of its own; these keep its order
STEP = timedelta(days=30)
YES_NO = {"yes": 1.0, "no": 0.0, "true": 1.0, "false": 0.0}


@dataclass(frozen=True)
class WideSpec:
    """`earlier`: columns of earlier exams, oldest first. `subjects`: of exam columns; without one, each is its own subject.

    `scales`: for an exam column its lowest and highest possible score; without one, 0 to 100. `leave_out`: not used.
    `protected`: attributes that are used only if the training asks for them by name.
    """

    target: str
    earlier: tuple[str, ...] = ()
    subjects: Mapping[str, str] = field(default_factory=dict)
    scales: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    protected: tuple[str, ...] = ()
    leave_out: tuple[str, ...] = ()

    @property
    def exams(self) -> tuple[str, ...]:
        return (*self.earlier, self.target)

    def scale(self, column: str) -> tuple[float, float]:
        return self.scales.get(column, (0.0, 100.0))

    def attributes(self, frame: pd.DataFrame) -> list[str]:
        return [name for name in frame.columns if name not in {*self.exams, *self.leave_out}]

    def day(self, column: str) -> date:
        return FIRST_DAY + (self.exams.index(column) + 1) * STEP

    def training(self, **choices: Any) -> TrainSpec:
        """The spec for such a table: one exam, asked for the day before it is sat."""
        usual: dict[str, Any] = {"as_of": self.day(self.target) + STEP, "kinds": ("final",), "leads": (1,)}
        return TrainSpec(**(usual | choices))


def from_wide(frame: pd.DataFrame, wide: WideSpec) -> SchoolTables:
    """The same tables with few rows. A student without a score in the target column is one to be predicted."""
    if faults := list(_faults(frame, wide)):
        raise SchemaMismatch(faults)
    students = np.arange(len(frame))
    tables = SchoolTables.of(
        students=_students(students),
        exams=_exams(wide),
        results=_results(frame, wide, students),
        observations=_observations(frame, wide, students),
    )
    tables.check()
    return tables


def in_points(percent: np.ndarray[Any, Any], wide: WideSpec) -> np.ndarray[Any, Any]:
    """Percentages of the target as scores of its own scale."""
    low, high = wide.scale(wide.target)
    return low + percent / 100.0 * (high - low)


def _faults(frame: pd.DataFrame, wide: WideSpec) -> Iterator[str]:
    if frame.columns.duplicated().any():
        yield f"The column {frame.columns[frame.columns.duplicated()][0]} is there twice."
        return
    named = [*wide.exams, *wide.subjects, *wide.scales, *wide.protected, *wide.leave_out]
    for name in dict.fromkeys(named):
        if name not in frame.columns:
            yield f"{name}: there is no such column; there are {', '.join(map(str, frame.columns))}."
    if len(set(wide.exams)) < len(wide.exams):
        yield "An exam may be named once, and the target is not among the earlier ones."
    for name in {*wide.exams} & {*wide.protected, *wide.leave_out}:
        yield f"{name}: an exam is neither left out nor a protected attribute."
    for name in wide.exams:
        if name in frame.columns:
            yield from _score_faults(frame[name], name, wide.scale(name))


def _score_faults(scores: pd.Series[Any], name: str, scale: tuple[float, float]) -> Iterator[str]:
    low, high = scale
    numbers = pd.to_numeric(scores, errors="coerce")
    wrong = (numbers.isna() & scores.notna()) | (numbers < low) | (numbers > high)
    if not (high > low and np.isfinite([low, high]).all()):
        yield f"{name}: expected a scale that rises, but it goes from {low:g} to {high:g}."
    elif wrong.any():
        row = int(wrong.to_numpy().argmax())
        yield f"{name}: expected a score from {low:g} to {high:g}, but row {row + 1} holds {scores.iloc[row]}."


def _days(day: date, rows: int) -> pd.Series[Any]:
    return pd.Series(np.full(rows, np.datetime64(day, "s")))


def _students(students: np.ndarray[Any, Any]) -> pd.DataFrame:
    rows = len(students)
    no_end = np.full(rows, np.datetime64("NaT", "s"))
    return pd.DataFrame({"student": students, "starts": _days(FIRST_DAY, rows), "ends": no_end})


def _exams(wide: WideSpec) -> pd.DataFrame:
    rows = [
        {
            "exam": name,
            "subject": wide.subjects.get(name, name),
            "term": "1",
            "kind": "final" if name == wide.target else "test",
            "day": pd.Timestamp(wide.day(name)),
            "maximum": 100.0,
            "weight": 1.0,
            "is_target": name == wide.target,
            "known_on": pd.Timestamp(FIRST_DAY),
        }
        for name in wide.exams
    ]
    return pd.DataFrame(rows)


def _results(frame: pd.DataFrame, wide: WideSpec, students: np.ndarray[Any, Any]) -> pd.DataFrame:
    parts = []
    for name in wide.exams:
        low, high = wide.scale(name)
        percent = (pd.to_numeric(frame[name]).to_numpy(np.float64) - low) / (high - low) * 100.0
        sat = np.isfinite(percent)
        part = {"student": students[sat], "exam": name, "status": "scored", "score": percent[sat]}
        parts.append(pd.DataFrame(part | {"known_on": _days(wide.day(name), int(sat.sum()))}))
    return pd.concat(parts, ignore_index=True)


def _observations(frame: pd.DataFrame, wide: WideSpec, students: np.ndarray[Any, Any]) -> pd.DataFrame:
    parts = [_observed(frame[name], name, students, name in wide.protected) for name in wide.attributes(frame)]
    parts = [part for part in parts if len(part)]
    return pd.concat(parts, ignore_index=True) if parts else SchoolTables.empty().observations


def _observed(values: pd.Series[Any], name: str, students: np.ndarray[Any, Any], protected: bool) -> pd.DataFrame:
    """One attribute of everybody who has it, as a number, yes or no, or a category."""
    there = values.notna().to_numpy()
    kind, numbers, words = _read(values[there])
    return pd.DataFrame(
        {
            "student": students[there],
            "indicator": str(name),
            "kind": kind,
            "value": numbers,
            "category": words,
            "day": _days(FIRST_DAY, int(there.sum())),
            "known_on": _days(FIRST_DAY, int(there.sum())),
            "protected": protected,
        }
    )


def _read(values: pd.Series[Any]) -> tuple[str, np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Numbers stay numbers, also where a spreadsheet wrote them as text."""
    blank = np.full(len(values), None, dtype=object)
    texts = values.astype(str).str.strip().str.lower()
    if texts.isin(list(YES_NO)).all():
        return "yes_no", texts.map(YES_NO).to_numpy(np.float64), blank
    numbers = values if dtypes.is_numeric_dtype(values) else pd.to_numeric(values, errors="coerce")
    if numbers.notna().all():
        return "number", numbers.to_numpy(np.float64), blank
    return "category", np.full(len(values), np.nan), values.astype(str).str.strip().to_numpy(dtype=object)
