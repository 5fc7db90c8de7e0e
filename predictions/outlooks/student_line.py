"""Marks over time in the exam's subject with what is expected ahead, and help and notes on the same line of time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from portal.kit.charts.ahead import SMALL, WIDE, Ahead, Around, Event, Forecast, ahead
from portal.kit.charts.lines import Point
from predictions.outlooks.contract import OutlookRow, Scale
from students.models import Exam, Result, ResultStatus, Student
from students.summaries.counting import figure_told
from students.summaries.profile.rows import all_results_of
from students.summaries.support import Help, Remark, StudentHelp

MOST = 40  # marks of one subject; an outlook is no archive
SHORT = 60


@dataclass(frozen=True, slots=True)
class Line:
    """`rows` of the table behind the drawing: day, what, and figure or word."""

    wide: Ahead
    small: Ahead
    text: str
    rows: tuple[tuple[date, str, str], ...]


def results_in(student: Student, exam: Exam, *, user: Any, on: date) -> list[Result]:
    """Of the exam's subject, the oldest first; one query."""
    rows = all_results_of([student.pk], user, on).filter(exam__subject=exam.subject_id)
    return list(reversed(rows[:MOST]))


def line_of(
    exam: Exam, row: OutlookRow | None, results: Sequence[Result], help: StudentHelp, scale: Scale, on: date
) -> Line:
    """No query."""
    forecast = _forecast(exam, row) if row is not None else None
    points = [_point(each, scale) for each in results if each.percent is not None]
    around = Around(on, forecast, _spans(help.interventions), _moments(help.notes))
    grades = [(grade.name, grade.least or 0.0) for grade in scale.grades]
    wide, small = (ahead(points, around, grades=grades, pass_mark=scale.pass_mark, size=size) for size in (WIDE, SMALL))
    return Line(wide, small, _text(points, around, scale), _rows(results, around, scale))


def _point(result: Result, scale: Scale) -> Point:
    told = _("%(exam)s, %(day)s: %(percent)s %%") % {
        "exam": result.exam.title,
        "day": date_format(result.exam.day, "j F Y"),
        "percent": figure_told(float(result.percent or 0), scale.pass_mark),
    }
    return Point(result.exam.day, float(result.percent or 0), told)


def _forecast(exam: Exam, row: OutlookRow) -> Forecast | None:
    said = row.prediction
    if said is None or said.score is None:
        return None
    low_95, high_95 = said.low_95 or 0.0, said.high_95 or 0.0
    told = _(
        "%(exam)s, %(day)s: predicted %(score)s %%, in 8 of 10 cases %(low)s to %(high)s, in 95 of 100 %(lowest)s to %(highest)s"
    ) % {
        "exam": exam.title,
        "day": date_format(exam.day, "j F Y"),
        "score": row.score_told,
        "low": row.low_told,
        "high": row.high_told,
        "lowest": figure_told(low_95, row.scale.pass_mark),
        "highest": figure_told(high_95, row.scale.pass_mark),
    }
    return Forecast(exam.day, said.score, said.low_80 or 0.0, said.high_80 or 0.0, low_95, high_95, told)


def _spans(help: Sequence[Help]) -> list[Event]:
    """The oldest first. What goes on ends nowhere yet."""
    told = []
    for each in reversed(help):
        plan = each.intervention
        ends = plan.closed_on or max(plan.review_on, plan.starts)
        told.append(Event(plan.starts, _("%(day)s: %(what)s, %(goal)s") % _named(plan.starts, each), ends))
    return told


def _named(day: date, each: Help) -> dict[str, str]:
    return {"day": date_format(day, "j F Y"), "what": each.what, "goal": each.intervention.goal}


def _moments(notes: Sequence[Remark]) -> list[Event]:
    """Of a restricted note, which only some may read, no word stands where others may look over a shoulder."""
    return [
        Event(
            each.day,
            f"{date_format(each.day, 'j F Y')}: {_('restricted note') if each.is_restricted else _short(each.note.text)}",
        )
        for each in reversed(notes)
    ]


def _short(text: str) -> str:
    return text if len(text) <= SHORT else f"{text[: SHORT - 1].rstrip()}…"


def _text(points: Sequence[Point], around: Around, scale: Scale) -> str:
    told = [point.told for point in points] or [_("No marks yet")]
    if around.forecast:
        told.append(around.forecast.told)
    told += [event.told for event in (*around.help, *around.notes)]
    told.append(_("The pass mark is %s %%") % f"{scale.pass_mark:g}")
    return ". ".join(told) + "."


def _rows(results: Sequence[Result], around: Around, scale: Scale) -> tuple[tuple[date, str, str], ...]:
    """By day; what was predicted comes last of its day."""
    rows = [(each.exam.day, each.exam.title, _mark(each, scale)) for each in results]
    rows += [(event.day, _("Help"), event.told.partition(": ")[2]) for event in around.help]
    rows += [(event.day, _("Note"), event.told.partition(": ")[2]) for event in around.notes]
    if around.forecast:
        rows.append((around.forecast.day, _("Prediction"), around.forecast.told.partition(": ")[2]))
    return tuple(sorted(rows, key=lambda row: row[0]))


def _mark(result: Result, scale: Scale) -> str:
    if result.percent is None:
        return str(ResultStatus(result.status).label)
    return f"{figure_told(float(result.percent), scale.pass_mark)}\N{NO-BREAK SPACE}%"
