"""A job followed from a terminal: a worker does it, or this process where none is alive; Ctrl-C stops it at its next step."""

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from celery import current_app
from celery.exceptions import Ignore
from django.core.management.base import CommandParser
from django.db import DatabaseError, connection
from django.db.models import Q
from redis.exceptions import RedisError

from portal.jobs.models import Job, JobState
from portal.jobs.pulse import seconds_since_heartbeat, with_latest
from portal.jobs.running import cancel
from portal.jobs.telling import sentence_of
from portal.kit.errors import Conflict

SILENT = 60  # seconds after which no worker counts as alive
PAUSE = 0.5
Say = Callable[[str], None]


def add_arguments(parser: CommandParser) -> None:
    parser.add_argument("--wait", action="store_true", help="until it has ended; done here if no worker is alive")
    parser.add_argument("--here", action="store_true", help="done by this process, whether a worker is alive or not")


def follow(job: Job, *, here: bool, say: Say) -> Job:
    """Until the job has ended. Work that is done here goes through the same tasks as anywhere else."""
    here = here or not worker_is_alive()
    with _watching(job, say):
        while not (now := Job.objects.get(pk=job.pk)).has_ended:
            if not (here and _do_one(job)):
                time.sleep(PAUSE)
                here = here or not worker_is_alive()
    return now


def worker_is_alive() -> bool:
    """What this process does itself leaves a pulse too, so whoever asks does so before and remembers the answer."""
    try:
        age = seconds_since_heartbeat()
    except (RedisError, OSError):
        return False
    return age is not None and age < SILENT


def _do_one(job: Job) -> bool:
    """One of the job's tasks that wait; whether there was any."""
    waiting = Job.objects.filter(Q(pk=job.pk) | Q(part_of=job.pk), state=JobState.QUEUED)
    one = waiting.order_by("requested_at", "title").first()
    if one is None:
        return False
    with suppress(Ignore):  # a worker was faster
        current_app.tasks[one.task](job_id=str(one.pk), **one.arguments)
    return True


class _Watch(threading.Thread):
    """Says how far the job is while the work keeps this process busy, and passes on that it is to stop."""

    def __init__(self, job: Job, say: Say) -> None:
        super().__init__(daemon=True)
        self.job, self.say, self.said = job, say, ""
        self.over, self.stop_asked = threading.Event(), threading.Event()

    def run(self) -> None:
        try:
            while not self.over.wait(PAUSE):
                self.look()
        finally:
            connection.close()

    def look(self) -> None:
        try:
            if self.stop_asked.is_set():
                self._stop()
            job = Job.objects.filter(pk=self.job.pk).first()
            line = "" if job is None or job.has_ended else _line(with_latest(job))
        except DatabaseError:
            return  # the next look may succeed
        if line and line != self.said:
            self.said = line
            self.say(line)

    def _stop(self) -> None:
        with suppress(Conflict):  # it has ended in the meantime
            cancel(self.job, by=self.job.requested_by)
        self.stop_asked.clear()


def _line(job: Job) -> str:
    reached = f"{job.done:,} of {job.total:,}: " if job.total else ""
    return f"{reached}{sentence_of(job) or 'At work.'}"


@contextmanager
def _watching(job: Job, say: Say) -> Iterator[None]:
    watch = _Watch(job, say)
    watch.start()
    try:
        with _asking_first(watch):
            yield
    finally:
        watch.over.set()
        watch.join()


@contextmanager
def _asking_first(watch: _Watch) -> Iterator[None]:
    """The first Ctrl-C asks the job to stop where nothing is left half done; the second ends this process."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def ask(number: int, frame: Any) -> None:
        signal.signal(signal.SIGINT, before)
        watch.stop_asked.set()

    before = signal.signal(signal.SIGINT, ask)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
