"""Who sits which exam: the students who are in a class that sits it, on the day of the exam."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from students.importing.incoming import Array, Table
from students.importing.plan import NOBODY
from students.importing.planning.desk import Desk
from students.importing.planning.matching import codes_of

OPEN = np.datetime64("9999-12-31", "s")
AT_ONCE = 200_000  # rows, so that everybody who may sit the exams of a million marks is never held at once


def are_sitters(desk: Desk, exams: Array, students: Array, *, locked_only: bool = False) -> Array:
    """Which of these rows, handles of exams and students, are of somebody who sits the exam."""
    made = np.zeros(len(exams), dtype=bool)
    for rows in _stretches(exams):
        sat_exam, sat_student, _classes = sitters_of(desk, np.unique(exams[rows]), locked_only=locked_only)
        mine, theirs = codes_of([exams[rows], students[rows]], [sat_exam, sat_student])
        made[rows] = np.isin(mine, theirs)
    return made


def count_by_class(desk: Desk, exams: Array, students: Array) -> "pd.Series[int]":
    """How many of these rows are of each class that sits their exam; a student in two of them counts in both."""
    made = pd.Series(dtype=np.int64)
    for rows in _stretches(exams):
        sat_exam, sat_student, classes = sitters_of(desk, np.unique(exams[rows]))
        theirs, mine = codes_of([sat_exam, sat_student], [exams[rows], students[rows]])
        made = made.add(pd.Series(classes[np.isin(theirs, mine)]).value_counts(), fill_value=0)
    return made


def _stretches(exams: Array) -> Iterator[Array]:
    """Rows by their exams, so many at a time; an exam is looked at again where it goes beyond."""
    order = np.argsort(exams, kind="stable") if len(exams) > AT_ONCE else np.arange(len(exams))
    for start in range(0, len(order), AT_ONCE):
        yield order[start : start + AT_ONCE]


def sitters_of(desk: Desk, exams: Array, *, locked_only: bool = False) -> tuple[Array, Array, Array]:
    """Exam, student and class, as handles, of everybody who sits one of these exams; in two classes twice."""
    sittings = desk.outcomes[Table.SITTINGS]
    chosen = np.isin(sittings.fields["exam_id"], exams)
    if locked_only:
        chosen &= sittings.fields["is_locked"]
    exam, school_class = (sittings.fields[name][chosen] for name in ("exam_id", "school_class_id"))
    students, starts, ends, first, count = _rolls(desk, school_class)
    sitting = np.repeat(np.arange(len(exam)), count)
    place = np.arange(len(sitting)) - np.repeat(np.cumsum(count) - count, count) + np.repeat(first, count)
    day = desk.outcomes[Table.EXAMS].look("day", exam)[sitting]
    there = (starts[place] <= day) & (day <= ends[place])
    return exam[sitting][there], students[place][there], school_class[sitting][there]


def _rolls(desk: Desk, classes: Array) -> tuple[Array, Array, Array, Array, Array]:
    """Enrolments in the order of their classes; and where those of each of the given classes begin, and how many they are."""
    enrolments = desk.outcomes[Table.ENROLMENTS]
    order = np.argsort(enrolments.fields["school_class_id"], kind="stable")
    in_order = enrolments.fields["school_class_id"][order]
    first = np.searchsorted(in_order, classes, side="left")
    count = np.searchsorted(in_order, classes, side="right") - first
    ends = enrolments.fields["ends"][order]
    ends = np.where(np.isnat(ends), OPEN, ends)
    return enrolments.fields["student_id"][order], enrolments.fields["starts"][order], ends, first, count


def has_sitting(desk: Desk, exams: Array) -> Array:
    """Exams that nobody is said to sit are open to everybody."""
    return np.isin(exams, desk.outcomes[Table.SITTINGS].fields["exam_id"]) & (exams != NOBODY)
