"""One import of a school writes at a time, the next one waits; and what becomes of an import whose job ended early."""

import time
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from portal.jobs.models import ENDED, Job, JobState
from portal.jobs.pulse import alive, lost_before
from portal.jobs.running import Lost, Progress
from students.models import ImportBatch, ImportState, School
from students.models.imports import BUSY, WRITING

PAUSE_SECONDS = 0.5
TURN = "turn"  # in the options of an import: which run of which job has the turn to write
BEFORE = {
    ImportState.READING: ImportState.RECEIVED,
    ImportState.APPLYING: ImportState.PLANNED,
    ImportState.UNDOING: ImportState.APPLIED,
}


def settled(batch: ImportBatch) -> ImportBatch:
    """The import as it stands: whose job was stopped or failed is again what it was before the job was ordered."""
    settle([batch])
    return batch


def settle(batches: Iterable[ImportBatch]) -> None:
    """The same for many, with one query for their jobs. Changes rows and the given objects."""
    busy = [batch for batch in batches if batch.state in BUSY]
    going_on = Job.objects.filter(pk__in=[batch.job_id for batch in busy]).exclude(state__in=ENDED)
    going_on_keys = set(going_on.values_list("pk", flat=True)) if busy else set()
    for batch in busy:
        if batch.job_id not in going_on_keys:
            _put_back(batch)


def _put_back(batch: ImportBatch) -> None:
    """Only if nobody did anything to it since it was read."""
    before = BEFORE[ImportState(batch.state)]
    rows = ImportBatch.objects.filter(pk=batch.pk, state=batch.state, job_id=batch.job_id)
    if rows.update(state=before):
        batch.state = before
    else:
        batch.refresh_from_db()


def take_turn(batch: ImportBatch, progress: Progress) -> None:
    """Wait until no other import of the school writes, and note that this run is the one. Stops when it is asked to.

    Who waits holds nothing, so a turn always belongs to a run that goes on; one whose worker was lost has lost it.
    """
    while other := _try_to_take(batch, progress.job):
        progress(0, 0, _("Waits for import no. %s of this school, which is being written.") % other)
        time.sleep(PAUSE_SECONDS)
    progress.check()


def check_turn(batch: ImportBatch, progress: Progress) -> None:
    """At the start of the transaction that writes: nobody else of this school can begin until it has ended."""
    _lock(batch.school_id)
    options = ImportBatch.objects.values_list("options", flat=True).get(pk=batch.pk)
    if options.get(TURN) != _turn_of(progress.job):
        raise Lost


def _try_to_take(batch: ImportBatch, job: Job) -> int:
    """0 once this run has the turn, else the number of the import that has it. Asked first without a lock: whoever only
    waits holds up no writer, and on SQLite is not held up by the one there is.
    """
    if other := _who_writes(batch):
        return other
    with transaction.atomic():
        _lock(batch.school_id)
        if other := _who_writes(batch):
            return other
        _pass_on(batch, _turn_of(job))
    return 0


def _holders(batch: ImportBatch) -> list[ImportBatch]:
    rows = ImportBatch.objects.filter(school=batch.school_id, state__in=WRITING).exclude(pk=batch.pk)
    return [other for other in rows.only("pk", "job_id", "options") if TURN in other.options]


def _who_writes(batch: ImportBatch) -> int:
    return next((other.pk for other in _holders(batch) if _still_runs(other)), 0)


def _pass_on(batch: ImportBatch, turn: str) -> None:
    for gone in _holders(batch):
        ImportBatch.objects.filter(pk=gone.pk).update(options=without_turn(gone.options))
    batch.options = {**ImportBatch.objects.values_list("options", flat=True).get(pk=batch.pk), TURN: turn}
    ImportBatch.objects.filter(pk=batch.pk).update(options=batch.options)


def _still_runs(other: ImportBatch) -> bool:
    """Not if its worker was lost, whether the sweep found that already or has yet to: the sweep needs a worker too."""
    job = Job.objects.filter(pk__in=[other.job_id], state=JobState.RUNNING).first()
    if job is None or other.options[TURN] != _turn_of(job):
        return False
    is_silent = job.heartbeat_at is not None and job.heartbeat_at < lost_before()
    return not is_silent or job.pk in alive([job])


def _turn_of(job: Job) -> str:
    return f"{job.pk}:{job.attempt}"


def _lock(school_id: int) -> None:
    """Teachers go on entering marks meanwhile: rows that only refer to the school are not held up."""
    School.objects.select_for_update(no_key=True).only("pk").get(pk=school_id)


def without_turn(options: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in options.items() if name != TURN}
