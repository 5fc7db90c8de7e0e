"""The answer to typed values as a page shows it: the ranges drawn, chances in words, and reasons that add up to the score."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from portal.kit.charts.scales import Linear
from predictions.models import ModelVersion
from predictions.outlooks.chances import in_words, percent_told
from predictions.outlooks.contract import end_told
from predictions.specs import scale_of
from predictions.summaries.words import how_good, points
from predictions.wording import in_own_words
from students.models import GradeBoundary, School, Subject
from students.summaries.counting import figure_told

AXIS = Linear(0, 100, 20, 340)
TICK_ROOM = 24.0  # what the number below a tick needs
MOST_REASONS, LEAST_POINTS = 7, 0.05
BARS = 200.0  # how wide the column of bars is drawn


@dataclass(frozen=True, slots=True)
class Tick:
    x: float
    label: str
    is_pass: bool


@dataclass(frozen=True, slots=True)
class Drawing:
    """Places on the axis from 0 to 100: of the score, of both ranges, and of the grade boundaries."""

    score: float
    low: float
    high: float
    low_wide: float
    high_wide: float
    ticks: tuple[Tick, ...]

    @property
    def width(self) -> float:
        return round(self.high - self.low, 1)

    @property
    def width_wide(self) -> float:
        return round(self.high_wide - self.low_wide, 1)


@dataclass(frozen=True, slots=True)
class Chance:
    """`label`: "50 or more", with the grade where the school has named it."""

    label: str
    words: str
    percent: str
    is_pass: bool


@dataclass(frozen=True, slots=True)
class Bar:
    """One step from the usual score to this one; the last is the score itself. Told points add up as they stand."""

    label: str
    told: str
    x: float
    width: float
    is_total: bool
    is_down: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """Without a score `cause` and `remedy` say why. `simplest`: what the simplest guess says of the same values."""

    score: str = ""
    low: str = ""
    high: str = ""
    low_wide: str = ""
    high_wide: str = ""
    drawing: Drawing | None = None
    chances: tuple[Chance, ...] = ()
    bars: tuple[Bar, ...] = ()
    how_far: str = ""
    simplest: str = ""
    cause: str = ""
    remedy: str = ""
    missing: int = 0

    @property
    def has_score(self) -> bool:
        return self.drawing is not None


def said(
    answer: Mapping[str, Any], version: ModelVersion, school: School, values: Mapping[str, Any], subject: Subject | None
) -> Said:
    """`answer` as an enquiry keeps it. A few queries for the grade scale."""
    if answer["cause"] is not None:
        cause = answer["cause"]
        return Said(
            cause=in_own_words(cause["sentence"]), remedy=in_own_words(cause["remedy"]), missing=answer["missing"]
        )
    pass_mark = scale_of(school, subject)[0]
    low, low_wide = (end_told(answer[name], pass_mark) for name in ("low_80", "low_95"))
    high, high_wide = (end_told(answer[name]) for name in ("high_80", "high_95"))
    return Said(
        score=figure_told(answer["score"], pass_mark),
        low=low,
        high=high,
        low_wide=low_wide,
        high_wide=high_wide,
        drawing=_drawing(answer, pass_mark),
        chances=_chances(answer, pass_mark, _grades(school, subject)),
        bars=_bars(answer),
        how_far=_how_far(version),
        simplest=_simplest(version, values),
        missing=answer["missing"],
    )


def _drawing(answer: Mapping[str, Any], pass_mark: float) -> Drawing:
    low, high, low_wide, high_wide = (
        AXIS.place(answer[f"{end}_{share}"]) for share in (80, 95) for end in ("low", "high")
    )
    ticks: list[Tick] = [Tick(AXIS.place(0), "0", False), Tick(AXIS.place(100), "100", False)]
    for each in answer["chances"]:
        place, is_pass = AXIS.place(each["boundary"]), each["boundary"] == pass_mark
        has_room = is_pass or all(abs(place - tick.x) >= TICK_ROOM for tick in ticks if tick.label)
        ticks.append(Tick(place, points(each["boundary"], 0) if has_room else "", is_pass))
    return Drawing(AXIS.place(answer["score"]), low, high, low_wide, high_wide, tuple(ticks))


def _grades(school: School, subject: Subject | None) -> dict[float, str]:
    rows = GradeBoundary.objects.filter(scale__school=school)
    own = (
        rows.filter(scale=subject.grade_scale_id)
        if subject and subject.grade_scale_id
        else rows.filter(scale__is_default=True)
    )
    return {float(least): grade for least, grade in own.values_list("least", "grade")}


def _chances(answer: Mapping[str, Any], pass_mark: float, grades: Mapping[float, str]) -> tuple[Chance, ...]:
    return tuple(
        Chance(
            label=_reaches(each["boundary"], grades.get(each["boundary"], "")),
            words=in_words(each["chance"]),
            percent=percent_told(each["chance"]),
            is_pass=each["boundary"] == pass_mark,
        )
        for each in sorted(answer["chances"], key=lambda each: -each["boundary"])
    )


def _reaches(boundary: float, grade: str) -> str:
    told = {"points": f"{boundary:g}", "grade": grade}
    return _("%(points)s or more: %(grade)s") % told if grade else _("%(points)s or more") % told


def _bars(answer: Mapping[str, Any]) -> tuple[Bar, ...]:
    """From the usual score step by step to this one. What small steps and rounding leave stands in one step of its own."""
    ranked = sorted(answer["reasons"], key=lambda each: -abs(each["points"]))
    shown = [each for each in ranked[:MOST_REASONS] if abs(each["points"]) >= LEAST_POINTS]
    steps = [(in_own_words(each["group"]), round(each["points"], 1)) for each in shown]
    base, score = round(answer["base"], 1), round(answer["score"], 1)
    rest = round(score - base - sum(step for _label, step in steps), 1)
    if rest:
        steps.append((_("Everything else"), rest))
    if not steps:
        return ()
    reached = _reached(base, [step for _label, step in steps])
    scale = Linear(min(reached), max(reached), 4, BARS - 4)
    first = Bar(_("The usual score"), points(base), scale.place(base) - 1.5, 3, True)
    last = Bar(_("This score"), points(score), scale.place(score) - 1.5, 3, True)
    between = [_step(scale, label, step, at) for (label, step), at in zip(steps, reached, strict=False)]
    return (first, *between, last)


def _reached(base: float, steps: Sequence[float]) -> list[float]:
    reached = [base]
    for step in steps:
        reached.append(reached[-1] + step)
    return reached


def _step(scale: Linear, label: str, step: float, start: float) -> Bar:
    here, there = scale.place(start), scale.place(start + step)
    told = f"+{points(step)}" if step > 0 else points(step)
    return Bar(label, told, min(here, there), max(1.5, round(abs(there - here), 1)), False, step < 0)


def _how_far(version: ModelVersion) -> str:
    report = version.run.report or {}
    if not report:
        return ""
    errors, guess = report["errors"]["mae"]["value"], report["baseline_errors"]["mae"]["value"]
    return how_good(errors, guess, report["coverage"]["hit_80"]["value"])


def _simplest(version: ModelVersion, values: Mapping[str, Any]) -> str:
    """The simplest guess reads one of the values as it stands, where that one was typed."""
    report = version.run.report or {}
    value = values.get(report.get("baseline", ""))
    if not isinstance(value, float | int):
        return ""
    told = {"guess": in_own_words(report.get("baseline_label", "")), "points": points(float(value), 0)}
    return _("The simplest guess (%(guess)s) would say %(points)s.") % told
