"""Any stored prediction made again from its stored inputs by its own version: the same figures, or a list of those that differ."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlcore.bundle import Bundle
from mlcore.features.base import Matrix
from mlcore.predict import Predictions, predict_matrix
from mlcore.sufficiency import Cause
from predictions import artifacts
from predictions.models import Prediction, ScoringRun
from predictions.packing import as_stored, rows_of, unpacked

BATCH = 4096
FIGURES = ("score", "low_80", "high_80", "low_95", "high_95")
ROWS = ("chances", "reasons")
READ = ("pk", "exam_id", "cause", "sentence", "remedy", *FIGURES, *ROWS, "inputs")
Row = dict[str, Any]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure that came out otherwise; `place` is that of a chance or a reason in its row."""

    prediction: int
    name: str
    place: int
    stored: float
    again: float


def recomputed(prediction: Prediction) -> Predictions:
    """One row; without a score if the stored one has none. Raises BadArtifact."""
    run = prediction.run
    bundle, inputs = artifacts.opened(run.version), unpacked(prediction.inputs)[None]
    return _answered(bundle, run, prediction.exam_id, inputs, [_cause(vars(prediction))])


def check(run: ScoringRun, sample: Iterable[int] | None = None) -> list[Difference]:
    """Every figure of the run's predictions, or of those with these keys, that is not to the last bit what was stored."""
    rows = Prediction.objects.filter(run=run, exam__in=run.exams).order_by("exam_id", "pk")
    if sample is not None:
        rows = rows.filter(pk__in=list(sample))
    bundle = artifacts.opened(run.version)
    found = rows.values(*READ).iterator(chunk_size=BATCH)
    return [each for batch in _batches(found) for each in _differences(bundle, run, batch)]


def _batches(rows: Iterator[Row]) -> Iterator[list[Row]]:
    """Rows of one exam, not too many at once."""
    while batch := list(islice(rows, BATCH)):
        for exam in dict.fromkeys(row["exam_id"] for row in batch):
            yield [row for row in batch if row["exam_id"] == exam]


def _answered(bundle: Bundle, run: ScoringRun, exam: int, inputs: Floats, told: Sequence[Cause | None]) -> Predictions:
    boundaries = tuple(run.boundaries[str(exam)])
    return predict_matrix(bundle, Matrix(bundle.schema, inputs), told, boundaries=boundaries)


def _cause(row: Row) -> Cause | None:
    return Cause(row["cause"], row["sentence"], row["remedy"]) if row["cause"] else None


def _differences(bundle: Bundle, run: ScoringRun, batch: list[Row]) -> Iterator[Difference]:
    inputs = rows_of([row["inputs"] for row in batch])
    said = _answered(bundle, run, batch[0]["exam_id"], inputs, [_cause(row) for row in batch])
    again = dict(zip(FIGURES, (said.scores, *said.ranges.columns), strict=True))
    for name in FIGURES:
        stored = np.array([row[name] for row in batch], dtype=np.float64)
        yield from _unequal(name, batch, stored[:, None], again[name][:, None])
    assert said.reasons is not None
    for name, values in zip(ROWS, (said.chances, said.reasons), strict=True):
        yield from _unequal(name, batch, rows_of([row[name] for row in batch]), as_stored(values))


def _unequal(name: str, batch: list[Row], stored: Floats, again: Floats) -> Iterator[Difference]:
    differs = ~((stored == again) | (np.isnan(stored) & np.isnan(again)))
    for row, place in np.argwhere(differs).tolist():
        yield Difference(batch[row]["pk"], name, place, float(stored[row, place]), float(again[row, place]))
