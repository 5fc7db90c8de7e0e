"""In which class a student sat an exam or will sit it, as far as the school knew at the time."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from mlcore.arrays import Floats, Ints
from mlcore.layout.book import ExamBook
from mlcore.layout.keys import DAY_BITS, NO_DAY, at, codes_of, days_of, distinct, moment_key
from mlcore.layout.levels import together
from mlcore.layout.timeline import Timeline, latest, ranks
from mlcore.tables import SchoolTables


@dataclass(frozen=True)
class ClassBook:
    """The enrolments of `students`; classes are places in `keys`."""

    tables: SchoolTables
    book: ExamBook
    students: pd.Index[Any]

    @cached_property
    def keys(self) -> pd.Index[Any]:
        return distinct(self.tables.enrolments["school_class"], self.tables.tallies["school_class"])

    @cached_property
    def _who(self) -> Ints:
        enrolments = self.tables.enrolments
        student = codes_of(enrolments["student"], self.students)
        return self._person(student, codes_of(enrolments["subject"], self.book.subjects))

    @cached_property
    def _class(self) -> Ints:
        return codes_of(self.tables.enrolments["school_class"], self.keys)

    @cached_property
    def _starts(self) -> Ints:
        return days_of(self.tables.enrolments["starts"])

    @cached_property
    def _known(self) -> Ints:
        return days_of(self.tables.enrolments["known_on"])

    def _person(self, student: Ints, subject: Ints) -> Ints:
        """A student in a subject."""
        return together(student, subject, max(len(self.book.subjects), 1))

    def when_known(self, student: Ints, subject: Ints, day: Ints) -> Ints:
        """The class of the newest enrolment in the subject that had begun and was known on that day, or -1."""
        person = self._person(student, subject)
        line = Timeline.of(self._who, np.maximum(self._starts, self._known), self._class)
        place = np.searchsorted(line.key, moment_key(person, day), side="right") - 1
        mine = (place >= 0) & (person >= 0)
        mine &= at(line.key, place, -1) >> DAY_BITS == person
        return at(self._class[line.rows], np.where(mine, place, -1), -1)

    def ahead(self, student: Ints, subject: Ints, cut: Ints, exam_day: Ints) -> Ints:
        """The enrolment by which an exam will be sat, as planned at the end of the day `cut`, by row; -1 if there is none."""
        line = Timeline.of(self._who, self._known)
        ends = days_of(self.tables.enrolments["ends"])[line.rows]
        starts, classes = self._starts[line.rows], self._class[line.rows]
        newest_last = np.lexsort((classes, self._known[line.rows], starts))
        rank = ranks(newest_last)
        found = np.full(len(student), -1, dtype=np.int64)
        for piece, pairs in line.known(self._person(student, subject), cut).pairs():
            ended = (ends[pairs.row] != NO_DAY) & (ends[pairs.row] <= cut[piece][pairs.sample])
            use = ~ended & (starts[pairs.row] <= exam_day[piece][pairs.sample])
            best = latest(pairs.sample[use], rank[pairs.row[use]], pairs.size)
            found[piece] = at(line.rows[newest_last], best, -1)
        return found

    def class_of(self, enrolment: Ints) -> Ints:
        return at(self._class, enrolment, -1)

    def grade_of(self, enrolment: Ints) -> Floats:
        """The grade level of the class, where the school tells it."""
        enrolments = self.tables.enrolments
        if "grade_level" not in enrolments:
            return np.full(len(enrolment), np.nan)
        return np.asarray(at(enrolments["grade_level"].to_numpy(np.float64), enrolment, np.nan), dtype=np.float64)
