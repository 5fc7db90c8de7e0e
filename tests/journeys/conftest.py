"""A queue and a worker as real processes, the same as where workers are killed."""

from tests.faults.conftest import queue_url, session_worker, worker

__all__ = ["queue_url", "session_worker", "worker"]
