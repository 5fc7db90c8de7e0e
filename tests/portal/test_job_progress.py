"""How far a job is, its parts together, and how long it may take; and stopping all parts at once."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from portal.jobs import pulse
from portal.jobs.models import Job, JobState
from portal.jobs.pulse import with_latest
from portal.jobs.running import Progress, cancel, job_running
from portal.jobs.sentences import STOPPED
from tests.asserts import assert_queries
from tests.cast import Cast
from tests.portal.test_job_parts import handed_over, in_order, order, rooms_counted, run

As = Callable[[Any], Client]


def test_stopping_the_whole_ends_waiting_parts_at_once(school: Cast) -> None:
    job = handed_over(school, {}, {})
    cancel(job, by=school.otto)
    job.refresh_from_db()
    assert (job.state, job.sentence) == (JobState.CANCELLED, STOPPED)
    assert {part.state for part in in_order(job)} == {JobState.CANCELLED}


def test_stopping_the_whole_asks_running_parts_and_waits_for_them(
    school: Cast, django_capture_on_commit_callbacks: Any
) -> None:
    job = handed_over(school, {}, {}, {})
    first, second, _third = in_order(job)
    run(first)
    with job_running(str(second.pk)) as progress:
        with django_capture_on_commit_callbacks(execute=True):
            cancel(job, by=school.otto)
        job.refresh_from_db()
        assert job.waits_for_parts
        pulse.Pulse(second, progress.reached)._tell_cache()
        progress(3)
    job.refresh_from_db()
    assert (job.state, job.sentence) == (JobState.CANCELLED, "Stopped as asked, after 1 of 3 parts.")
    assert rooms_counted(job) == [1]


def test_parts_are_nobody_s_own_jobs(school: Cast, client_as: As) -> None:
    job = handed_over(school, {}, {})
    client = client_as(school.otto)
    assert client.get("/jobs/").text.count("Count the desks") == 1
    for part in in_order(job):
        assert client.get(f"/jobs/{part.pk}/").status_code == 404
        assert client.post(f"/jobs/{part.pk}/cancel/").status_code == 404


def test_a_whole_is_as_far_as_its_parts_are_together(school: Cast, client_as: As) -> None:
    job = handed_over(school, *[{}] * 12)
    ended, at_work, *_waiting = in_order(job)
    run(ended)
    with job_running(str(at_work.pk)) as progress:
        progress(4, 10)
        pulse.Pulse(progress.job, progress.reached)._tell_cache()
        with assert_queries(2):
            latest = with_latest(job)
        assert (latest.done, latest.total, latest.sentence) == (14, 120, "The rooms are being counted.")
        assert "14 of 120" in client_as(school.otto).get(f"/jobs/{job.pk}/").text


def test_many_wholes_are_asked_about_together(school: Cast) -> None:
    jobs = [handed_over(school, {}, {}) for _ in range(5)]
    with assert_queries(2):
        assert [job.total for job in pulse.all_with_latest(jobs)] == [20] * 5


def test_a_part_counts_in_the_unit_of_its_size(school: Cast) -> None:
    progress = Progress(in_order(handed_over(school, {}))[0])
    for step, of, done in ((2, 4, 5), (3, 0, 3), (9, 3, 10)):
        progress(step, of)
        assert (progress.reached.done, progress.reached.total) == (done, 10)


def test_facts_reach_the_page_by_cache_and_by_row(school: Cast) -> None:
    job = order(school, {})
    with job_running(str(job.pk)) as progress:
        progress(1, 9, "First.", best=4.5, candidate="ridge")
        progress(2, 9, "Second.", best=float("nan"))
        pulse.Pulse(progress.job, progress.reached)._tell_cache()
        latest = with_latest(Job.objects.get(pk=job.pk))
        assert (latest.facts, latest.sentence) == ({"best": None, "candidate": "ridge"}, "Second.")
        with pytest.raises(TypeError, match="list"):
            progress(3, candidates=[])
    job.refresh_from_db()
    assert job.facts == {"best": None, "candidate": "ridge"}


@pytest.mark.parametrize(
    ("seconds", "done", "words"),
    [
        (4, 50, ""),
        (60, 4, ""),
        (30, 50, "less than a minute"),
        (60, 50, "about 1 minute"),
        (60, 33, "about 2 minutes"),
        (3600, 20, "about 4 hours"),
    ],
)
def test_the_page_says_how_long_it_may_still_take(
    school: Cast, client_as: As, seconds: int, done: int, words: str
) -> None:
    job, now = order(school, {}), timezone.now()
    started = now - timedelta(seconds=seconds)
    running_now = {"state": JobState.RUNNING, "attempt": 1, "heartbeat_at": now, "started_at": started}
    Job.objects.filter(pk=job.pk).update(**running_now, done=done, total=100)
    cache.clear()
    page = client_as(school.otto).get(f"/jobs/{job.pk}/").text
    assert ("Time left" in page) == bool(words)
    assert words in page
