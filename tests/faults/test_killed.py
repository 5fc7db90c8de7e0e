"""Trainings and scorings whose workers are killed: the same bytes and the same rows as undisturbed, once.

`python -m pytest -s tests/faults/test_killed.py` prints how many kills there were, what was lost and what doubled.
"""

import time
from random import Random

import pytest

from portal.jobs.models import Job, JobState
from predictions.models import ModelVersion, ScoringRun
from students.models import School
from tests.demo import make_demo, make_demo_version
from tests.faults import moments
from tests.faults.moments import (
    CLOSING,
    COMMITTED,
    HALF_STORED,
    HANDING_OVER,
    KILLS,
    PLANNED,
    READING,
    REGISTERED,
    STORED,
    WRITING,
    WRITTEN,
)
from tests.faults.predicting import (
    Killed,
    forget_stored,
    halves,
    longest_standstill,
    order_small_training,
    order_whole_school,
    rows_of,
    shown_by,
    stored_files,
    times_told,
)
from tests.workers import Worker, wait_for, wait_for_state

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("workers")]
CHANCE = Random(7)
LONG = 90
# A job that loses its worker three times is given up, so no training is killed more than twice before its end.
TRAININGS = [(READING, HALF_STORED, COMMITTED), (f"training {CHANCE.randint(2, 8)}", REGISTERED)]


def kill_outright(worker: Worker) -> None:
    """Worker, pool and beat, all at once; another is started in their place."""
    moments.note(KILLS)
    worker.kill()
    worker.start()


def kill_one(worker: Worker, job: Job) -> bool:
    """Only the process that has some part of the job; whether one was found."""
    parts = Job.objects.filter(part_of=job, state=JobState.RUNNING).order_by("?")
    for name in parts.values_list("worker", flat=True):
        if worker.kill_one(int(name.rpartition(":")[2])):
            moments.note(KILLS)
            return True
    return False


def trained(school: School) -> ModelVersion:
    run = order_small_training(school)
    wait_for_state(run.job, JobState.SUCCEEDED, LONG)
    return ModelVersion.objects.get(run=run)


def count_training(what: str, calm: ModelVersion, again: ModelVersion) -> Killed:
    # A worker killed while it wrote leaves a file under a name of its own, which is swept a day later.
    whole = [path.stem for path in stored_files() if path.suffix != ".part"]
    assert whole == [again.sha256], "nothing else lies in the storage"
    assert halves() == []
    assert again.run.report == calm.run.report
    doubled = ModelVersion.objects.filter(run=again.run).count() + times_told(again) - 2
    lost = int(again.sha256 != calm.sha256)
    return Killed(what, len(moments.noted(KILLS)), lost, doubled, longest_standstill())


def test_a_training_killed_at_any_moment_ends_with_the_same_bytes(worker: Worker, tally: list[Killed]) -> None:
    school = make_demo()
    moments.dies_at()
    forget_stored()
    calm = trained(school)
    for wishes in TRAININGS:
        forget_stored()
        moments.dies_at(*wishes)
        again = trained(school)
        wait_for(lambda: not moments.left())
        tally.append(count_training(f"training: {', '.join(wishes)}", calm, again))
        assert (tally[-1].kills, tally[-1].lost, tally[-1].doubled) == (len(wishes), 0, 0)
        assert tally[-1].seconds < 60
    check_training_without_its_worker(school, worker, calm, tally)


def check_training_without_its_worker(school: School, worker: Worker, calm: ModelVersion, tally: list[Killed]) -> None:
    """Everything is killed at some moment, and the next try right before it registers."""
    forget_stored()
    moments.dies_at(STORED)
    run = order_small_training(school)
    wait_for_state(run.job, JobState.RUNNING)
    time.sleep(CHANCE.uniform(0, (calm.run.seconds or 1) / 2))
    kill_outright(worker)
    wait_for_state(run.job, JobState.SUCCEEDED, LONG)
    again = ModelVersion.objects.get(run=run)
    tally.append(count_training("training: the whole worker at random, stored", calm, again))
    assert (tally[-1].kills, tally[-1].lost, tally[-1].doubled) == (2, 0, 0)


def scored(school: School) -> ScoringRun:
    run = order_whole_school(school)
    wait_for_state(run.job, JobState.SUCCEEDED, LONG)
    run.refresh_from_db()
    return run


def count_scoring(what: str, calm: ScoringRun, again: ScoringRun) -> Killed:
    before, after = rows_of(calm), rows_of(again)
    lost = sum(after.get(key) != row for key, row in before.items())
    assert shown_by(again) == len(before)
    assert Job.objects.filter(part_of=again.job).exclude(state=JobState.SUCCEEDED).count() == 0
    assert again.job.done == again.job.total
    doubled = again.scored + again.unscored - len(before) + len(after.keys() - before.keys())
    return Killed(what, len(moments.noted(KILLS)), lost, doubled, longest_standstill())


def test_a_scoring_killed_at_any_moment_leaves_the_same_rows(worker: Worker, tally: list[Killed]) -> None:
    school = make_demo()
    make_demo_version(school)
    moments.dies_at()
    calm = scored(school)
    wishes = (PLANNED, HANDING_OVER, READING, WRITING, WRITTEN, CLOSING)
    moments.dies_at(*wishes)
    again = scored(school)
    tally.append(count_scoring(f"scoring: {', '.join(wishes)}", calm, again))
    assert (tally[-1].kills, tally[-1].lost, tally[-1].doubled) == (len(wishes), 0, 0)
    assert tally[-1].seconds < 60


def test_a_scoring_goes_on_whatever_part_is_killed_when(worker: Worker, tally: list[Killed]) -> None:
    """Four times the process of some part, once all of them, at random."""
    school = make_demo()
    make_demo_version(school)
    moments.dies_at()
    calm = scored(school)
    moments.dies_at()
    run = order_whole_school(school)
    for _ in range(4):
        wait_for(lambda: kill_one(worker, run.job) or Job.objects.filter(pk=run.job_id, state=JobState.SUCCEEDED), LONG)
        time.sleep(CHANCE.uniform(0.2, 0.8))
    kill_outright(worker)
    wait_for_state(run.job, JobState.SUCCEEDED, LONG)
    run.refresh_from_db()
    tally.append(count_scoring("scoring: parts and whole worker, at random", calm, run))
    assert tally[-1].kills >= 3
    assert (tally[-1].lost, tally[-1].doubled) == (0, 0)
