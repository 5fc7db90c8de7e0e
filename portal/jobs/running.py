"""Slow work from the order to the end: write the wish down, ring for a worker, run it once, say how it went.

order:  job = enqueue(tasks.apply_import, kind="import", title="Import of …", by=user, arguments={"batch_id": 7})

task:   @shared_task
        def apply_import(job_id: str, batch_id: int) -> None:
            with job_running(job_id) as progress:
                apply.carry_out(ImportBatch.objects.get(pk=batch_id), by=progress.by, progress=progress)
"""

import logging
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from celery import current_app
from celery.exceptions import Ignore, SoftTimeLimitExceeded
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import F
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from kombu.exceptions import OperationalError as QueueError
from redis.exceptions import RedisError

from portal.accounts.preferences import language_of
from portal.audit.record import record
from portal.jobs.models import ENDED, Job, JobState
from portal.jobs.pulse import Reached, ask_to_stop, beating, claimed, seconds_since_heartbeat
from portal.kit.errors import Conflict
from portal.kit.logs import under_request

__all__ = ["Cancelled", "Progress", "cancel", "enqueue", "job_running", "ring", "seconds_since_heartbeat"]

logger = logging.getLogger("portal.jobs")
# Kept as they stand here and translated where they are shown: the sweep and the worker do not know who will read them.
NO_QUEUE = gettext_noop("The queue cannot be reached just now. This waits and starts by itself when it is back.")
OUR_FAULT = gettext_noop("Something went wrong on our side; it has been noted. Nothing further was done.")
TOO_LONG = gettext_noop("This took longer than it may and was stopped.")
STOPPED = gettext_noop("Stopped as asked.")
AGAIN = gettext_noop("The database could not be reached. This will be tried again.")


class AlreadyTaken(Ignore):
    """The job has ended or another worker has it. Celery drops a message whose task raises this."""


class Cancelled(Exception):
    """Somebody asked to stop; raised out of `progress(…)`, so that the work leaves at a place of its own choosing."""


class Lost(Exception):
    """The job was given to another worker because this one was silent for too long."""


def enqueue(  # noqa: PLR0913  # an order has these parts, each named at the call
    task: Any,
    *,
    kind: str,
    title: str,
    by: Any,
    arguments: dict[str, Any],
    school_id: int | None = None,
    queue: str = "quick",
    back_to: str = "",
) -> Job:
    """Write the wish down; after commit the task is called with `job_id` and these arguments. A dead queue is no error.

    `arguments` hold ids and plain values; `back_to` is the address of the page to return to afterwards.
    """
    job = Job.objects.create(
        kind=kind,
        title=title[:160],
        requested_by=by,
        school_id=school_id,
        task=task.name,
        arguments=arguments,
        queue=queue,
        back_to=back_to,
        rung_at=timezone.now(),
    )
    transaction.on_commit(partial(ring, job))
    return job


def ring(job: Job) -> bool:
    """Tell the queue that the job waits. Where that fails, the row says so, and the sweep tries again."""
    try:
        call = {"job_id": str(job.pk), **job.arguments}
        current_app.send_task(job.task, kwargs=call, queue=job.queue, retry=False)
    except (QueueError, RedisError, OSError) as error:
        logger.warning("queue not reached", exc_info=error, extra={"job": str(job.pk), "queue": job.queue})
        _still_waiting(job).update(rung_at=None, sentence=NO_QUEUE)
        return False
    if job.sentence:
        _still_waiting(job).update(sentence="")
    return True


def _still_waiting(job: Job) -> Any:
    return Job.objects.filter(pk=job.pk, state=JobState.QUEUED)


@transaction.atomic
def cancel(job: Job, *, by: Any) -> None:
    """A waiting job ends at once, a running one at its next step. Raises Conflict if it has ended already."""
    now = timezone.now()
    ended = {"state": JobState.CANCELLED, "ended_at": now, "sentence": STOPPED}
    if not _still_waiting(job).update(cancel_asked_at=now, **ended):
        rows = Job.objects.filter(pk=job.pk).exclude(state__in=ENDED)
        if not rows.update(cancel_asked_at=now):
            raise Conflict(_("This has ended already."), code="ended")
    record(by, "job stopped", school_id=job.school_id, job=str(job.pk), kind=job.kind)
    transaction.on_commit(partial(ask_to_stop, job))


