"""Learns how large the error will be, from what tells how much is known about a sample and where its score lies."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mlcore.arrays import Flags, Floats, Ints
from mlcore.ranges.evidence import Evidence
from mlcore.ranges.terms import Bins, Spread, Term, merged, number_bins, word_bins

FOLDS = 5
MOST_STEPS = 60
MOST_COLUMNS, ASKED_AGAIN = 12, 6
MOST_ROWS = 24_000  # that teach the spread; all rows calibrate it
PACE = 0.3
CAUTION = 30.0  # rows of average size that every bin is given beforehand
LEAST_ROWS = 60  # with fewer, one width for all
EXTREME = 5.0  # an error beyond this many times the expected one counts as this much


@dataclass(frozen=True)
class Cut:
    """Columns cut into bins: which bin each row lies in. `falling`: the column of which more never makes wider."""

    bins: tuple[Bins, ...]
    codes: tuple[Ints, ...]
    falling: int | None

    @classmethod
    def of(cls, evidence: Evidence) -> Cut:
        """All columns but those that only tell the time, then the score, then the era."""
        matrix = evidence.matrix
        columns = [*matrix.values.T, evidence.predicted, evidence.era.astype(np.float64)]
        categories = set(matrix.schema.categories.tolist())
        kept, codes = [], []
        for place in sorted(set(range(len(columns))) - evidence.clocks):
            words = len(matrix.schema.words[place]) if place in categories else 0
            bins = word_bins(place, words) if words else number_bins(place, columns[place])
            code = bins.of(columns[place])
            if code.min() < code.max():
                kept.append(bins)
                codes.append(code)
        return cls(tuple(kept), tuple(codes), evidence.history)


@dataclass(frozen=True)
class Learnt:
    """A spread for new samples, and for each row of training one that was learned without its student."""

    spread: Spread
    crossed: Floats


def learn_spread(evidence: Evidence, seed: int) -> Learnt:
    """Rows of a student stay together."""
    size, student = np.abs(evidence.error), evidence.student
    if len(size) < LEAST_ROWS:
        return _constant(size)
    cut, fold = Cut.of(evidence), _folds(student, seed)
    draws = np.random.default_rng([seed, 6]).random(int(student.max()) + 1)
    teaching = draws[student] < MOST_ROWS / len(size)
    paths = [_boost(cut, size, teaching & (fold != held), MOST_STEPS) for held in range(FOLDS)]
    steps = _best_steps(paths, size, fold)
    crossed = np.empty(len(size))
    for held, path in enumerate(paths):
        crossed[fold == held] = np.exp(path.log_size[steps][fold == held])
    return Learnt(_served(_boost(cut, size, teaching, steps), evidence), crossed)


def _served(path: Path, evidence: Evidence) -> Spread:
    """What was learned, as of the last era."""
    values, last = evidence.matrix.values, np.array([float(evidence.era.max())])
    of_era = [term for term in path.terms if term.bins.place > values.shape[1]]
    base = float(path.log_size[0][0]) + sum([float(term.points[term.bins.of(last)][0]) for term in of_era])
    terms = merged(tuple(term for term in path.terms if term.bins.place <= values.shape[1]))
    met = Spread(base, terms, 0.0, np.inf).of(values, evidence.predicted)
    low, high = np.quantile(met, [0.005, 0.995])
    return Spread(base, terms, float(low), float(high))


@dataclass(frozen=True)
class Path:
    """The log of the expected size of every row after each step, and what each step added."""

    log_size: list[Floats]
    terms: list[Term]


def _boost(cut: Cut, size: Floats, rows: Flags, steps: int) -> Path:
    """Each step takes the one column whose bins differ most in size, and goes part of the way."""
    path = Path([np.full(len(size), np.log(_usual(size[rows])))], [])
    tables = [
        _Table(bins, codes[rows], bins.place == cut.falling) for bins, codes in zip(cut.bins, cut.codes, strict=True)
    ]
    everywhere = places = np.arange(len(tables))
    for step in range(steps if tables else 0):
        places = everywhere if step % ASKED_AGAIN == 0 else places
        log_size = path.log_size[-1]
        relative = np.minimum(size[rows] / np.exp(log_size[rows]), EXTREME)
        looks = [tables[place].look(relative) for place in places]
        worth = np.array([look.worth for look in looks])
        best = int(np.argmax(worth))
        term = Term(cut.bins[places[best]], PACE * looks[best].points)
        path.log_size.append(log_size + term.points[cut.codes[places[best]]])
        path.terms.append(term)
        if step % ASKED_AGAIN == 0:  # the others have little to say, and are left alone for some steps
            places = np.argsort(-worth, kind="stable")[:MOST_COLUMNS]
    return path


@dataclass(frozen=True, slots=True)
class _Look:
    points: Floats
    worth: float


class _Table:
    """One column's bins, filled with the rows that teach."""

    def __init__(self, bins: Bins, codes: Ints, falls: bool) -> None:
        self.codes, self.count, self.falls = codes, bins.count, falls
        self.rows = np.bincount(codes, minlength=bins.count).astype(np.float64)
        self.filled = float((self.rows > 0).sum())

    def look(self, relative: Floats) -> _Look:
        """Log of the average relative size in each bin, held back by CAUTION; worth counts bins against itself."""
        sums = np.bincount(self.codes, relative, self.count)
        points = np.log((sums + CAUTION) / (self.rows + CAUTION))
        if self.falls:
            points[:-1] = falling(points[:-1], self.rows[:-1] + CAUTION)
        return _Look(points, float(self.rows @ points**2) - self.filled)


def falling(points: Floats, weight: Floats) -> Floats:
    """The nearest points of which none is above the one before: neighbours that rise are averaged."""
    blocks: list[tuple[float, float, int]] = []  # average, weight, number of points
    for point, rows in zip(points.tolist(), weight.tolist(), strict=True):
        blocks.append((point, rows, 1))
        while len(blocks) > 1 and blocks[-2][0] < blocks[-1][0]:
            (one, heavy, few), (other, light, more) = blocks[-2:]
            blocks[-2:] = [((one * heavy + other * light) / (heavy + light), heavy + light, few + more)]
    return np.repeat([block[0] for block in blocks], [block[2] for block in blocks])


def _best_steps(paths: list[Path], size: Floats, fold: Ints) -> int:
    """The number of steps after which sizes of students never seen were told best (Laplace's likelihood)."""
    lost = np.zeros(min(len(path.log_size) for path in paths))
    for held, path in enumerate(paths):
        out = fold == held
        for step in range(len(lost)):
            told = path.log_size[step][out]
            lost[step] += (told + np.minimum(size[out] / np.exp(told), 2 * EXTREME)).sum()
    return int(np.argmin(lost))


def _folds(students: Ints, seed: int) -> Ints:
    rng = np.random.default_rng([seed, 5])
    count = int(students.max()) + 1
    return (rng.permutation(count) % FOLDS)[students]


def _usual(size: Floats) -> float:
    return max(float(size.mean()) if len(size) else 0.0, 1e-3)


def _constant(size: Floats) -> Learnt:
    usual = _usual(size)
    return Learnt(Spread(float(np.log(usual)), (), usual, usual), np.full(len(size), usual))
