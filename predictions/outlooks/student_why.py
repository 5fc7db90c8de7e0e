"""Why this score: points from the class's average to it, what can still be changed first, and the facts each rests on."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from mlcore.features.base import MatrixSchema
from portal.kit.charts.waterfall import Fall, Waterfall, waterfall
from predictions import artifacts
from predictions.models import Prediction
from predictions.outlooks.averages import Average
from predictions.outlooks.student_facts import facts_of
from predictions.packing import unpacked
from predictions.summaries.words import points
from predictions.wording import in_own_words

MOST_STEPS = 8


@dataclass(frozen=True, slots=True)
class Step:
    """`points` in tenths, as they are told. `facts` say on what it rests."""

    label: str
    tenths: int
    is_changeable: bool
    facts: str
    fall: Fall

    @property
    def told(self) -> str:
        return ("+" if self.tenths > 0 else "") + points(self.tenths / 10)

    @property
    def sign(self) -> str:
        return "up" if self.tenths > 0 else "down"


@dataclass(frozen=True, slots=True)
class Why:
    """From `start` by `steps` to `end`; as they are told they add up. `class_name`: whose average the start is; empty
    where it is the usual score of all students that the model learned from.
    """

    start: float
    end: float
    steps: tuple[Step, ...]
    drawing: Waterfall
    class_name: str

    @property
    def start_told(self) -> str:
        return points(self.start)

    @property
    def end_told(self) -> str:
        return points(self.end)

    @property
    def changeable(self) -> tuple[Step, ...]:
        return tuple(step for step in self.steps if step.is_changeable)

    @property
    def past(self) -> tuple[Step, ...]:
        return tuple(step for step in self.steps if not step.is_changeable)


def why(prediction: Prediction, average: Average | None) -> Why | None:
    """No query. None without a score, or where the model cannot be opened and so cannot name its reasons."""
    try:
        bundle = artifacts.opened(prediction.run.version)
    except artifacts.BadArtifact:
        return None
    parts = unpacked(prediction.reasons)
    if prediction.score is None or len(parts) != len(bundle.schema.groups):
        return None
    base = bundle.explainer.base if average is None else average.score
    parts = parts if average is None else parts - average.points
    start, end = round(base * 10), round(prediction.score * 10)
    steps = _steps(bundle.schema, unpacked(prediction.inputs), parts, end - start)
    drawing = waterfall(start / 10, [tenths / 10 for _label, tenths, _can, _facts in steps])
    told = tuple(Step(*step, fall) for step, fall in zip(steps, drawing.falls, strict=True))
    return Why(start / 10, end / 10, told, drawing, average.name if average else "")


Plain = tuple[str, int, bool, str]


def _steps(schema: MatrixSchema, inputs: Any, parts: Any, total: int) -> list[Plain]:
    """What can still be changed first, in each part the largest first; what rounds to nothing is left out."""
    tenths = in_tenths(total, (parts * 10).tolist())
    can = {schema.groups[schema.group_of[place]] for place, each in enumerate(schema.features) if each.changeable}
    named = [
        (in_own_words(group), each, group in can, facts_of(schema, inputs, group))
        for group, each in zip(schema.groups, tenths, strict=True)
        if each
    ]
    named.sort(key=lambda step: (not step[2], -abs(step[1])))
    return _shortened(named)


def _shortened(named: list[Plain]) -> list[Plain]:
    """The smallest of what is past become one step, where there are many."""
    if len(named) <= MOST_STEPS:
        return named
    changeable = sum(step[2] for step in named)
    kept = named[: max(MOST_STEPS - 1, changeable)]
    rest = named[len(kept) :]
    other = sum(step[1] for step in rest)
    return [*kept, (_("Everything else"), other, False, ", ".join(step[0] for step in rest))] if other else kept


def in_tenths(total: int, parts: Sequence[float]) -> list[int]:
    """Whole tenths that add up to `total`: where rounding leaves some over, what was rounded furthest takes them."""
    rounded = [round(part) for part in parts]
    while rounded and (missing := total - sum(rounded)):
        step = 1 if missing > 0 else -1
        furthest = max(range(len(parts)), key=lambda place: step * (parts[place] - rounded[place]))
        rounded[furthest] += step
    return rounded
