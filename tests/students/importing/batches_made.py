"""Imports as records, with what was found and planned already stored, for the pages that tell of them."""

from dataclasses import replace
from functools import partial
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.utils import timezone

from portal.jobs.models import Job
from students.importing.batches.keeping import store
from students.importing.findings import Finding, Findings, Severity
from students.importing.lists import Listed, write_lists
from students.importing.told import (
    ChangeTold,
    ClassTold,
    FieldTold,
    GuardTold,
    PlanTold,
    TableTold,
    UndoneTold,
    as_json,
    tell_findings,
)
from students.models import ImportBatch, ImportProfile
from tests import make
from tests.cast import Cast

State = ImportBatch.State
MARKS = b"id;first;last;Algebra\n17;Sam;Okafor;31\n18;Mia;Lindqvist;abs\n"
GUARD = "Mathematics 9B would lose 4 of 6 students."
TABLES = (
    TableTold("students", "students", read=48, added=2, changed=1, unchanged=45),
    TableTold("enrolments", "enrolments", read=48, added=2, ended=4, unchanged=42, kept=1),
    TableTold("results", "marks", read=1240, added=1200, unchanged=40),
)
CLASSES = (
    ClassTold(1, "Mathematics 9B", now=6, added=0, ended=4, after=2, marks=40),
    ClassTold(2, "Art 9B", now=24, added=2, ended=1, after=25),
    ClassTold(0, "Physics 10C", now=0, added=12, ended=0, after=12, marks=24),
    ClassTold(4, "History 9B", now=20, added=0, ended=0, after=20),
)
EXAMPLES = (
    ChangeTold("changed", "students", "Sam Okafor", "marks.csv", 2, (FieldTold("grade", "9", "10"),)),
    ChangeTold("ended", "enrolments", "Mia Lindqvist in Mathematics 9B", "", 0, (FieldTold("last day", "", "21 November 2026"),)),
)  # fmt: skip
PLAN = PlanTold(files=(("marks.csv", 48),), tables=TABLES, classes=CLASSES, examples=EXAMPLES, changes=5)
GUARDED = PlanTold(
    files=PLAN.files, tables=TABLES, classes=CLASSES, examples=EXAMPLES, changes=5, guards=(GuardTold("class", GUARD),)
)
NOTHING = PlanTold(files=PLAN.files, tables=(TableTold("students", "students", read=48, unchanged=48),))


def found(errors: int = 0, notes: int = 0, conflicts: int = 0) -> Findings:
    findings = Findings()
    for number in range(errors):
        told = "Expected points from 0 to 50, or a code for absent, exempt or not submitted."
        findings.add(Finding("score", "marks.csv", number + 2, "Algebra", "5l", told))
    for number in range(notes):
        told = "Read as 3 May 2010."
        findings.add(Finding("day", "marks.csv", number + 2, "born", "3.5.2010", told, Severity.NOTE))
    for number in range(conflicts):
        told = f"The grade of student {number} was typed by a person; it stays 9."
        findings.add(Finding("typed", "marks.csv", number + 2, "grade", "10", told, Severity.CONFLICT))
    return findings


def make_profile(cast: Cast, name: str = "Marks of SIMS", **facts: Any) -> ImportProfile:
    facts = {"school": cast.lakeside, "kind": "spreadsheet", "source": "sims", "keeper": cast.otto} | facts
    return ImportProfile.objects.create(name=name, **facts)


def make_batch(cast: Cast, state: str = State.RECEIVED, **facts: Any) -> ImportBatch:
    facts = {
        "school": cast.lakeside, "kind": "spreadsheet", "source": "sims", "by": cast.otto, "file_name": "marks.csv",
        "size": len(MARKS), "on": make.TODAY,
    } | facts  # fmt: skip
    return ImportBatch.objects.create(state=state, **facts)


def stored(content: bytes = MARKS) -> str:
    return storages["files"].save("imports/of-a-test", ContentFile(content))


def make_received(cast: Cast, content: bytes = MARKS, **facts: Any) -> ImportBatch:
    return make_batch(cast, path=stored(content), **facts)


def make_planned(cast: Cast, plan: PlanTold = PLAN, findings: Findings | None = None, **facts: Any) -> ImportBatch:
    told = as_json(tell_findings(findings or found(), 3 if findings and findings.errors else 0))
    facts = {"path": stored(), "plan": as_json(plan), "findings": told, "fingerprint": "f" * 64} | facts
    return make_batch(cast, facts.pop("state", State.PLANNED), **facts)


def make_listed(cast: Cast, plan: PlanTold = PLAN, count: int = 60, **facts: Any) -> ImportBatch:
    """Planned, with its lists: so many students to add, and Mia's enrolment to end."""
    born = (FieldTold("birth_date", "", "2010-05-03"), FieldTold("external_id", "", "n17"))
    added = [
        Listed(f"Zoë Wollstonecraft-Van der Berg {number}", "9B", "marks.csv", number + 2, born)
        for number in range(count)
    ]
    ended = [Listed("Mia Lindqvist", "Mathematics 9B", "", 0, (FieldTold("ends", "", "2026-11-21"),))]
    lists = [("students", "added", [added]), ("enrolments", "ended", [ended])]
    path = store(partial(write_lists, lambda: lists))
    tables = (replace(TABLES[0], added=count), replace(TABLES[1], ended=1), TABLES[2])
    return make_planned(cast, replace(plan, tables=tables), lists_path=path, **facts)


def make_applied(cast: Cast, **facts: Any) -> ImportBatch:
    done = {"applied_by": cast.otto, "applied_at": timezone.now(), "seconds": 2.4, "state": State.APPLIED}
    return make_planned(cast, **done | facts)


def make_undone(cast: Cast, **facts: Any) -> ImportBatch:
    left = ("Sam Okafor: the grade was changed by Hana since.",)
    undone = as_json(UndoneTold(restored=5, removed=1202, left=left, left_count=1))
    facts = {"undone": undone, "undone_by": cast.hana, "undone_at": timezone.now()} | facts
    return make_applied(cast, state=State.UNDONE, **facts)


def make_busy(cast: Cast, state: str = State.READING, **facts: Any) -> ImportBatch:
    """A worker is at it; Otto ordered it."""
    job = {"kind": "import", "title": "Look over marks.csv", "requested_by": cast.otto, "task": "", "queue": "quick"}
    job |= {"state": Job.State.RUNNING, "done": 1200, "total": 4800, "started_at": timezone.now()}
    running = Job.objects.create(**job, heartbeat_at=timezone.now())
    return make_planned(cast, state=state, job_id=running.pk, **facts)
