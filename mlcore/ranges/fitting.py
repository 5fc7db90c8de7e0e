"""Widens or narrows the ranges of a subject, lead or amount of history until they hold within it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mlcore.arrays import Floats, Ints
from mlcore.features.base import Matrix
from mlcore.ranges.bands import Bands
from mlcore.ranges.edges import EDGES, ranges_round
from mlcore.ranges.evidence import Evidence
from mlcore.ranges.terms import Bins, Term, value_bins, word_bins

PARTS = ("subject", "lead", "kind", "grade_level")
HISTORY_EDGES = np.array([0.5, 1.5, 2.5, 5.5, 10.5, np.inf])
LEAST_ROWS = 30
MOST_PARTS = 80
LUCK = 0.8  # variance of the log of a scale learned from one row: p(1-p) over the squared slope of coverage
STRETCHES = np.linspace(-0.6, 0.6, 9)


@dataclass(frozen=True)
class Facet:
    """One way to part the samples: which part each row is in."""

    bins: Bins
    codes: Ints


def facets(evidence: Evidence) -> list[Facet]:
    """From columns of the matrix alone, so that new samples fall into the same parts."""
    matrix = evidence.matrix
    found = [_facet(matrix, name) for name in PARTS if name in matrix.schema.places]
    if evidence.history is not None:
        bins = Bins(evidence.history, HISTORY_EDGES)
        found.append(Facet(bins, bins.of(matrix.values[:, evidence.history])))
    return [facet for facet in found if facet.bins.count <= MOST_PARTS and len(np.unique(facet.codes)) > 1]


def era_facet(evidence: Evidence) -> Facet | None:
    """Whether ranges held may differ between early and late; what is served follows the last era."""
    if evidence.era.max() == 0:
        return None
    bins = Bins(-1, np.arange(evidence.era.max()) + 0.5)  # no column of the matrix tells it
    return Facet(bins, evidence.era)


def fitting_term(facet: Facet, bands: Bands, evidence: Evidence, spread: Floats) -> Term:
    """The log of a scale for each part, as far as it is more than luck; `spread`: of each row, as told so far."""
    held = _held(facet, bands, evidence, spread)
    points, luck = np.zeros(facet.bins.count), np.full(facet.bins.count, np.inf)
    for part in np.unique(facet.codes):
        rows = facet.codes == part
        if rows.sum() >= LEAST_ROWS:
            points[part] = (2 * _needed(held[:, 0, part], 0.80) + _needed(held[:, 1, part], 0.95)) / 3
            luck[part] = LUCK / len(np.unique(evidence.result[rows]))
    return Term(facet.bins, _held_back(points, luck))


def _held(facet: Facet, bands: Bands, evidence: Evidence, spread: Floats) -> Floats:
    """How often ranges of each of STRETCHES would have held (80 %, 95 %) in each part, counting one more row that did not."""
    y, curve = evidence.actual, bands.at(evidence.predicted, EDGES)
    rows = np.bincount(facet.codes, minlength=facet.bins.count) + 1
    told = np.empty((len(STRETCHES), 2, facet.bins.count))
    for place, stretch in enumerate(STRETCHES):
        ranges = ranges_round(evidence.predicted, spread * np.exp(stretch), curve)
        hits = (ranges.low_80 <= y) & (y <= ranges.high_80), (ranges.low_95 <= y) & (y <= ranges.high_95)
        told[place] = [np.bincount(facet.codes, hit, facet.bins.count) / rows for hit in hits]
    return told


def _needed(held: Floats, promise: float) -> float:
    """The log of the stretch at which ranges just hold."""
    return float(np.interp(promise, np.maximum.accumulate(held), STRETCHES))


def _held_back(points: Floats, luck: Floats) -> Floats:
    """Parts differ by more than luck, or they do not differ: the usual shrinkage, with the truth's variance estimated."""
    judged = np.isfinite(luck)
    if not judged.any():
        return np.zeros(len(points))
    weight = 1 / luck[judged]
    true = max(float(weight @ (points[judged] ** 2 - luck[judged]) / weight.sum()), 0.0)
    return np.where(judged, points * true / np.where(judged, true + luck, 1.0), 0.0)


def _facet(matrix: Matrix, name: str) -> Facet:
    place = matrix.schema.places[name]
    column = matrix.values[:, place]
    words = matrix.schema.words[place]
    bins = word_bins(place, len(words)) if words else value_bins(place, column)
    return Facet(bins, bins.of(column))
