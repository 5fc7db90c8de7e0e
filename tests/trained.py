"""A small model, learned once in each test process from a made-up school, and versions of schools that use it."""

from copy import deepcopy
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Any

from mlcore.bundle import Bundle
from mlcore.spec import TrainSpec
from mlcore.synth import SynthSpec, as_tables, plan, students
from mlcore.tables import SchoolTables
from mlcore.train import train
from portal.jobs.models import Job, JobState
from predictions import artifacts, registry
from predictions.models import ModelVersion, TrainingRun
from students.models import School, Subject
from tests.make import TODAY

LEARNED_ON = date(2026, 3, 2)


@lru_cache(maxsize=1)
def trained_tables() -> SchoolTables:
    school = plan(SynthSpec(students=150, years=2, seed=3, today=LEARNED_ON))
    return as_tables(school, [students(school, 0, 150)])


@lru_cache(maxsize=2)
def trained_bundle(seed: int = 0) -> Bundle:
    """Another seed is the same model under another name, for it is the training that takes its time."""
    if seed:
        return replace(trained_bundle(), seed=seed)
    spec = TrainSpec(LEARNED_ON, boundaries=(40, 50, 65, 80), most_samples=2_000, leads=(1, 42), threads=1, most_fits=6)
    return train(trained_tables(), spec).bundle


@lru_cache(maxsize=2)
def written(seed: int = 0) -> tuple[bytes, Any]:
    return artifacts.written(trained_bundle(seed)), artifacts.probe_of(trained_bundle(seed))


def make_run(school: School, *, subject: Subject | None = None, cause: str = "person", **facts: Any) -> TrainingRun:
    """A training that ended well, with the report of the small model."""
    job = Job.objects.create(kind="training", title="Train", task="", queue="train", state=JobState.SUCCEEDED)
    facts.setdefault("as_of", TODAY)
    facts.setdefault("spec", {"train": dict(trained_bundle().report["spec"]), "reading": {}})
    facts.setdefault("report", dict(trained_bundle().report))
    return TrainingRun.objects.create(
        school=school, subject=subject, cause=cause, job=job, libraries=dict(trained_bundle().versions),
        fingerprint=trained_bundle().fingerprint, seconds=4.2, **facts,
    )  # fmt: skip


def make_version(
    school: School, *, subject: Subject | None = None, passed: bool = True, seed: int = 0, **facts: Any
) -> ModelVersion:
    """A registered version whose stored model can be opened."""
    data, probe = written(seed)
    run = make_run(school, subject=subject, seed=seed, **facts)
    sha256 = artifacts.store(data)
    return registry.register(run, sha256=sha256, size=len(data), passed_gate=passed, probe=deepcopy(probe))
