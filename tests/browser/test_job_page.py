"""The page of a job in a real browser: it follows the work by itself, stops asking at the end, and obeys the button."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from portal.jobs.models import Job, JobState
from tests import make

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def job() -> Job:
    otto = make.make_user("Otto Office")
    now = timezone.now()
    running = {"state": JobState.RUNNING, "started_at": now, "heartbeat_at": now, "attempt": 1}
    return Job.objects.create(kind="test", title="Count", task="t", queue="quick", requested_by=otto, **running)


@pytest.fixture
def page(page_as: Callable[..., Page], job: Job) -> Page:
    """The job's page, opened by who ordered it."""
    page = page_as(job.requested_by)
    page.goto(f"/jobs/{job.pk}/")
    return page


def say(job: Job, **facts: Any) -> None:
    Job.objects.filter(pk=job.pk).update(**facts)


def test_the_page_follows_the_work_and_stops_asking_at_the_end(page: Page, job: Job) -> None:
    stop = page.get_by_role("button", name="Stop this")
    stop.focus()
    say(job, done=40, total=100, sentence="Row 40.")
    expect(page.get_by_text("40 of 100")).to_be_visible()
    expect(stop).to_be_focused()
    say(job, state=JobState.SUCCEEDED, sentence="All were counted.", ended_at=timezone.now())
    expect(page.get_by_role("alert")).to_contain_text("All were counted.")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.wait_for_timeout(2500)
    assert asked == []
    assert page.complaints == []  # type: ignore[attr-defined]  # given by the fixture


def test_the_button_stops_it_without_any_script(page: Page, job: Job) -> None:
    page.get_by_role("button", name="Stop this").click()
    expect(page.get_by_text("It was asked to stop")).to_be_visible()
    job.refresh_from_db()
    assert job.cancel_asked_at is not None
