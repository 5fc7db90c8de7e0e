"""A scoring run: cut into chunks of students, each read, answered and stored by itself, once however often it is tried."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from mlcore.bundle import Bundle
from mlcore.causes import causes
from mlcore.features.base import Matrix
from mlcore.features.matrix import matrix_and_contexts
from mlcore.predict import learned, predict_matrix
from mlcore.samples import Samples, samples_ahead
from mlcore.tables import SchoolTables
from portal.jobs.running import Progress
from predictions import alerting, artifacts, frames, registry, shared, specs, storing
from predictions.answers import Answers
from predictions.models import ScoringKind, ScoringRun
from predictions.packing import as_stored
from students.models import Enrolment

SPARSE = 2  # a range of keys is read as a range unless it holds this many times the students that are wanted


@dataclass(frozen=True)
class Chunk:
    """Students by key: all from `first` to `last`, or just those named."""

    first: int
    last: int
    students: list[int] | None
    size: int

    @classmethod
    def of(cls, told: dict[str, Any]) -> "Chunk":
        return cls(told["first"], told["last"], told.get("students"), told["size"])

    def as_arguments(self, run: ScoringRun) -> dict[str, Any]:
        named = {} if self.students is None else {"students": self.students}
        return {"run_id": run.pk, "first": self.first, "last": self.last, "size": self.size, **named}

    @property
    def wanted(self) -> Any:
        return (self.first, self.last) if self.students is None else self.students


def plan(run: ScoringRun) -> list[Chunk]:
    """Who sits the exams, in chunks. A shown run whose model cannot be opened goes on with the last one that can."""
    _see_to_version(run)
    sitting = Enrolment.objects.filter(school_class__sittings__exam__in=run.exams, student__school=run.school)
    if run.students is not None:
        sitting = sitting.filter(student__in=run.students)
    found = sitting.order_by("student_id").values_list("student_id", flat=True).distinct()
    keys = np.fromiter(found.iterator(chunk_size=20_000), dtype=np.int64)
    size = settings.SCORE_CHUNK
    if len(keys) > size:
        shared.of(run)  # once, before many workers ask for it
    return [_chunk(part) for part in np.split(keys, np.arange(size, len(keys), size)) if len(part)]


def _see_to_version(run: ScoringRun) -> None:
    if run.kind != ScoringKind.LIVE:
        artifacts.opened(run.version)
        return
    try:
        artifacts.opened(run.version)
    except artifacts.BadArtifact as error:
        alerting.artifact_refused(run.version, error)
        version = registry.serving(run.version.school, run.version.subject)
        if version is None:
            raise
        ScoringRun.objects.filter(pk=run.pk).update(version=version)
        run.version = version


def _chunk(keys: NDArray[np.int64]) -> Chunk:
    first, last = int(keys[0]), int(keys[-1])
    named = None if last - first < SPARSE * len(keys) else keys.tolist()
    return Chunk(first, last, named, len(keys))


def answers_for(run: ScoringRun, chunk: Chunk, progress: Progress) -> list[Answers]:
    """Read and answer; nothing is written and no transaction is open."""
    bundle = artifacts.opened(run.version)
    reading = specs.reading_of(run.version.run).with_until(run.as_of)
    same = shared.of(run)
    tables = frames.school_tables(
        [run.school], students=chunk.wanted, reading=reading, tallies=same.tallies, plans=same.plans
    )
    progress.check()
    known = tables.until(run.as_of)
    samples = samples_ahead(tables, run.as_of, exams=run.exams, students=run.students)
    return [answer(bundle, known, part, bounds) for part, bounds in _by_boundaries(run, samples)]


def answer(bundle: Bundle, tables: SchoolTables, samples: Samples, boundaries: tuple[float, ...]) -> Answers:
    """The one way from records to a stored answer. The matrix is rounded as it is stored, so that it can be answered again."""
    matrix, context = matrix_and_contexts(tables, samples, bundle.schema)
    matrix = Matrix(matrix.schema, as_stored(matrix.values))
    told = causes(tables, samples, context, learned(bundle))
    said = predict_matrix(bundle, matrix, told, boundaries=boundaries)
    history = context["history"].to_numpy(dtype=np.float64)
    return Answers(samples, said, simplest(bundle, matrix), np.nan_to_num(history))


def simplest(bundle: Bundle, matrix: Matrix) -> NDArray[np.float64]:
    """What the best simple guess of the training says of the same rows."""
    name, mean = str(bundle.report["baseline"]), float(bundle.explainer.base)
    if name not in matrix.schema.places:
        return np.full(len(matrix), mean)
    guess = matrix.column(name)
    return np.clip(np.where(np.isnan(guess), mean, guess), 0.0, 100.0)


def _by_boundaries(run: ScoringRun, samples: Samples) -> Iterator[tuple[Samples, tuple[float, ...]]]:
    bounds = {int(exam): tuple(marks) for exam, marks in run.boundaries.items()}
    exams = samples.rows["exam"].to_numpy()
    for marks in dict.fromkeys(bounds.values()):
        mine = [exam for exam, own in bounds.items() if own == marks]
        if (rows := np.isin(exams, mine)).any():
            yield samples.take(rows), marks


def store(run: ScoringRun, chunk: Chunk, answers: list[Answers]) -> None:
    """Inside the transaction that also ends the chunk's job, so that its rows are there once or not at all."""
    for each in answers:
        storing.write(run, each)
    if run.is_shown:
        storing.show(run, chunk.first, chunk.last)
    storing.count(run, answers)
