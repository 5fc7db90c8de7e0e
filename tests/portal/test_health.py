"""/healthz and /readyz: what makes the site unready, what only degrades it."""

import time
from collections.abc import Iterator
from unittest.mock import patch

import pytest
from django.core.cache import cache
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from django.test import Client, override_settings

from portal.jobs import pulse

NO_QUEUE = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "unix:///nowhere/at.all"}}


def ask() -> tuple[int, str, dict[str, str]]:
    answer = Client().get("/readyz")
    return answer.status_code, answer.json()["status"], answer.json()["checks"]


def test_alive_without_a_database() -> None:
    """The `db` fixture is missing on purpose: any query would fail this test."""
    assert Client().get("/healthz").json() == {"status": "ok"}


@pytest.mark.django_db
def test_ready_when_all_is_there() -> None:
    pulse.note_worker()
    assert ask() == (200, "ok", dict.fromkeys(("database", "migrations", "queue", "worker"), "ok"))


@pytest.mark.django_db
def test_degraded_without_a_worker() -> None:
    assert ask()[1:] == ("degraded", {"database": "ok", "migrations": "ok", "queue": "ok", "worker": "no heartbeat"})
    cache.set(pulse.WORKER, time.time() - 61)
    assert ask()[1] == "degraded"


@pytest.mark.django_db
@override_settings(CACHES=NO_QUEUE)
def test_degraded_without_a_queue_but_still_serving() -> None:
    status, word, checks = ask()
    assert (status, word) == (200, "degraded")
    assert checks == {"database": "ok", "migrations": "ok", "queue": "ConnectionError", "worker": "ConnectionError"}


@pytest.fixture
def pending_migration() -> Iterator[None]:
    with patch.object(MigrationExecutor, "migration_plan", return_value=[("a migration", False)]):
        yield


@pytest.mark.django_db
def test_not_ready_with_a_pending_migration(pending_migration: None) -> None:
    status, word, checks = ask()
    assert (status, word, checks["migrations"]) == (503, "not ready", "pending")


@pytest.mark.django_db
def test_not_ready_without_a_database() -> None:
    with patch.object(connection, "cursor", side_effect=OperationalError("secret host unreachable")):
        answer = Client().get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["database"] == "OperationalError"
    assert b"secret host" not in answer.content
