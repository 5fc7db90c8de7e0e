"""Whether predictions were right, from the measures that were stored: of the last months, exam by exam, and before results."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Max, QuerySet
from django.utils.translation import gettext as _

from predictions import alerting
from predictions.models import Alert, MeasureKind, Measurement
from predictions.specs import schools_of
from predictions.summaries.accuracy_tables import (
    against,
    against_challenger,
    moved,
    parts_tables,
    reliability_table,
    teachers_of,
    was_right,
)
from predictions.summaries.feedback import Said, feedback_of
from predictions.summaries.tables import Table
from predictions.summaries.words import NOTHING, percent, points, said, whole
from students.models import School

MOST_EXAMS = 60
SHORT, PARTS, GROUPS, EXAMS, CHALLENGER, STUDENTS = "short", "parts", "groups", "exams", "challenger", "students"
FEEDBACK = "feedback"
OF_PARTS = ("by-class", "by-subject", "by-lead")  # all other tables that begin so are of protected groups
COMPARED = 5  # exams on each side when it is said whether errors grew


@dataclass(frozen=True, slots=True)
class OpenAlert:
    """`may_close`: the person leads this school."""

    alert: Alert
    steps: tuple[Any, ...]
    may_close: bool


@dataclass(frozen=True, slots=True)
class Look:
    """One measure in words and tables; `has_hidden`: some of its parts were too small to be shown."""

    measured: Measurement
    sentence: str
    tables: tuple[Table, ...]
    groups: str
    has_hidden: bool


@dataclass(frozen=True, slots=True)
class ExamRow:
    measured: Measurement
    cells: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Accuracy:
    alerts: tuple[OpenAlert, ...]
    looks: tuple[Look, ...]
    exams: tuple[ExamRow, ...]
    trend: str
    drifts: tuple[Look, ...]
    shadows: tuple[Look, ...]
    feedback: Said | None = None

    @property
    def is_empty(self) -> bool:
        return not (self.looks or self.exams or self.drifts or self.shadows or self.feedback)


def accuracy(school: School, *, user: Any) -> Accuracy:
    """Of a school, or of all schools of a district. As many queries for many exams as for few."""
    ours = Measurement.objects.visible_to(user).filter(school__in=schools_of(school))
    exams = _newest(ours.filter(kind=MeasureKind.RESULTS, exam__isnull=False), most=MOST_EXAMS)
    exams.sort(key=lambda each: (each.facts.get("day", ""), each.pk), reverse=True)
    whole_kinds = [
        [_look(each) for each in _newest(ours.filter(kind=kind, exam=None))]
        for kind in (MeasureKind.RESULTS, MeasureKind.DRIFT, MeasureKind.SHADOW)
    ]
    looks, drifts, shadows = (tuple(each) for each in whole_kinds)
    rows = tuple(_exam_row(each) for each in exams)
    said = feedback_of(school, user=user)
    return Accuracy(open_alerts(school, user=user), looks, rows, _trend(exams), drifts, shadows, said)


def part_titles(told: Accuracy) -> dict[str, str]:
    """The parts there is something to say in, in the order in which a person asks."""
    titles = {
        SHORT: (True, _("In short")),
        PARTS: (bool(told.looks), _("Classes and subjects")),
        GROUPS: (any(_is_group(table) for look in told.looks for table in look.tables), _("Groups")),
        EXAMS: (bool(told.exams), _("Exam by exam")),
        CHALLENGER: (bool(told.shadows), _("Challenger")),
        STUDENTS: (bool(told.drifts), _("Before results")),
        FEEDBACK: (told.feedback is not None, _("Feedback")),
    }
    return {part: title for part, (is_there, title) in titles.items() if is_there}


def narrowed(told: Accuracy, part: str) -> Accuracy:
    """What one part shows: in short, each look in a sentence; its tables where they are asked for."""
    of_looks = {
        SHORT: lambda table: not table.key.startswith("by-"),
        PARTS: lambda table: table.key.startswith(OF_PARTS),
        GROUPS: _is_group,
    }
    shows = of_looks.get(part)
    return Accuracy(
        alerts=told.alerts if part == SHORT else (),
        looks=tuple(_only(look, shows) for look in told.looks) if shows else (),
        exams=told.exams if part == EXAMS else (),
        trend=told.trend,
        drifts=told.drifts if part == STUDENTS else _said(told.drifts) if part == SHORT else (),
        shadows=told.shadows if part == CHALLENGER else _said(told.shadows) if part == SHORT else (),
        feedback=told.feedback if part == FEEDBACK else None,
    )


def _is_group(table: Table) -> bool:
    return table.key.startswith("by-") and not table.key.startswith(OF_PARTS)


def _only(look: Look, shows: Callable[[Table], bool]) -> Look:
    tables = tuple(table for table in look.tables if shows(table))
    of_groups = any(_is_group(table) for table in tables)
    parted = any(table.key.startswith("by-") for table in tables)
    return replace(look, tables=tables, groups=look.groups if of_groups else "", has_hidden=look.has_hidden and parted)


def _said(looks: tuple[Look, ...]) -> tuple[Look, ...]:
    return tuple(replace(look, tables=()) for look in looks)


def exam_looks(exam: int, *, user: Any) -> tuple[Look, ...]:
    """The newest measures of one exam, of each version that had predicted it."""
    ours = Measurement.objects.visible_to(user).filter(kind=MeasureKind.RESULTS, exam__pk=exam)
    return tuple(_look(each) for each in _newest(ours))


def open_alerts(school: School, *, user: Any) -> tuple[OpenAlert, ...]:
    schools = {school.pk, *(each.pk for each in schools_of(school))}
    rows = Alert.objects.open().filter(school__in=schools).select_related("version", "school")
    closable = set(rows.editable_by(user).values_list("pk", flat=True))
    return tuple(OpenAlert(each, alerting.steps_for(each), each.pk in closable) for each in rows.visible_to(user))


def _newest(rows: "QuerySet[Measurement]", most: int | None = None) -> list[Measurement]:
    """Of each school, version and exam the last look."""
    last = rows.order_by().values("school", "version", "exam").annotate(last=Max("pk")).order_by("-last")
    keys = list(last.values_list("last", flat=True)[:most])
    found = Measurement.objects.filter(pk__in=keys).select_related("version", "school", "exam__subject")
    return sorted(found, key=lambda each: -each.pk)


def _look(measured: Measurement) -> Look:
    facts = measured.facts
    if measured.kind != MeasureKind.SHADOW and not facts["enough"]:
        return Look(measured, _too_few(measured), (), "", False)
    sentence = was_right(facts) if measured.kind == MeasureKind.RESULTS else said(facts["sentence"])
    # Several looks stand on one page, and each table has a name of its own there.
    tables = tuple(replace(table, key=f"{table.key}-{measured.pk}") for table in _tables(measured))
    has_hidden = any(part.get("hidden") for part in facts.get("parts", ()))
    return Look(measured, sentence, tables, said(facts.get("groups", "")), has_hidden)


def _tables(measured: Measurement) -> tuple[Table, ...]:
    facts = measured.facts
    if measured.kind == MeasureKind.SHADOW:
        return (against_challenger(facts),) if facts["enough"] else ()
    if measured.kind == MeasureKind.DRIFT:
        return (moved(facts),) if facts["moved"] else ()
    return (against(facts), reliability_table(facts), *parts_tables(facts))


def _too_few(measured: Measurement) -> str:
    least = measured.facts.get("least", 10)
    told = {"students": measured.facts["students"], "least": least}
    if measured.kind == MeasureKind.DRIFT:
        return (
            _("%(students)s students have a prediction; with %(least)s or more it can be said how they compare.") % told
        )
    return (
        _("Only %(students)s students had both a prediction and a result; from %(least)s on figures are shown.") % told
    )


def _exam_row(measured: Measurement) -> ExamRow:
    facts = measured.facts
    heads = (_("Results"), _("Off by"), _("Simplest guess"), _("Teachers"), _("In the 8-of-10 range"))
    if not facts["enough"]:
        return ExamRow(measured, tuple(zip(heads, (whole(measured.rows), *[NOTHING] * 4), strict=True)))
    teachers = teachers_of(facts)
    cells = (
        whole(measured.rows),
        points(facts["errors"]["mae"]["value"]),
        points(facts["baseline"]["mae"]["value"]),
        points(teachers["theirs"]["value"]) if teachers else NOTHING,
        percent(facts["coverage"]["hit_80"]["value"], 0),
    )
    return ExamRow(measured, tuple(zip(heads, cells, strict=True)))


def _trend(exams: list[Measurement]) -> str:
    """Whether errors grew; empty where there are too few exams to say so."""
    errors = [each.facts["errors"]["mae"]["value"] for each in exams if each.facts["enough"]]
    if len(errors) < 2 * COMPARED:
        return ""
    now, before = (sum(part) / COMPARED for part in (errors[:COMPARED], errors[COMPARED : 2 * COMPARED]))
    told = {"count": COMPARED, "now": points(now), "before": points(before)}
    return (
        _(
            "In the last %(count)s exams scores were off by %(now)s points on average, in the %(count)s before by %(before)s."
        )
        % told
    )
