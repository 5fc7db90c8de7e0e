"""How far predictions of a version may be trusted in a school, in a sentence that stands on every page with predictions."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from portal.kit.memory import remembered
from predictions.models import MeasureKind, Measurement, ModelVersion, TrainingRun
from predictions.outlooks.contract import Trust
from predictions.summaries.words import points, whole
from predictions.wording import in_own_words
from students.models import School

KEPT_SECONDS = 600
IN_TRAINING = ("coverage", "errors", "baseline_errors", "gain", "baseline_label")


@dataclass(frozen=True, slots=True)
class Figures:
    """Shares from 0 to 1, errors in points; `better` is the least that the version saves of the simplest guess's error."""

    is_measured: bool
    results: int
    held: float
    error: float
    guess: float
    better: float
    simplest: str


def trust_of(version: ModelVersion | None, school: School) -> Trust:
    """From results that came in this school, else from the training. The figure is published: it needs no right.

    Two queries, or none: kept for some minutes.
    """
    if version is None:
        return Trust(_("No model serves this school yet, so there is nothing to trust or to doubt."))
    figures = figures_of(version, school)
    if figures is None:
        return Trust(_("How often ranges like these hold is not known yet. It will be once results have come."))
    return Trust(
        sentence=" ".join(_sentences(figures)),
        results=figures.results,
        held=figures.held,
        beats_simplest=figures.better > 0,
        is_measured=figures.is_measured,
    )


def figures_of(version: ModelVersion, school: School) -> Figures | None:
    key = f"outlook-trust:{school.pk}:{version.pk}"
    told = remembered(key, KEPT_SECONDS, lambda: (_measured(version, school) or _trained(version),))
    return told[0]


def simplest_in_words(figures: Figures) -> str:
    """The model against the simplest guess, in one sentence."""
    told = {
        "guess": in_own_words(figures.simplest) or _("the average of everybody"),
        "error": points(figures.error),
        "other": points(figures.guess),
        "nearer": points(figures.guess - figures.error),
    }
    if figures.better <= 0:
        return (
            _(
                "They were no nearer than the simplest guess (%(guess)s): off by %(error)s points on average against %(other)s."
            )
            % told
        )
    if figures.guess - figures.error < 0.05:
        return (
            _("They were hardly nearer than the simplest guess (%(guess)s): off by %(error)s points on average.") % told
        )
    return (
        _("On average they were off by %(error)s points, %(nearer)s less than the simplest guess (%(guess)s).") % told
    )


def _sentences(figures: Figures) -> list[str]:
    if figures.is_measured:
        tenths = round(10 * figures.held)
        told = {"held": tenths, "results": whole(figures.results)}
        held = (
            _(
                "Ranges like these held %(held)s of 10 results in the last six months in this school (%(results)s results)."
            )
            % told
        )
    else:
        told = {"held": round(100 * figures.held)}
        held = _("In training, ranges like these held %(held)s of 100 results it had not seen.") % told
    return [held, simplest_in_words(figures)]


def _measured(version: ModelVersion, school: School) -> Figures | None:
    rows = Measurement.objects.filter(school=school, version=version, kind=MeasureKind.RESULTS, exam=None)
    newest = rows.filter(facts__enough=True).order_by("-pk").values("rows", "facts").first()
    if newest is None:
        return None
    facts = newest["facts"]
    label = TrainingRun.objects.filter(version=version).values_list("report__baseline_label", flat=True).first()
    return _figures(True, newest["rows"], facts["coverage"], facts["errors"], facts["baseline"], label)


def _trained(version: ModelVersion) -> Figures | None:
    paths = [f"report__{name}" for name in IN_TRAINING]
    report = TrainingRun.objects.filter(version=version).values(*paths).first()
    if report is None or not report["report__coverage"]:
        return None
    coverage, errors, guess, gain, label = (report[path] for path in paths)
    return _figures(False, coverage["rows"], coverage, errors, {**guess, "gain": gain}, label)


def _figures(is_measured: bool, results: int, coverage: Any, errors: Any, guess: Any, label: str | None) -> Figures:
    return Figures(
        is_measured=is_measured,
        results=results,
        held=coverage["hit_80"]["value"],
        error=errors["mae"]["value"],
        guess=guess["mae"]["value"],
        better=guess["gain"]["low"],
        simplest=label or "",
    )
