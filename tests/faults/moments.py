"""For workers of tests alone: named moments at which the process that does the work kills itself as `kill -9` would.

A test says which by `dies_at`; each wish is granted once. Whatever is done again then goes through. Between two moments
a test kills from outside. By `held_at` the process waits there instead, so that something can happen to it meanwhile.
"""

import os
import resource
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.db.backends.signals import connection_created
from redis import Redis

from portal.jobs import parts, running
from predictions import artifacts, frames, registry, scoring, storing, tracking, training
from students.importing.batches import carrying_out

WISHES, KILLS, CLAIMS = "faults:wishes", "faults:kills", "faults:claims"
HELD, REACHED = "faults:held", "faults:reached"
LARGEST_FILE, IMPATIENT = "faults:largest-file", "faults:impatient"
READING, HALF_STORED, STORED, REGISTERED, COMMITTED = "reading", "half stored", "stored", "registered", "committed"
IMPORT_READ, IMPORT_WRITTEN, IMPORT_STORED, IMPORT_UNDONE = (
    "import read",
    "import written",
    "import stored",
    "import undone",
)
PLANNED, HANDING_OVER, WRITING, WRITTEN, CLOSING = "planned", "handing over", "writing", "written", "closing"


def server() -> Redis:
    # The connection of a process, for a pool's children must not share one.
    return Redis.from_url(settings.CACHES["default"]["LOCATION"])


def dies_at(*moments: str) -> None:
    """Forgets what was before: wishes, kills and claims."""
    with server() as redis:
        redis.delete(WISHES, KILLS, CLAIMS)
        if moments:
            redis.sadd(WISHES, *moments)


def left() -> set[str]:
    """Wishes that nobody came to yet."""
    with server() as redis:
        return {wish.decode() for wish in redis.smembers(WISHES)}


def note(what: str, whose: str = "") -> None:
    with server() as redis:
        redis.rpush(what, f"{time.time()} {whose}")


def noted(what: str) -> list[tuple[float, str]]:
    """When it happened, and to which job; in order."""
    with server() as redis:
        told = [each.decode().partition(" ") for each in redis.lrange(what, 0, -1)]
    return [(float(at), whose) for at, _, whose in told]


@contextmanager
def held_at(*moments: str) -> Iterator[Callable[[], bool]]:
    """Gives the question whether each moment has somebody waiting at it; at the end they go on."""
    with server() as redis:
        redis.delete(REACHED)
        redis.sadd(HELD, *moments)
        try:
            yield lambda: redis.scard(REACHED) == len(moments)
        finally:
            redis.delete(HELD)


def at(moment: str) -> None:
    with server() as redis:
        if redis.srem(WISHES, moment):
            note(KILLS)
            os.kill(os.getpid(), signal.SIGKILL)
        while redis.sismember(HELD, moment):
            redis.sadd(REACHED, moment)
            time.sleep(0.05)


@contextmanager
def told(what: str, value: int) -> Iterator[None]:
    with server() as redis:
        redis.set(what, value)
        try:
            yield
        finally:
            redis.delete(what)


def files_of_at_most(size: int) -> AbstractContextManager[None]:
    """While a model is stored, the kernel lets the process write no larger file."""
    return told(LARGEST_FILE, size)


def impatient(milliseconds: int) -> AbstractContextManager[None]:
    """Connections to SQLite that are opened meanwhile wait no longer than this for its one writer."""
    return told(IMPATIENT, milliseconds)


def shorten_patience(connection: Any, **facts: Any) -> None:
    with server() as redis:
        wait = redis.get(IMPATIENT)
    if wait is not None and connection.vendor == "sqlite":
        connection.connection.execute(f"PRAGMA busy_timeout = {int(wait)}")


class Halved(ContentFile):
    """The storage gets the first half, and then perhaps nobody is left to give it the other."""

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        data = bytes(self.read())
        yield data[: len(data) // 2]
        at(HALF_STORED)
        yield data[len(data) // 2 :]


def narrowed(store: Callable[[bytes], str]) -> Callable[[bytes], str]:
    def stored(data: bytes) -> str:
        with server() as redis:
            largest = redis.get(LARGEST_FILE)
        if largest is None:
            return store(data)
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(largest), hard))
        try:
            return store(data)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    return stored


def before(room: Any, name: str, moment: str) -> None:
    deed = getattr(room, name)

    def watched(*args: Any, **call: Any) -> Any:
        at(moment)
        return deed(*args, **call)

    setattr(room, name, watched)


def after(room: Any, name: str, happens: Callable[..., None]) -> None:
    deed = getattr(room, name)

    def watched(*args: Any, **call: Any) -> Any:
        answer = deed(*args, **call)
        happens(*args)
        return answer

    setattr(room, name, watched)


def watch() -> None:
    """Called where a worker starts, so that the children of its pool are watched from their first task on."""
    tell = running.Progress.__call__

    def told(progress: Any, done: int, *rest: Any, **facts: Any) -> None:
        at(f"{progress.job.kind} {done}")
        tell(progress, done, *rest, **facts)

    running.Progress.__call__ = told  # type: ignore[method-assign]  # the moment is here
    connection_created.connect(shorten_patience)
    artifacts.ContentFile = Halved  # type: ignore[misc]  # a write that stops half way
    artifacts.store = narrowed(artifacts.store)
    before(frames, "school_tables", READING)
    before(training, "register", STORED)
    after(running, "_claim", lambda job_id: note(CLAIMS, job_id))
    after(registry, "register", lambda *told: at(REGISTERED))  # inside the transaction that ends the job
    before(tracking, "note", COMMITTED)
    after(scoring, "plan", lambda *told: at(PLANNED))
    before(parts, "_written_for", HANDING_OVER)
    before(storing, "write", WRITING)
    after(storing, "count", lambda *told: at(WRITTEN))  # all rows of the part are written, nothing is committed
    before(running, "close", CLOSING)  # the part is committed, the whole does not know yet
    after(carrying_out, "look_over", lambda *told: at(IMPORT_READ))  # it has its turn and its plan, nothing is open
    after(carrying_out, "write_plan", lambda *told: at(IMPORT_WRITTEN))  # every row is there, nothing says so yet
    after(carrying_out, "_change", lambda *told: at(IMPORT_STORED))  # the import says so too, nothing is committed
    after(carrying_out, "take_back", lambda *told: at(IMPORT_UNDONE))
