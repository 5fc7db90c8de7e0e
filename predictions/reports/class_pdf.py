"""A class before an exam on paper: the class as one, and a row for each student in the order of the screen."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.kit.pdf import make_pdf
from predictions.outlooks.class_view import ClassView
from predictions.outlooks.contract import OutlookRow, Reason, Summary
from predictions.reports.drawing import day_told, frame, grades_of, range_of
from predictions.summaries.words import points

SOURCE = "class_outlook.typ"
MOST_MARKS, MOST_REASONS, LEAST_POINTS = 4, 2, 0.5
STEPS = 4  # the strongest tint, of the highest grade


def class_pdf(view: ClassView, *, on: date) -> bytes:
    """The rows of the screen in its order, with a word about what it was narrowed to."""
    return make_pdf(SOURCE, class_data(view, on=on))


def class_data(view: ClassView, *, on: date) -> dict[str, Any]:
    outlook = view.outlook
    school_class, exam = outlook.school_class, outlook.exam
    title = f"{school_class.name}: {exam.title}"
    return {
        **frame(title, school_class.school, on),
        "heading": school_class.name,
        "about": " · ".join((exam.title, day_told(exam.day), view.told)),
        "mean": _mean(outlook.summary),
        "mix": _mix(outlook.summary),
        "trust": {"label": _("Can you trust it?"), "text": outlook.trust.sentence},
        "note": " ".join(outlook.waits),
        "grades": grades_of(outlook.scale),
        "heads": _heads(),
        "rows": [row_data(row) for row in view.rows],
    }


def _heads() -> list[dict[str, Any]]:
    labels = (
        _("Student"), _("Last marks"), _("Range"), _("Predicted"), _("Passes"), _("Since last week"), _("Why"),
    )  # fmt: skip
    return [{"label": label, "axis": place == 2} for place, label in enumerate(labels)]


def row_data(row: OutlookRow) -> dict[str, Any]:
    told = {"name": row.student.name, "marks": "  ".join(f"{mark:.0f}" for mark in row.marks[-MOST_MARKS:])}
    drawn = range_of(row)
    if drawn is None:
        return {**told, "range": None, "why": " ".join(part for part in (row.sentence, row.remedy) if part)}
    return {
        **told,
        "range": drawn,
        "score": row.score_told,
        "span": row.range_told,
        "chance": row.passing_words,
        "moved": moved_told(row),
        "why": reasons_told(row.reasons),
    }


def moved_told(row: OutlookRow) -> str:
    """The points with their sign and the largest cause; a dash where nothing that rounds to a point changed."""
    if row.moved is None or row.moved.points is None or not round(row.moved.points):
        return "–"
    return f"{signed(row.moved.points)} {row.moved.cause}".strip()


def reasons_told(reasons: Sequence[Reason], most: int = MOST_REASONS) -> str:
    ranked = sorted((each for each in reasons if abs(each.points) >= LEAST_POINTS), key=lambda each: -abs(each.points))
    return ", ".join(f"{signed(each.points)} {each.label}" for each in ranked[:most])


def signed(value: float) -> str:
    return f"+{points(value, 0)}" if value > 0 else points(value, 0)


def _mean(summary: Summary) -> dict[str, str]:
    told = {"label": _("Expected mean"), "figure": points(summary.mean, 0), "beside": "", "note": summary.condition}
    if summary.mean_low is not None and summary.mean_high is not None:
        told["beside"] = f"{points(summary.mean_low, 0)}–{points(summary.mean_high, 0)}"
    return told


def _mix(summary: Summary) -> dict[str, Any]:
    """How many of each grade are expected; the lighter the tint, the lower the grade."""
    first = STEPS + 1 - len(summary.mix)
    parts: list[dict[str, Any]] = [
        {
            "count": count,
            "label": f"{grade.name} {number_format(round(count))}",
            "step": min(STEPS, max(0, first + place)),
        }
        for place, (grade, count) in enumerate(summary.mix)
    ]
    shown = [part for part in parts if round(part["count"])]
    alt = _("Expected grades: %s.") % ", ".join(str(part["label"]) for part in shown)
    return {"label": _("Expected grades"), "parts": shown, "alt": alt, "note": _passes(summary)}


def _passes(summary: Summary) -> str:
    told = []
    if summary.passes is not None:
        count, low, high = summary.passes
        told.append(
            _("%(count)s of %(scored)s expected to pass, likely %(low)s to %(high)s.")
            % {"count": count, "scored": summary.scored, "low": low, "high": high}
        )
    if summary.unscored:
        without = summary.unscored
        told.append(ngettext("%(n)s has no prediction yet.", "%(n)s have no prediction yet.", without) % {"n": without})
    return " ".join(told)
