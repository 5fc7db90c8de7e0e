"""Fixtures every test may use: the cast, and a signed-in client for each person of it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from rest_framework.test import APIClient

from portal.accounts.models import User
from tests.cast import Cast, build_cast
from tests.workers import Worker


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Threads of live servers and killed workers leave connections open, and PostgreSQL then keeps the database."""
    with pytest.MonkeyPatch.context() as patch:
        if connection.vendor == "postgresql":
            patch.setattr(type(connection.ops), "sql_flush", _deletions)
        yield
    if connection.vendor == "postgresql":
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


def _deletions(ops: Any, style: Any, tables: list[str], **options: Any) -> list[str]:
    """A few rows are deleted at once; TRUNCATE makes every table and index anew, which takes a second. Keys go on."""
    return [f"DELETE FROM {ops.quote_name(table)}" for table in tables]


@pytest.fixture(autouse=True)
def no_worker_of_other_tests(request: pytest.FixtureRequest) -> None:
    """One that outlives its tests sweeps the same database, whatever queue it listens to, and takes the jobs it finds."""
    if "session_worker" not in request.fixturenames:
        for worker in list(Worker.living):
            worker.kill()


@pytest.fixture
def school(db: None) -> Cast:
    return build_cast()


@pytest.fixture(autouse=True)
def forget_rate_limits() -> None:
    cache.clear()


@pytest.fixture
def client_as() -> Callable[[User], Client]:
    """A browser in which this person is signed in."""

    def signed_in(person: User) -> Client:
        client = Client()
        client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return signed_in


@pytest.fixture
def api_as() -> Callable[[User], APIClient]:
    def signed_in(person: User) -> APIClient:
        client = APIClient()
        client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return signed_in
