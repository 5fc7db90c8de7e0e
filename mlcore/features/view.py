"""What all features look at: the samples as codes and days, and the tables laid out so that nothing later can be seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from mlcore.arrays import Ints
from mlcore.features.base import Feature
from mlcore.features.history import History, Usual
from mlcore.layout.book import ExamBook
from mlcore.layout.classes import ClassBook
from mlcore.layout.keys import NO_DAY, at, codes_of, days_of, distinct, rows_of
from mlcore.samples import Samples
from mlcore.tables import SchoolTables


@dataclass(frozen=True)
class View:
    """`wanted`: the features of a model that has learned, by name; None: which there are follows from the data.

    `protected`: protected features that were turned on, by name.
    """

    tables: SchoolTables
    samples: Samples
    wanted: Mapping[str, Feature] | None = None
    protected: frozenset[str] = frozenset()

    def __len__(self) -> int:
        return len(self.samples)

    def wants(self, *names: str) -> bool:
        return self.wanted is None or any(name in self.wanted for name in names)

    @cached_property
    def students(self) -> pd.Index[Any]:
        return distinct(self.samples.rows["student"])

    @cached_property
    def student(self) -> Ints:
        return codes_of(self.samples.rows["student"], self.students)

    @cached_property
    def book(self) -> ExamBook:
        return ExamBook.of(self.tables)

    @cached_property
    def exam(self) -> Ints:
        return self.book.places(self.samples.rows["exam"])

    @cached_property
    def exam_day(self) -> Ints:
        return self.book.day[self.exam]

    @cached_property
    def subject(self) -> Ints:
        return self.book.subject[self.exam]

    @cached_property
    def kind(self) -> Ints:
        return self.book.kind[self.exam]

    @cached_property
    def as_of(self) -> Ints:
        return days_of(self.samples.rows["as_of"])

    @cached_property
    def cut(self) -> Ints:
        """The last day that may be seen: that of asking, and never the exam's own, on which its results may be out."""
        return np.where(self.exam_day == NO_DAY, self.as_of, np.minimum(self.as_of, self.exam_day - 1))

    @cached_property
    def last_cut(self) -> int:
        return int(self.cut.max(initial=NO_DAY))

    @cached_property
    def row(self) -> Ints:
        """Each sample's row in the table of students; -1 if it has none, or only a later one."""
        students = self.tables.students
        row = rows_of(students["student"], self.students)[self.student]
        starts = at(days_of(students["starts"]), row, NO_DAY)
        return np.where(starts <= self.cut, row, -1)

    @cached_property
    def classes(self) -> ClassBook:
        return ClassBook(self.tables, self.book, self.students)

    @cached_property
    def enrolment(self) -> Ints:
        """By which enrolment the exam will be sat, as far as was known; its row, or -1."""
        return self.classes.ahead(self.student, self.subject, self.cut, self.exam_day)

    @cached_property
    def school_class(self) -> Ints:
        return self.classes.class_of(self.enrolment)

    @cached_property
    def history(self) -> History:
        return History.of(self.tables, self.book, self.classes)

    @cached_property
    def usual(self) -> Usual:
        return Usual.of(self.tables, self.book, self.classes.keys)
