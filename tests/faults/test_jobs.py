"""Jobs in real workers: what is ordered is done once, whatever is killed in between."""

from typing import Any

import pytest
from celery import current_app
from django.core.cache import cache
from django.test import Client

from portal.audit.models import AuditEvent
from portal.jobs.models import Job, JobState
from portal.jobs.pulse import WORKER, with_latest
from portal.jobs.running import NO_QUEUE, OUR_FAULT, cancel, enqueue
from portal.jobs.sweeping import sweep
from tests import make
from tests.faults import tasks
from tests.workers import Queue, Worker, speaking_to, wait_for, wait_for_state

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("workers")]
SHORT = {"steps": 1, "pause": 0}


def order(task: Any, **arguments: Any) -> Job:
    by = make.make_user("Otto Office")
    return enqueue(task, kind="test", title="Count the desks", by=by, arguments=arguments)


def times_done(job: Job) -> int:
    return AuditEvent.objects.filter(verb="counted", facts__job=str(job.pk)).count()


def test_a_job_runs_to_its_end_in_a_real_worker(worker: Worker) -> None:
    job = wait_for_state(order(tasks.count, steps=3, pause=0), JobState.SUCCEEDED)
    assert job.sentence == "Counted to 3."
    assert (job.done, job.total, job.attempt) == (3, 3, 1)
    assert job.ended_at > job.started_at
    assert times_done(job) == 1


def test_its_page_knows_how_far_it_is_before_its_row_does(worker: Worker) -> None:
    job = wait_for_state(order(tasks.count, steps=20, pause=0.1), JobState.RUNNING)
    assert wait_for(lambda: with_latest(Job.objects.get(pk=job.pk)).done > 5)
    wait_for_state(job, JobState.SUCCEEDED)


def test_a_refusal_is_told_as_a_sentence_and_is_not_our_fault(worker: Worker) -> None:
    job = wait_for_state(order(tasks.refuse), JobState.FAILED)
    assert job.sentence == "That class is full."
    assert not job.is_our_fault


def test_a_breakdown_tells_neither_trace_nor_data(worker: Worker) -> None:
    job = wait_for_state(order(tasks.break_down), JobState.FAILED)
    assert job.sentence == OUR_FAULT
    assert job.is_our_fault


def test_a_running_job_stops_when_asked(worker: Worker) -> None:
    job = wait_for_state(order(tasks.count, steps=600, pause=0.1), JobState.RUNNING)
    cancel(job, by=job.requested_by)
    assert wait_for_state(job, JobState.CANCELLED, 5).sentence == "Stopped as asked."
    assert times_done(job) == 0


def test_a_second_message_for_a_running_job_does_nothing(worker: Worker) -> None:
    job = wait_for_state(order(tasks.count, steps=10, pause=0.1), JobState.RUNNING)
    current_app.send_task(job.task, kwargs={"job_id": str(job.pk), **job.arguments}, queue="quick")
    assert wait_for_state(job, JobState.SUCCEEDED).attempt == 1
    assert times_done(job) == 1


def test_the_site_knows_by_beat_that_the_worker_lives(worker: Worker) -> None:
    worker.kill()
    cache.delete(WORKER)
    assert Client().get("/readyz").json()["checks"]["worker"] == "no heartbeat"
    worker.start()
    wait_for(lambda: Client().get("/readyz").json()["status"] == "ok")


def test_a_killed_worker_s_job_is_taken_up_again_and_done_once(worker: Worker) -> None:
    midway = order(tasks.count, steps=30, pause=0.1)
    stored = enqueue(tasks.count_and_hang, kind="test", title="Hang", by=midway.requested_by, arguments={})
    wait_for(lambda: with_latest(Job.objects.get(pk=midway.pk)).done > 5)
    wait_for_state(stored, JobState.SUCCEEDED)
    worker.kill()
    worker.start()
    midway = wait_for_state(midway, JobState.SUCCEEDED, 60)
    assert midway.attempt == 2
    assert times_done(midway) == 1
    assert times_done(stored) == 1, "what was stored with its ending is not done again"


def test_neither_orders_nor_running_jobs_mind_a_dead_queue(transactional_db: None, own_queue: Queue) -> None:
    worker = Worker(own_queue.url, include="tests.faults.tasks", processes=1)
    worker.start()
    try:
        with speaking_to(own_queue.url):
            runs = wait_for_state(order(tasks.count, steps=20, pause=0.1), JobState.RUNNING)
            own_queue.stop()
            waits = enqueue(tasks.count, kind="test", title="Later", by=runs.requested_by, arguments=SHORT)
            waits.refresh_from_db()
            assert (waits.state, waits.sentence) == (JobState.QUEUED, NO_QUEUE)
            sweep()  # nobody is there to hear, and nothing breaks
            wait_for_state(runs, JobState.SUCCEEDED)
            own_queue.start()
            again = enqueue(tasks.count, kind="test", title="Again", by=runs.requested_by, arguments=SHORT)
            again.refresh_from_db()
            assert again.sentence != NO_QUEUE, "this process finds the queue again at once"
            assert wait_for_state(waits, JobState.SUCCEEDED, 40).sentence == "Counted to 1."
            wait_for_state(again, JobState.SUCCEEDED, 40)
            assert [times_done(job) for job in (runs, waits, again)] == [1, 1, 1]
    finally:
        worker.kill()
