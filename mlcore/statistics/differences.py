"""Whether groups of students differ in a score, and how much: a table, one test of all, and every pair, small groups hidden."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import combinations

import numpy as np

from mlcore.arrays import Floats, Words
from mlcore.features.base import FeatureKind, RawColumn
from mlcore.report import Figure
from mlcore.statistics import facts, words
from mlcore.statistics.cells import MIN_CELL, hidden
from mlcore.statistics.intervals import UNSAID, mean_of
from mlcore.statistics.many_groups import Overall, overall
from mlcore.statistics.moments import skewness
from mlcore.statistics.multiplicity import benjamini_hochberg, holm
from mlcore.statistics.onerow import Keys, Roll, is_constant, numbers
from mlcore.statistics.two_groups import Comparison, compare

ALPHA = 0.05
MOST_SKEW = ((20, 0.5), (30, 1.0))  # how lopsided values may be where the smallest group is under so many students
MOST_SKEW_OF_MANY = 2.0


class Told(StrEnum):
    """MEANS: the averages are compared; RANKS: who stands above whom, for small or very lopsided groups."""

    MEANS = "means"
    RANKS = "ranks"


@dataclass(frozen=True, slots=True)
class GroupFacts:
    """One group. `suppressed`: too few students, so no figures."""

    name: str
    students: int
    suppressed: bool
    mean: Figure = UNSAID
    median: float | None = None
    sd: float | None = None


@dataclass(frozen=True, slots=True)
class Pair:
    """Two groups, the first less the second; `p_holm` is corrected for all pairs of this comparison."""

    first: str
    second: str
    comparison: Comparison
    p: float | None
    p_holm: float | None
    holds: bool = False
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """`told`: which tests the sentences speak of; both are kept. `p_holm`, `q`: corrected for all groupings asked together."""

    name: str
    label: str
    target: str
    unit: str
    told: Told
    groups: tuple[GroupFacts, ...]
    overall: Overall
    pairs: tuple[Pair, ...]
    p: float | None
    p_holm: float | None = None
    q: float | None = None
    holds: bool = False
    sentence: str = ""

    @property
    def explained(self) -> Figure:
        return self.overall.omega2 if self.told is Told.MEANS else self.overall.epsilon2


def differences(
    target: RawColumn, groupings: Sequence[RawColumn], students: Keys, *, least: int = MIN_CELL
) -> tuple[Difference, ...]:
    """The target between the groups of every category, the largest first; numbers are left to `relations`.

    A student counts once, with the mean of the target, in the group met most often.
    """
    roll = Roll.of(students)
    asked = [column for column in groupings if column.feature.kind is FeatureKind.CATEGORY]
    found = [_difference(target, column, roll, least) for column in asked]
    p = np.array([np.nan if each.p is None else each.p for each in found], dtype=np.float64)
    corrected = zip(found, holm(p), benjamini_hochberg(p), strict=True)
    told = [_told(each, float(by_holm), float(q), roll.repeats) for each, by_holm, q in corrected]
    return tuple(sorted(told, key=lambda each: (-(each.explained.value or 0.0), each.p is None, each.name)))


def difference(target: RawColumn, groups: RawColumn, students: Keys, *, least: int = MIN_CELL) -> Difference:
    """The same for one category."""
    return differences(target, (groups,), students, least=least)[0]


def _difference(target: RawColumn, groups: RawColumn, roll: Roll, least: int) -> Difference:
    parts = _parts(roll.means(numbers(target)), roll.words(groups.values))
    hide = hidden(np.array([len(part) for part in parts.values()], dtype=np.int64), least)
    rows = tuple(_facts(name, part, bool(gone)) for (name, part), gone in zip(parts.items(), hide, strict=True))
    shown = {row.name: parts[row.name] for row in rows if not row.suppressed}
    told, whole = _which(list(shown.values())), overall(list(shown.values()))
    pairs = _pairs(shown, told)
    p = pairs[0].p if len(pairs) == 1 else whole.welch_p if told is Told.MEANS else whole.kruskal_p
    labels = groups.feature.name, groups.feature.label, target.feature.label, target.feature.unit
    return Difference(*labels, told, rows, whole, pairs, p)


def _parts(values: Floats, names: Words) -> dict[str, Floats]:
    """Each group's sorted values, by the alphabet."""
    known = np.isfinite(values) & np.array([name is not None for name in names], dtype=bool)
    if not known.any():
        return {}
    distinct, codes = np.unique(names[known].astype(str), return_inverse=True)
    order = np.lexsort((values[known], codes))
    ends = np.cumsum(np.bincount(codes))[:-1]
    return {str(name): part for name, part in zip(distinct, np.split(values[known][order], ends), strict=True)}


