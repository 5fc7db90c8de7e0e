"""Whom first, as arithmetic on stored chances and reasons: how near to the boundary, and how much can still be changed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from predictions.artifacts import BadArtifact
from predictions.groups import groups_of
from predictions.models import ModelVersion, ScoringRun
from predictions.packing import rows_of

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
# Nearer to 0 or 1 a chance is hardly moved by help of some weeks: who is there needs another kind of attention.
LEAST_CHANCE, MOST_CHANCE = 0.15, 0.85
# People can do more than the records know, so nobody counts as somebody for whom nothing can be done.
LEAST_POINTS = 1.0
READ = ("pk", "student_id", "exam_id", "run_id", "chances", "reasons")
BATCH = 20_000
Asked = tuple[tuple[float, ...], float]  # the boundaries that were asked about, and the one that matters


@dataclass(frozen=True)
class Candidates:
    """`chance` of reaching the boundary, NaN where nobody asked for it; `points` that what can be changed takes away."""

    prediction: Ints
    student: Ints
    chance: Floats
    points: Floats

    def __len__(self) -> int:
        return len(self.prediction)

    @property
    def is_near(self) -> NDArray[np.bool_]:
        return (self.chance >= LEAST_CHANCE) & (self.chance <= MOST_CHANCE)


def worth(chance: Any, points: Any) -> Any:
    """By how much a chance would grow, up to one constant, if these points came to the score: docs/watchlist.md."""
    return chance * (1 - chance) * np.maximum(points, LEAST_POINTS)


@dataclass(frozen=True)
class Shortlist:
    """The most useful of all, the first in front, each with the chance; `near` students were near the boundary."""

    chances: dict[int, float]  # by prediction
    near: int


def shortened(found: Candidates, most: int) -> Shortlist:
    places = shortlist(found, most)
    pairs = zip(found.prediction[places].tolist(), found.chance[places].tolist(), strict=True)
    return Shortlist(dict(pairs), len(np.unique(found.student[found.is_near])))


def shortlist(found: Candidates, most: int) -> Ints:
    """Places of the most useful, each student once; of equals the first prediction."""
    near = np.flatnonzero(found.is_near)
    value = worth(found.chance[near], found.points[near])
    order = near[np.lexsort((found.prediction[near], -value))]
    _, first = np.unique(found.student[order], return_index=True)
    return order[np.sort(first)][:most]


def candidates(predictions: Any, least: Mapping[int, float]) -> Candidates:
    """Of a queryset of predictions, in one narrow query and two small ones. `least`: the boundary of each exam in per cent."""
    columns: list[list[Any]] = [[] for _ in READ]
    for row in predictions.order_by().values_list(*READ).iterator(chunk_size=BATCH):
        for column, value in zip(columns, row, strict=True):
            column.append(value)
    keys = [np.array(column, dtype=np.int64) for column in columns[:4]]
    prediction, student, exam, run = keys
    told = ScoringRun.objects.filter(pk__in=np.unique(run).tolist()).only("version_id", "boundaries")
    runs = {each.pk: each for each in told}
    chance, points = np.full(len(run), np.nan), np.zeros(len(run))
    can_change = _changeable(runs)
    for key, one in runs.items():
        of_run = np.flatnonzero(run == key)
        for (bounds, mark), rows in _alike(one, exam, of_run, least):
            chance[rows] = _chances([columns[4][row] for row in rows], bounds, mark)
        points[of_run] = _points([columns[5][row] for row in of_run], can_change[one.version_id])
    return Candidates(prediction, student, chance, points)


def _alike(run: ScoringRun, exam: Ints, of_run: Ints, least: Mapping[int, float]) -> Iterator[tuple[Asked, Ints]]:
    """Rows whose exams have the same boundaries: of a school with one scale all of them at once."""
    exams, place = np.unique(exam[of_run], return_inverse=True)
    asked: list[Asked] = [(tuple(run.boundaries.get(str(each), ())), least[each]) for each in exams.tolist()]
    codes = {each: code for code, each in enumerate(dict.fromkeys(asked))}
    code = np.array([codes[each] for each in asked], dtype=np.int64)[place]
    for each, wanted in codes.items():
        yield each, of_run[code == wanted]


def _chances(stored: list[bytes], boundaries: Sequence[float], least: float) -> Any:
    matrix = rows_of(stored)
    if least not in boundaries or matrix.shape[1:] != (len(boundaries),):
        return np.nan
    return matrix[:, list(boundaries).index(least)]


def _points(stored: list[bytes], can_change: NDArray[np.bool_]) -> Any:
    """Without reasons that are told by groups, none."""
    matrix = rows_of(stored)
    if not len(can_change) or matrix.shape[1:] != can_change.shape:
        return 0.0
    return np.nansum(np.maximum(-matrix[:, can_change], 0), axis=1)


def _changeable(runs: Mapping[int, ScoringRun]) -> dict[int, NDArray[np.bool_]]:
    """Of each version which groups of its reasons hold something that somebody can still act on."""
    versions = ModelVersion.objects.select_related("school").filter(pk__in={run.version_id for run in runs.values()})
    return {version.pk: _groups(version) for version in versions}


def _groups(version: ModelVersion) -> NDArray[np.bool_]:
    try:
        return np.array([group.is_changeable for group in groups_of(version)], dtype=np.bool_)
    except BadArtifact:
        return np.zeros(0, dtype=np.bool_)
