"""What was said once can be said again: from the records as of that day, and from what a prediction keeps of itself."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from django.db import transaction

from mlcore.spec import TrainSpec
from mlcore.train import train
from predictions import artifacts, frames, registry
from predictions.demo import seeding
from predictions.models import ModelVersion, Prediction, ScoringCause, ScoringKind, ScoringRun
from predictions.orders.scoring import order_run
from predictions.packing import packed, unpacked
from predictions.recomputing import check, recomputed
from students.models import AttendanceMark, Enrolment, Exam, Observation, Result, School, Student
from tests.trained import make_run
from tests.workers import work_off

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 18)
STORED = ("exam_id", "student_id", "score", "low_80", "high_80", "low_95", "high_95", "baseline",
          "history", "missing", "unknown", "cause", "sentence", "remedy", "chances", "reasons", "inputs")  # fmt: skip


@pytest.fixture
def version(db: None) -> ModelVersion:
    """A demo school up to a day, and a version learned from it."""
    with transaction.atomic():
        seeding.seed(count=120, years=2, seed_number=4, today=DAY, password="x", say=lambda done, total: None)
    school = School.objects.get(kind=School.Kind.SCHOOL)
    tables = frames.school_tables([school])
    spec = TrainSpec(DAY, boundaries=(40, 50, 65, 80), most_samples=2_000, leads=(1, 28, 84), threads=1, most_fits=6)
    bundle = train(tables, spec).bundle
    data = artifacts.written(bundle)
    run = make_run(school, as_of=DAY)
    return registry.register(
        run, sha256=artifacts.store(data), size=len(data), passed_gate=True, probe=artifacts.probe_of(bundle)
    )


def scored(version: ModelVersion, kind: ScoringKind = ScoringKind.LIVE) -> ScoringRun:
    exams = Exam.objects.filter(school=version.school, day__gt=DAY, day__lte=DAY + timedelta(days=100))
    run = order_run(version, version.school, list(exams), by=None, as_of=DAY, cause=ScoringCause.COMMAND, kind=kind)
    work_off()
    run.refresh_from_db()
    assert run.job.state == "succeeded", run.job.sentence
    return run


def rows_of_run(run: ScoringRun) -> list[tuple[Any, ...]]:
    rows = Prediction.objects.filter(run=run).order_by("exam_id", "student_id").values_list(*STORED)
    return [tuple(bytes(cell) if isinstance(cell, memoryview) else cell for cell in row) for row in rows]


def life_goes_on(school: School) -> None:
    """Months later: exams were sat, late marks entered, rolls taken, values noted; one left and one moved."""
    later = DAY + timedelta(days=90)
    students = list(Student.objects.filter(school=school, ends=None).order_by("pk")[:90])
    for exam in Exam.objects.filter(school=school, day__gt=DAY, day__lte=later):
        sits = Enrolment.objects.filter(school_class__sittings__exam=exam, student__in=students, ends=None)
        for student in set(sits.values_list("student_id", flat=True)):
            score = exam.maximum * Decimal(student % 10) / 10
            Result.objects.get_or_create(
                student_id=student, exam=exam, defaults={"score": score, "known_on": exam.day + timedelta(days=3)}
            )
    Result.objects.filter(pk__in=_late(school)).update(score=Decimal(0), known_on=later)
    homes = Enrolment.objects.filter(student__in=students, school_class__is_home_class=True, ends=None)
    for enrolment in homes:
        AttendanceMark.objects.get_or_create(
            student=enrolment.student, school_class=enrolment.school_class, day=later - timedelta(days=1),
            defaults={"status": "A", "known_on": later},
        )  # fmt: skip
    for seen in Observation.objects.filter(student__in=students[:40], number__isnull=False).order_by("-pk")[:60]:
        Observation.objects.get_or_create(
            student=seen.student, indicator=seen.indicator, day=DAY + timedelta(days=9),
            defaults={"number": Decimal(1), "known_on": DAY + timedelta(days=9)},
        )  # fmt: skip
    Student.objects.filter(pk=students[3].pk).update(status="left", ends=later)
    Enrolment.objects.filter(student=students[3], ends=None).update(ends=later)


def _late(school: School) -> list[int]:
    """Marks of exams long past that were not known yet on the day: none of them may be seen then."""
    unknown = Result.objects.filter(exam__school=school, exam__day__lte=DAY, known_on__gt=DAY)
    return list(unknown.values_list("pk", flat=True))


def test_a_replay_says_what_was_said_on_the_day_though_much_is_known_since(version: ModelVersion) -> None:
    live = scored(version)
    said = rows_of_run(live)
    before = Result.objects.count(), AttendanceMark.objects.count(), Observation.objects.count()
    life_goes_on(version.school)
    after = Result.objects.count(), AttendanceMark.objects.count(), Observation.objects.count()
    assert [many > few + 20 for many, few in zip(after, before, strict=True)] == [True] * 3, (before, after)
    again = scored(version, ScoringKind.REPLAY)
    assert live.scored > 300
    assert (again.scored, again.unscored) == (live.scored, live.unscored)
    assert rows_of_run(again) == said


def test_every_stored_figure_comes_out_of_its_stored_inputs_again(version: ModelVersion) -> None:
    run = scored(version)
    artifacts.forget_opened()
    assert check(run) == []
    for prediction in Prediction.objects.filter(run=run).select_related("run__version").order_by("-cause", "pk")[:40]:
        said = recomputed(prediction)
        score = np.nan if prediction.score is None else prediction.score
        np.testing.assert_array_equal(said.scores, [score])
        np.testing.assert_array_equal(packed(said.chances)[0], unpacked(prediction.chances).astype("f4"))
        assert (said.causes[0].code if said.causes[0] else "") == prediction.cause


def test_a_figure_that_was_tampered_with_is_found(version: ModelVersion) -> None:
    run = scored(version)
    row = Prediction.objects.filter(run=run, score__isnull=False).order_by("pk").first()
    assert row is not None
    assert row.score is not None
    Prediction.objects.filter(pk=row.pk).update(score=row.score + 1)
    (told,) = check(run)
    assert (told.prediction, told.name, told.stored, told.again) == (row.pk, "score", row.score + 1, row.score)
    assert check(run, sample=[row.pk + 1]) == []
