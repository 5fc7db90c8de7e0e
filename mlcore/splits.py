"""Which rows a model learns from and on which it is tried: forward in time where there is time, by student where there is not."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

import numpy as np

from mlcore.arrays import Flags, Ints

Fold: TypeAlias = tuple[Ints, Ints]

HOLDOUT = 0.2
HOLDOUT_OF_FEW, FEW = 1 / 3, 1_000  # students: a fifth of few would be judged by luck
FOLD_CUTS = (0.4, 0.6, 0.8)
LEAST_LEARN, LEAST_TEST = 100, 30
SHORTEST_PAST = 90  # days of exams below which there is no time to speak of
MANY = 5_000  # rows from which three folds say as much as five


@dataclass(frozen=True, slots=True)
class Moments:
    """Per sample, in days since 1970: its cut-off, the day its exam is sat, the day its result was known; and whose it is."""

    as_of: Ints
    exam: Ints
    known: Ints
    student: Ints


@dataclass(frozen=True, slots=True)
class Split:
    """`folds` hold places within `learn`; `holdout` is never seen by selection. `cut`: first day of the holdout, -1 by student.

    Rows between the two (asked before the cut, answered after it) are in neither: their answer was not known yet.
    """

    kind: str
    cut: int
    learn: Ints
    holdout: Ints
    folds: tuple[Fold, ...]


def split(moments: Moments, seed: int) -> Split:
    """The honest way to try a model on these samples."""
    return _by_time(moments) or _by_student(moments, seed)


def _by_time(moments: Moments) -> Split | None:
    if len(moments.exam) == 0 or np.ptp(moments.exam) < SHORTEST_PAST:
        return None
    cut = _last_cut(moments)
    learn = np.flatnonzero(moments.known < cut)
    holdout = np.flatnonzero(moments.as_of >= cut)
    if len(learn) < 2 * LEAST_LEARN or len(holdout) < LEAST_TEST:
        return None
    folds = _forward(moments.as_of[learn], moments.known[learn])
    return Split("time", cut, learn, holdout, folds) if len(folds) > 1 else None


def _last_cut(moments: Moments) -> int:
    """The day after which a fifth of the samples is asked; earlier, if the longest lead would not fit behind it."""
    cut = int(np.quantile(moments.as_of, 1 - HOLDOUT, method="higher"))
    longest = int((moments.exam - moments.as_of).max())
    room = int(moments.exam.max()) - longest - 14
    has_time = np.ptp(moments.exam) >= 4 * longest
    return min(cut, room) if has_time else cut


def _forward(as_of: Ints, known: Ints) -> tuple[Fold, ...]:
    """Ever longer pasts, each tried on the stretch that followed it."""
    cuts = [int(np.quantile(as_of, share)) for share in FOLD_CUTS] + [int(as_of.max()) + 1]
    folds = [
        (np.flatnonzero(known < start), np.flatnonzero((as_of >= start) & (as_of < end)))
        for start, end in pairwise(cuts)
    ]
    return tuple((past, next_) for past, next_ in folds if len(past) >= LEAST_LEARN and len(next_) >= LEAST_TEST)


def _by_student(moments: Moments, seed: int) -> Split:
    """A fifth of the students (of few, a third) is kept aside; the others take turns. All rows of one student stay on one side."""
    share = HOLDOUT_OF_FEW if len(np.unique(moments.student)) < FEW else HOLDOUT
    held = _shares(moments.student, round(1 / share), seed) == 0
    learn, holdout = np.flatnonzero(~held), np.flatnonzero(held)
    return Split("student", -1, learn, holdout, by_student(moments.student[learn], seed + 1))


def by_student(student: Ints, seed: int) -> tuple[Fold, ...]:
    """Folds that keep one student on one side: five, or three where there are many rows."""
    count = 5 if len(student) < MANY else 3
    share = _shares(student, count, seed)
    return tuple((np.flatnonzero(share != turn), np.flatnonzero(share == turn)) for turn in range(count))


def _shares(student: Ints, count: int, seed: int) -> Ints:
    """Each row's share, drawn once per student and of equal size."""
    whose, place = np.unique(student, return_inverse=True)
    order = np.random.default_rng(seed).permutation(len(whose))
    return (order % count)[place]


def sampled_students(student: Ints, share: float, seed: int) -> Flags:
    """Rows of about that share of the students."""
    whose, place = np.unique(student, return_inverse=True)
    most = max(1, round(share * len(whose)))
    chosen = np.random.default_rng(seed).permutation(len(whose)) < most
    return np.asarray(chosen[place], dtype=np.bool_)
