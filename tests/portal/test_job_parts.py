"""Work in parts: handed over once, ended once with the last part, and tried again where it failed."""

from collections.abc import Callable, Iterator
from typing import Any
from unittest.mock import patch

import pytest
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from portal.audit.models import AuditEvent
from portal.jobs import parts, pulse, running, sweeping, wholes
from portal.jobs.models import Job, JobState
from portal.jobs.running import Cancelled, Lost, Progress, cancel, enqueue, job_running
from portal.jobs.sentences import NO_QUEUE, OUR_FAULT, OUR_FAULT_AGAIN
from portal.kit.errors import Conflict
from tests.cast import Cast
from tests.faults import tasks
from tests.portal.test_jobs import bell, silent_since
from tests.workers import work_off

As = Callable[[Any], Client]


def order(school: Cast, *rooms: dict[str, Any]) -> Job:
    numbered = [{"room": number, **room} for number, room in enumerate(rooms, start=1)]
    arguments = {"rooms": numbered}
    return enqueue(tasks.count_school, kind="desks", title="Count the desks", by=school.otto, arguments=arguments)


def handed_over(school: Cast, *rooms: dict[str, Any]) -> Job:
    """A job whose parts wait."""
    job = order(school, *rooms)
    tasks.count_school(job_id=str(job.pk), **job.arguments)
    job.refresh_from_db()
    return job


def run(part: Job) -> None:
    tasks.count_room(job_id=str(part.pk), **part.arguments)


def in_order(job: Job) -> list[Job]:
    return list(job.parts.order_by("title"))


def rooms_counted(job: Job) -> list[int]:
    return sorted(event.facts["room"] for event in AuditEvent.objects.filter(verb="room counted"))


@pytest.fixture
def told() -> Iterator[list[tuple[str, str]]]:
    """What the app was told of jobs about desks; it says how many there are."""
    heard: list[tuple[str, str]] = []

    def says(job: Job) -> tuple[str, bool]:
        heard.append((str(job.state), job.sentence))
        return (f"There are {job.done} desks.", False) if job.state == JobState.SUCCEEDED else ("", False)

    with patch.dict(wholes._says):
        parts.on_all_ended("desks", says)
        yield heard


def test_the_parts_are_written_with_their_sizes_and_the_whole_waits(school: Cast) -> None:
    job = handed_over(school, {}, {}, {})
    assert job.waits_for_parts
    assert (job.done, job.total, job.sentence) == (0, 30, "The rooms are being counted.")
    found = in_order(job)
    assert [part.title for part in found] == [f"Count the desks ({n}/3)" for n in (1, 2, 3)]
    assert {(part.queue, part.total, part.kind, part.requested_by) for part in found} == {
        ("score", 10, "desks", school.otto)
    }


def test_all_parts_are_rung_for_after_commit(school: Cast, django_capture_on_commit_callbacks: Any) -> None:
    job = order(school, {}, {})
    with bell() as heard:
        with django_capture_on_commit_callbacks(execute=True):
            tasks.count_school(job_id=str(job.pk), **job.arguments)
            assert not heard
        sweeping.sweep()
    assert [(call["queue"], call["kwargs"]["room"]) for call in heard] == [("score", 1), ("score", 2)]


def test_a_dead_queue_is_asked_once_and_the_sweep_rings_later(
    school: Cast, django_capture_on_commit_callbacks: Any
) -> None:
    with bell(works=False), django_capture_on_commit_callbacks(execute=True):
        job = handed_over(school, {}, {}, {})
    assert {(part.state, part.sentence, part.rung_at) for part in in_order(job)} == {(JobState.QUEUED, NO_QUEUE, None)}
    with bell() as heard:
        sweeping.sweep()
    assert len(heard) == 3


def test_the_last_part_ends_the_whole_and_the_app_says_how(school: Cast, told: list[tuple[str, str]]) -> None:
    job = handed_over(school, {}, {}, {})
    for part in in_order(job):
        assert told == []
        run(part)
    job.refresh_from_db()
    assert (job.state, job.sentence, job.done, job.total) == (JobState.SUCCEEDED, "There are 30 desks.", 30, 30)
    assert job.ended_at
    assert told == [("succeeded", "")]
    assert not wholes.close(job.pk), "nobody ends it a second time"
    assert rooms_counted(job) == [1, 2, 3]


