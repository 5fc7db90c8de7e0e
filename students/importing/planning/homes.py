"""The class in which the file puts each student, looked up before enrolments are planned: for what a row about a student leaves open."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from students.importing.incoming import Array, Table
from students.importing.plan import NOBODY
from students.importing.planning.desk import Desk

NO_DAY = np.datetime64("NaT", "s")


@dataclass
class Home:
    """For each student: the grade level of the first class that has one, or -1; and when the first term of a class begins."""

    grade: Array
    starts: Array


def first_class_of(desk: Desk, students: Array) -> Home:
    """By the ids of students in the file."""
    rows = desk.incoming.rows(Table.ENROLMENTS)
    none = Home(np.full(len(students), -1, dtype=np.int64), np.full(len(students), NO_DAY))
    if not len(rows) or not len(students):
        return none
    handles = desk.handles.get(Table.CLASSES, {})
    codes, ids = pd.factorize(rows["school_class"])
    named = np.array([handles.get(each, NOBODY) for each in ids], dtype=np.int64)[codes]
    classes = desk.outcomes[Table.CLASSES]
    found = named != NOBODY
    grade = np.where(found, classes.look("grade_level", named), -1)
    starts = begin_of(desk, named) if has_marks(desk) else np.full(len(rows), NO_DAY)
    starts = np.where(np.isnat(rows["starts"]), starts, rows["starts"])
    told = pd.DataFrame({"student": rows["student"], "grade": np.where(grade < 0, np.nan, grade), "starts": starts})
    first = told.groupby("student", sort=False).agg({"grade": "first", "starts": "min"}).reindex(students)
    return Home(
        first["grade"].fillna(-1).to_numpy().astype(np.int64), first["starts"].to_numpy().astype("datetime64[s]")
    )


def begin_of(desk: Desk, classes: Array) -> Array:
    """The first day of each class's term; of no class none."""
    terms = desk.outcomes[Table.CLASSES].look("term_id", classes)
    days = desk.outcomes[Table.TERMS].look("starts", terms)
    return np.where((classes == NOBODY) | (terms == NOBODY), NO_DAY, days)


def has_marks(desk: Desk) -> bool:
    """Whether the file brings marks: they lie in the past, and so does the time in which their students were in the class."""
    marks = (Table.RESULTS, Table.ATTENDANCE, Table.OBSERVATIONS)
    return any(len(desk.incoming.rows(table)) for table in marks)
