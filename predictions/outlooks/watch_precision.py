"""How far a list of whom first is to be trusted: how many of it would miss, and how often such chances came true here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from predictions.models import MeasureKind, Measurement
from predictions.summaries.words import percent, spanned, whole
from students.models import School

FEWEST_ROWS = 30  # results; fewer say nothing about how often a chance comes true
BETWEEN = (0.1, 0.9)  # the bins of measured chances that such a list is drawn from
TAILS = (0.1, 0.9)


@dataclass(frozen=True, slots=True)
class Precision:
    """`missing` of `number` are expected not to reach `boundary`, in 8 of 10 such lists between `low` and `high`."""

    boundary: str
    number: int
    missing: float
    low: int
    high: int
    measured: tuple[str, ...]
    is_measured: bool

    @property
    def expected(self) -> str:
        told = {
            "boundary": self.boundary,
            "number": self.number,
            "missing": round(self.missing),
            "low": self.low,
            "high": self.high,
        }
        if self.number == 1:
            return ""
        if self.low == self.high:
            return (
                _("Of these %(number)s students about %(missing)s would not reach %(boundary)s if nothing changed.")
                % told
            )
        sentence = ngettext(
            "Of these %(number)s students about %(missing)s would not reach %(boundary)s if nothing changed: in 8 of 10 such lists "
            "%(low)s to %(high)s.",
            "Of these %(number)s students about %(missing)s would not reach %(boundary)s if nothing changed: in 8 of 10 such lists "
            "%(low)s to %(high)s.",
            round(self.missing),
        )
        return sentence % told


def precision_of(school: School, chances: Sequence[float], boundary: str, pass_mark: float | None) -> Precision:
    """One query. What was measured is measured of the pass mark, so of another grade (None) only the expectation is told."""
    missing = 1 - np.array(chances, dtype=np.float64)
    low, high = _between(missing)
    facts = None if pass_mark is None else _newest(school)
    measured = () if facts is None else tuple(filter(None, (_as_said(facts, pass_mark), _named_first(facts))))
    return Precision(boundary, len(missing), float(missing.sum()), low, high, measured, bool(measured))


def _between(missing: Any) -> tuple[int, int]:
    """From the exact distribution of how many miss, where each does by its own chance."""
    told = np.ones(1)
    for each in missing:
        told = np.convolve(told, [1 - each, each])
    heaped = told.cumsum()
    low, high = (int(np.searchsorted(heaped, tail - 1e-12)) for tail in TAILS)
    return low, min(high, len(missing))


def _newest(school: School) -> Mapping[str, Any] | None:
    """What was found of the school as a whole, which is told of ten students or more and names none."""
    rows = Measurement.objects.filter(school=school, kind=MeasureKind.RESULTS, exam=None, facts__enough=True)
    newest: Mapping[str, Any] | None = rows.order_by("-pk").values_list("facts", flat=True).first()
    return newest


def _as_said(facts: Mapping[str, Any], pass_mark: float | None) -> str:
    """Whether chances that were neither small nor large came true as often as they said."""
    told = next((each for each in facts["chances"] if each["boundary"] in (None, pass_mark)), None)
    bins = [] if told is None else [each for each in told["bins"] if _is_between(each)]
    rows = sum(each["rows"] for each in bins)
    if rows < FEWEST_ROWS:
        return ""
    said, came = (sum(each[name] * each["rows"] for each in bins) / rows for name in ("said", "happened"))
    figures = {"rows": whole(rows), "said": round(100 * (1 - said)), "came": round(100 * (1 - came))}
    return (
        _(
            "Measured in this school on %(rows)s results with chances between 10 and 90 %%: %(said)s of 100 were expected to "
            "miss the pass mark, %(came)s of 100 did."
        )
        % figures
    )


def _is_between(part: Mapping[str, Any]) -> bool:
    return bool(part["low"] >= BETWEEN[0] - 1e-9 and part["high"] <= BETWEEN[1] + 1e-9)


def _named_first(facts: Mapping[str, Any]) -> str:
    """How often those who were likeliest to miss did."""
    first = next((each for each in facts.get("watchlist") or () if each["precision"]["value"] is not None), None)
    if first is None:
        return ""
    share = {
        "part": percent(first["share"], 0),
        "right": spanned(first["precision"], lambda value: str(round(100 * value))),
    }
    return _("Of the %(part)s likeliest to miss it, %(right)s in 100 did.") % share
