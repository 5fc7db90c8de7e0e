"""Work in parts with real workers: every part's effect once, and one ending, whatever is killed or stopped meanwhile."""

from typing import Any
from unittest.mock import patch

import pytest

from portal.audit.models import AuditEvent
from portal.jobs import running, wholes
from portal.jobs.models import Job, JobState
from portal.jobs.pulse import with_latest
from portal.jobs.running import cancel, enqueue
from portal.jobs.sentences import NO_QUEUE
from tests import make
from tests.faults import tasks
from tests.faults.test_races import AT_ONCE, all_at_once
from tests.workers import Worker, wait_for, wait_for_state

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("workers")]


def order(*rooms: dict[str, Any]) -> Job:
    numbered = [{"room": number, **room} for number, room in enumerate(rooms, start=1)]
    by = make.make_user("Otto Office")
    return enqueue(tasks.count_school, kind="desks", title="Count the desks", by=by, arguments={"rooms": numbered})


def rooms_counted(job: Job) -> list[int]:
    events = AuditEvent.objects.filter(verb="room counted", facts__whole=str(job.pk))
    return sorted(event.facts["room"] for event in events)


def test_six_parts_on_two_workers_end_the_whole_once(worker: Worker) -> None:
    job = wait_for_state(order(*[{"pause": 0.2}] * 6), JobState.SUCCEEDED)
    assert (job.done, job.total, job.attempt) == (60, 60, 1)
    assert rooms_counted(job) == [1, 2, 3, 4, 5, 6]
    assert len(set(job.parts.values_list("worker", flat=True))) == 2
    assert job.ended_at >= max(job.parts.values_list("ended_at", flat=True))


def test_the_whole_is_told_how_far_its_running_parts_are(worker: Worker) -> None:
    job = order({"pause": 4}, {"pause": 4})
    assert wait_for(lambda: 5 < with_latest(Job.objects.get(pk=job.pk)).done < 20)
    wait_for_state(job, JobState.SUCCEEDED)


def test_a_part_that_breaks_twice_is_tried_alone_until_it_succeeds(worker: Worker) -> None:
    job = wait_for_state(order({}, {"breaks": 2}, {}), JobState.SUCCEEDED, 60)
    assert list(job.parts.order_by("title").values_list("attempt", flat=True)) == [1, 3, 1]
    assert rooms_counted(job) == [1, 2, 3]


def test_a_part_that_is_refused_leaves_the_others_their_ending(worker: Worker) -> None:
    job = wait_for_state(order({}, {"closed": True}, {}), JobState.PARTIALLY_SUCCEEDED)
    assert job.sentence == "1 of 3 parts failed: Room 2 is closed."
    assert rooms_counted(job) == [1, 3]


def test_killed_in_the_middle_every_part_is_done_once(worker: Worker) -> None:
    job = order(*[{"pause": 1}] * 6)
    wait_for(lambda: job.parts.filter(state=JobState.SUCCEEDED).exists())
    worker.kill()
    worker.start()
    job = wait_for_state(job, JobState.SUCCEEDED, 60)
    assert rooms_counted(job) == [1, 2, 3, 4, 5, 6]
    assert job.attempt == 1
    assert AuditEvent.objects.filter(verb="handed over").count() == 1


def test_stopped_in_the_middle_nothing_starts_any_more(worker: Worker) -> None:
    job = order(*[{"pause": 3}] * 6)
    wait_for(lambda: job.parts.filter(state=JobState.RUNNING).count() == 2)
    cancel(job, by=job.requested_by)
    assert job.parts.filter(state=JobState.CANCELLED).count() == 4
    job = wait_for_state(job, JobState.CANCELLED, 10)
    assert {part.state for part in job.parts.all()} == {JobState.CANCELLED}
    assert rooms_counted(job) == []


def test_with_the_queue_gone_at_the_handing_over_the_parts_wait_and_are_done(worker: Worker) -> None:
    def no_queue(*args: Any, **call: Any) -> None:
        raise running.QueueError("no queue")

    with patch.object(running.current_app, "send_task", no_queue), patch.object(running, "ring", lambda job: False):
        job = order({}, {}, {})
        tasks.count_school(job_id=str(job.pk), **job.arguments)
        # A sweep may ring as soon as the parts are there.
        assert job.parts.filter(sentence=NO_QUEUE).exists() or job.parts.exclude(state=JobState.QUEUED).exists()
    job = wait_for_state(job, JobState.SUCCEEDED, 40)
    assert rooms_counted(job) == [1, 2, 3]


def test_parts_that_end_at_the_same_moment_end_the_whole_once() -> None:
    """Several workers at once, each with the last part in hand as far as it can see."""
    with patch.object(running.current_app, "send_task", lambda *args, **call: None):
        job = order(*[{}] * AT_ONCE)
        tasks.count_school(job_id=str(job.pk), **job.arguments)
    left = list(job.parts.all())
    told: list[str] = []
    says = {"desks": lambda job: (told.append(job.state), ("Counted.", False))[1]}

    def end_one() -> None:
        part = left.pop()
        tasks.count_room(job_id=str(part.pk), **part.arguments)

    with patch.dict(wholes._says, says):
        all_at_once(end_one)
    job.refresh_from_db()
    assert (job.state, job.sentence, job.done) == (JobState.SUCCEEDED, "Counted.", 10 * AT_ONCE)
    assert told == [JobState.SUCCEEDED]
    assert not any(all_at_once(lambda: wholes.close(job.pk)))
