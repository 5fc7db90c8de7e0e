"""The database is away for ten seconds while a model is trained and a school is scored: both end as if nothing had been."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager

import psycopg
import pytest
from django.db import connection
from psycopg import sql

from portal.jobs.models import Job, JobState
from predictions.models import ModelVersion
from tests.demo import make_demo, make_demo_version
from tests.faults.moments import dies_at, held_at, impatient
from tests.faults.predicting import (
    order_small_training,
    order_whole_school,
    rows_of,
    shown_by,
    times_told,
)
from tests.workers import Worker, wait_for, wait_for_state

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("workers")]
AWAY_SECONDS = 10
LONG = 90


@contextmanager
def no_postgres() -> Iterator[None]:
    """Every connection but this test's is cut, and no new one is let in."""
    facts = connection.settings_dict
    named = {"host": facts["HOST"], "port": facts["PORT"], "user": facts["USER"], "password": facts["PASSWORD"]}
    allow = sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS {}")
    name = sql.Identifier(facts["NAME"])
    with connection.cursor() as own:
        own.execute("SELECT pg_backend_pid()")
        [mine] = own.fetchone()
    given = {key: value for key, value in named.items() if value}
    with psycopg.connect(dbname="postgres", autocommit=True, **given) as other:
        other.execute(allow.format(name, sql.SQL("false")))
        try:
            cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> %s"
            assert other.execute(cut, [facts["NAME"], mine]).fetchall(), "somebody was connected"
            yield
        finally:
            other.execute(allow.format(name, sql.SQL("true")))


@contextmanager
def no_sqlite() -> Iterator[None]:
    """Another process, for that is what this test is to the workers, holds the right to write and does not let go."""
    with closing(sqlite3.connect(connection.settings_dict["NAME"], timeout=20, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        try:
            yield
        finally:
            other.execute("ROLLBACK")


def test_ten_seconds_without_a_database_change_nothing(worker: Worker) -> None:
    school = make_demo()
    make_demo_version(school)
    dies_at()
    # Shorter than the database is away, as 20 seconds are shorter than a night's backup.
    with impatient(500):
        calm, calm_scoring = order_small_training(school), order_whole_school(school)
        wait_for_both(calm.job, calm_scoring.job)
        with ExitStack() as away:
            # One has learned nearly everything, the other has answered for a part: both are about to write.
            with held_at("training 6", "scoring 5") as are_held:
                training, scoring = order_small_training(school), order_whole_school(school)
                wait_for(are_held, LONG)
                away.enter_context(no_postgres() if connection.vendor == "postgresql" else no_sqlite())
            time.sleep(AWAY_SECONDS)
        wait_for_both(training.job, scoring.job)
    version = ModelVersion.objects.get(run=training)
    assert version.sha256 == ModelVersion.objects.get(run=calm).sha256
    assert times_told(version) == 1
    assert training.job.attempt == 1, "what was learned is stored when the database is back, not learned anew"
    scoring.refresh_from_db()
    assert rows_of(scoring) == rows_of(calm_scoring)
    assert shown_by(scoring) == len(rows_of(scoring))
    assert set(scoring.job.parts.values_list("state", flat=True)) == {JobState.SUCCEEDED}
    assert scoring.scored + scoring.unscored == len(rows_of(scoring))


def wait_for_both(*jobs: Job) -> None:
    for job in jobs:
        wait_for_state(job, JobState.SUCCEEDED, LONG)
