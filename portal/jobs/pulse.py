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
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection, connections
from django.db.models import QuerySet
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
    cancel_asked: bool = False
    lost: bool = False
    ended: bool = False


def _progress_key(job_id: Any) -> str:
    return f"jobs:progress:{job_id}"


def _cancel_key(job_id: Any) -> str:
    return f"jobs:cancel:{job_id}"


def claimed(job: Job) -> QuerySet[Job]:
    """The row as long as it is still this run's: each claim counts `attempt` up, so an older run changes nothing."""
    return Job.objects.filter(pk=job.pk, state=JobState.RUNNING, attempt=job.attempt)


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
        except (RedisError, DatabaseError, OSError) as error:
            if not self.complained:  # once a job, not once a second
                logger.warning("pulse not written", exc_info=error, extra={"job": str(self.job.pk)})
            self.complained = True

    def _tell_cache(self) -> None:
        note_worker()
        told = (time.time(), self.job.attempt, self.reached.done, self.reached.total, self.reached.sentence)
        cache.set(_progress_key(self.job.pk), told, KEPT_SECONDS)
        if cache.get(_cancel_key(self.job.pk)):
            self.reached.cancel_asked = True

    def _tell_row(self) -> None:
        if self.reached.ended:
            return
        self.row_written = time.monotonic()
        do_not_wait_for_the_writer()
        facts = {"done": self.reached.done, "total": self.reached.total, "sentence": self.reached.sentence}
        self.reached.lost = not claimed(self.job).update(heartbeat_at=timezone.now(), **facts)
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


def with_latest(job: Job) -> Job:
    """The job with the progress of this second, which its row learns a little later."""
    told = _from_cache([job]).get(job.pk)
    if told and job.state == JobState.RUNNING and told[1] == job.attempt:
        job.done, job.total, job.sentence = told[2:]
    return job


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
