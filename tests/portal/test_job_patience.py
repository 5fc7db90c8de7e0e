"""A database that is away for a moment costs a job neither its work nor its pulse, and nothing is stored twice."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from portal.audit.models import AuditEvent
from portal.audit.record import record
from portal.jobs import patience
from portal.jobs.models import Job, JobState
from portal.jobs.patience import patiently
from portal.jobs.pulse import Pulse, Reached
from portal.jobs.running import Progress, job_running
from tests import make

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "PAUSE_SECONDS", 0.0)


@pytest.fixture
def job(db: None) -> Job:
    return Job.objects.create(
        kind="test", title="Count", task="t", queue="quick", requested_by=make.make_user("Otto Office")
    )


def away(times: int) -> Any:
    """A deed that finds no database so often, and then says that it was done."""
    left = [OperationalError("gone")] * times

    def deed() -> str:
        if left:
            raise left.pop()
        return "done"

    return deed


def test_it_is_said_again_until_it_is_heard() -> None:
    assert patiently(away(3)) == "done"


def test_patience_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "PATIENCE_SECONDS", 0.0)
    with pytest.raises(OperationalError):
        patiently(away(1))


def test_inside_a_transaction_there_is_one_try() -> None:
    with pytest.raises(OperationalError), transaction.atomic():
        patiently(away(1))


def test_a_connection_that_broke_during_long_work_is_opened_anew() -> None:
    connection.ensure_connection()
    connection.connection.close()
    assert patiently(Job.objects.count) == 0


def test_a_pulse_whose_connection_broke_beats_again(job: Job) -> None:
    long_ago = timezone.now() - timedelta(hours=1)
    Job.objects.filter(pk=job.pk).update(state=JobState.RUNNING, attempt=1, heartbeat_at=long_ago)
    job.refresh_from_db()
    pulse = Pulse(job, Reached())
    connection.connection.close()
    pulse._try(pulse._tell_row)
    pulse._try(pulse._tell_row)
    job.refresh_from_db()
    assert job.heartbeat_at > long_ago


def count_once(progress: Progress, *faults: Exception) -> None:
    left = list(faults)

    def keep() -> None:
        record(progress.by, "counted", job=str(progress.job.pk))
        progress.finish("Counted.")
        if left:
            raise left.pop()

    progress.store(keep)


def test_what_was_worked_out_is_stored_when_the_database_is_back(job: Job) -> None:
    with job_running(str(job.pk)) as progress:
        count_once(progress, OperationalError("gone"), OperationalError("still gone"))
    job.refresh_from_db()
    assert (job.state, job.attempt, job.sentence) == (JobState.SUCCEEDED, 1, "Counted.")
    assert AuditEvent.objects.filter(verb="counted").count() == 1


def test_what_was_stored_without_the_news_of_it_is_not_stored_again(job: Job) -> None:
    with job_running(str(job.pk)) as progress:
        count_once(progress)
        count_once(progress)  # as after a connection that broke between the commit and its answer
    job.refresh_from_db()
    assert job.state == JobState.SUCCEEDED
    assert AuditEvent.objects.filter(verb="counted").count() == 1
