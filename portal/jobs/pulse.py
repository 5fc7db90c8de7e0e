"""How a running job lets others know that it lives and how far it is, whatever its work is busy with.

One small thread per running job writes: every second to the cache, every few seconds to the Job row. The work itself
only notes its progress in memory, so it may report as often as it likes, also inside a long transaction, where
a row of its own would be seen by nobody until the end.
"""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import Error as DatabaseFault
from django.db import connection, connections
from django.db.models import Q, QuerySet, Sum
from django.utils import timezone
from redis.exceptions import RedisError

from portal.jobs.models import Job, JobState

logger = logging.getLogger("portal.jobs")
PULSE_SECONDS = 1.0
WORKER = "jobs:worker"
KEPT_SECONDS = 3600


@dataclass
class Reached:
    """How far the work is; written by the work, read by the pulse."""

    done: int = 0
    total: int = 0
    sentence: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    cancel_asked: bool = False
    lost: bool = False
    ended: bool = False


def _progress_key(job_id: Any) -> str:
    return f"jobs:progress:{job_id}"


def _cancel_key(job_id: Any) -> str:
    return f"jobs:cancel:{job_id}"


def claimed(job: Job) -> QuerySet[Job]:
    """The row as long as it is still this run's: each claim counts `attempt` up, so an older run changes nothing.
    A run that handed its work over to parts has given the row away: without a heartbeat it is nobody's.
    """
    rows = Job.objects.filter(pk=job.pk, state=JobState.RUNNING, attempt=job.attempt)
    return rows.filter(heartbeat_at__isnull=False)


class Pulse(threading.Thread):
    def __init__(self, job: Job, reached: Reached) -> None:
        super().__init__(name=f"pulse-{job.pk}", daemon=True)
        self.job, self.reached, self.stop = job, reached, threading.Event()
        self.row_seconds = settings.JOB_LOST_SECONDS / 6
        self.row_written = time.monotonic()
        self.complained = False

    def run(self) -> None:
        try:
            while True:
                self._try(self._tell_cache)
                if time.monotonic() - self.row_written >= self.row_seconds:
                    self._try(self._tell_row)
                if self.stop.wait(min(PULSE_SECONDS, self.row_seconds)):
                    return
        finally:
            connections.close_all()

    def _try(self, write: Any) -> None:
        try:
            write()
        except (RedisError, DatabaseFault, OSError) as error:
            if isinstance(error, DatabaseFault):
                connection.close()  # a broken one is not mended by itself; the next beat opens another
            if not self.complained:  # once a job, not once a second
                logger.warning("pulse not written", exc_info=error, extra={"job": str(self.job.pk)})
            self.complained = True

    def _tell_cache(self) -> None:
        note_worker()
        reached = self.reached
        told = (time.time(), self.job.attempt, reached.done, reached.total, reached.sentence, reached.facts)
        cache.set(_progress_key(self.job.pk), told, KEPT_SECONDS)
        if cache.get(_cancel_key(self.job.pk)):
            self.reached.cancel_asked = True

    def _tell_row(self) -> None:
        if self.reached.ended:
            return
        self.row_written = time.monotonic()
        do_not_wait_for_the_writer()
        reached = self.reached
        told = {"done": reached.done, "total": reached.total, "sentence": reached.sentence, "facts": reached.facts}
        if not claimed(self.job).update(heartbeat_at=timezone.now(), **told) and not reached.ended:
            reached.lost = True
        if Job.objects.filter(pk=self.job.pk, cancel_asked_at__isnull=False).exists():
            self.reached.cancel_asked = True


def do_not_wait_for_the_writer() -> None:
    """SQLite has one writer, and that may be the work itself for minutes: the next beat in the cache matters more."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA busy_timeout = 100")


@contextmanager
def beating(job: Job, reached: Reached) -> Iterator[None]:
    pulse = Pulse(job, reached)
    pulse.start()
    try:
        yield
    finally:
        pulse.stop.set()
        pulse.join()


def ask_to_stop(job: Job) -> None:
    """Reaches the work within a second; where the cache is away, the row does within a few."""
    try:
        cache.set(_cancel_key(job.pk), True, KEPT_SECONDS)
    except (RedisError, OSError) as error:
        logger.warning("cancel not told to the cache", exc_info=error, extra={"job": str(job.pk)})


def forget_asking(jobs: list[Job]) -> None:
    """Somebody wants these done after all."""
    try:
        cache.delete_many([_cancel_key(job.pk) for job in jobs])
    except (RedisError, OSError) as error:
        logger.warning("cache not told", exc_info=error, extra={"jobs": len(jobs)})


def with_latest(job: Job) -> Job:
    """The job with the progress of this second, which its row learns a little later."""
    return all_with_latest([job])[0]


def all_with_latest(jobs: list[Job]) -> list[Job]:
    """The same for many, with as many queries as for one. Who waits for parts is as far as they are together."""
    running = [job for job in jobs if job.state == JobState.RUNNING]
    _tell_from_cache([job for job in running if not job.waits_for_parts])
    if wholes := {job.pk: job for job in running if job.waits_for_parts}:
        _add_up(wholes)
    return jobs


def _tell_from_cache(running: list[Job]) -> None:
    told = _from_cache(running)
    for job in running:
        if job.pk in told and told[job.pk][1] == job.attempt:
            _, _, job.done, job.total, job.sentence, *facts = told[job.pk]
            job.facts = facts[0] if facts else job.facts


def _add_up(wholes: dict[Any, Job]) -> None:
    """First those that have ended, then those that run: one that ends in between is missed, and never counted twice."""
    parts = Job.objects.filter(part_of__in=wholes).order_by()
    has_done = Q(state__in=[JobState.SUCCEEDED, JobState.PARTIALLY_SUCCEEDED])
    sums = {"size": Sum("total"), "ended": Sum("done", filter=has_done, default=0)}
    for pk, total, done in list(parts.values_list("part_of").annotate(**sums)):
        wholes[pk].done, wholes[pk].total = done, total
    running = list(parts.filter(state=JobState.RUNNING))
    _tell_from_cache(running)
    for part in running:
        wholes[part.part_of_id].done += part.done


def alive(jobs: list[Job]) -> set[Any]:
    """Keys of those jobs whose pulse was felt lately in the cache, even if their row could not be written."""
    felt_after = time.time() - settings.JOB_LOST_SECONDS
    return {pk for pk, told in _from_cache(jobs).items() if told[0] > felt_after}


def _from_cache(jobs: list[Job]) -> dict[Any, tuple[Any, ...]]:
    keys = {_progress_key(job.pk): job.pk for job in jobs}
    try:
        return {keys[key]: told for key, told in cache.get_many(keys).items()}
    except (RedisError, OSError):
        return {}


def note_worker() -> None:
    cache.set(WORKER, time.time(), KEPT_SECONDS)


def seconds_since_heartbeat() -> float | None:
    """How long ago any worker was last known to work; None if not within the hour."""
    at = cache.get(WORKER)
    return None if at is None else max(0.0, time.time() - at)


def lost_before() -> Any:
    """A running job whose row and pulse are both older than this has lost its worker."""
    return timezone.now() - timedelta(seconds=settings.JOB_LOST_SECONDS)
