"""Two imports of one school at once: the second waits, nobody waits for who is gone, and what ended early is as before."""

import threading
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.utils import timezone

from portal.jobs.models import Job, JobState
from portal.jobs.running import Cancelled, Lost, Progress
from students.importing.batches import claiming, settle, settled
from students.models import ImportBatch, ImportState, School
from tests.cast import Cast
from tests.make import make_school
from tests.workers import wait_for

pytestmark = pytest.mark.django_db


def make_job(school: School, state: JobState = JobState.RUNNING, **facts: Any) -> Job:
    facts = {"heartbeat_at": timezone.now(), "attempt": 1, **facts}
    return Job.objects.create(
        kind="import", title="Import", state=state, school_id=school.pk, task="t", queue="quick", **facts
    )


def writing(school: School, state: ImportState = ImportState.APPLYING, **facts: Any) -> tuple[ImportBatch, Progress]:
    """An import whose job runs and has no turn yet."""
    job = make_job(school, **facts)
    batch = ImportBatch.objects.create(school=school, kind="spreadsheet", state=state, job_id=job.pk, file_name="a.csv")
    return batch, Progress(job)


def holding(school: School, **facts: Any) -> tuple[ImportBatch, Progress]:
    batch, progress = writing(school, **facts)
    claiming.take_turn(batch, progress)
    return batch, progress


def test_who_comes_second_waits_and_says_for_which_import(school: Cast) -> None:
    first, _ = holding(school.lakeside)
    second, progress = writing(school.lakeside)
    assert claiming._try_to_take(second, progress.job) == first.pk
    progress.reached.cancel_asked = True
    with pytest.raises(Cancelled):
        claiming.take_turn(second, progress)
    assert progress.reached.sentence.startswith(f"Waits for import no. {first.pk} ")
    second.refresh_from_db()
    assert claiming.TURN not in second.options


def test_those_who_wait_do_not_wait_for_each_other(school: Cast) -> None:
    """As many imports as there are workers, all of them ordered and none begun: one of them gets its turn at once."""
    waiting = [writing(school.lakeside) for _ in range(4)]
    batch, progress = waiting[2]
    assert claiming._try_to_take(batch, progress.job) == 0
    assert {claiming._try_to_take(each, at.job) for each, at in waiting if each != batch} == {batch.pk}


def test_other_schools_wait_for_nobody_here(school: Cast) -> None:
    holding(school.lakeside)
    batch, progress = writing(school.hillside)
    assert claiming._try_to_take(batch, progress.job) == 0


@pytest.mark.parametrize(
    "became",
    [
        {"state": JobState.QUEUED},  # the sweep has put it back
        {"state": JobState.FAILED},
        {"heartbeat_at": timezone.now() - timedelta(hours=1)},  # its worker died, and the sweep needs a worker too
        {"attempt": 2},  # it runs again and has to get in line
    ],
)
def test_nobody_waits_for_a_run_that_is_gone(school: Cast, became: dict[str, Any]) -> None:
    gone, old = holding(school.lakeside)
    Job.objects.filter(pk=gone.job_id).update(**became)
    batch, progress = writing(school.lakeside)
    assert claiming._try_to_take(batch, progress.job) == 0
    with pytest.raises(Lost):
        claiming.check_turn(gone, old)
    claiming.check_turn(batch, progress)


def test_an_import_that_was_carried_out_keeps_nobody_waiting(school: Cast) -> None:
    done, _ = holding(school.lakeside)
    ImportBatch.objects.filter(pk=done.pk).update(state=ImportState.APPLIED)
    batch, progress = writing(school.lakeside, state=ImportState.UNDOING)
    assert claiming._try_to_take(batch, progress.job) == 0


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_one_gets_its_turn() -> None:
    school = make_school()
    runs = [writing(school) for _ in range(4)]
    together, answers = threading.Barrier(4), []

    def race(batch: ImportBatch, progress: Progress) -> None:
        try:
            together.wait()
            answers.append(claiming._try_to_take(batch, progress.job))
        finally:
            connection.close()

    threads = [threading.Thread(target=race, args=run) for run in runs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers).count(0) == 1
    assert len(set(answers)) == 2, "all others wait for the one"


@pytest.mark.django_db(transaction=True)
def test_the_second_begins_when_the_first_has_ended() -> None:
    school = make_school()
    first, _ = holding(school)
    second, progress = writing(school)

    def wait() -> None:
        try:
            claiming.take_turn(second, progress)
        finally:
            connection.close()

    thread = threading.Thread(target=wait)
    thread.start()
    wait_for(lambda: progress.reached.sentence)
    Job.objects.filter(pk=first.job_id).update(state=JobState.SUCCEEDED)
    thread.join(10)
    with transaction.atomic():
        claiming.check_turn(second, progress)


@pytest.mark.parametrize(
    ("busy", "before"),
    [
        (ImportState.READING, ImportState.RECEIVED),
        (ImportState.APPLYING, ImportState.PLANNED),
        (ImportState.UNDOING, ImportState.APPLIED),
    ],
)
def test_an_import_whose_job_failed_is_what_it_was_before(school: Cast, busy: ImportState, before: ImportState) -> None:
    batch, progress = writing(school.lakeside, state=busy)
    assert settled(batch).state == busy, "its job still runs"
    Job.objects.filter(pk=progress.job.pk).update(state=JobState.FAILED)
    assert settled(batch).state == before
    batch.refresh_from_db()
    assert batch.state == before


def test_an_import_that_waits_for_its_next_try_stays_as_it_is(school: Cast) -> None:
    batch, progress = writing(school.lakeside)
    Job.objects.filter(pk=progress.job.pk).update(state=JobState.QUEUED)
    assert settled(batch).state == ImportState.APPLYING


def test_an_import_without_any_job_is_not_busy_for_ever(school: Cast) -> None:
    batch, _ = writing(school.lakeside)
    ImportBatch.objects.filter(pk=batch.pk).update(job_id=uuid4())
    batch.refresh_from_db()
    assert settled(batch).state == ImportState.PLANNED


def test_what_was_done_to_it_meanwhile_is_not_taken_back(school: Cast) -> None:
    batch, progress = writing(school.lakeside)
    Job.objects.filter(pk=progress.job.pk).update(state=JobState.SUCCEEDED)
    ImportBatch.objects.filter(pk=batch.pk).update(state=ImportState.APPLIED)
    assert settled(batch).state == ImportState.APPLIED


def test_many_are_settled_with_one_query_for_their_jobs(school: Cast, django_assert_num_queries: Any) -> None:
    batches = [writing(school.lakeside)[0] for _ in range(5)]
    with django_assert_num_queries(1):
        settle(batches)
