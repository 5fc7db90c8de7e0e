"""Another model takes over while a school is being scored: of each student and exam one run is shown, and never an older one again."""

from typing import Any

import pytest

from portal.jobs.models import Job, JobState
from predictions import registry, tasks
from predictions.models import CurrentPrediction, ScoringCause, ScoringKind, ScoringRun
from predictions.orders.promoting import promote
from tests.demo import make_demo, make_demo_version
from tests.faults.predicting import order_whole_school, rows_of

pytestmark = pytest.mark.django_db


def parts_of(run: ScoringRun) -> list[Job]:
    tasks.score_school(job_id=str(run.job_id), **run.job.arguments)
    return list(Job.objects.filter(part_of=run.job_id).order_by("title"))


def shown() -> dict[tuple[int, int], int]:
    """By student and exam which run is shown; the row that is pointed to is of that run, student and exam."""
    rows = CurrentPrediction.objects.select_related("prediction")
    for row in rows:
        told = row.prediction
        assert (told.run_id, told.student_id, told.exam_id) == (row.run_id, row.student_id, row.exam_id)
    return {(row.student_id, row.exam_id): row.run_id for row in rows}


def test_a_model_promoted_in_the_middle_of_a_scoring_mixes_nothing(settings: Any) -> None:
    settings.SCORE_CHUNK = 9
    school = make_demo()
    make_demo_version(school)
    second = make_demo_version(school, promoted=False, seed=1)
    registry.challenge(second, by=None, why="newest")
    first_run = order_whole_school(school)
    shadow = ScoringRun.objects.get(kind=ScoringKind.SHADOW)
    old, aside = parts_of(first_run), parts_of(shadow)
    turns = [old[0], aside[0], *old[1:3]]
    for part in turns:
        tasks.score_chunk(job_id=str(part.pk), **part.arguments)
    promote(second, by=None, why="better")
    second_run = ScoringRun.objects.get(cause=ScoringCause.MODEL)
    new = parts_of(second_run)
    before = shown()
    # The newer run is ahead in one place and behind in another; the older one comes late everywhere.
    for part in [new[-1], new[0], *old[3:], *aside[1:], *new[1:-1]]:
        tasks.score_chunk(job_id=str(part.pk), **part.arguments)
        now = shown()
        assert all(now[place] >= run for place, run in before.items())
        before = now
    assert set(before.values()) == {second_run.pk}
    assert before.keys() == rows_of(second_run).keys() == rows_of(first_run).keys()
    assert not Job.objects.filter(pk__in=[first_run.job_id, second_run.job_id]).exclude(state=JobState.SUCCEEDED)