def _facts(name: str, values: Floats, suppressed: bool) -> GroupFacts:
    if suppressed:
        return GroupFacts(name, len(values), True)
    sd = float(values.std(ddof=1)) if len(values) > 1 else None
    return GroupFacts(name, len(values), False, mean_of(values), float(np.median(values)), sd)


def _which(groups: Sequence[Floats]) -> Told:
    """By size and skew alone, and not by which of the two shows more."""
    if not groups or any(is_constant(group) for group in groups):
        return Told.RANKS
    skew = skewness(np.sort(np.concatenate([group - group.mean() for group in groups]))).value
    smallest = min(map(len, groups))
    allowed = next((most for size, most in MOST_SKEW if smallest < size), MOST_SKEW_OF_MANY)
    return Told.MEANS if skew is not None and abs(skew) <= allowed else Told.RANKS


def _pairs(groups: dict[str, Floats], told: Told) -> tuple[Pair, ...]:
    names = list(combinations(groups, 2))
    compared = [compare(groups[first], groups[second]) for first, second in names]
    p = [each.welch_p if told is Told.MEANS else each.mann_whitney_p for each in compared]
    corrected = holm(np.array([np.nan if each is None else each for each in p], dtype=np.float64))
    return tuple(
        Pair(*pair, comparison, one, None if one is None else float(by_holm))
        for pair, comparison, one, by_holm in zip(names, compared, p, corrected, strict=True)
    )


def _told(found: Difference, by_holm: float, q: float, repeats: bool) -> Difference:
    if not np.isfinite(by_holm):
        return replace(found, sentence=words.no_difference_said(found.target, found.label))
    holds = by_holm < ALPHA
    rows = {row.name: row for row in found.groups}
    pairs = tuple(_pair_told(pair, found, rows, holds) for pair in found.pairs)
    whole = replace(found, pairs=pairs, p_holm=by_holm, q=q, holds=holds)
    if len(pairs) == 1:
        return replace(whole, sentence=words.with_averages(pairs[0].sentence, repeats=repeats))
    return replace(whole, sentence=_overall_sentence(whole, repeats))


def _pair_told(pair: Pair, found: Difference, rows: dict[str, GroupFacts], whole_holds: bool) -> Pair:
    """A pair is told apart only where the groups as a whole are, so that many groupings make no more false alarms than one."""
    holds = whole_holds and pair.p_holm is not None and pair.p_holm < ALPHA
    first, second = rows[pair.first], rows[pair.second]
    middles = (first.mean.value, second.mean.value) if found.told is Told.MEANS else (first.median, second.median)
    names, counts = (first.name, second.name), (first.students, second.students)
    told = facts.PairFacts(found.label, found.target, found.unit, names, counts)
    if found.told is Told.MEANS:
        size = _size(pair.comparison.hedges_g.value)
        sentence = words.means_of_two(told, middles, pair.comparison.difference, size, holds=holds)
    else:
        sentence = words.ranks_of_two(told, middles, pair.comparison.cliffs_delta, holds=holds)
    return replace(pair, holds=holds, sentence=sentence)


def _overall_sentence(found: Difference, repeats: bool) -> str:
    shown = [row for row in found.groups if not row.suppressed]
    middle = {row.name: row.mean.value if found.told is Told.MEANS else row.median for row in shown}
    ordered = sorted(middle.items(), key=lambda item: item[1] or 0.0)
    apart = sum(pair.holds for pair in found.pairs), len(found.pairs)
    told = facts.GroupsFacts(found.target, found.unit, found.label, sum(row.students for row in shown), repeats)
    ends = (ordered[0], ordered[-1])
    return words.several_groups(
        told, ends, found.explained, apart, by_means=found.told is Told.MEANS, holds=found.holds
    )


def _size(g: float | None) -> str:
    """Cohen's steps, as words of every day."""
    steps = ((0.2, "very small"), (0.5, "small"), (0.8, "medium"))
    return next((name for limit, name in steps if abs(g or 0.0) < limit), "large")
