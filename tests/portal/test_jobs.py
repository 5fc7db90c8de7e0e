"""Jobs: ordering, running, stopping, sweeping, and the pages on which a person follows their own."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.core.cache import cache
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from portal.audit.models import AuditEvent
from portal.jobs import pulse, running, sweeping
from portal.jobs.models import Job, JobState
from portal.jobs.running import AlreadyTaken, Cancelled, Progress, cancel, enqueue, job_running
from portal.kit.errors import Conflict
from tests.asserts import assert_queries
from tests.cast import Cast
from tests.faults import tasks

As = Callable[[Any], Client]


def order(school: Cast, **facts: Any) -> Job:
    facts = {
        "kind": "test",
        "title": "Count the desks",
        "by": school.otto,
        "arguments": {"steps": 2, "pause": 0},
        **facts,
    }
    return enqueue(tasks.count, **facts)


@contextmanager
def bell(works: bool = True) -> Iterator[list[dict[str, Any]]]:
    """A queue that takes note of what it was told, or is dead."""
    heard: list[dict[str, Any]] = []

    def send_task(name: str, **call: Any) -> None:
        if not works:
            raise running.QueueError("no queue")
        heard.append({"task": name, **call})

    with patch.object(running.current_app, "send_task", send_task):
        yield heard


def silent_since(job: Job, seconds: int, **facts: Any) -> None:
    at = timezone.now() - timedelta(seconds=seconds)
    Job.objects.filter(pk=job.pk).update(state=JobState.RUNNING, attempt=1, heartbeat_at=at, **facts)


def test_an_order_rings_after_commit_with_the_job_s_id(school: Cast, django_capture_on_commit_callbacks: Any) -> None:
    with bell() as heard, django_capture_on_commit_callbacks(execute=True):
        job = order(school, queue="train")
        assert not heard
    call = {"job_id": str(job.pk), "steps": 2, "pause": 0}
    assert heard == [{"task": "tests.faults.tasks.count", "kwargs": call, "queue": "train", "retry": False}]


def test_an_order_at_a_dead_queue_waits_and_says_so(school: Cast, django_capture_on_commit_callbacks: Any) -> None:
    with bell(works=False), django_capture_on_commit_callbacks(execute=True):
        job = order(school)
    job.refresh_from_db()
    assert (job.state, job.sentence, job.rung_at) == (JobState.QUEUED, running.NO_QUEUE, None)
    with bell() as heard:
        sweeping.sweep()
    job.refresh_from_db()
    assert len(heard) == 1
    assert job.sentence == ""


def test_a_job_that_has_ended_is_not_run_again(school: Cast) -> None:
    job = order(school)
    tasks.count(job_id=str(job.pk), steps=1, pause=0)
    job.refresh_from_db()
    assert (job.state, job.sentence, job.attempt) == (JobState.SUCCEEDED, "Counted to 1.", 1)
    with pytest.raises(AlreadyTaken):
        tasks.count(job_id=str(job.pk), steps=1, pause=0)
    assert AuditEvent.objects.filter(verb="counted").count() == 1


@pytest.mark.parametrize(
    ("error", "state", "sentence", "ours"),
    [
        (Conflict("That class is full."), JobState.FAILED, "That class is full.", False),
        (ValueError("Sam scored 31"), JobState.FAILED, running.OUR_FAULT, True),
        (SoftTimeLimitExceeded(), JobState.FAILED, running.TOO_LONG, False),
        (Cancelled(), JobState.CANCELLED, running.STOPPED, False),
        (OperationalError("connection lost"), JobState.QUEUED, running.AGAIN, False),
    ],
)
def test_every_ending_has_a_sentence(school: Cast, error: Exception, state: str, sentence: str, ours: bool) -> None:
    job = order(school)
    with job_running(str(job.pk)):
        raise error
    job.refresh_from_db()
    assert (job.state, job.sentence, job.is_our_fault) == (state, sentence, ours)
    assert (job.ended_at is None) == (state == JobState.QUEUED)


def test_a_job_may_finish_in_part(school: Cast) -> None:
    job = order(school)
    with job_running(str(job.pk)) as progress:
        progress(8, 10)
        progress.finish("8 of 10 students were moved.", partly=True)
    job.refresh_from_db()
    assert (job.state, job.sentence, job.done) == (JobState.PARTIALLY_SUCCEEDED, "8 of 10 students were moved.", 8)


def test_a_run_that_was_given_to_another_worker_is_undone(school: Cast) -> None:
    job = order(school)
    with job_running(str(job.pk)) as progress:
        Job.objects.filter(pk=job.pk).update(attempt=2)
        progress.finish("Too late.")
    job.refresh_from_db()
    assert (job.state, job.sentence) == (JobState.RUNNING, "")


def test_stopping_a_waiting_job_ends_it_at_once(school: Cast) -> None:
    job = order(school)
    cancel(job, by=school.otto)
    job.refresh_from_db()
    assert (job.state, job.sentence) == (JobState.CANCELLED, "Stopped as asked.")
    with pytest.raises(AlreadyTaken):
        tasks.count(job_id=str(job.pk), steps=1, pause=0)
    with pytest.raises(Conflict, match="ended already"):
        cancel(job, by=school.otto)
    assert AuditEvent.objects.get(verb="job stopped").facts["job"] == str(job.pk)


def test_a_running_job_hears_that_it_should_stop(school: Cast) -> None:
    job = order(school)
    with job_running(str(job.pk)) as progress:
        pulse.ask_to_stop(job)
        stop_within_two_seconds(progress)
    job.refresh_from_db()
    assert job.state == JobState.CANCELLED


def stop_within_two_seconds(progress: Progress) -> None:
    end = timezone.now() + timedelta(seconds=2)
    while timezone.now() < end:
        progress(1)
    raise AssertionError("it was never told to stop")


def test_the_sweep_brings_back_a_job_without_a_pulse(school: Cast) -> None:
    job, fresh = order(school), order(school)
    silent_since(job, 300)
    silent_since(fresh, 2)
    with bell() as heard:
        sweeping.sweep()
        sweeping.sweep()
    assert [call["kwargs"]["job_id"] for call in heard] == [str(job.pk)]
    tasks.count(job_id=str(job.pk), steps=1, pause=0)
    job.refresh_from_db()
    assert (job.state, job.attempt) == (JobState.SUCCEEDED, 2)


def test_a_pulse_in_the_cache_is_enough(school: Cast) -> None:
    """The row may be out of reach while a long transaction holds the only writer's place."""
    job = order(school)
    silent_since(job, 300)
    pulse.Pulse(job, pulse.Reached())._tell_cache()
    sweeping.put_back_lost()
    job.refresh_from_db()
    assert job.state == JobState.RUNNING


