"""Runs, predictions and results made directly, so that a test says what was predicted and what came."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
from django.db.models import Max

from portal.jobs.models import Job, JobState
from predictions import registry
from predictions.models import Alias, CurrentPrediction, ModelVersion, Prediction, ScoringRun
from predictions.packing import packed
from predictions.specs import scale_of
from students.models import Exam, Result, School, SchoolClass, Student
from tests import make
from tests.make import TODAY

BOUNDARIES = (40.0, 50.0, 60.0, 75.0)


def make_serving(version: ModelVersion, name: str = Alias.CHAMPION) -> ModelVersion:
    registry._move(version.school, version.subject, name, version, None, "for a test")
    return version


def make_scoring(school: School, version: ModelVersion, exams: Sequence[Exam], **facts: Any) -> ScoringRun:
    facts.setdefault("as_of", TODAY)
    facts.setdefault("kind", "live")
    facts.setdefault("is_shown", facts["kind"] == "live")
    bounds = {str(exam.pk): list(scale_of(school, exam.subject)[1]) for exam in exams}
    job = Job.objects.create(kind="scoring", title="Score", task="", queue="score", state=JobState.SUCCEEDED)
    return ScoringRun.objects.create(
        school=school, version=version, exams=[exam.pk for exam in exams], boundaries=bounds, job=job, **facts
    )


def say(
    run: ScoringRun,
    exam: Exam,
    students: Sequence[Student],
    scores: Any,
    *,
    width: float = 20.0,
    inputs: Any = None,
    baseline: float = 60.0,
) -> list[Prediction]:
    """One prediction each; shown at once where the run is. Chances of passing rise with the score."""
    bounds = np.array(run.boundaries[str(exam.pk)])
    rows = []
    for place, (student, score) in enumerate(zip(students, scores, strict=True)):
        chances = np.clip(0.5 + (float(score) - bounds) / 60, 0.01, 0.99)
        rows.append(
            Prediction(
                run=run, student=student, exam=exam, score=float(score), low_80=score - width / 2,
                high_80=score + width / 2, low_95=score - width, high_95=score + width, baseline=baseline,
                chances=packed(chances).tobytes(), reasons=b"",
                inputs=b"" if inputs is None else packed(inputs[place]).tobytes(),
            )
        )  # fmt: skip
    first = (Prediction.objects.aggregate(top=Max("pk"))["top"] or 0) + 1
    Prediction.objects.bulk_create(rows)
    if run.is_shown:
        for row in Prediction.objects.filter(pk__gte=first):
            CurrentPrediction.objects.update_or_create(
                exam=exam, student=row.student, defaults={"prediction": row, "as_of": run.as_of, "run_id": run.pk}
            )
    return rows


def make_class_of(
    school: School, count: int, name: str = "Physics 9C", **facts: Any
) -> tuple[SchoolClass, list[Student]]:
    school_class = make.make_class(school, name, **facts)
    students = [make.make_student(school) for _ in range(count)]
    for student in students:
        make.make_enrolment(student, school_class)
    return school_class, students


def give_results(exam: Exam, students: Sequence[Student], percents: Sequence[float]) -> None:
    Result.objects.bulk_create(
        Result(
            exam=exam, student=student, score=round(float(percent) * float(exam.maximum) / 100, 2), known_on=exam.day
        )
        for student, percent in zip(students, percents, strict=True)
    )


def past_exam(school_class: SchoolClass, days: int = 10, **facts: Any) -> Exam:
    return make.make_exam(school_class, day=TODAY - timedelta(days=days), **facts)


def before(exam: Exam, days: int = 3) -> date:
    return exam.day - timedelta(days=days)
