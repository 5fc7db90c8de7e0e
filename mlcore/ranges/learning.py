"""Learns ranges from predictions that were made for students and exams the model had not seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from mlcore.arrays import Floats, Ints
from mlcore.bootstrap import as_codes
from mlcore.errors import NotEnoughData
from mlcore.features.base import Matrix
from mlcore.ranges.bands import Bands, learn_bands
from mlcore.ranges.calibrated import Ranges
from mlcore.ranges.curve import Met
from mlcore.ranges.edges import BOTTOM, TOP
from mlcore.ranges.evidence import Evidence
from mlcore.ranges.fitting import era_facet, facets, fitting_term
from mlcore.ranges.marks import learn_steps
from mlcore.ranges.spread import Learnt, learn_spread
from mlcore.ranges.terms import Spread

if TYPE_CHECKING:
    import pandas as pd

LEAST_ROWS = 20
ROUNDS = 2


def learn_ranges(
    matrix: Matrix,
    predicted: Floats,
    actual: Floats,
    context: pd.DataFrame,
    seed: int,
    students: npt.ArrayLike | None = None,
) -> Ranges:
    """`predicted` must be out of fold; rows where it or `actual` is NaN are left out.

    `students` (else a column `student` of `context`) keeps the rows of one student together.
    Raises NotEnoughData below 20 rows.
    """
    known = np.isfinite(predicted) & np.isfinite(actual)
    if known.sum() < LEAST_ROWS:
        raise NotEnoughData(f"Ranges need at least {LEAST_ROWS} results to learn from; there are {known.sum()}.")
    context = context.loc[known]
    student = _students(context, None if students is None else np.asarray(students)[known])
    centre = np.clip(predicted[known], BOTTOM, TOP)
    evidence = Evidence.of(matrix.take(known), centre, actual[known], student, context)
    learnt = learn_spread(evidence, seed)
    spread, bands = _fitted(evidence, learnt)
    return Ranges(spread, bands, learn_steps(evidence.actual), len(centre))


def _fitted(evidence: Evidence, learnt: Learnt) -> tuple[Spread, Bands]:
    """Shape and scales by turns, because each is measured against the other."""
    spread, told, ways = learnt.spread, learnt.crossed, facets(evidence)
    bands = learn_bands(evidence.predicted, _relative(evidence, told))
    eras = era_facet(evidence)
    for _ in range(ROUNDS if ways or eras else 0):
        for facet in ways:
            term = fitting_term(facet, bands, evidence, told)
            spread, told = spread.scaled(term), told * np.exp(term.points[facet.codes])
        if eras:
            points = fitting_term(eras, bands, evidence, told).points
            spread, told = spread.stretched(float(points[-1])), told * np.exp(points[eras.codes])
        bands = learn_bands(evidence.predicted, _relative(evidence, told))
    return spread, bands


def _relative(evidence: Evidence, spread: Floats) -> Met:
    top, bottom = evidence.actual >= TOP, evidence.actual <= BOTTOM
    return Met(evidence.error / spread, at_top=top, at_bottom=bottom, alike=evidence.rows_per_result)


def _students(context: pd.DataFrame, students: npt.ArrayLike | None) -> Ints:
    if students is None:
        students = context["student"].to_numpy() if "student" in context else np.arange(len(context))
    return as_codes(students)
