"""Which results to learn from and which to predict: one sample is a student, an exam, and the day on which it is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from mlcore.arrays import Flags, Floats, Ints
from mlcore.layout.book import KINDS, ExamBook, Scores
from mlcore.layout.keys import NO_DAY, at, codes_of, days_of, distinct, rows_of
from mlcore.spec import TrainSpec
from mlcore.tables import SchoolTables

Moments: TypeAlias = npt.NDArray[np.datetime64]
Keys: TypeAlias = Sequence[Any]


@dataclass(frozen=True)
class Samples:
    """`rows`: student, exam, as_of. `target`: per cent of the maximum, NaN if unknown. `known_on`: when that was known."""

    rows: pd.DataFrame
    target: Floats
    known_on: Moments

    def __len__(self) -> int:
        return len(self.rows)

    def take(self, rows: Ints | Flags) -> Samples:
        return Samples(self.rows.iloc[rows].reset_index(drop=True), self.target[rows], self.known_on[rows])


def past_samples(tables: SchoolTables, spec: TrainSpec, seed: int) -> Samples:
    """Every score known by the day of the data, asked for at each lead before its exam, of students on the roll then.

    If there are more than `spec.most_samples`, so many are drawn.
    """
    book = ExamBook.of(tables)
    scores = Scores.of(tables, book)
    as_of = int(days_of(np.datetime64(spec.as_of)))
    use = np.flatnonzero(_chosen(book, spec)[scores.exam] & (scores.known <= as_of))
    keys = tables.results["student"].iloc[scores.rows[use]]
    students = distinct(keys)
    asked = _Asked.at_leads(codes_of(keys, students), use, book.day[scores.exam[use]], spec.leads)
    asked = asked.where(_on_roll(tables, students, asked.student, asked.day))
    exam = scores.exam[asked.score]
    asked = asked.take(np.lexsort((asked.day, exam, book.day[exam], asked.student)))
    asked = asked.where(_drawn(len(asked.student), spec.most_samples, seed))
    exam = scores.exam[asked.score]
    rows = {"student": students.take(asked.student), "exam": book.keys.take(exam), "as_of": moments(asked.day)}
    return Samples(pd.DataFrame(rows), scores.percent[asked.score], moments(scores.known[asked.score]))


def samples_ahead(
    tables: SchoolTables, as_of: date, exams: Keys | None = None, students: Keys | None = None
) -> Samples:
    """Exams after `as_of` and the students who, as known on that day, are in a class that sits them.

    A school without sittings is asked for whoever is enrolled in the subject; one without enrolments, for everybody.
    """
    known = tables.until(as_of)
    ahead = known.exams[known.exams["day"] > pd.Timestamp(as_of)]
    ahead = ahead if exams is None else ahead[ahead["exam"].isin(list(exams))]
    people = _people(known)
    people = people if students is None else people[people["student"].isin(list(students))]
    rows = _who_sits(known, ahead, people)[["exam_day", "student", "exam"]].drop_duplicates()
    rows = rows.sort_values(["exam_day", "exam", "student"], ignore_index=True)
    rows = rows.assign(as_of=np.datetime64(as_of, "s"))[["student", "exam", "as_of"]]
    return Samples(rows, np.full(len(rows), np.nan), np.full(len(rows), np.datetime64("NaT", "s")))


def moments(days: Ints) -> Moments:
    return days.astype("datetime64[D]").astype("datetime64[s]")


@dataclass(frozen=True, slots=True)
class _Asked:
    """One entry per sample: a place among the students, one among the scores, and the day of asking."""

    student: Ints
    score: Ints
    day: Ints

    @classmethod
    def at_leads(cls, student: Ints, score: Ints, exam_day: Ints, leads: Sequence[int]) -> _Asked:
        days = [exam_day - lead for lead in dict.fromkeys(leads)]
        return cls(np.tile(student, len(days)), np.tile(score, len(days)), np.concatenate(days))

    def take(self, rows: Ints) -> _Asked:
        return _Asked(self.student[rows], self.score[rows], self.day[rows])

    def where(self, wanted: Flags) -> _Asked:
        return self.take(np.flatnonzero(wanted))


def _chosen(book: ExamBook, spec: TrainSpec) -> Flags:
    """Which exams are learned from, by place."""
    subject = np.isin([*map(str, book.subjects), ""], spec.subjects)[book.subject]
    kind = np.isin([*KINDS, ""], spec.kinds)[book.kind]
    return np.asarray((subject | (not spec.subjects)) & (kind | (not spec.kinds)), dtype=np.bool_)


def _on_roll(tables: SchoolTables, students: pd.Index[Any], student: Ints, day: Ints) -> Flags:
    """Whether each was on the roll on that day; where no roll is kept, everybody is."""
    if len(tables.students) == 0:
        return np.ones(len(student), dtype=np.bool_)
    place = rows_of(tables.students["student"], students)[student]
    starts, ends = days_of(tables.students["starts"]), days_of(tables.students["ends"])
    since, until = at(starts, place, NO_DAY), at(ends, place, NO_DAY)
    return np.asarray((place >= 0) & (since <= day) & ((until == NO_DAY) | (until >= day)), dtype=np.bool_)


def _drawn(rows: int, most: int, seed: int) -> Flags:
    """At most so many rows, drawn evenly: many students and exams, each seen from fewer days, teach more than few seen from all."""
    if rows <= most:
        return np.ones(rows, dtype=np.bool_)
    chosen = np.zeros(rows, dtype=np.bool_)
    chosen[np.random.default_rng(seed).permutation(rows)[:most]] = True
    return chosen


def _people(known: SchoolTables) -> pd.DataFrame:
    """Who is on the roll; where no roll is kept, everybody of whom anything is known."""
    if len(known.students):
        return known.students[known.students["ends"].isna()]
    told = pd.concat([known.enrolments["student"], known.results["student"], known.observations["student"]])
    return pd.DataFrame({"student": told.drop_duplicates()})


def _who_sits(known: SchoolTables, ahead: pd.DataFrame, people: pd.DataFrame) -> pd.DataFrame:
    """Each student beside each exam that he or she will sit."""
    exams = ahead[["exam", "subject"]].assign(exam_day=ahead["day"])
    if len(known.enrolments) == 0:
        return people[["student"]].merge(exams, how="cross")
    enrolled = known.enrolments[known.enrolments["student"].isin(people["student"])]
    enrolled = enrolled[enrolled["ends"].isna()][["student", "school_class", "subject", "starts"]]
    if len(known.sittings):
        both = enrolled.merge(exams.drop(columns="subject").merge(known.sittings, on="exam"), on="school_class")
    else:
        both = enrolled.merge(exams, on="subject")
    return both[both["starts"] <= both["exam_day"]]
