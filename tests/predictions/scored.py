"""Scoring runs and predictions made by hand, from rows of a matrix, without a worker."""

from typing import Any

import numpy as np

from mlcore.features.base import Matrix
from mlcore.predict import predict_matrix
from portal.jobs.models import Job, JobState
from predictions import artifacts
from predictions.models import CurrentPrediction, ModelVersion, Prediction, ScoringKind, ScoringRun
from predictions.packing import packed
from students.models import Exam, Student
from tests.make import TODAY

BOUNDS = [40.0, 50.0, 60.0, 75.0]


def make_scoring_run(version: ModelVersion, exams: list[Exam], **facts: Any) -> ScoringRun:
    job = Job.objects.create(kind="scoring", title="Predict", task="", queue="score", state=JobState.SUCCEEDED)
    facts.setdefault("as_of", TODAY)
    facts.setdefault("is_shown", facts.get("kind", ScoringKind.LIVE) == ScoringKind.LIVE)
    return ScoringRun.objects.create(
        school=exams[0].school, version=version, job=job, exams=[exam.pk for exam in exams],
        boundaries={str(exam.pk): BOUNDS for exam in exams}, **facts,
    )  # fmt: skip


def make_prediction(run: ScoringRun, student: Student, exam: Exam, row: Any, **facts: Any) -> Prediction:
    """What the run's version says of this row; with `cause`, nothing. A run that is shown shows it."""
    bundle = artifacts.opened(run.version)
    values = packed(np.atleast_2d(row)).astype(np.float64)
    said = predict_matrix(bundle, Matrix(bundle.schema, values), boundaries=run.boundaries[str(exam.pk)])
    ranges = dict(zip(("low_80", "high_80", "low_95", "high_95"), said.ranges.columns, strict=True))
    told = {"score": said.scores[0], **{name: column[0] for name, column in ranges.items()}}
    empty = "cause" in facts
    assert said.reasons is not None
    rows: dict[str, Any] = {"chances": said.chances, "reasons": said.reasons, "inputs": values}
    stored = {
        name: packed(each * np.nan if empty and name != "inputs" else each).tobytes() for name, each in rows.items()
    }
    prediction = Prediction.objects.create(
        run=run, student=student, exam=exam, **stored,
        **{name: None if empty else float(value) for name, value in told.items()}, **facts,
    )  # fmt: skip
    if run.is_shown:
        shown: dict[str, Any] = {"prediction": prediction, "as_of": run.as_of, "run_id": run.pk}
        CurrentPrediction.objects.update_or_create(exam=exam, student=student, defaults=shown)
    return prediction
