"""The exams of the made-up school: which, when, how long, how hard, and how slowly marked."""

from collections.abc import Iterator

import numpy as np

from mlcore.schema import EXAM_KINDS
from mlcore.synth.draw import Array, Columns, epoch, stream
from mlcore.synth.schoolyear import Term, first_final, planning_day, school_days
from mlcore.synth.subjects import FINAL_SUBJECTS, GRADES, SUBJECTS, Subject
from mlcore.synth.truth import TRUTH

TEST, FINAL, QUIZ, COURSEWORK = (EXAM_KINDS.index(k) for k in ("test", "final", "quiz", "coursework"))
MAXIMA = {TEST: (20, 25, 30, 40, 50), FINAL: (100,), QUIZ: (10, 15, 20), COURSEWORK: (40, 50)}
WEIGHTS = {TEST: 1.0, FINAL: 4.0, QUIZ: 0.5, COURSEWORK: 1.5}
KIND_NAMES = {TEST: "test", FINAL: "final exam", QUIZ: "quiz", COURSEWORK: "coursework"}

Planned = tuple[int, int, float]  # kind, number within the term, how far into the term


def exam_columns(seed: int, years: tuple[int, ...], terms: list[Term]) -> Columns:
    """One row per exam: all classes of a grade sit the same exams, on the same day."""
    rng = stream(seed, "exams")
    rows = [row for year in range(len(years)) for row in _year_rows(year, years[year], terms)]
    year, grade, subject, term, kind, number, day = (np.array(c) for c in zip(*rows, strict=True))
    return {
        "year": year,
        "grade": grade,
        "subject": subject,
        "term": term,
        "kind": kind,
        "number": number,
        "day": day.astype(np.int32),
        "maximum": np.array([rng.choice(MAXIMA[int(k)]) for k in kind], dtype=np.float64),
        "weight": np.array([WEIGHTS[int(k)] for k in kind]),
        "is_target": kind == FINAL,
        "known_on": np.array([epoch(planning_day(years[y])) for y in year], dtype=np.int32),
        "difficulty": rng.normal(0, TRUTH.difficulty, len(rows)),
    }


def exam_title(kind: int, number: int, term: Term) -> str:
    """ "Autumn test 2", "Final exam"."""
    if kind == FINAL:
        return KIND_NAMES[kind].capitalize()
    return f"{term.name.split()[0]} {KIND_NAMES[kind]} {number}"


def marking_delays(seed: int, kinds: Array, letters: int) -> Array:
    """Days until a class has its marks, by exam and letter; one in thirty takes weeks longer."""
    rng = stream(seed, "marking")
    delays = rng.integers(2, 15, (len(kinds), letters))
    delays += np.where(rng.random(delays.shape) < 1 / 30, rng.integers(14, 36, delays.shape), 0)
    return delays.astype(np.int16)


def _year_rows(year: int, first: int, terms: list[Term]) -> Iterator[tuple[int, ...]]:
    days = school_days(first)
    for grade in range(len(GRADES)):
        for subject in range(len(SUBJECTS)):
            for term in range(4 * year + 1, 4 * year + 4):
                for kind, number, share in _planned(SUBJECTS[subject]):
                    day = _day_at(days, terms[term], share, subject + 2 * grade)
                    yield year, grade, subject, term, kind, number, day
            if SUBJECTS[subject].final:
                start = int(np.searchsorted(days, epoch(first_final(first))))
                day = int(days[start + FINAL_SUBJECTS.index(subject)])
                yield year, grade, subject, 4 * year + 3, FINAL, 1, day


def _planned(subject: Subject) -> list[Planned]:
    return [
        *((TEST, n + 1, (0.30, 0.65)[n]) for n in range(subject.tests)),
        *((QUIZ, n + 1, 0.15) for n in range(subject.quizzes)),
        *((COURSEWORK, n + 1, 0.50) for n in range(subject.coursework)),
    ]


def _day_at(days: Array, term: Term, share: float, shift: int) -> int:
    """The school day that far into the term, shifted by up to six so that subjects differ."""
    inside = days[(days >= epoch(term.starts)) & (days <= epoch(term.ends))]
    return int(inside[int(share * len(inside)) + shift % 6])