def test_a_part_that_was_refused_leaves_the_whole_finished_in_part(school: Cast, told: list[tuple[str, str]]) -> None:
    job = handed_over(school, {}, {"closed": True}, {})
    work_off()
    job.refresh_from_db()
    assert (job.state, job.done) == (JobState.PARTIALLY_SUCCEEDED, 20)
    assert job.sentence == "1 of 3 parts failed: Room 2 is closed."
    assert told == [("partial", job.sentence)]
    assert Job.objects.get(part_of=job, state=JobState.FAILED).attempt == 1, "what is refused is refused again"


def test_a_whole_of_which_every_part_failed_has_failed(school: Cast) -> None:
    job = handed_over(school, {"closed": True}, {"closed": True})
    work_off()
    job.refresh_from_db()
    assert (job.state, job.sentence, job.is_our_fault) == (JobState.FAILED, "Room 1 is closed.", False)


def test_a_school_without_rooms_is_counted_at_once(school: Cast, told: list[tuple[str, str]]) -> None:
    job = handed_over(school)
    assert (job.state, job.sentence) == (JobState.SUCCEEDED, "There are 0 desks.")
    assert told == [("succeeded", "")]


def test_a_part_that_breaks_is_tried_again_alone(school: Cast) -> None:
    job = handed_over(school, {}, {"breaks": 2})
    for part in in_order(job):
        run(part)
    part = in_order(job)[1]
    assert (part.state, part.sentence, part.rung_at) == (JobState.QUEUED, OUR_FAULT_AGAIN, None)
    run(part)
    part.refresh_from_db()
    assert part.rung_at is not None, "the second pause is longer: not the next sweep"
    work_off()
    job.refresh_from_db()
    assert job.state == JobState.SUCCEEDED
    assert [part.attempt for part in in_order(job)] == [1, 3]
    assert rooms_counted(job) == [1, 2]


def test_a_part_that_always_breaks_is_tried_three_times(school: Cast) -> None:
    job = handed_over(school, {"breaks": 9})
    work_off()
    job.refresh_from_db()
    assert (job.state, job.sentence, job.is_our_fault) == (JobState.FAILED, OUR_FAULT, True)
    assert in_order(job)[0].attempt == 3


def test_the_failed_parts_are_tried_again_on_demand(
    school: Cast, told: list[tuple[str, str]], client_as: As, django_capture_on_commit_callbacks: Any
) -> None:
    job = handed_over(school, {}, {"breaks": 4})
    work_off()
    client = client_as(school.otto)
    assert "Try the failed parts again" in client.get(f"/jobs/{job.pk}/").text
    with bell() as heard, django_capture_on_commit_callbacks(execute=True):
        assert client.post(f"/jobs/{job.pk}/retry/").url == f"/jobs/{job.pk}/"
    assert [call["kwargs"]["room"] for call in heard] == [2]
    job.refresh_from_db()
    assert job.waits_for_parts
    assert job.ended_at is None
    assert AuditEvent.objects.get(verb="job parts tried again").facts["parts"] == 1
    work_off()
    job.refresh_from_db()
    assert (job.state, job.sentence) == (JobState.SUCCEEDED, "There are 20 desks.")
    assert [state for state, _ in told] == ["partial", "succeeded"]
    assert rooms_counted(job) == [1, 2]


def test_only_failed_parts_of_an_ended_job_can_be_tried_again(school: Cast, client_as: As) -> None:
    job = handed_over(school, {}, {"closed": True})
    with pytest.raises(Conflict, match="no failed part"):
        parts.retry_failed(job, by=school.otto)
    work_off()
    assert client_as(school.hana).post(f"/jobs/{job.pk}/retry/").status_code == 404
    client = client_as(school.otto)
    assert client.get(f"/jobs/{job.pk}/retry/").status_code == 405
    assert client.post(f"/jobs/{job.pk}/retry/").status_code == 302
    assert client.post(f"/jobs/{job.pk}/retry/").status_code == 409


