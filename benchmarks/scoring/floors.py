"""What scoring cannot do without, each by itself and in one process: reading the rows, answering the matrix, writing."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db import transaction

from benchmarks.learning.measuring import Took, took
from mlcore.features.base import Matrix
from mlcore.predict import predict_matrix
from portal.jobs.models import Job
from portal.kit import bulk
from predictions import artifacts, frames, scoring, shared, specs, storing
from predictions.models import Prediction, ScoringRun


@dataclass(frozen=True)
class Floors:
    reading: Took
    answering: Took
    writing: Took

    @property
    def wall(self) -> float:
        return self.reading.wall + self.answering.wall + self.writing.wall


def floors(run: ScoringRun, progress: Any) -> Floors:
    """Of the same run: its chunks are read, its matrices answered, and its rows written into a transaction that ends."""
    chunks = scoring.plan(run)
    reading = specs.reading_of(run.version.run).with_until(run.as_of)
    answers = [each for chunk in chunks for each in scoring.answers_for(run, chunk, progress)]
    bundle = artifacts.opened(run.version)
    values = np.concatenate([each.said.matrix.values for each in answers])
    told = tuple(cause for each in answers for cause in each.said.causes)

    def read() -> None:
        plans = frames.school_plans([run.school], reading)
        tallies = shared.counted(run, plans)
        for chunk in chunks:
            frames.school_tables([run.school], students=chunk.wanted, reading=reading, tallies=tallies, plans=plans)

    def answer() -> None:
        for rows in np.array_split(np.arange(len(values)), len(chunks)):
            part = tuple(told[row] for row in rows)
            predict_matrix(bundle, Matrix(bundle.schema, values[rows]), part, boundaries=answers[0].said.boundaries)

    def write() -> None:
        with transaction.atomic():
            job = Job.objects.create(kind="scoring", title="Write", task="", queue="score")
            again = ScoringRun.objects.create(
                school=run.school, version=run.version, exams=run.exams, as_of=run.as_of, job=job
            )
            for each in answers:
                bulk.write(Prediction, storing.columns(again, each))
            transaction.set_rollback(True)

    return Floors(took(read), took(answer), took(write))
