"""What is asked: the exam, how far it lies ahead, and the student's grade level; nothing here is evidence."""

from __future__ import annotations

import numpy as np

from mlcore.arrays import Floats
from mlcore.features.base import Feature, RawColumn
from mlcore.features.making import category, days, number
from mlcore.features.view import View
from mlcore.layout.book import KINDS
from mlcore.layout.keys import NO_DAY, at, days_of, text_at

EXAM, GRADE, PEOPLE = "This exam", "Grade level", "Demographics"
YEAR = 365.25


def this_exam(view: View) -> list[RawColumn]:
    weight = Feature("weight", "weight of this exam", EXAM, low=0.0, high=1000.0)
    return [
        RawColumn(category("subject", "subject", EXAM), text_at(view.book.subjects, view.subject)),
        RawColumn(category("kind", "kind of exam", EXAM), text_at(KINDS, view.kind)),
        RawColumn(weight, view.book.weight[view.exam]),
        RawColumn(days("lead", "days until the exam", EXAM), lead(view)),
    ]


def this_student(view: View) -> list[RawColumn]:
    told = [RawColumn(number("grade_level", "grade level", GRADE, high=20.0), grade_level(view))]
    if "age" in view.protected or (view.wanted is not None and "age" in view.wanted):
        age = Feature("age", "age", PEOPLE, protected=True, unit="years", low=3.0, high=100.0)
        told.append(RawColumn(age, _age(view)))
    return told


def lead(view: View) -> Floats:
    ahead = (view.exam_day - view.as_of).clip(0).astype(np.float64)
    return np.where(view.exam_day == NO_DAY, np.nan, ahead)


def grade_level(view: View) -> Floats:
    """That of the class that will sit the exam: the table of students only knows today's."""
    return view.classes.grade_of(view.enrolment)


def _age(view: View) -> Floats:
    students = view.tables.students
    if "birth_date" not in students:
        return np.full(len(view), np.nan)
    born = at(days_of(students["birth_date"]), view.row, NO_DAY)
    known = born != NO_DAY
    return np.where(known, (view.cut - np.where(known, born, view.cut)) / YEAR, np.nan)
