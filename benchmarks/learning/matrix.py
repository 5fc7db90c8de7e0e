"""`python -m benchmarks.learning.matrix [students …]`: how long the matrix of so many students takes, and how much memory.

Each student has 20 results, 60 attendance marks, 5 indicators and one exam ahead. Each size is measured in a process of
its own, whose peak includes the tables themselves.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd

from benchmarks.learning.measuring import in_own_process, peak_megabytes, table
from mlcore.samples import Samples
from mlcore.schema import ATTENDANCE_STATUSES, EXAM_KINDS, RESULT_STATUSES
from mlcore.synth import subjects
from mlcore.tables import SchoolTables

SIZES = (1_000, 10_000, 100_000)
SUBJECTS, EXAMS_EACH, MARKS, INDICATORS = 5, 4, 60, 5
SUBJECT_NAMES = [subject.code for subject in subjects.SUBJECTS][:SUBJECTS]  # a version of the made-up school knows them
CLASS_SIZE = 25
FIRST = np.datetime64("2025-09-01", "s")
DAY = np.timedelta64(86_400, "s")
AS_OF = 150  # days after the first


@dataclass(frozen=True)
class Measured:
    """`table_megabytes`: what the process held before the matrix was asked for."""

    students: int
    rows: int
    columns: int
    seconds: float
    table_megabytes: float
    peak_megabytes: float

    @property
    def microseconds(self) -> float:
        return 1e6 * self.seconds / self.students


def days(numbers: np.ndarray) -> np.ndarray:
    return FIRST + numbers * DAY


def words(names: Sequence[str], codes: np.ndarray) -> pd.Categorical[str]:
    return pd.Categorical.from_codes(codes, categories=pd.Index(names))


def tables_of(students: int, seed: int = 0) -> SchoolTables:
    """A school drawn column by column: nothing in it is true, but every table has its rows."""
    rng = np.random.default_rng(seed)
    return SchoolTables.of(
        students=_students(students),
        enrolments=_enrolments(students),
        exams=_exams(),
        results=_results(students, rng),
        attendance=_attendance(students, rng),
        observations=_observations(students, rng),
    )


def _students(students: int) -> pd.DataFrame:
    number = np.arange(students)
    no_end = np.full(students, np.datetime64("NaT", "s"))
    return pd.DataFrame({"student": number, "starts": days(np.zeros(students, int)), "ends": no_end})


def _enrolments(students: int) -> pd.DataFrame:
    student = np.repeat(np.arange(students), SUBJECTS)
    subject = np.tile(np.arange(SUBJECTS), students)
    first = days(np.zeros(len(student), int))
    return pd.DataFrame(
        {
            "student": student,
            "school_class": student // CLASS_SIZE * SUBJECTS + subject,
            "grade_level": 7.0 + student // CLASS_SIZE % 5,
            "subject": words(SUBJECT_NAMES, subject),
            "term": 1,
            "starts": first,
            "ends": np.full(len(student), np.datetime64("NaT", "s")),
            "known_on": first,
        }
    )


def _exams() -> pd.DataFrame:
    """Of each subject some tests that were sat, then a final that lies ahead."""
    subject, turn = (part.ravel() for part in np.indices((SUBJECTS, EXAMS_EACH + 1)))
    final = turn == EXAMS_EACH
    return pd.DataFrame(
        {
            "exam": np.arange(len(subject)),
            "subject": words(SUBJECT_NAMES, subject),
            "term": 1,
            "kind": words(EXAM_KINDS, final.astype(int)),
            "day": days(np.where(final, AS_OF + 14, 20 + 30 * turn) + subject),
            "maximum": np.where(final, 100.0, 40.0),
            "weight": np.where(final, 4.0, 1.0),
            "is_target": final,
            "known_on": days(np.zeros(len(subject), int)),
        }
    )


def _results(students: int, rng: np.random.Generator) -> pd.DataFrame:
    each = SUBJECTS * EXAMS_EACH
    student = np.repeat(np.arange(students), each)
    subject, turn = np.divmod(np.tile(np.arange(each), students), EXAMS_EACH)
    return pd.DataFrame(
        {
            "student": student,
            "exam": subject * (EXAMS_EACH + 1) + turn,
            "status": words(RESULT_STATUSES, np.zeros(len(student), int)),
            "score": np.clip(rng.normal(25, 6, len(student)).round(), 0, 40),
            "known_on": days(20 + 30 * turn + subject + rng.integers(2, 12, len(student))),
        }
    )


def _attendance(students: int, rng: np.random.Generator) -> pd.DataFrame:
    student = np.repeat(np.arange(students), MARKS)
    day = np.tile(2 * np.arange(MARKS) + 20, students)
    return pd.DataFrame(
        {
            "student": student,
            "school_class": student // CLASS_SIZE * SUBJECTS,
            "day": days(day),
            "status": words(ATTENDANCE_STATUSES, rng.choice(4, len(student), p=(0.9, 0.03, 0.04, 0.03))),
            "known_on": days(day + (rng.random(len(day)) < 0.02)),
        }
    )


def _observations(students: int, rng: np.random.Generator) -> pd.DataFrame:
    student = np.repeat(np.arange(students), INDICATORS)
    indicator = np.tile(np.arange(INDICATORS), students)
    noted = days(rng.integers(0, 100, len(student)))
    return pd.DataFrame(
        {
            "student": student,
            "indicator": words([f"indicator_{number}" for number in range(INDICATORS)], indicator),
            "kind": words(["number"], np.zeros(len(student), int)),
            "value": rng.gamma(4, 2, len(student)),
            "category": np.full(len(student), None, dtype=object),
            "day": noted,
            "known_on": noted,
            "protected": False,
        }
    )


def asked(students: int) -> Samples:
    """One sample of each student: a final that lies ahead."""
    student = np.arange(students)
    exam = student % SUBJECTS * (EXAMS_EACH + 1) + EXAMS_EACH
    rows = pd.DataFrame({"student": student, "exam": exam, "as_of": days(np.full(students, AS_OF))})
    return Samples(rows, np.full(students, np.nan), np.full(students, np.datetime64("NaT", "s")))


def measured(students: int) -> Measured:
    """In this process; what is loaded once is loaded before the clock starts."""
    from mlcore.features.matrix import build_matrix

    build_matrix(tables_of(50), asked(50))
    tables, samples = tables_of(students), asked(students)
    before = peak_megabytes()
    start = time.perf_counter()
    matrix = build_matrix(tables, samples)
    seconds = time.perf_counter() - start
    return Measured(students, len(matrix), matrix.values.shape[1], seconds, before, peak_megabytes())


def main(sizes: Sequence[int] = SIZES) -> list[Measured]:
    """Measures each size in a process of its own, and hands the figures back."""
    told = [Measured(**in_own_process("benchmarks.learning.matrix", size)) for size in sizes]
    lines = [
        (
            each.students,
            each.columns,
            each.seconds,
            each.microseconds,
            round(each.table_megabytes),
            round(each.peak_megabytes),
        )
        for each in told
    ]
    print(table(["students", "columns", "seconds", "µs a student", "tables, MB", "at most MB"], lines))
    return told


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        print(json.dumps(asdict(measured(int(sys.argv[2])))))
    else:
        main([int(word.replace(",", "")) for word in sys.argv[1:]] or SIZES)