def test_the_third_loss_is_the_last(school: Cast) -> None:
    job = order(school)
    silent_since(job, 300)
    Job.objects.update(attempt=3)
    with bell() as heard:
        sweeping.sweep()
    job.refresh_from_db()
    assert (job.state, job.is_our_fault, heard) == (JobState.FAILED, True, [])
    assert "3 times" in job.sentence


def test_a_lost_job_that_was_asked_to_stop_is_stopped(school: Cast) -> None:
    job = order(school)
    silent_since(job, 300, cancel_asked_at=timezone.now())
    sweeping.sweep()
    job.refresh_from_db()
    assert job.state == JobState.CANCELLED


def test_a_sweep_that_saw_an_older_state_changes_nothing(school: Cast) -> None:
    """Two sweeps at once: what the first put back and a worker took up is not put back by the second."""
    job = order(school)
    silent_since(job, 300)
    seen_by_both = Job.objects.get(pk=job.pk)
    sweeping.put_back_lost()
    with job_running(str(job.pk)):
        assert not pulse.claimed(seen_by_both).update(state=JobState.QUEUED)


@pytest.mark.parametrize(
    ("ordered", "rung", "again"),
    [(30, 30, False), (90, 90, True), (300, 100, False), (300, 160, True), (7200, 700, True)],
)
def test_the_pauses_between_rings_grow_with_the_wait(school: Cast, ordered: int, rung: int, again: bool) -> None:
    job, now = order(school), timezone.now()
    times = {"requested_at": now - timedelta(seconds=ordered), "rung_at": now - timedelta(seconds=rung)}
    Job.objects.filter(pk=job.pk).update(**times)
    with bell() as heard:
        sweeping.ring_for_waiting()
        sweeping.ring_for_waiting()
    assert len(heard) == int(again)


def test_the_page_shows_how_far_it_is_and_asks_again(school: Cast, client_as: As) -> None:
    job = order(school)
    client = client_as(school.otto)
    with job_running(str(job.pk)):
        cache.set(pulse._progress_key(job.pk), (0, 1, 1200, 5000, "Row 1,200."), 60)
        page = client.get(f"/jobs/{job.pk}/").text
        part = client.get(f"/jobs/{job.pk}/", headers={"HX-Request": "true"}).text
    for text in (page, part):
        assert "1,200 of 5,000" in text
        assert 'hx-trigger="every 2s"' in text
    assert "See how far it is now" in page, "without scripts there is a link"
    assert "<html" in page
    assert "<html" not in part


def test_the_page_of_an_ended_job_asks_no_more(school: Cast, client_as: As) -> None:
    job = order(school, back_to="/classes/")
    cancel(job, by=school.otto)
    page = client_as(school.otto).get(f"/jobs/{job.pk}/").text
    assert "hx-trigger" not in page
    assert 'href="/classes/"' in page
    assert "Stop this" not in page


def test_a_waiting_job_says_that_no_worker_is_there(school: Cast, client_as: As) -> None:
    page = f"/jobs/{order(school).pk}/"
    assert "Nobody is working on the queue just now." in client_as(school.otto).get(page).text
    pulse.note_worker()
    assert "Waiting for its turn." in client_as(school.otto).get(page).text


def test_stopping_by_the_button(school: Cast, client_as: As) -> None:
    job = order(school)
    client = client_as(school.otto)
    assert client.get(f"/jobs/{job.pk}/cancel/").status_code == 405
    assert client.post(f"/jobs/{job.pk}/cancel/").url == f"/jobs/{job.pk}/"
    assert client.post(f"/jobs/{job.pk}/cancel/").status_code == 409


def test_nobody_sees_another_s_job(school: Cast, client_as: As) -> None:
    job = order(school)
    for person in (school.hana, school.root, school.wanda):
        client = client_as(person)
        assert client.get(f"/jobs/{job.pk}/").status_code == 404
        assert client.post(f"/jobs/{job.pk}/cancel/").status_code == 404
        assert "Count the desks" not in client.get("/jobs/").text


def test_the_list_asks_as_often_for_thirty_jobs_as_for_one(school: Cast, client_as: As) -> None:
    client = client_as(school.otto)
    order(school)
    client.get("/jobs/")
    with assert_queries(8) as few:
        assert "Count the desks" in client.get("/jobs/").text
    for _ in range(29):
        order(school)
    with assert_queries(len(few)):
        client.get("/jobs/")
