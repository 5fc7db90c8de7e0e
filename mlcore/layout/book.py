"""Exams and results as arrays: each exam's place, and of each result its percentage and the day from which it is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from mlcore.arrays import Floats, Ints
from mlcore.layout.keys import NO_DAY, codes_of, days_of, distinct
from mlcore.schema import EXAM_KINDS
from mlcore.tables import SchoolTables

KINDS = pd.Index(EXAM_KINDS)


@dataclass(frozen=True, slots=True)
class ExamBook:
    """One entry per exam, in the order of their keys, and a last one for an exam that is not there (place -1)."""

    keys: pd.Index[Any]
    subjects: pd.Index[Any]
    subject: Ints
    kind: Ints
    day: Ints
    seen: Ints
    maximum: Floats
    weight: Floats

    @classmethod
    def of(cls, tables: SchoolTables) -> ExamBook:
        exams = tables.exams.drop_duplicates("exam")
        keys = distinct(exams["exam"])
        exams = exams.iloc[np.argsort(codes_of(exams["exam"], keys))]
        subjects = distinct(exams["subject"], tables.enrolments["subject"])
        day, known = days_of(exams["day"]), days_of(exams["known_on"])
        return cls(
            keys=keys,
            subjects=subjects,
            subject=np.append(codes_of(exams["subject"], subjects), -1),
            kind=np.append(codes_of(exams["kind"], KINDS), -1),
            day=np.append(day, NO_DAY),
            seen=np.append(np.maximum(day, known), NO_DAY),
            maximum=np.append(exams["maximum"].to_numpy(np.float64), np.nan),
            weight=np.append(exams["weight"].to_numpy(np.float64), np.nan),
        )

    def places(self, exams: pd.Series[Any]) -> Ints:
        return codes_of(exams, self.keys)


@dataclass(frozen=True, slots=True)
class Scores:
    """The results that are scores of known exams: their rows in the table, exam, percentage, and when they are known."""

    rows: Ints
    exam: Ints
    percent: Floats
    known: Ints

    @classmethod
    def of(cls, tables: SchoolTables, book: ExamBook) -> Scores:
        results = tables.results
        exam = book.places(results["exam"])
        score = results["score"].to_numpy(np.float64)
        rows = np.flatnonzero((exam >= 0) & np.isfinite(score) & is_word(results["status"], "scored"))
        exam = exam[rows]
        percent = np.clip(100.0 * score[rows] / book.maximum[exam], 0.0, 100.0)
        known = np.maximum(days_of(results["known_on"])[rows], book.seen[exam])
        return cls(rows, exam, percent, known)


def is_word(column: pd.Series[Any], *words: str) -> Any:
    """Which rows hold one of these words; fast for categories."""
    return codes_of(column, pd.Index(words)) >= 0