class Progress:
    """What a room is given: call it to say how far the work is, and to be told when to stop."""

    def __init__(self, job: Job) -> None:
        self.job, self.by = job, job.requested_by
        self.reached = Reached(cancel_asked=job.cancel_asked_at is not None)
        self.ending: dict[str, Any] = {"state": JobState.SUCCEEDED, "sentence": ""}

    def __call__(self, done: int, total: int = 0, sentence: str = "") -> None:
        """Costs nothing, call it often. Raises Cancelled when somebody asked to stop."""
        self.reached.done, self.reached.total, self.reached.sentence = done, total, sentence[:400]
        self.check()

    def check(self) -> None:
        if self.reached.lost:
            raise Lost
        if self.reached.cancel_asked:
            raise Cancelled

    def finish(self, sentence: str, *, partly: bool = False) -> None:
        """Say how it ended. As the last line inside the transaction that holds the effects it makes them happen once:
        both are stored together, and a run whose job was given to another worker in the meantime is undone.
        """
        state = JobState.PARTIALLY_SUCCEEDED if partly else JobState.SUCCEEDED
        self.ending = {"state": state, "sentence": sentence[:400]}
        self.reached.ended = True
        if not _store(self, self.ending):
            raise Lost


@contextmanager
def job_running(job_id: str) -> Iterator[Progress]:
    """Claim the job, run the body, store how it ended. No error leaves here: the job's sentence tells it.

    The body is skipped (by AlreadyTaken, which Celery swallows) when the job has ended or runs elsewhere.
    """
    progress = Progress(_claim(job_id))
    error: Exception | None = None
    with under_request(job_id), translation.override(language_of(progress.by)):
        try:
            with beating(progress.job, progress.reached):
                yield progress
        except Exception as caught:  # noqa: BLE001  # whatever broke, the person gets a sentence and the log the trace
            error = caught
        _end(progress, error)


def _claim(job_id: str) -> Job:
    """From waiting to running, by one worker only. A run that lost its worker is first put back by the sweep."""
    now = timezone.now()
    facts = {"state": JobState.RUNNING, "started_at": now, "heartbeat_at": now, "done": 0, "total": 0, "sentence": ""}
    worker = f"{socket.gethostname()}:{os.getpid()}"[:120]
    waiting = Job.objects.filter(pk=job_id, state=JobState.QUEUED)
    if not waiting.update(**facts, attempt=F("attempt") + 1, worker=worker):
        raise AlreadyTaken(job_id)
    return Job.objects.select_related("requested_by").get(pk=job_id)


def _end(progress: Progress, error: Exception | None) -> None:
    job = progress.job
    if isinstance(error, Lost):
        logger.warning("job was taken over", extra={"job": str(job.pk), "task": job.task})
        return
    ending = progress.ending if error is None else _ending_for(job, error)
    if error is not None and not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()  # what broke may be the connection that is now to tell of it
    _store(progress, ending)
    logger.info("job ended", extra={"job": str(job.pk), "task": job.task, "state": str(ending["state"])})


def _ending_for(job: Job, error: Exception) -> dict[str, Any]:
    """The sentence for a person; whatever is not a refusal in our own words is logged with its trace."""
    if isinstance(error, Cancelled):
        return {"state": JobState.CANCELLED, "sentence": STOPPED}
    told = getattr(error, "sentence", "")  # DomainError, and errors of mlcore, which this package does not know
    if told:
        return {"state": JobState.FAILED, "sentence": told[:400]}
    logger.error("job failed", exc_info=error, extra={"job": str(job.pk), "task": job.task})
    if isinstance(error, OperationalError | InterfaceError) and job.attempt < settings.JOB_ATTEMPTS:
        return {"state": JobState.QUEUED, "sentence": AGAIN, "rung_at": None}
    if isinstance(error, SoftTimeLimitExceeded):
        return {"state": JobState.FAILED, "sentence": TOO_LONG}
    return {"state": JobState.FAILED, "sentence": OUR_FAULT, "is_our_fault": True}


def _store(progress: Progress, ending: dict[str, Any]) -> bool:
    """Whether the row was still this run's to write."""
    now = timezone.now()
    facts = {"done": progress.reached.done, "total": progress.reached.total, "heartbeat_at": now, **ending}
    if ending["state"] in ENDED:
        facts["ended_at"] = now
    return bool(claimed(progress.job).update(**facts))
