"""What a training was asked to do and what it learned from, as tables that a person reads."""

from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from predictions.models import Effort, TrainingRun
from predictions.summaries.report_parts import fact_name
from predictions.summaries.tables import Row, Table, row
from predictions.summaries.words import listed, percent, points, whole


def learned_from(run: TrainingRun) -> Table:
    data = (run.report or {})["data"]
    head = (_("Learned from"), _("How much"))
    span = f"{told_day(data['first_exam'])} – {told_day(data['last_exam'])}"
    how = _("the exams from %(day)s on") % {"day": told_day(data["cut"])}
    facts = (
        (_("Students"), whole(data["students"])),
        (_("Exams"), whole(data["exams"])),
        (_("Days of these exams"), span),
        (_("Results"), whole(data["results"])),
        (_("Results, each seen from some days before"), whole(data["samples"])),
        (_("Judged by"), how if data["split"] == "time" else _("students it had not met")),
        (_("Results it was judged by"), whole(data["holdout_rows"])),
        (_("Day of the data"), date_format(run.as_of, "j F Y")),
    )
    return _pairs("data", _("What it learned from"), head, facts)


def chosen(run: TrainingRun) -> tuple[Table, Table]:
    """What was chosen, and what another training needs to give the same version again."""
    head = (_("Choice"), _("Value"))
    again = (
        (_("Fingerprint of the data"), run.fingerprint),
        (_("Seed"), str(run.seed)),
        (_("Took"), _("%(n)s seconds") % {"n": points(run.seconds)}),
        *((f"{name}", str(number)) for name, number in sorted(run.libraries.items())),
    )
    return (
        _pairs("chosen", _("What was chosen"), head, _choices(run)),
        _pairs("again", _("To get the same version again"), head, again),
    )


def _choices(run: TrainingRun) -> tuple[tuple[str, str], ...]:
    train, reading = run.spec.get("train", {}), run.spec.get("reading", {})
    floors = train.get("floors") or {}
    effort = train.get("effort", "")
    return (
        (_("Exams"), str(run.subject or _("all subjects together"))),
        (_("How hard to try"), str(Effort(effort).label) if effort in Effort.values else effort),
        (_("First day to learn from"), told_day(reading.get("since")) or _("everything that is recorded")),
        (_("Left out"), _left_out(reading)),
        (_("Protected facts"), listed([fact_name(each) for each in train.get("protected", ())]) or _("none")),
        (_("Indicators that nobody can still change"), listed(train.get("fixed", ())) or _("none")),
        (_("Pass mark"), percent((train.get("pass_mark") or 0) / 100, 0)),
        (_("Grade boundaries"), listed([points(each, 0) for each in train.get("boundaries", ())])),
        (_("Must explain at least"), _floor(floors.get("r2"), percent)),
        (_("May be off by at most"), _floor(floors.get("mae"), points)),
        (_("Ranges may miss their promise by"), _floor(floors.get("coverage_slack"), percent)),
    )


def _left_out(reading: dict[str, Any]) -> str:
    names = {
        "attendance": _("attendance"),
        "observations": _("indicators"),
        "participation": _("clubs and sports"),
    }
    sources = [names.get(each, each) for each in reading.get("leave_out", ())]
    return listed([*sources, *reading.get("indicators_out", ())]) or _("nothing")


def _floor(value: float | None, form: Any) -> str:
    return _("not asked for") if value is None else str(form(value))


def told_day(text: str | None) -> str:
    """A day as JSON holds it, as people write it."""
    return date_format(date.fromisoformat(text), "j F Y") if text else ""


def _pairs(key: str, title: str, head: tuple[str, str], facts: Any) -> Table:
    rows: tuple[Row, ...] = tuple(row(head, name, (value,)) for name, value in facts)
    return Table(key, title, head, rows)
