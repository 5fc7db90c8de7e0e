"""One training as its page shows it: how it ended, and its report in parts, one of them at a time."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from predictions.models import ModelVersion, TrainingCause, TrainingRun
from predictions.summaries import report_parts as parts
from predictions.summaries.chosen import chosen, learned_from
from predictions.summaries.tables import Table
from predictions.summaries.words import how_good, percent, points, said
from predictions.summaries.worst import Worst, worst

SHORT, CANDIDATES, ERRORS, RANGES, GROUPS, WORST, DATA = (
    "short", "candidates", "errors", "ranges", "groups", "worst", "data",
)  # fmt: skip
KEYS = (SHORT, CANDIDATES, ERRORS, RANGES, GROUPS, WORST, DATA)


@dataclass(frozen=True, slots=True)
class Check:
    sentence: str
    passed: bool


@dataclass(frozen=True, slots=True)
class Figure:
    label: str
    value: str
    note: str


@dataclass(frozen=True, slots=True)
class Report:
    """What is shown of one part; what belongs to other parts is empty."""

    verdict: str
    is_fit: bool
    sentence: str
    label: str
    checks: tuple[Check, ...]
    figures: tuple[Figure, ...]
    tables: tuple[Table, ...]
    sentences: tuple[str, ...]
    notes: tuple[str, ...]
    chance: Mapping[str, Any] | None = None
    worst: Worst | None = None
    drift: str = ""


def part_titles() -> dict[str, str]:
    return {
        SHORT: _("In short"),
        CANDIDATES: _("Candidates"),
        ERRORS: _("How far off"),
        RANGES: _("Ranges and chances"),
        GROUPS: _("Groups"),
        WORST: _("Worst cases"),
        DATA: _("Data and choices"),
    }


def version_of(run: TrainingRun) -> ModelVersion | None:
    return ModelVersion.objects.filter(run=run).with_standing().defer("run__report", "probe").first()


def report_of(run: TrainingRun, part: str, *, user: Any) -> Report:
    """No query but for the worst cases, which name students where this person may see them."""
    told: Mapping[str, Any] = run.report or {}
    errors, guess = told["errors"]["mae"]["value"], told["baseline_errors"]["mae"]["value"]
    chance = None
    tables: tuple[Table, ...] = ()
    if part == RANGES:
        table, chance = parts.happened(told)
        tables = (table, parts.chances(told), parts.flags(told), parts.sufficiency(told))
    else:
        tables = _tables(run, told, part)
    return Report(
        verdict=_verdict(run, told),
        is_fit=_is_fit(run, told),
        sentence=how_good(errors, guess, told["coverage"]["hit_80"]["value"]),
        label=said(told["champion_label"]),
        checks=tuple(Check(said(each["sentence"]), each["passed"]) for each in told["verdict"]["checks"]),
        figures=_figures(told) if part == SHORT else (),
        tables=tuple(table for table in tables if table.rows),
        sentences=_sentences(told, part),
        notes=tuple(said(note) for note in told["notes"]),
        chance=chance,
        worst=worst(run, user=user) if part == WORST else None,
        drift=_drift(run),
    )


def _tables(run: TrainingRun, told: Mapping[str, Any], part: str) -> tuple[Table, ...]:
    if part == SHORT:
        return (parts.comparison(told),)
    if part == CANDIDATES:
        return (parts.leaderboard(told), parts.importance(told), parts.curve(told))
    if part == ERRORS:
        return parts.slices(told)
    if part == GROUPS:
        return parts.groups(told)
    if part == DATA:
        return (learned_from(run), *chosen(run))
    return ()


def _is_fit(run: TrainingRun, told: Mapping[str, Any]) -> bool:
    return bool(told["verdict"]["fit_to_serve"]) and run.cause != TrainingCause.EFFECT


def _verdict(run: TrainingRun, told: Mapping[str, Any]) -> str:
    failed = sum(not each["passed"] for each in told["verdict"]["checks"])
    if run.cause == TrainingCause.EFFECT:
        return _("A trial: it shows what a protected fact would do, and can never serve.")
    if not failed:
        return _("It passed every check and may serve.")
    told_of = {"failed": failed, "all": len(told["verdict"]["checks"])}
    return _("It may not serve: it failed %(failed)s of %(all)s checks.") % told_of


def _figures(told: Mapping[str, Any]) -> tuple[Figure, ...]:
    errors, guess, covered = told["errors"], told["baseline_errors"], told["coverage"]
    saved = told["gain"]["value"]
    width = {"width": points(covered["width_80"])}
    return (
        Figure(
            _("Off by, on average"),
            points(errors["mae"]["value"]),
            _("points; the simplest guess %(guess)s") % {"guess": points(guess["mae"]["value"])},
        ),
        Figure(
            _("Error saved"),
            percent(saved),
            _("of that of the simplest guess: %(label)s") % {"label": said(told["baseline_label"])},
        ),
        Figure(
            _("8-of-10 ranges held"),
            percent(covered["hit_80"]["value"]),
            _("of the results; %(width)s points wide") % width,
        ),
        Figure(
            _("Differences explained"),
            percent(errors["r2"]["value"]),
            _("the simplest guess %(guess)s") % {"guess": percent(guess["r2"]["value"])},
        ),
    )


def _sentences(told: Mapping[str, Any], part: str) -> tuple[str, ...]:
    if part == GROUPS:
        return (said(told["fairness"]["sentence"]),)
    if part == RANGES:
        covered = told["coverage"]
        facts = {
            "hit_80": percent(covered["hit_80"]["value"]),
            "width_80": points(covered["width_80"]),
            "hit_95": percent(covered["hit_95"]["value"]),
            "width_95": points(covered["width_95"]),
        }
        sentence = _(
            "The range that promises 8 of 10 held %(hit_80)s of the results and was %(width_80)s points wide on "
            "average; the one that promises 95 of 100 held %(hit_95)s and was %(width_95)s wide."
        )  # fmt: skip
        return (sentence % facts,)
    return ()


def _drift(run: TrainingRun) -> str:
    """How far today's students lie from those that the version serving then had learned from."""
    if not run.drift:
        return ""
    told = {"number": run.drift.get("version", ""), "sentence": said(run.drift.get("sentence", ""))}
    return _("Against version %(number)s, which served then: %(sentence)s") % told
