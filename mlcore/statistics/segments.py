"""Profiles of students of whom more miss the pass mark, with how many they are, counted on students that did not shape them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from mlcore.arrays import Flags, Floats, Ints
from mlcore.features.base import RawColumn
from mlcore.report import Figure
from mlcore.statistics import facts, words
from mlcore.statistics.cells import MIN_CELL
from mlcore.statistics.growing import Questions, leaves
from mlcore.statistics.intervals import UNSAID, share_of
from mlcore.statistics.multiplicity import holm
from mlcore.statistics.onerow import Keys, Roll, has_gaps
from mlcore.statistics.rules import Condition

ALPHA = 0.05
LEAST_SHARE = 0.02
LEAST_STUDENTS = 60


@dataclass(frozen=True, slots=True)
class Segment:
    """Students to whom all `conditions` apply; the last segment of all has none and is the rest.

    `rate`: the share below the pass mark with its interval, among the half of the students that did not shape the profiles.
    `p_holm`: the chance that no more of them than of the others miss it, corrected for how many profiles were looked at.
    """

    conditions: tuple[Condition, ...]
    rules: tuple[str, ...]
    students: int
    share: float
    rate: Figure
    p_holm: float | None
    is_rest: bool
    sentence: str


@dataclass(frozen=True, slots=True)
class Segments:
    """`base`: the share of all students below the pass mark. `segments`: none overlap; the highest share first, the rest last."""

    students: int
    missing: int
    pass_mark: float
    base: Figure
    segments: tuple[Segment, ...]
    sentence: str


@dataclass(frozen=True)
class _School:
    """One row for each student with a known score; `checking`: the half on which shares are counted."""

    columns: tuple[RawColumn, ...]
    missed: Flags
    checking: Flags
    base: float
    least: int

    @cached_property
    def gaps(self) -> frozenset[str]:
        """The columns that are not known of everybody."""
        return frozenset(column.feature.name for column in self.columns if has_gaps(column))

    def covered(self, conditions: tuple[Condition, ...]) -> Flags:
        by_name = {column.feature.name: column for column in self.columns}
        holds = [condition.holds(by_name[condition.name]) for condition in conditions]
        everybody = np.ones(len(self.missed), dtype=bool)
        return np.asarray(np.logical_and.reduce([everybody, *holds]), dtype=bool)


def segments(
    columns: Sequence[RawColumn],
    scores: Floats,
    students: Keys,
    *,
    pass_mark: float = 50.0,
    seed: int = 0,
    least: int = MIN_CELL,
    protected: bool = False,
) -> Segments:
    """Students of several rows count once, with means and their commonest words. Protected columns are left out unless asked.

    One half of the students shapes the profiles, the other says whether they hold and how many miss the mark.
    """
    roll = Roll.of(students)
    marks = roll.means(np.asarray(scores, dtype=np.float64))
    known = np.flatnonzero(np.isfinite(marks))
    allowed = [column for column in columns if protected or not column.feature.protected]
    each = tuple(_taken(roll.column(column), known) for column in allowed)
    missed = marks[known] < pass_mark
    whole = Segments(len(known), roll.count - len(known), pass_mark, share_of(int(missed.sum()), len(missed)), (), "")
    if len(known) < max(LEAST_STUDENTS, 4 * least) or min(missed.sum(), (~missed).sum()) < 2 * least:
        return replace(whole, base=UNSAID, sentence=words.no_segments_said(len(known)))
    rng = np.random.default_rng(seed)
    school = _School(each, missed, _half(missed, rng), float(missed.mean()), least)
    return _told(whole, school, _found(school, rng))


def _taken(column: RawColumn, rows: Ints) -> RawColumn:
    return RawColumn(column.feature, column.values[rows])


def _half(missed: Flags, rng: np.random.Generator) -> Flags:
    """Half of those who missed the mark and half of the others."""
    checking = np.zeros(len(missed), dtype=bool)
    for part in (np.flatnonzero(missed), np.flatnonzero(~missed)):
        checking[rng.permutation(part)[: len(part) // 2]] = True
    return checking


def _found(school: _School, rng: np.random.Generator) -> list[tuple[tuple[Condition, ...], float]]:
    """The profiles that hold among students who did not shape them, and how likely each is an accident."""
    shaping = np.flatnonzero(~school.checking)
    questions = Questions.of(school.columns, school.least)
    grown = [path for path in leaves(questions, school.missed, shaping, LEAST_SHARE, rng) if path]
    large = [path for path in grown if _is_large(school, school.covered(path))]
    p = holm(np.array([_accident(school, school.covered(path)) for path in large], dtype=np.float64))
    return [(path, float(by_holm)) for path, by_holm in zip(large, p, strict=True) if by_holm < ALPHA]


def _is_large(school: _School, covered: Flags) -> bool:
    """Large enough to be shown, and to be counted among those who did not shape it."""
    wanted = max(school.least, int(np.ceil(LEAST_SHARE * len(covered))))
    return int(covered.sum()) >= wanted and int((covered & school.checking).sum()) >= school.least


def _accident(school: _School, covered: Flags) -> float:
    """Fisher's exact chance that as many of these miss the mark, were they no different from the others."""
    from scipy.stats import hypergeom

    missed = school.missed[school.checking]
    inside = covered[school.checking]
    return float(hypergeom.sf((missed & inside).sum() - 1, len(missed), missed.sum(), inside.sum()))


def _told(whole: Segments, school: _School, found: list[tuple[tuple[Condition, ...], float]]) -> Segments:
    if not found:
        return replace(whole, sentence=words.no_segments(whole.students, school.base))
    told = [_segment(school, school.covered(path), path, by_holm) for path, by_holm in found]
    told.sort(key=lambda each: (-(each.rate.value or 0.0), -each.students, each.rules))
    others = ~np.logical_or.reduce([school.covered(path) for path, _ in found])
    rest = _segment(school, others, (), None)
    return replace(
        whole,
        segments=(*told, rest),
        sentence=words.some_segments(len(told), whole.students, school.base),
    )


def _segment(school: _School, covered: Flags, path: tuple[Condition, ...], p_holm: float | None) -> Segment:
    rules = tuple(condition.sentence(some_unknown=condition.name in school.gaps) for condition in path)
    checked = covered & school.checking
    students, counted = int(covered.sum()), int(checked.sum())
    rate = share_of(int((checked & school.missed).sum()), counted) if counted >= school.least else UNSAID
    told = facts.SegmentFacts(rules, students, rate, school.base)
    sentence = words.segment(told) if path else words.rest(told)
    return Segment(path, rules, students, students / len(covered), rate, p_holm, not path, sentence)
