"""Logs: one line of JSON per event, with the request's id, and nothing of a person in it."""

import json
import logging
from collections.abc import Iterator
from io import StringIO
from smtplib import SMTPRecipientsRefused
from typing import Any

import pytest
from celery import shared_task
from django.test import Client

from portal.jobs.models import Job
from portal.jobs.running import job_running
from portal.kit.logs import OneLine, under_request
from tests.cast import Cast


@pytest.fixture
def told() -> Iterator[StringIO]:
    """What the formatter of production makes of what the portal logs meanwhile."""
    stream = StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(OneLine())
    logger = logging.getLogger("portal")
    before = logger.level
    logger.setLevel(logging.INFO)
    logger.addHandler(handler)
    yield stream
    logger.removeHandler(handler)
    logger.setLevel(before)


def lines(stream: StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_request_leaves_one_line_without_its_query(school: Cast, client_as: Any, told: StringIO) -> None:
    answer = client_as(school.otto).get("/jobs/?search=Okafor")
    (line,) = lines(told)
    assert {key: line[key] for key in ("event", "method", "path", "status", "user")} == {
        "event": "request",
        "method": "GET",
        "path": "/jobs/",
        "status": 200,
        "user": school.otto.pk,
    }
    assert line["request"] == answer["X-Request-ID"]
    assert line["ms"] >= 0
    assert "Okafor" not in told.getvalue()
    assert "Otto" not in told.getvalue()


def test_an_address_is_told_as_its_route(school: Cast, client_as: Any, told: StringIO) -> None:
    client_as(school.otto).get("/invitation/a-token-that-opens-doors/")
    client_as(school.otto).get("/sam-okafor-born-2011/")
    assert [line["path"] for line in lines(told)] == ["/invitation/<str:token>/", "(no such address)"]
    assert "a-token" not in told.getvalue()
    assert "sam-okafor" not in told.getvalue()


@pytest.mark.parametrize(
    ("given", "honoured"),
    [
        ("4f2c9a1e-77aa", True),
        ("a" * 32, True),
        ("short", False),
        ("a" * 37, False),
        ("with spaces in it", False),
        ('","level":"forged', False),
    ],
)
def test_a_given_request_id_is_honoured_when_sane(given: str, honoured: bool, told: StringIO) -> None:
    answer = Client().get("/healthz", headers={"X-Request-ID": given})
    assert (answer["X-Request-ID"] == given) == honoured
    assert lines(told)[0]["request"] == answer["X-Request-ID"]


def test_an_exception_is_told_without_its_message(told: StringIO) -> None:
    try:
        raise ValueError("Sam Okafor scored 31")
    except ValueError:
        logging.getLogger("portal.tests").exception("unexpected")
    (line,) = lines(told)
    assert line["error"] == "ValueError"
    assert line["trace"][0].endswith("test_an_exception_is_told_without_its_message")
    assert "Okafor" not in told.getvalue()


def test_a_line_that_quotes_an_exception_is_told_without_the_quote(told: StringIO) -> None:
    """Django writes so about what failed after commit: a mail server's refusal, for one, which names the address."""
    try:
        raise SMTPRecipientsRefused({"gus@home.example": (550, b"unknown")})
    except SMTPRecipientsRefused as error:
        logging.getLogger("portal.tests").exception(f"Error calling _send in on_commit() ({error}).")
    (line,) = lines(told)
    assert (line["event"], line["error"]) == ("Error calling _send in on_commit() (…).", "SMTPRecipientsRefused")
    assert "gus@" not in told.getvalue()


def test_a_form_that_was_open_for_too_long_does_not_tell_the_token(db: None) -> None:
    stream = StringIO()
    handler = logging.StreamHandler(stream)
    logging.getLogger().addHandler(handler)
    try:
        refused = Client(enforce_csrf_checks=True).post("/invitation/a-token-that-opens-doors/")
    finally:
        logging.getLogger().removeHandler(handler)
    assert refused.status_code == 403
    assert "a-token" not in stream.getvalue()


def test_lines_of_several_words_stay_one_line() -> None:
    entry = logging.LogRecord("portal", logging.INFO, "", 0, "two\nlines", None, None)
    with under_request("request-1"):
        text = OneLine().format(entry)
    assert "\n" not in text
    assert json.loads(text)["request"] == "request-1"


def test_what_a_job_logs_carries_the_job_s_id(school: Cast, told: StringIO) -> None:
    job = Job.objects.create(kind="test", title="Count", task="t", queue="quick", requested_by=school.otto)
    with job_running(str(job.pk)):
        raise ValueError("Sam Okafor scored 31")
    line, end = lines(told)
    assert (line["event"], line["error"]) == ("job failed", "ValueError")
    assert (end["event"], end["state"]) == ("job ended", "failed")
    assert line["request"] == line["job"] == end["job"] == str(job.pk)
    assert "Okafor" not in told.getvalue()


def test_of_a_failed_task_celery_s_quotes_are_left_out() -> None:
    stream = StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(OneLine())
    logger = logging.getLogger("celery.app.trace")
    before = logger.level
    logger.setLevel(logging.INFO)
    logger.addHandler(handler)
    try:
        break_without_a_job.apply()
    finally:
        logger.removeHandler(handler)
        logger.setLevel(before)
    (line,) = lines(stream)
    assert line["event"] == "task tests.portal.test_logs.break_without_a_job raised unexpected"
    assert line["error"] == "ValueError"
    assert "Okafor" not in stream.getvalue()


@shared_task
def break_without_a_job() -> None:
    raise ValueError("Sam Okafor scored 31")
