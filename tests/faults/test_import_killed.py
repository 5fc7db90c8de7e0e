"""Imports whose worker is killed while they are written: each is applied once and whole, or not at all, and tried again."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest

from portal.audit.models import AuditEvent, Change
from portal.jobs.models import Job, JobState
from portal.jobs.running import cancel
from students import orders
from students.importing import batches
from students.importing.spreadsheet.mapping_file import as_json, from_toml
from students.models import ImportBatch, ImportState, Result, Student
from tests.cast import Cast, build_cast
from tests.faults import moments
from tests.faults.moments import IMPORT_READ, IMPORT_STORED, IMPORT_UNDONE, IMPORT_WRITTEN
from tests.workers import Worker, wait_for, wait_for_state

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("workers")]
LONG = 60
ROWS = 200
HOW = """
[student]
external_id = "Id"
name = "Name"
[exams.Mark]
subject = "Mathematics"
title = "{exam}"
on = 2026-03-02
maximum = 20
"""


@pytest.fixture
def cast(worker: Worker) -> Cast:
    """The worker runs already; the school is made on its database."""
    moments.dies_at()
    return build_cast()


def planned(cast: Cast, exam: str = "Quiz 1") -> ImportBatch:
    """New students, each with a mark."""
    text = "Id;Name;Mark\n" + "".join(f"n{n};Student Number {n};{n % 21}\n" for n in range(ROWS))
    batch = batches.receive(cast.lakeside, BytesIO(text.encode()), "marks.csv", by=cast.otto)
    batches.choose_mapping(batch, as_json(from_toml(HOW.format(exam=exam))), by=cast.otto, source="sis")
    wait_for_state(orders.order_plan(batch, by=cast.otto), JobState.SUCCEEDED, LONG)
    batch.refresh_from_db()
    assert batch.state == ImportState.PLANNED
    return batch


def order(batch: ImportBatch, cast: Cast) -> Job:
    return orders.order_apply(batch, batch.fingerprint, by=cast.otto, accepted_guards=True)


def is_there_once(batch: ImportBatch, exam: str = "Quiz 1") -> None:
    batch.refresh_from_db()
    assert batch.state == ImportState.APPLIED
    assert Result.objects.filter(exam__title=exam).count() == ROWS
    assert Student.objects.filter(source="sis", external_id__startswith="n").count() == ROWS
    noted = Change.objects.filter(batch=batch.mark, model="students.Result", kind="added")
    assert noted.count() == len(set(noted.values_list("record_id", flat=True))) == ROWS
    assert AuditEvent.objects.filter(verb="import applied", target_id=batch.pk).count() == 1


@pytest.mark.parametrize("wishes", [(IMPORT_WRITTEN,), (IMPORT_READ, IMPORT_STORED)])
def test_an_import_killed_while_it_is_written_is_there_once_and_whole(cast: Cast, wishes: tuple[str, ...]) -> None:
    batch = planned(cast)
    moments.dies_at(*wishes)
    job = wait_for_state(order(batch, cast), JobState.SUCCEEDED, LONG)
    assert not moments.left()
    assert len(moments.noted(moments.KILLS)) == len(wishes)
    assert job.attempt == len(wishes) + 1
    is_there_once(batch)


def test_an_import_killed_as_often_as_it_is_tried_leaves_nothing(cast: Cast) -> None:
    batch = planned(cast)
    before = (Student.objects.count(), Result.objects.count(), Change.objects.count())
    job = order(batch, cast)
    for _ in range(3):
        moments.dies_at(IMPORT_STORED)
        wait_for(lambda: not moments.left(), LONG)
    wait_for_state(job, JobState.FAILED, LONG)
    assert (Student.objects.count(), Result.objects.count(), Change.objects.count()) == before
    assert batches.settled(ImportBatch.objects.get(pk=batch.pk)).state == ImportState.PLANNED
    moments.dies_at()
    batch.refresh_from_db()
    wait_for_state(order(batch, cast), JobState.SUCCEEDED, LONG)
    is_there_once(batch)


def test_an_undo_that_is_killed_takes_back_once(cast: Cast) -> None:
    batch = planned(cast)
    before = Student.objects.count(), Result.objects.count()
    wait_for_state(order(batch, cast), JobState.SUCCEEDED, LONG)
    batch.refresh_from_db()
    moments.dies_at(IMPORT_UNDONE)
    wait_for_state(orders.order_undo(batch, by=cast.otto), JobState.SUCCEEDED, LONG)
    assert (Student.objects.count(), Result.objects.count()) == before
    assert AuditEvent.objects.filter(verb="import undone").count() == 1


def waits(job: Job) -> Callable[[], Any]:
    return lambda: Job.objects.filter(
        pk=job.pk, state=JobState.RUNNING, sentence__startswith="Waits for import"
    ).exists()


def test_the_second_import_of_a_school_waits_and_can_be_stopped_meanwhile(cast: Cast) -> None:
    first, second = planned(cast), planned(cast, "Quiz 2")
    with moments.held_at(IMPORT_READ) as is_held:
        writing = order(first, cast)
        wait_for(is_held, LONG)
        waiting = order(second, cast)
        wait_for(waits(waiting), LONG)
        cancel(waiting, by=cast.otto)
        wait_for_state(waiting, JobState.CANCELLED, LONG)
    wait_for_state(writing, JobState.SUCCEEDED, LONG)
    is_there_once(first)
    second.refresh_from_db()
    assert batches.settled(second).state == ImportState.PLANNED
    assert not Result.objects.filter(exam__title="Quiz 2").exists()
