"""The page of a job in a real browser: it follows the work by itself, stops asking at the end, and obeys the button."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connections
from django.utils import timezone
from playwright.sync_api import Page, expect, sync_playwright

from portal.jobs.models import Job, JobState
from tests import make

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not CHROMIUM.exists(), reason="no /usr/bin/chromium on this machine: apt-get install chromium"),
]


@pytest.fixture
def job() -> Job:
    otto = make.make_user("Otto Office")
    running = {"state": JobState.RUNNING, "started_at": timezone.now(), "attempt": 1}
    return Job.objects.create(kind="test", title="Count", task="t", queue="quick", requested_by=otto, **running)


@pytest.fixture
def page(live_server: Any, client: Any, job: Job, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The job's page, opened by who ordered it; `page.complaints` collects what the browser objects to."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # playwright's loop runs in this thread
    client.force_login(job.requested_by, backend="allauth.account.auth_backends.AuthenticationBackend")
    session = {"name": settings.SESSION_COOKIE_NAME, "value": client.cookies[settings.SESSION_COOKIE_NAME].value}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        context = browser.new_context(base_url=live_server.url)
        context.add_cookies([{**session, "url": live_server.url}])
        page: Any = context.new_page()
        page.complaints = []
        page.on("console", lambda line: page.complaints.append(line.text) if line.type == "error" else None)
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.goto(f"/jobs/{job.pk}/")
        yield page
        browser.close()
        connections.close_all()  # playwright's loop gave this thread a second connection, which nobody else closes


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
