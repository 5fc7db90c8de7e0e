"""A letter about one student and one exam for a parents' evening: one page, in words that need no explanation.

It says what families are told on their own page (predictions/outlooks/family.py) and nothing else: no classmates, no rank, no
protected facts, nothing about how a model works.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.kit.pdf import make_pdf
from predictions.outlooks.contract import OutlookRow, Trust
from predictions.outlooks.family import FamilyOutlook
from predictions.reports.drawing import day_told, frame, range_of
from predictions.reports.fitting import fitted
from predictions.summaries.words import points
from students.models import School

SOURCE = "student_letter.typ"
LEAST_POINTS = 0.5
MOST_REASONS, MOST_SENTENCES = 4, 3


def letters_pdf(letters: Sequence[dict[str, Any]], *, title: str, school: School, on: date) -> bytes:
    """A page for each, in this order."""
    return make_pdf(SOURCE, {**frame(title, school, on), "letters": list(letters)})


def letter_data(
    told: FamilyOutlook, *, trust: Trust, class_name: str, teachers: Iterable[str]
) -> dict[str, Any]:  # fmt: skip
    """What one page says. Until it is released to the family the page says that it is not for them yet."""
    row, names = told.row, list(teachers)
    return fitted(
        {
            "name": row.student.name,
            "about": " · ".join([class_name, *names]),
            "exam": _("%(exam)s, %(day)s") % {"exam": row.exam.title, "day": day_told(row.exam.day)},
            "draft": "" if told.release else _("For the school only: not released to the family yet."),
            "headline": told.range_sentence,
            "range": range_of(row),
            "chance": told.chance_sentence,
            "why": "" if row.has_score else row.sentence,
            "remedy": "" if row.has_score else row.remedy,
            "well": {"title": _("What goes well"), "rows": list(told.well)[:MOST_SENTENCES]},
            "help": {"title": _("What would help"), "rows": _helps(told)},
            "points": {"title": _("What can still change, in points"), "rows": _points(row), "note": _of_points(row)},
            "comment": told.comment,
            "comment_title": _("From the school"),
            "comment_by": _name(told),
            "agreed": _("What we agree"),
            "estimate_title": _("An estimate, not a verdict"),
            "estimate": " ".join(part for part in (_held(trust), _("It changes with every new mark.")) if part),
            "ask_title": _("Questions?"),
            "ask": _ask(names),
        }
    )


def _name(told: FamilyOutlook) -> str:
    by = told.release.by if told.release else None
    return by.name if by else ""


def _helps(told: FamilyOutlook) -> list[str]:
    """What the figures suggest, and what always helps."""
    usual = _("Asking in class what the exam will be about, and practising first what went least well so far.")
    return [] if told.is_over else [*told.helps[:MOST_SENTENCES], usual]


def _points(row: OutlookRow) -> list[dict[str, Any]]:
    """Only what somebody can still change; the largest first."""
    can = [each for each in row.reasons if each.is_changeable and abs(each.points) >= LEAST_POINTS]
    ranked = sorted(can, key=lambda each: -abs(each.points))[:MOST_REASONS]
    return [{"is_up": each.points > 0, "points": _signed(each.points), "label": each.label} for each in ranked]


def _signed(value: float) -> str:
    return f"+{points(value, 0)}" if value > 0 else points(value, 0)


def _of_points(row: OutlookRow) -> str:
    versus = _("Against the average of %s.") % row.versus if row.versus else _("Against what is usual.")
    return " ".join((versus, _("This goes along with results; it need not be their cause.")))


def _held(trust: Trust) -> str:
    """How often such ranges held, without a word about what they were compared with."""
    if trust.held is None:
        return _("How often ranges like these hold in this school is not known yet.")
    held = {"held": round(10 * trust.held)}
    if trust.is_measured:
        return (
            _("Ranges like these held %(held)s of 10 results in this school; the others came out above or below.")
            % held
        )
    return (
        _("In earlier exams ranges like these held %(held)s of 10 results; the others came out above or below.") % held
    )


def _ask(teachers: list[str]) -> str:
    if not teachers:
        return _("Ask the school. If something here seems wrong, ask that a person looks at it again.")
    told = {"teachers": _(" or ").join(teachers)}
    return _("Ask %(teachers)s. If something here seems wrong, ask the school that a person looks at it again.") % told


def letters_told(number: int) -> str:
    return ngettext("%(n)s letter", "%(n)s letters", number) % {"n": number}