def test_a_worker_killed_before_the_handing_over_leaves_no_parts_and_the_next_makes_them_once(school: Cast) -> None:
    job = order(school, {}, {})
    running._claim(str(job.pk))
    silent_since(job, 300)
    sweeping.put_back_lost()
    tasks.count_school(job_id=str(job.pk), **job.arguments)
    with pytest.raises(running.AlreadyTaken):
        tasks.count_school(job_id=str(job.pk), **job.arguments)
    assert job.parts.count() == 2


def test_a_run_that_was_taken_over_hands_nothing_over(school: Cast) -> None:
    job = order(school, {})
    Job.objects.filter(pk=job.pk).update(state=JobState.RUNNING, attempt=2, heartbeat_at=timezone.now())
    older = Job.objects.get(pk=job.pk)
    older.attempt = 1
    with pytest.raises(Lost):
        parts.hand_over(Progress(older), tasks.count_room, [{"room": 1}])
    assert not job.parts.exists()


def test_a_job_that_breaks_after_handing_over_is_undone_with_its_parts(school: Cast) -> None:
    job = order(school, {})
    with job_running(str(job.pk)) as progress, wholes.transaction.atomic():
        parts.hand_over(progress, tasks.count_room, [{"room": 1}])
        raise Conflict("The school has closed.")
    job.refresh_from_db()
    assert (job.state, job.sentence) == (JobState.FAILED, "The school has closed.")
    assert not job.parts.exists()


def test_what_happens_after_the_handing_over_does_not_touch_the_whole(school: Cast) -> None:
    job = order(school, {})
    with job_running(str(job.pk)) as progress:
        parts.hand_over(progress, tasks.count_room, [{"room": 1}])
        pulse.Pulse(progress.job, progress.reached)._tell_row()
        progress.check()
        raise ValueError
    job.refresh_from_db()
    assert job.waits_for_parts
    sweeping.sweep()
    job.refresh_from_db()
    assert (job.waits_for_parts, job.attempt) == (True, 1)


def test_a_pulse_that_was_late_does_not_take_the_whole_back(school: Cast) -> None:
    job = handed_over(school, {})
    pulse.Pulse(job, pulse.Reached())._tell_row()
    job.refresh_from_db()
    assert job.waits_for_parts


def test_a_job_asked_to_stop_hands_nothing_over(school: Cast) -> None:
    job = order(school, {})
    with job_running(str(job.pk)) as progress:
        cancel(job, by=school.otto)
        with pytest.raises(Cancelled):
            parts.hand_over(progress, tasks.count_room, [{"room": 1}])
        raise Cancelled
    job.refresh_from_db()
    assert (job.state, job.parts.count()) == (JobState.CANCELLED, 0)


def test_the_sweep_ends_a_whole_whose_last_worker_died_before_it_could(school: Cast) -> None:
    job = handed_over(school, {}, {})
    with patch.object(running, "close"):
        work_off()
    job.refresh_from_db()
    assert job.waits_for_parts
    sweeping.sweep()
    job.refresh_from_db()
    assert job.state == JobState.SUCCEEDED


def test_the_sweep_ends_a_whole_whose_last_part_wore_out_its_workers(school: Cast) -> None:
    job = handed_over(school, {}, {})
    first, second = in_order(job)
    run(first)
    silent_since(second, 300)
    Job.objects.filter(pk=second.pk).update(attempt=3)
    sweeping.sweep()
    job.refresh_from_db()
    assert job.state == JobState.PARTIALLY_SUCCEEDED
    assert job.sentence.startswith("1 of 2 parts failed: The work stopped 3 times")


@pytest.mark.parametrize(
    ("error", "state", "sentence"),
    [
        (OperationalError("gone"), JobState.RUNNING, "The rooms are being counted."),
        (Conflict("The register is locked."), JobState.FAILED, "The register is locked."),
        (ValueError("Sam"), JobState.FAILED, OUR_FAULT),
    ],
)
def test_an_app_that_breaks_at_the_end_does_not_keep_the_whole_for_ever(
    school: Cast, error: Exception, state: str, sentence: str
) -> None:
    job = handed_over(school, {})
    with patch.dict(wholes._says, {"desks": lambda job: (_ for _ in ()).throw(error)}):
        work_off()
    job.refresh_from_db()
    assert (job.state, job.sentence) == (state, sentence)
