"""A queue and a worker for the whole session, as real processes on the test database."""

import os
from collections.abc import Iterator

import pytest

from tests.faults.predicting import Killed, table_of
from tests.workers import Queue, Worker, empty, speaking_to

SMALL = {"SCORE_CHUNK": "5", "TRAINING_THREADS": "1"}


@pytest.fixture(scope="session")
def queue_url() -> Iterator[str]:
    """TEST_REDIS_URL where it is set, else an embedded queue of our own."""
    if given := os.environ.get("TEST_REDIS_URL"):
        empty(given)
        yield given
        empty(given)
        return
    queue = Queue()
    queue.start()
    yield queue.url
    queue.stop()


@pytest.fixture
def own_queue(session_worker: Worker) -> Iterator[Queue]:
    """One that a test may stop and start. The worker of the session would sweep the same database and ring elsewhere."""
    if session_worker.process and session_worker.process.poll() is None:
        session_worker.kill()
    queue = Queue()
    queue.start()
    yield queue
    queue.stop()


@pytest.fixture(scope="session")
def tally() -> Iterator[list[Killed]]:
    """What the killing tests count; printed at the end for who runs them with `-s`."""
    told: list[Killed] = []
    yield told
    print(table_of(told))


@pytest.fixture(scope="session")
def session_worker(django_db_setup: None, queue_url: str) -> Iterator[Worker]:
    worker = Worker(queue_url, include="tests.faults.watched", variables=SMALL)
    yield worker
    worker.stop()


@pytest.fixture
def worker(transactional_db: None, session_worker: Worker, queue_url: str) -> Iterator[Worker]:
    """A running worker, and this process orders through the same queue."""
    if session_worker.process is None or session_worker.process.poll() is not None:
        session_worker.start()
    with speaking_to(queue_url):
        yield session_worker
