"""`Reference`: what a version keeps of the matrix it learned from, as shares and moments; no row of any student stays."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from mlcore.arrays import Floats
from mlcore.features.base import UNKNOWN, FeatureKind, Matrix

Labels: TypeAlias = npt.NDArray[Any]

BINS = 10
KNOTS = 101
RARE = 0.01  # the share of training rows that lie as far out as `Cloud.far`


@dataclass(frozen=True, slots=True)
class Column:
    """One column in training: `shares` by bin between `cuts` (a number) or by code (a category), of the rows not missing.

    `unknown`: the share of values to expect that training did not meet: other words, or numbers beyond all it saw.
    """

    name: str
    label: str
    is_category: bool
    rows: float  # or students, where rows of one student hang together
    missing: float
    unknown: float
    cuts: Floats
    shares: Floats
    knots: Floats
    below: Floats  # share of values at or below each knot
    mean: float
    sd: float

    @property
    def present(self) -> float:
        """As `rows`, of those that hold a value."""
        return self.rows * (1 - self.missing)

    def strange(self, values: Floats) -> float:
        """The share of `values` (none missing) that training did not meet."""
        if not len(values) or not (self.is_category or len(self.knots)):
            return 0.0
        met = values != UNKNOWN if self.is_category else (values >= self.knots[0]) & (values <= self.knots[-1])
        return 1 - float(met.mean())

    def binned(self, values: Floats) -> Floats:
        """The share of `values` (none missing) in each bin; words never met are in no bin."""
        bins = len(self.shares)
        places = values.astype(np.int64) if self.is_category else np.searchsorted(self.cuts, values, side="left")
        inside = places[places >= 0]
        return shares_of(np.bincount(inside, minlength=bins))


@dataclass(frozen=True, slots=True)
class Cloud:
    """How numbers went together: `whiten` turns standardised rows into distances, `far` is where the outermost 1 % begins."""

    whiten: Floats
    far: float


@dataclass(frozen=True, slots=True)
class Reference:
    """Statistics of the training matrix. `per_width`: mean error per point of the 80 % range, measured on the holdout."""

    columns: tuple[Column, ...]
    scores: Column
    cloud: Cloud | None
    rows: int
    students: int
    per_width: float | None = None
    usual_error: float | None = None

    @classmethod
    def of(cls, matrix: Matrix, predicted: Floats, students: Labels | None = None) -> Reference:
        """From the training matrix and its scores (NaN: none). `students`: whose rows they are, for honest noise."""
        count = len(matrix) if students is None else len(np.unique(students))
        share = count / max(len(matrix), 1)
        columns = tuple(
            _category(feature.name, feature.label, values, len(words), share)
            if feature.kind is FeatureKind.CATEGORY
            else _number(feature.name, feature.label, values, share)
            for feature, words, values in zip(matrix.schema.features, matrix.schema.words, matrix.values.T, strict=True)
        )
        scores = _number("score", "predicted score", predicted, share)
        return cls(columns, scores, _cloud(columns, matrix.values), len(matrix), count)

    def with_errors(self, widths: Floats, errors: Floats) -> Reference:
        """Learn from the holdout how large an error goes with how wide an 80 % range; rows with NaN are left out."""
        known = np.isfinite(widths) & np.isfinite(errors)
        width = float(widths[known].mean()) if known.any() else 0.0
        if width <= 0:
            return self
        error = float(np.abs(errors[known]).mean())
        return replace(self, per_width=error / width, usual_error=error)


def shares_of(counts: npt.NDArray[np.int64]) -> Floats:
    """Half a row is added to each bin, so that no share is 0 and no logarithm infinite."""
    total = counts.sum() + 0.5 * len(counts)
    return np.asarray((counts + 0.5) / max(total, 0.5), dtype=np.float64)


def standardised(columns: tuple[Column, ...], values: Floats) -> Floats:
    """The columns of numbers that vary, in units of their spread; a missing value stands at the mean."""
    places = [place for place, column in enumerate(columns) if not column.is_category and column.sd > 0]
    mean = np.array([columns[place].mean for place in places])
    sd = np.array([columns[place].sd for place in places])
    units: Floats = (values[:, places] - mean) / sd
    return np.nan_to_num(units, nan=0.0)


def distances(cloud_whiten: Floats, rows: Floats) -> Floats:
    """How far each standardised row lies from the middle, along and across what usually goes together."""
    return np.asarray(np.square(rows @ cloud_whiten).sum(axis=1), dtype=np.float64)


def _number(name: str, label: str, values: Floats, share: float) -> Column:
    present = values[~np.isnan(values)]
    if not len(present):
        none = np.empty(0)
        return Column(name, label, False, len(values) * share, 1.0, 0.0, none, none, none, none, 0.0, 0.0)
    cuts = np.unique(np.quantile(present, np.arange(1, BINS) / BINS, method="lower"))
    cuts = cuts[cuts < present.max()]
    counts = np.bincount(np.searchsorted(cuts, present, side="left"), minlength=len(cuts) + 1)
    knots = np.unique(np.quantile(present, np.linspace(0, 1, KNOTS), method="nearest"))
    below = np.searchsorted(np.sort(present), knots, side="right") / len(present)
    return Column(
        name=name,
        label=label,
        is_category=False,
        rows=len(values) * share,
        missing=1 - len(present) / len(values),
        unknown=min(1.0, 2 / (len(present) * share + 1)),
        cuts=cuts,
        shares=shares_of(counts),
        knots=knots,
        below=below,
        mean=float(present.mean()),
        sd=float(present.std()) if np.ptp(present) > 0 else 0.0,
    )


def _category(name: str, label: str, codes: Floats, words: int, share: float) -> Column:
    present = codes[~np.isnan(codes)]
    met = present[present != UNKNOWN].astype(np.int64)
    counts = np.bincount(met, minlength=words)
    none = np.empty(0)
    return Column(
        name=name,
        label=label,
        is_category=True,
        rows=len(codes) * share,
        missing=1 - len(present) / len(codes) if len(codes) else 1.0,
        unknown=1 - len(met) / len(present) if len(present) else 0.0,
        cuts=none,
        shares=shares_of(counts),
        knots=none,
        below=none,
        mean=0.0,
        sd=0.0,
    )


def _cloud(columns: tuple[Column, ...], values: Floats) -> Cloud | None:
    """Where 'far' begins is measured on rows that the shape was not learned from: each half by the other."""
    rows = standardised(columns, values)
    if rows.shape[1] < 2 or len(rows) < 40:
        return None
    halves = (rows[::2], rows[1::2])
    apart = [distances(_whitening(learn), measure) for learn, measure in (halves, halves[::-1])]
    return Cloud(_whitening(rows), float(np.quantile(np.concatenate(apart), 1 - RARE)))


def _whitening(rows: Floats) -> Floats:
    """The inverse root of the covariance, drawn towards independence where there are few rows for many columns."""
    count, width = rows.shape
    drawn = max(0.01, width / (width + count))
    covariance = (1 - drawn) * (rows.T @ rows) / count + drawn * np.eye(width)
    return np.asarray(np.linalg.inv(np.linalg.cholesky(covariance)).T, dtype=np.float64)
