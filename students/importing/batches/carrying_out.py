"""A plan is carried out exactly as it was shown, in one transaction; and what an import did is taken back."""

import logging
import time
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.accounts.models import User
from portal.audit.record import record
from portal.jobs.running import Progress
from portal.kit.errors import Conflict, NotReady
from students.importing import told
from students.importing.applying import Written, write_plan
from students.importing.batches.claiming import check_turn, take_turn, without_turn
from students.importing.batches.looking_over import Looked, keep, look_over
from students.importing.batches.rights import check_may_import
from students.importing.plan import Plan
from students.importing.undoing import take_back
from students.models import ImportBatch, ImportState

logger = logging.getLogger("students.importing")


def may_apply(batch: ImportBatch, *, accepted_guards: bool = False) -> list[str]:
    """Why not, in sentences; none if it may. Whether the person may is another question (`may_import`)."""
    if batch.state not in (ImportState.PLANNED, ImportState.APPLYING):
        return [_("This import is “%s”; only one that was looked over can be applied.") % batch.get_state_display()]
    reasons = []
    plan, findings = told.read_plan(batch.plan), told.read_findings(batch.findings)
    if not batch.path:
        reasons.append(_("Its file was let go some days after it came. Send it in again."))
    if findings.errors and not batch.is_set_aside:
        reasons.append(
            ngettext(
                "%(count)s error was found. Mend the file, or say that rows with errors are left out.",
                "%(count)s errors were found. Mend the file, or say that rows with errors are left out.",
                findings.errors,
            )
            % {"count": findings.errors}
        )
    if not plan.does:
        reasons.append(_("There is nothing to do: the records say all of this already."))
    if plan.guards and not accepted_guards:
        reasons += [each.sentence for each in plan.guards]
    return reasons


def apply(  # each named at the call
    batch: ImportBatch,
    fingerprint: str,
    *,
    by: User | None,
    at: datetime,
    progress: Progress,
    accepted_guards: bool = False,
) -> None:
    """Waits for its turn, reads and plans again for the same day, and writes exactly the plan of this fingerprint: all of
    it or nothing. Raises Conflict if the records would make another plan of the file now; that one is then stored.
    """
    check_may_import(by, batch.school)
    take_turn(batch, progress)
    began = time.monotonic()
    if reasons := may_apply(batch, accepted_guards=accepted_guards):
        raise NotReady(" ".join(reasons))
    looked = look_over(batch, by=by, on=_day_of(batch), progress=progress)
    plan = looked.plan
    if plan is None or plan.fingerprint != fingerprint or _asks_anew(batch, looked, accepted_guards):
        _keep_new_plan(batch, looked, progress)
    else:
        progress.store(lambda: _write(batch, plan, by=by, at=at, began=began, progress=progress))


def _asks_anew(batch: ImportBatch, looked: Looked, accepted_guards: bool) -> bool:
    """The same rows may be more than a tenth of a school by now, from which others have gone meanwhile."""
    guards = looked.plan.told.guards if looked.plan else ()
    return bool(guards and not accepted_guards) or bool(looked.findings.errors and not batch.is_set_aside)


def _day_of(batch: ImportBatch) -> Any:
    if batch.on is None:
        raise NotReady(_("This import was not looked over yet."))
    return batch.on


def _keep_new_plan(batch: ImportBatch, looked: Looked, progress: Progress) -> None:
    keep(batch, looked, on=_day_of(batch), progress=progress, then=lambda: None)
    raise Conflict(
        _(
            "The records changed since this plan was made, so nothing was applied. Look at the new plan and confirm again."
        ),
        code="plan_changed",
    )


def _write(  # each named at the call
    batch: ImportBatch, plan: Plan, *, by: User | None, at: datetime, began: float, progress: Progress
) -> None:
    """Inside the transaction that ends the job."""
    check_turn(batch, progress)
    _check_exactly(plan, write_plan(plan, by=by, at=at, mark=batch.mark, progress=progress))
    facts = {"applied_by": by, "applied_at": at, "seconds": time.monotonic() - began, "state": ImportState.APPLIED}
    _change(batch, ImportState.APPLYING, facts)
    counts = counts_of(plan.told, told.read_findings(batch.findings))
    record(by, "import applied", batch, **counts)
    transaction.on_commit(lambda: _log("import applied", batch, counts), robust=True)
    progress.finish(_("Added %(added)s, changed %(changed)s, ended %(ended)s, removed %(removed)s.") % counts)


def _check_exactly(plan: Plan, written: Written) -> None:
    """What was written is what was shown, or nothing is."""
    for action in ("added", "changed", "ended", "removed"):
        done = sum(counts.get(action, 0) for counts in written.counts.values())
        if done != plan.told.total(action):
            raise RuntimeError(f"{action}: {done} rows written, {plan.told.total(action)} planned")


def counts_of(plan: told.PlanTold, findings: told.FindingsTold) -> dict[str, int]:
    """What is noted of an import for good: no names, no values."""
    done = {name: plan.total(name) for name in ("added", "changed", "ended", "removed")}
    return {"read": plan.read, **done, "rejected": findings.rows_set_aside}


def undo(batch: ImportBatch, *, by: User | None, at: datetime, progress: Progress) -> None:
    """Take back what the import did. What somebody changed since stays and is listed. Raises Conflict if it is not applied."""
    check_may_import(by, batch.school)
    if batch.state not in (ImportState.APPLIED, ImportState.UNDOING):
        raise Conflict(_("This import is “%s”; only one that was applied can be undone.") % batch.get_state_display())
    take_turn(batch, progress)
    began = time.monotonic()
    progress.store(lambda: _take_back(batch, by=by, at=at, began=began, progress=progress))


def _take_back(batch: ImportBatch, *, by: User | None, at: datetime, began: float, progress: Progress) -> None:
    check_turn(batch, progress)
    done = take_back(batch, by=by, progress=progress)
    facts = {"undone_by": by, "undone_at": at, "undone": told.as_json(done), "state": ImportState.UNDONE}
    _change(batch, ImportState.UNDOING, facts)
    counts = {"restored": done.restored, "removed": done.removed, "left": done.left_count}
    record(by, "import undone", batch, **counts)
    logged = {"changed": done.restored, "removed": done.removed, "rejected": done.left_count}
    seconds = time.monotonic() - began
    transaction.on_commit(lambda: _log("import undone", batch, logged, seconds), robust=True)
    sentence = _("%(restored)s restored, %(removed)s removed, %(left)s left as they were changed since.") % counts
    progress.finish(sentence, partly=bool(done.left))


def _change(batch: ImportBatch, state: ImportState, facts: dict[str, Any]) -> None:
    facts = {**facts, "options": without_turn(batch.options)}
    if not ImportBatch.objects.filter(pk=batch.pk, state=state).update(**facts):
        raise Conflict(_("Somebody did something else with this import meanwhile, so nothing was done."))
    for name, value in facts.items():
        setattr(batch, name, value)


def _log(event: str, batch: ImportBatch, counts: dict[str, int], seconds: float | None = None) -> None:
    took = batch.seconds if seconds is None else seconds
    logger.info(event, extra={"batch": batch.pk, "school": batch.school_id, **counts, "seconds": round(took or 0, 2)})
