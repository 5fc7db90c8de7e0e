"""A file is read and held against the records: what was found in it, and what applying it would do. Nothing is changed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.jobs.running import Progress
from portal.kit.errors import Conflict
from students.importing import told
from students.importing.batches.keeping import delete, delete_after_commit, store
from students.importing.batches.rights import check_may_import, reads_protected
from students.importing.findings import Findings, Unreadable
from students.importing.plan import Plan
from students.importing.planning import make_plan
from students.importing.reading import read
from students.models import ImportBatch, ImportState


@dataclass(frozen=True)
class Looked:
    """What one reading gave. Without a plan the file cannot be read at all, and `refusal` says why."""

    findings: Findings
    plan: Plan | None
    refusal: str = ""

    @property
    def findings_told(self) -> told.FindingsTold:
        return told.tell_findings(self.findings, self.plan.rows_set_aside if self.plan else 0)


def look(batch: ImportBatch, *, by: User | None, on: date, progress: Progress) -> None:
    """Read and plan, then store both with the import: it is planned, or refused with its one finding."""
    check_may_import(by, batch.school)
    looked = look_over(batch, by=by, on=on, progress=progress)
    keep(batch, looked, on=on, progress=progress, then=lambda: progress.finish(in_words(looked)))


def look_over(batch: ImportBatch, *, by: User | None, on: date, progress: Callable[..., Any]) -> Looked:
    """Outside any transaction, for it may take minutes. The import need not be stored: only its file is read."""
    findings = Findings()
    findings.reads_protected = with_protected = reads_protected(by, batch.school)
    try:
        incoming = read(batch, findings, progress, on=on, with_protected=with_protected)
        plan = make_plan(
            incoming, school=batch.school, on=on, findings=findings, truncate=batch.truncates,
            set_aside=batch.is_set_aside, with_protected=with_protected, progress=progress,
        )  # fmt: skip
    except Unreadable as refusal:
        findings.add(refusal.finding)
        return Looked(findings, None, refusal.finding.expected[:400])
    return Looked(findings, plan)


def keep(batch: ImportBatch, looked: Looked, *, on: date, progress: Progress, then: Callable[[], None]) -> None:
    """The files first, then in one short transaction the rest; `then` ends the job in it, or goes on."""
    paths = {
        "findings_path": store(looked.findings.write) if len(looked.findings) else "",
        "changes_path": "",
        "lists_path": "",
    }
    if looked.plan and looked.plan.told.changes:
        paths["changes_path"] = store(looked.plan.write_changes)
    if looked.plan and looked.plan.does:
        paths["lists_path"] = store(looked.plan.write_lists)
    old = (batch.findings_path, batch.changes_path, batch.lists_path)

    def deed() -> None:
        _write_down(batch, {**_facts_of(looked), **paths, "on": on}, progress)
        delete_after_commit(*old)
        then()

    try:
        progress.store(deed)
    except BaseException:
        delete(paths.values())
        raise


def _facts_of(looked: Looked) -> dict[str, Any]:
    facts: dict[str, Any] = {"findings": told.as_json(looked.findings_told), "refusal": looked.refusal}
    if looked.plan is None:
        return {**facts, "state": ImportState.REFUSED, "plan": {}, "fingerprint": ""}
    plan = looked.plan
    return {**facts, "state": ImportState.PLANNED, "plan": told.as_json(plan.told), "fingerprint": plan.fingerprint}


def _write_down(batch: ImportBatch, facts: dict[str, Any], progress: Progress) -> None:
    """Only while the import is busy with this very job."""
    rows = ImportBatch.objects.filter(pk=batch.pk, job_id=progress.job.pk)
    if not rows.exclude(state__in=[ImportState.APPLIED, ImportState.UNDONE, ImportState.DISCARDED]).update(**facts):
        raise Conflict(_("Somebody did something else with this import meanwhile, so this was not kept."))
    for name, value in facts.items():
        setattr(batch, name, value)


def in_words(looked: Looked) -> str:
    """What the job of a reading says at its end; counts alone."""
    if looked.plan is None:
        return _("The file cannot be read: %s") % looked.refusal
    counts = {
        **{name: looked.plan.told.total(name) for name in ("added", "changed", "ended", "removed")},
        "errors": looked.findings.errors,
    }
    if not looked.plan.does:
        return _("Nothing to do: the records say all of this already. Errors: %(errors)s.") % counts
    return (
        _("To add %(added)s, to change %(changed)s, to end %(ended)s, to remove %(removed)s. Errors: %(errors)s.")
        % counts
    )
