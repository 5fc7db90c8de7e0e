"""Real processes for tests that need them: a queue that can be stopped and started, and Celery workers with beat."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import quote

from celery import current_app
from django.conf import settings
from django.db import connection
from django.test import override_settings
from redis import Redis

from portal import embedded
from portal.jobs.models import Job, JobState

FAST = {"JOB_LOST_SECONDS": "3", "JOB_SWEEP_SECONDS": "1", "LOG_LEVEL": "WARNING"}


def database_url() -> str:
    """The test database, as a process that reads `portal.settings` is told about it."""
    facts = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{facts['NAME']}"
    who = ":".join(quote(facts[key], safe="") for key in ("USER", "PASSWORD") if facts[key])
    where = f"{quote(facts['HOST'], safe='')}:{facts['PORT']}" if facts["PORT"] else quote(facts["HOST"], safe="")
    return f"postgres://{who}{'@' if who else ''}{where}/{facts['NAME']}"


@dataclass
class Queue:
    """An embedded queue of its own, which may be stopped at will."""

    folder: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="foremark-queue-")))
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return embedded.address(self.folder)

    def start(self) -> None:
        where = embedded.socket_path(self.folder)
        embedded.prepare(where, self.folder / "queue")
        self.process = subprocess.Popen(embedded.command(where, self.folder / "queue"))
        embedded.wait_until_it_answers(where, self.process)

    def stop(self) -> None:
        if self.process:
            self.process.terminate()
            self.process.wait(10)


@dataclass
class Worker:
    """A worker with its beat, two tasks at a time, in a process group of its own."""

    queue_url: str
    include: str
    processes: int = 2
    variables: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    living: ClassVar[list["Worker"]] = []

    def start(self) -> None:
        own = {"DJANGO_SETTINGS_MODULE": "portal.settings", "DATABASE_URL": database_url(), "REDIS_URL": self.queue_url}
        own["VAR_DIR"] = tempfile.mkdtemp(prefix="foremark-worker-")
        own["ARTIFACT_DIR"] = str(settings.STORAGES["artifacts"]["OPTIONS"]["location"])  # as on one machine
        own["FILE_DIR"] = str(settings.STORAGES["files"]["OPTIONS"]["location"])
        flags = ["-B", "-c", str(self.processes), "-I", self.include, "-Q", "quick,score,train", "--without-mingle"]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "celery", "-A", "portal", "worker", *flags, "--without-gossip"],
            cwd=settings.BASE_DIR,
            env={**os.environ, **FAST, **own, **self.variables},
            start_new_session=True,
        )
        self.living.append(self)

    def kill(self) -> None:
        """As if the power went: no goodbye to anybody."""
        if self in self.living:
            self.living.remove(self)
        if self.process:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(10)

    def kill_one(self, pid: int) -> bool:
        """One process of its pool; whether it lived. A number that belongs to somebody else by now is left alone."""
        try:
            if self.process is None or os.getpgid(pid) != self.process.pid:
                return False
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            return False
        return True

    def stop(self) -> None:
        if self.process:
            self.process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(20)
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


@contextmanager
def speaking_to(queue_url: str) -> Iterator[None]:
    """This process orders and looks through that queue, as a web process would."""
    cache = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": queue_url}}
    before = current_app.conf.broker_url
    _use_broker(embedded.broker_url(queue_url))
    try:
        with override_settings(CACHES=cache, JOB_LOST_SECONDS=3):
            yield
    finally:
        _use_broker(before)


def _use_broker(url: str) -> None:
    current_app.conf.broker_url = url
    app: Any = current_app._get_current_object()
    app.amqp._producer_pool = None


def empty(queue_url: str) -> None:
    with Redis.from_url(queue_url) as server:
        server.flushdb()


def wait_for(question: Callable[[], Any], seconds: float = 20) -> Any:
    deadline = time.monotonic() + seconds
    while not (answer := question()):
        assert time.monotonic() < deadline, f"waited {seconds} seconds in vain"
        time.sleep(0.05)
    return answer


def wait_for_state(job: Job, state: str, seconds: float = 20) -> Job:
    wait_for(lambda: Job.objects.filter(pk=job.pk, state=state).exists(), seconds)
    job.refresh_from_db()
    return job


def work_off() -> None:
    """Without any process: runs the tasks of all waiting jobs here and now, their parts too."""
    while waiting := list(Job.objects.filter(state=JobState.QUEUED).order_by("requested_at", "title")):
        for job in waiting:
            current_app.tasks[job.task](job_id=str(job.pk), **job.arguments)
