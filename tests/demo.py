"""A small demo school in the database and a model that learned from it, made once in each test process."""

from dataclasses import replace
from datetime import date
from typing import Any

from mlcore.bundle import Bundle
from mlcore.spec import TrainSpec
from mlcore.train import train
from predictions import artifacts, frames, registry
from predictions.demo import seeding
from predictions.models import ModelPolicy, ModelVersion
from students.models import School
from tests.make import TODAY
from tests.trained import make_run

BOUNDARIES = (40.0, 50.0, 65.0, 80.0)
_learned: dict[tuple[int, date], Bundle] = {}


def make_demo(students: int = 60, *, today: date = TODAY, seed: int = 3) -> School:
    """Real records around made-up students. One person may decide which model serves."""
    seeding.seed(count=students, years=2, seed_number=seed, today=today, password="x", say=lambda done, total: None)
    school = School.objects.get(is_demo=True)
    ModelPolicy.objects.create(school=school, needs_second_person=False)
    return school


def learned_from(school: School, *, students: int = 60, today: date = TODAY) -> Bundle:
    """The keys of its records differ each time, what it learns from them does not."""
    if (students, today) not in _learned:
        spec = TrainSpec(
            today, boundaries=BOUNDARIES, most_samples=1_500, leads=(1, 42, 168, 280), threads=1, most_fits=6
        )
        tables = frames.school_tables([school], reading=frames.Reading(until=today))
        _learned[students, today] = train(tables, spec).bundle
    return _learned[students, today]


def make_demo_version(school: School, *, promoted: bool = True, seed: int = 0, **facts: Any) -> ModelVersion:
    """Another seed is the same model under another name."""
    bundle = replace(learned_from(school, **facts), seed=seed)
    data = artifacts.written(bundle)
    run = make_run(school, report=dict(bundle.report))
    version = registry.register(
        run, sha256=artifacts.store(data), size=len(data), passed_gate=True, probe=artifacts.probe_of(bundle)
    )
    if promoted:
        registry.promote(version, by=None, why="to be looked at")
    return version
