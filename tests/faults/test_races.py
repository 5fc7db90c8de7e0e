"""Several workers and sweeps at the same moment: one of them wins, and the others do nothing."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any
from unittest.mock import patch

import pytest
from django.db import connections, transaction
from django.test import override_settings
from django.utils import timezone

from portal.jobs import pulse, running, sweeping
from portal.jobs.models import Job, JobState
from tests import make

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 6


def all_at_once(deed: Callable[[], Any]) -> list[Any]:
    """The deed in six threads, each with a connection of its own, started together."""
    ready = Barrier(AT_ONCE)

    def one() -> Any:
        try:
            ready.wait()
            return deed()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(AT_ONCE) as threads:
        return [future.result() for future in [threads.submit(one) for _ in range(AT_ONCE)]]


def make_job(**facts: Any) -> Job:
    by = make.make_user("Otto Office")
    return Job.objects.create(kind="test", title="Count", task="t", queue="quick", requested_by=by, **facts)


def test_one_job_is_claimed_by_one_worker() -> None:
    job = make_job()

    def claim() -> bool:
        try:
            running._claim(str(job.pk))
        except running.AlreadyTaken:
            return False
        return True

    assert sum(all_at_once(claim)) == 1
    job.refresh_from_db()
    assert job.attempt == 1


@pytest.mark.parametrize("state", [JobState.RUNNING, JobState.QUEUED])
def test_sweeps_at_once_ring_once(state: str) -> None:
    long_ago = timezone.now() - timedelta(hours=1)
    job = make_job(state=state, attempt=1, requested_at=long_ago, heartbeat_at=long_ago)
    rung: list[str] = []
    with patch.object(running.current_app, "send_task", lambda name, **call: rung.append(call["kwargs"]["job_id"])):
        all_at_once(sweeping.sweep)
    assert rung == [str(job.pk)]
    job.refresh_from_db()
    assert (job.state, job.attempt) == (JobState.QUEUED, 1)


def test_a_long_transaction_stops_neither_pulse_nor_cancelling() -> None:
    """Also where the database has one writer only, and that is the work itself."""
    job = make_job()
    with override_settings(JOB_LOST_SECONDS=3), running.job_running(str(job.pk)) as progress, transaction.atomic():
        progress.by.save()  # from here on this is the writer
        progress(70, 100)
        time.sleep(2.5)
        told = pulse._from_cache([job])[job.pk]
        assert time.time() - told[0] < 1.5
        assert told[2:4] == (70, 100)
        pulse.ask_to_stop(job)
        time.sleep(1.5)
        progress(71, 100)
    job.refresh_from_db()
    assert job.state == JobState.CANCELLED
