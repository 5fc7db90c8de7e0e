"""A class as one: how many of each grade are expected, and how sure that is, from the chances of its students.

Results of one exam err together, for it may be harder or easier than exams usually are. How far, is taken from exams
that were held against their predictions; where there are too few of them, ranges hold for an exam of usual difficulty.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import sqrt
from typing import Any

import numpy as np
from django.utils.translation import gettext as _
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from portal.kit.memory import remembered
from predictions.models import MeasureKind, Measurement, ModelVersion
from predictions.outlooks.contract import OutlookRow, Summary
from predictions.outlooks.trust import Figures, simplest_in_words
from students.models import School

Floats = NDArray[np.float64]
KEPT_SECONDS = 600
LEAST_EXAMS, MOST_EXAMS = 8, 80
TENTH = float(ndtri(0.9))  # an 80 % range reaches so many standard deviations to each side
NODES = ndtri((np.arange(15) + 0.5) / 15)  # equally likely difficulties of an exam
SURE = 1e-4


@dataclass(frozen=True)
class Spread:
    """How far a whole exam is off, in points; None where too few exams tell."""

    common: float | None


def summary_of(
    rows: Sequence[OutlookRow], spread: Spread, figures: Figures | None, last: tuple[str, float] | None = None
) -> Summary:
    """Without a query. `last`: title and mean of the exam before."""
    scored = [row for row in rows if row.has_score]
    plain: dict[str, Any] = {
        "scored": len(scored),
        "unscored": len(rows) - len(scored),
        "simplest": simplest_in_words(figures) if figures else "",
        "last_exam": last[0] if last else "",
        "last_mean": last[1] if last else None,
    }
    if not scored:
        return Summary(**plain)
    errors, common = _errors(scored), spread.common or 0.0
    errors = np.maximum(errors, common)
    mean, reach = _mean(scored, errors, common)
    mix, ranges = _mix(scored, errors, common)
    return Summary(
        **plain,
        mean=mean,
        mean_low=max(0.0, mean - reach),
        mean_high=min(100.0, mean + reach),
        mix=mix,
        mix_ranges=ranges,
        passes=_passes(scored, errors, common),
        condition=_condition(spread),
    )


def _condition(spread: Spread) -> str:
    if spread.common is None:
        return _("if the exam is as hard as usual")
    return _("it is counted in that exams here turn out harder or easier than usual by about %s points") % (
        f"{spread.common:.0f}"
    )


def spread_of(version: ModelVersion | None, school: School) -> Spread:
    """From measures of single exams; one query, or none: kept for some minutes."""
    if version is None:
        return Spread(None)
    key = f"outlook-spread:{school.pk}:{version.pk}"
    return Spread(remembered(key, KEPT_SECONDS, lambda: (_common(version, school),))[0])


def _common(version: ModelVersion, school: School) -> float | None:
    """The spread of the mean errors of exams, without what the errors of single students alone would give."""
    mine = Measurement.objects.filter(school=school, version=version, kind=MeasureKind.RESULTS, exam__isnull=False)
    rows = (
        mine.filter(facts__enough=True).order_by("-pk").values_list("exam", "rows", "facts__errors")[: 2 * MOST_EXAMS]
    )
    newest: dict[int | None, tuple[int, float, float]] = {}
    for exam, count, errors in rows:
        newest.setdefault(exam, (count, errors["bias"]["value"], errors["rmse"]["value"]))
    if len(newest) < LEAST_EXAMS:
        return None
    counts, means, spreads = (np.array(column, dtype=np.float64) for column in zip(*newest.values(), strict=True))
    own = (spreads**2 - means**2) / np.maximum(1.0, counts - 1)
    return float(np.sqrt(max(0.0, float(np.mean(means**2 - own)))))


def _errors(rows: Sequence[OutlookRow]) -> Floats:
    """The standard error of each score, from the width of its range."""
    widths = np.array([row.width or 0.0 for row in rows])
    return np.maximum(widths / (2 * TENTH), 0.5)


def _mean(rows: Sequence[OutlookRow], errors: Floats, common: float) -> tuple[float, float]:
    count = len(rows)
    mean = sum(row.score or 0.0 for row in rows) / count
    own = float(np.sum(np.maximum(0.0, errors**2 - common**2))) / count**2
    return mean, TENTH * sqrt(own + common**2)


def _passes(rows: Sequence[OutlookRow], errors: Floats, common: float) -> tuple[int, int, int] | None:
    chances = np.array([np.nan if row.passing is None else row.passing for row in rows])
    if np.isnan(chances).any():
        return None
    return (round(float(chances.sum())), *_range(_counts(_shifted(chances, errors, common))))


def _mix(rows: Sequence[OutlookRow], errors: Floats, common: float) -> tuple[Any, Any]:
    if not all(row.chances for row in rows):
        return (), ()
    grades = [grade for grade, _chance in rows[0].chances]
    shares = np.array([[chance for _grade, chance in row.chances] for row in rows])
    # The chance of each grade or a better one, as an exam that is harder or easier moves it.
    reaching = np.clip(shares[:, ::-1].cumsum(axis=1)[:, ::-1], 0.0, 1.0)
    moved = [_shifted(column, errors, common) for column in reaching.T]
    moved.append(np.zeros_like(moved[0]))
    moved[0] = np.ones_like(moved[0])
    ranges = tuple(_range(_counts(np.clip(low - high, 0.0, 1.0))) for low, high in pairwise(moved))
    return tuple(zip(grades, shares.sum(axis=0).tolist(), strict=True)), ranges


def _shifted(chances: Floats, errors: Floats, common: float) -> Floats:
    """A row for each difficulty: the same chances if the whole exam turned out so much harder or easier."""
    if not common:
        return chances[None, :]
    places = ndtri(np.clip(chances, SURE, 1 - SURE)) * errors
    own = np.sqrt(np.maximum(errors**2 - common**2, 1.0))
    return np.asarray(ndtr((places[None, :] + common * NODES[:, None]) / own[None, :]))


def _counts(chances: Floats) -> Floats:
    """How likely each number of students is: for each difficulty the Poisson-binomial distribution, then their mean."""
    told = np.zeros((len(chances), chances.shape[1] + 1))
    told[:, 0] = 1.0
    for student in range(chances.shape[1]):
        chance = chances[:, student : student + 1]
        told[:, 1:] = told[:, 1:] * (1 - chance) + told[:, :-1] * chance
        told[:, :1] *= 1 - chance
    return np.asarray(told.mean(axis=0))


def _range(counts: Floats) -> tuple[int, int]:
    """The 80 % in the middle."""
    below = counts.cumsum()
    return int(np.searchsorted(below, 0.1)), int(np.searchsorted(below, 0.9))
