"""`SchoolTables`: all frames about one school in one bundle, and how the future is hidden."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from datetime import date
from functools import partial
from typing import Self

import numpy as np
import pandas as pd

from mlcore.checking import faults_of, told_first
from mlcore.errors import SchemaMismatch
from mlcore.schema import Flags, empty_table

SLACK = 1 + 1e-9  # a percentage made from a scale may be a rounding above its maximum


@dataclass(frozen=True, slots=True)
class SchoolTables:
    """The frames of one school, or of one chunk of its students; columns as in mlcore.schema.

    `tallies` are of the whole school, whosever results are here: without rows, they follow from the results.
    """

    students: pd.DataFrame
    enrolments: pd.DataFrame
    exams: pd.DataFrame
    sittings: pd.DataFrame
    results: pd.DataFrame
    attendance: pd.DataFrame
    observations: pd.DataFrame
    participation: pd.DataFrame
    demographics: pd.DataFrame
    tallies: pd.DataFrame = field(default_factory=partial(empty_table, "tallies"))

    @classmethod
    def of(cls, **frames: pd.DataFrame) -> Self:
        """The given tables, and empty ones for the rest: one spreadsheet is enough."""
        return cls(**{f.name: frames.pop(f.name, empty_table(f.name)) for f in fields(cls)}, **frames)

    @classmethod
    def empty(cls) -> Self:
        return cls.of()

    def check(self) -> None:
        """Raise SchemaMismatch with the faults of all tables together."""
        tables = [(f.name, getattr(self, f.name)) for f in fields(self)]
        faults = [fault for name, frame in tables for fault in faults_of(frame, name)]
        if faults := faults or list(self._faults_between()):
            raise SchemaMismatch(faults)

    def _faults_between(self) -> Iterator[str]:
        """Results belong to exams and to students on the roll, where these are kept, and none is above its exam's maximum."""
        exams, results = self.exams, self.results
        if len(exams):
            maximum = exams.set_index("exam")["maximum"].reindex(results["exam"].to_numpy()).to_numpy(dtype=float)
            above = results["score"].to_numpy(dtype=float) > maximum * SLACK
            yield from told_first("results.exam", results["exam"], np.isnan(maximum), "an exam that is in exams")
            yield from told_first("results.score", results["score"], above, "at most the maximum of its exam")
        if len(self.students):
            unknown = ~results["student"].isin(self.students["student"]).to_numpy()
            yield from told_first("results.student", results["student"], unknown, "a student who is in students")

    def until(self, day: date) -> SchoolTables:
        """What the school knew at the end of `day`.

        Rows that became known later are gone, and so is what happened later, whatever its
        `known_on` says. Ends that lie ahead are blank. The planned days of exams stay.
        """
        now = pd.Timestamp(day)
        students = _by(self.students, "starts", now)
        exams = _by(self.exams, "known_on", now)
        unsat = self.exams[(self.exams["day"] > now) | (self.exams["known_on"] > now)]
        results = self.results[~self.results["exam"].isin(unsat["exam"])]
        tallies = self.tallies[~self.tallies["exam"].isin(unsat["exam"])]
        return SchoolTables(
            students=_ends_ahead_blank(students, now),
            enrolments=_ends_ahead_blank(_by(self.enrolments, "known_on", now), now),
            exams=exams,
            sittings=_of(self.sittings, "exam", exams),
            results=_by(results, "known_on", now),
            attendance=_by(_by(self.attendance, "known_on", now), "day", now),
            observations=_by(_by(self.observations, "known_on", now), "day", now),
            participation=_ends_ahead_blank(_by(self.participation, "known_on", now), now),
            demographics=_of(self.demographics, "student", students),
            tallies=_by(tallies, "known_on", now),
        )


def _by(frame: pd.DataFrame, column: str, now: pd.Timestamp) -> pd.DataFrame:
    return _kept(frame, frame[column] <= now)


def _of(frame: pd.DataFrame, key: str, known: pd.DataFrame) -> pd.DataFrame:
    """Rows without a date of their own are known if what they belong to is."""
    return _kept(frame, frame[key].isin(known[key]))


def _kept(frame: pd.DataFrame, wanted: Flags) -> pd.DataFrame:
    """A frame of which all rows stay is itself: nobody changes one, and some hold a million rows."""
    if wanted.all():
        return frame.reset_index(drop=True) if not isinstance(frame.index, pd.RangeIndex) else frame
    return frame[wanted].reset_index(drop=True)


def _ends_ahead_blank(frame: pd.DataFrame, now: pd.Timestamp) -> pd.DataFrame:
    return frame.assign(ends=frame["ends"].where(frame["ends"] <= now))
