"""What goes with better results: the few changes after which the model would say most more. Nothing is promised by it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from mlcore.bundle import Bundle
from mlcore.features.base import Matrix
from mlcore.predict import predict_matrix
from predictions import artifacts
from predictions.models import Prediction
from predictions.outlooks.student_facts import label_of, value_told
from predictions.outlooks.student_supposing import signed
from predictions.packing import unpacked

MOST, LEAST_GAIN = 3, 0.3
# To be there less, or later, is nothing to advise, whatever a model says.
ONLY_UP, ONLY_DOWN = ("attendance_rate", "attendance_recent"), ("late_share",)


@dataclass(frozen=True, slots=True)
class Hint:
    label: str
    now: str
    then: str
    points: str


def hints_of(prediction: Prediction) -> tuple[Hint, ...]:
    """Each thing that can still change once, moved to a value that students usually have. No query; the model is asked once."""
    if prediction.score is None:
        return ()
    try:
        bundle = artifacts.opened(prediction.run.version)
    except artifacts.BadArtifact:
        return ()
    row = unpacked(prediction.inputs)
    moves = list(_moves(bundle, row))
    best: dict[int, Hint] = {}
    for place, value, gain in sorted(_gains(bundle, row, moves), key=lambda move: -move[2]):
        if gain >= LEAST_GAIN and place not in best and len(best) < MOST:
            best[place] = _hint(bundle, row, place, value, gain)
    return tuple(best.values())


def _moves(bundle: Bundle, row: Any) -> Iterator[tuple[int, float]]:
    """What is not known is no advice."""
    places = bundle.schema.places
    for name, values in bundle.explainer.usual.items():
        now = row[places[name]]
        for value in values:
            against = (name in ONLY_UP and value < now) or (name in ONLY_DOWN and value > now)
            if not (np.isnan(now) or value == now or against):
                yield places[name], value


def _gains(bundle: Bundle, row: Any, moves: list[tuple[int, float]]) -> list[tuple[int, float, float]]:
    rows = np.tile(row, (1 + len(moves), 1))
    for number, (place, value) in enumerate(moves, start=1):
        rows[number, place] = value
    scores = predict_matrix(bundle, Matrix(bundle.schema, rows), boundaries=(), with_reasons=False).scores
    gains = (scores[1:] - scores[0]).tolist()
    return [(place, value, gain) for (place, value), gain in zip(moves, gains, strict=True)]


def _hint(bundle: Bundle, row: Any, place: int, value: float, gain: float) -> Hint:
    schema = bundle.schema
    label = label_of(schema.features[place])
    return Hint(
        label[:1].upper() + label[1:],
        value_told(schema, place, row[place]),
        value_told(schema, place, value),
        signed(gain),
    )
