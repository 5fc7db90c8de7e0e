"""Slow work from the order to the end: write the wish down, ring for a worker, run it once, say how it went.

order:  job = enqueue(tasks.plan_import, kind="import", title="Look over …", by=user, arguments={"batch_id": 7})

task:   @shared_task
        def plan_import(job_id: str, batch_id: int) -> None:
            with job_running(job_id) as progress:
                batches.look(ImportBatch.objects.get(pk=batch_id), by=progress.by, on=day, progress=progress)
"""

import logging
import math
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, TypeVar

from celery import current_app
from celery.exceptions import Ignore, SoftTimeLimitExceeded
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Case, F, When
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError as QueueError
from redis.exceptions import RedisError

from portal.accounts.preferences import language_of
from portal.audit.record import record
from portal.jobs.models import ENDED, Job, JobState
from portal.jobs.patience import patiently
from portal.jobs.pulse import Reached, ask_to_stop, beating, claimed, seconds_since_heartbeat
from portal.jobs.sentences import AGAIN, NO_QUEUE, OUR_FAULT, OUR_FAULT_AGAIN, STOPPED, TOO_LONG
from portal.jobs.wholes import close, stop_parts
from portal.kit.errors import Conflict
from portal.kit.logs import under_request

__all__ = ["Cancelled", "Progress", "cancel", "enqueue", "job_running", "ring", "seconds_since_heartbeat"]

logger = logging.getLogger("portal.jobs")
PLAIN = (str, int, float, type(None))
Stored = TypeVar("Stored")


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
    """A waiting job ends at once, a running one at its next step, and one in parts with the last of them that runs.
    Raises Conflict if it has ended already.
    """
    now = timezone.now()
    ended = {"state": JobState.CANCELLED, "ended_at": now, "sentence": STOPPED}
    if not _still_waiting(job).update(cancel_asked_at=now, **ended):
        rows = Job.objects.filter(pk=job.pk).exclude(state__in=ENDED)
        if not rows.update(cancel_asked_at=now):
            raise Conflict(_("This has ended already."), code="ended")
        stop_parts(job, now)
    record(by, "job stopped", school_id=job.school_id, job=str(job.pk), kind=job.kind)
    transaction.on_commit(partial(ask_to_stop, job))
    if job.part_of_id:
        transaction.on_commit(partial(close, job.part_of_id))


class Progress:
    """What a room is given: call it to say how far the work is, and to be told when to stop."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.by: Any = job.requested_by  # nobody, where the clock asked
        # A part's size is known before it runs, so that all of them together count in one unit.
        self.size = job.total if job.part_of_id else 0
        self.reached = Reached(total=self.size, cancel_asked=job.cancel_asked_at is not None)
        self.ending: dict[str, Any] = {"state": JobState.SUCCEEDED, "sentence": ""}

    def __call__(self, done: int, total: int = 0, sentence: str = "", **facts: Any) -> None:
        """Costs nothing, call it often. Raises Cancelled when somebody asked to stop. `facts` are a few plain values;
        one that is not told again stays.
        """
        if self.size:
            done, total = min(done * self.size // (total or self.size), self.size), self.size
        self.reached.done, self.reached.total, self.reached.sentence = done, total, sentence[:400]
        if facts:
            self.reached.facts = {**self.reached.facts, **{name: _plain(value) for name, value in facts.items()}}
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

    def store(self, deed: Callable[[], Stored]) -> Stored:
        """The transaction at the end of long work: `deed` writes the effects and calls `finish`. Where the database is
        away for a moment, it is begun again, for the work itself should not be done anew because of that.
        """
        return patiently(partial(self._store_once, deed))

    def _store_once(self, deed: Callable[[], Stored]) -> Stored:
        self.reached.ended = False
        with transaction.atomic():
            if not claimed(self.job).exists():
                raise Lost  # or the time before was stored, and only the news of it was lost
            return deed()


def _plain(value: Any) -> Any:
    """Refused here, where its maker can be seen, and not by the thread or the row that is to store it."""
    if not isinstance(value, PLAIN):
        raise TypeError(f"a fact of a job is text, a number or nothing, not {type(value).__name__}")
    if isinstance(value, float) and not math.isfinite(value):
        return None  # JSON has no word for it
    return value[:200] if isinstance(value, str) else value


@contextmanager
def job_running(job_id: str) -> Iterator[Progress]:
    """Claim the job, run the body, store how it ended. No error leaves here: the job's sentence tells it.

    The body is skipped (by AlreadyTaken, which Celery swallows) when the job has ended or runs elsewhere.
    """
    progress = Progress(patiently(partial(_claim, job_id)))
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
    facts = {"state": JobState.RUNNING, "started_at": now, "heartbeat_at": now, "done": 0, "sentence": "", "facts": {}}
    size = Case(When(part_of__isnull=False, then=F("total")), default=0)
    worker = f"{socket.gethostname()}:{os.getpid()}"[:120]
    waiting = Job.objects.filter(pk=job_id, state=JobState.QUEUED)
    if not waiting.update(**facts, total=size, attempt=F("attempt") + 1, worker=worker):
        raise AlreadyTaken(job_id)
    return Job.objects.select_related("requested_by").get(pk=job_id)


def _end(progress: Progress, error: Exception | None) -> None:
    job = progress.job
    if isinstance(error, Lost):
        logger.warning("job was taken over", extra={"job": str(job.pk), "task": job.task})
        return
    ending = progress.ending if error is None else _ending_for(progress, error)
    patiently(partial(_store, progress, ending))  # what broke may be the connection that is now to tell of it
    logger.info("job ended", extra={"job": str(job.pk), "task": job.task, "state": str(ending["state"])})
    if job.part_of_id and ending["state"] in ENDED:
        close(job.part_of_id)


def _ending_for(progress: Progress, error: Exception) -> dict[str, Any]:
    """The sentence for a person; whatever is not a refusal in our own words is logged with its trace."""
    job = progress.job
    if isinstance(error, Cancelled):
        return {"state": JobState.CANCELLED, "sentence": STOPPED}
    told = getattr(error, "sentence", "")  # DomainError, and errors of mlcore, which this package does not know
    if told:
        return {"state": JobState.FAILED, "sentence": told[:400]}
    logger.error("job failed", exc_info=error, extra={"job": str(job.pk), "task": job.task})
    if isinstance(error, SoftTimeLimitExceeded):
        return {"state": JobState.FAILED, "sentence": TOO_LONG}
    if job.has_tries_left and isinstance(error, OperationalError | InterfaceError):
        return {"state": JobState.QUEUED, "sentence": AGAIN, "rung_at": None}
    if job.has_tries_left and job.part_of_id and not progress.reached.cancel_asked:
        # The next sweep rings, and later ones after a pause that grows with the part's age.
        rung_at = timezone.now() if job.attempt - job.attempts_before > 1 else None
        return {"state": JobState.QUEUED, "sentence": OUR_FAULT_AGAIN, "rung_at": rung_at}
    return {"state": JobState.FAILED, "sentence": OUR_FAULT, "is_our_fault": True}


def _store(progress: Progress, ending: dict[str, Any]) -> bool:
    """Whether the row was still this run's to write."""
    now = timezone.now()
    reached = progress.reached
    if progress.size and ending["state"] == JobState.SUCCEEDED:
        reached.done = progress.size
    told = {"done": reached.done, "total": reached.total, "facts": reached.facts}
    facts = {**told, "heartbeat_at": now, **ending}
    if ending["state"] in ENDED:
        facts["ended_at"] = now
    return bool(claimed(progress.job).update(**facts))
