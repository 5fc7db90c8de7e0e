"""Everything a training run learns from, cut and laid out once: samples, matrix, results, context and the honest split."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from mlcore.arrays import Floats, Ints, Words
from mlcore.errors import NotEnoughData
from mlcore.features.base import FeatureKind, Matrix, RawColumn
from mlcore.features.indicators import indicators
from mlcore.features.matrix import build_matrix, contexts
from mlcore.features.profile import profile
from mlcore.features.view import View
from mlcore.named import check_names, facts_of, with_fixed
from mlcore.samples import Samples, past_samples
from mlcore.spec import TrainSpec
from mlcore.splits import Moments, Split, split
from mlcore.tables import SchoolTables

LEAST_SAMPLES, LEAST_STUDENTS = 100, 40
YES_NO = np.array(["no", "yes"], dtype=object)


@dataclass(frozen=True)
class Lesson:
    """One row per sample everywhere. `whose`: a number per student. `groups`: protected facts, only ever used to check."""

    tables: SchoolTables
    samples: Samples
    matrix: Matrix
    y: Floats
    context: pd.DataFrame
    whose: Ints
    groups: pd.DataFrame
    split: Split


def lay_out(tables: SchoolTables, spec: TrainSpec, seed: int) -> Lesson:
    """Raises NotEnoughData with a sentence that says what is missing, and MLError where the spec names what is not there."""
    known = tables.until(spec.as_of)
    check_names(known, spec)
    samples = past_samples(known, spec, seed)
    whose = np.asarray(pd.factorize(samples.rows["student"])[0], dtype=np.int64)
    _enough(samples, whose, spec)
    context = contexts(known, samples)
    return Lesson(
        tables=known,
        samples=samples,
        matrix=with_fixed(build_matrix(known, samples, protected=spec.protected), spec.fixed),
        y=samples.target,
        context=context,
        whose=whose,
        groups=groups_of(known, samples),
        split=split(_moments(samples, context, whose), seed),
    )


def groups_of(tables: SchoolTables, samples: Samples) -> pd.DataFrame:
    """The protected facts of each sample's student that come in words, as known then; whoever has none is in no group."""
    view = View(tables, samples, protected=frozenset(facts_of(tables)))
    told = {}
    for column in (*profile(view), *indicators(view)):
        words = _words(column)
        if column.feature.protected and words is not None and pd.notna(words).any():
            told[column.feature.name.removeprefix("latest_")] = words
    return pd.DataFrame(told, index=range(len(samples)))


def _words(column: RawColumn) -> Words | None:
    """None for numbers that are more than yes or no: they make no groups."""
    if column.feature.kind is FeatureKind.CATEGORY:
        return np.asarray(column.values, dtype=object)
    numbers = np.asarray(column.values, dtype=np.float64)
    known = np.isfinite(numbers)
    if (column.feature.low, column.feature.high) != (0.0, 1.0) or not np.isin(numbers[known], (0, 1)).all():
        return None
    words: Words = YES_NO[np.where(known, numbers, 0).astype(np.int64)]
    words[~known] = None
    return words


def _moments(samples: Samples, context: pd.DataFrame, whose: Ints) -> Moments:
    return Moments(
        as_of=_days(samples.rows["as_of"].to_numpy()),
        exam=_days(context["exam_day"].to_numpy()),
        known=_days(samples.known_on),
        student=whose,
    )


def _days(moments: np.ndarray[tuple[int], np.dtype[np.datetime64]]) -> Ints:
    return moments.astype("datetime64[D]").astype(np.int64)


def _enough(samples: Samples, whose: Ints, spec: TrainSpec) -> None:
    rows, students = len(whose), len(np.unique(whose))
    if rows < LEAST_SAMPLES or students < LEAST_STUDENTS:
        wanted = f" in {', '.join(spec.subjects)}" if spec.subjects else ""
        raise NotEnoughData(
            f"There are {rows} earlier results{wanted} of {students} students to learn from until "
            f"{spec.as_of:%-d %B %Y}; at least {LEAST_SAMPLES} of {LEAST_STUDENTS} students are needed."
        )
