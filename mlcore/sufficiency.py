"""How much must be known about a student before a score is given: chosen by what earlier results do to the ranges."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mlcore.arrays import Flags, Floats
from mlcore.metrics import HISTORY_FROM, HISTORY_LABELS, history_bins
from mlcore.ranges.curve import Met, quantiles
from mlcore.ranges.sets import RangeSet
from mlcore.report import HistoryStep, Sufficiency

# A range that is not even one twentieth narrower than that of a student of whom nothing is known
# tells a teacher nothing: the mark list of any earlier exam says as much.
LEAST_SAVED = 0.05
LEAST_ROWS = 30
LEAST_MET = 10  # samples: with fewer of an amount, nothing was learned of such students, judged or not
TOO_LITTLE = "too_little_history"
HARDLY = "Earlier results make ranges hardly narrower here, so everybody gets a score, with its wide range."


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a student gets no score: a code for programs, a sentence for persons, and what would change it."""

    code: str
    sentence: str
    change: str


def sufficiency(
    actual: Floats, ranges: RangeSet, history: npt.ArrayLike, least_history: int | None = None
) -> Sufficiency:
    """From samples that were learned from; only those with a range, told without having seen them, can be judged.

    `least_history` is the school's own choice, if it made one.
    """
    known = np.isfinite(actual) & np.isfinite(ranges.low_80)
    bins = history_bins(np.asarray(history)[known])
    width = (ranges.high_80 - ranges.low_80)[known]
    steps = _steps(bins, width, blind_width(actual[known]))
    if least_history is not None:
        return Sufficiency(least_history, False, f"The school chose: {_needs(least_history)}", steps)
    least, met = _least(steps), _least_met(history)
    if met > least:
        return Sufficiency(met, True, f"{_needs(met)} Nobody it learned from had fewer.", steps)
    return Sufficiency(least, True, _sentence(least, steps), steps)


def blind_width(actual: Floats) -> float:
    """The width in which 8 of 10 results lie when nothing at all is known of a student."""
    if len(actual) < 2:
        return 0.0
    low, high = quantiles(Met.whole(actual), np.array([0.1, 0.9]))
    return float(min(high, 100.0) - max(low, 0.0))


def too_little(history: npt.ArrayLike, chosen: Sufficiency) -> Flags:
    """Who gets no score."""
    return np.asarray(np.nan_to_num(np.asarray(history, dtype=np.float64)) < chosen.least_history)


def cause(history: int, chosen: Sufficiency) -> Cause:
    """Why a student with so many earlier results gets no score."""
    lacking = chosen.least_history - history
    there = {0: "No earlier result is known", 1: "Only one earlier result is known"}
    known = there.get(history, f"Only {history} earlier results are known")
    return Cause(
        TOO_LITTLE,
        f"{known}; a score needs at least {chosen.least_history}.",
        "One more result in any subject." if lacking == 1 else f"{lacking} more results in any subject.",
    )


def _steps(bins: npt.NDArray[np.int64], width: Floats, blind: float) -> tuple[HistoryStep, ...]:
    told = []
    for place, label in enumerate(HISTORY_LABELS):
        rows = bins == place
        mean = float(width[rows].mean()) if rows.any() else None
        part = None if mean is None or blind <= 0 else mean / blind
        told.append(HistoryStep(label, int(HISTORY_FROM[place]), int(rows.sum()), mean, part))
    return tuple(told)


def _least(steps: tuple[HistoryStep, ...]) -> int:
    """The first amount above all whose ranges are hardly narrower; amounts of few samples cannot be judged, and pass."""
    if not any(step.rows for step in steps if step.least > 0):
        return 0
    judged = _judged(steps)
    poor = [step.least for step in judged if (step.share_of_blind_width or 0.0) > 1 - LEAST_SAVED]
    if not poor or poor[-1] == judged[-1].least:
        return 0  # if not even the most history helps, it is for the gate to judge
    return next(step.least for step in steps if step.least > poor[-1])


def _least_met(history: npt.ArrayLike) -> int:
    """The smallest amount that was learned from at all."""
    met = np.bincount(history_bins(history), minlength=len(HISTORY_FROM)) >= LEAST_MET
    return int(HISTORY_FROM[met.argmax()]) if met.any() else 0


def _judged(steps: tuple[HistoryStep, ...]) -> list[HistoryStep]:
    return [step for step in steps if step.rows >= LEAST_ROWS and step.share_of_blind_width is not None]


def _sentence(least: int, steps: tuple[HistoryStep, ...]) -> str:
    if not any(step.rows for step in steps if step.least > 0):
        return "No student has earlier results, so everybody gets a score, with a wide range that says so."
    judged = _judged(steps)
    chosen = next((step for step in judged if step.least == least), None)
    if chosen is None:
        return _needs(least)
    part = round(100 * (1 - (chosen.share_of_blind_width or 0.0)))
    if part < 100 * LEAST_SAVED:
        return HARDLY if len(judged) > 1 else _needs(least)
    results = "result" if least == 1 else "results"
    known = "Even without any earlier result" if least == 0 else f"With {chosen.label} earlier {results}"
    return f"{_needs(least)} {known} a range is {part} % narrower than if nothing were known of a student."


def _needs(least: int) -> str:
    if least == 0:
        return "Every student gets a score."
    return f"A student needs at least {least} earlier {'result' if least == 1 else 'results'} for a score."
