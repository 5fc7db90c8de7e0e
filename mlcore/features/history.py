"""The earlier results of the students, in the order in which they became known, and what was usual in the same exams."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from mlcore.arrays import Floats, Ints
from mlcore.layout.book import ExamBook, Scores
from mlcore.layout.classes import ClassBook
from mlcore.layout.keys import codes_of, days_of
from mlcore.layout.levels import EXACT, Levels, together
from mlcore.layout.timeline import Timeline, ranks
from mlcore.schema import EXAM_KINDS
from mlcore.tables import SchoolTables
from mlcore.tallies import tallies_of

KINDS = len(EXAM_KINDS)


@dataclass(frozen=True)
class History:
    """Arrays in the order of the timeline; `rank` is the order in which a student's exams were sat, `by_rank` its rows."""

    timeline: Timeline
    percent: Floats
    exam: Ints
    school_class: Ints
    known: Ints
    rank: Ints
    by_rank: Ints

    @classmethod
    def of(cls, tables: SchoolTables, book: ExamBook, classes: ClassBook) -> History:
        scores = Scores.of(tables, book)
        student = codes_of(tables.results["student"].iloc[scores.rows], classes.students)
        line = Timeline.of(student, scores.known, scores.exam)
        student, exam, known = student[line.rows], scores.exam[line.rows], scores.known[line.rows]
        sat = Timeline.of(student, book.day[exam], exam).rows
        return cls(
            timeline=line,
            percent=scores.percent[line.rows],
            exam=exam,
            school_class=classes.when_known(student, book.subject[exam], known),
            known=known,
            rank=ranks(sat),
            by_rank=sat,
        )


@dataclass(frozen=True)
class Usual:
    """Means of everybody: by exam, by class in it, by subject, by kind in it, by class in it, at all. `exams`: how many of a kind."""

    exam: Levels
    class_exam: Levels
    subject: Levels
    subject_kind: Levels
    class_subject: Levels
    all: Levels
    exams: Levels
    classes: int
    subjects: int

    @classmethod
    def of(cls, tables: SchoolTables, book: ExamBook, classes: pd.Index[Any]) -> Usual:
        tallies = tables.tallies if len(tables.tallies) else tallies_of(tables)
        exam = book.places(tallies["exam"])
        tallies, exam = tallies[exam >= 0], exam[exam >= 0]
        day = np.maximum(days_of(tallies["known_on"]), book.seen[exam])
        count = tallies["count"].to_numpy(np.int64)
        total = np.rint(tallies["total"].to_numpy(np.float64) * EXACT).astype(np.int64)
        klass, subject = codes_of(tallies["school_class"], classes), book.subject[exam]

        def levels(group: Ints) -> Levels:
            return Levels.of(group, day, count, total)

        return cls(
            exam=levels(exam),
            class_exam=levels(together(exam, klass, len(classes))),
            subject=levels(subject),
            subject_kind=levels(together(subject, book.kind[exam], KINDS)),
            class_subject=levels(together(klass, subject, len(book.subjects))),
            all=levels(np.zeros(len(exam), dtype=np.int64)),
            exams=_exams_known(exam, day, book),
            classes=len(classes),
            subjects=len(book.subjects),
        )


def _exams_known(exam: Ints, day: Ints, book: ExamBook) -> Levels:
    """Each exam counts once, from the first day on which anybody's result is known."""
    by_day = np.argsort(day, kind="stable")
    place, first = np.unique(exam[by_day], return_index=True)
    group, once = together(book.subject[place], book.kind[place], KINDS), np.ones(len(place), dtype=np.int64)
    return Levels.of(group, day[by_day][first], once, np.zeros_like(once))
