"""One small made-up school and one quick training on it, made once per process for all tests that need a bundle."""

from datetime import date
from functools import cache

from mlcore.spec import TrainSpec
from mlcore.synth import SynthSpec, as_tables, plan, students
from mlcore.tables import SchoolTables
from mlcore.train import Outcome, train

TODAY = date(2026, 3, 20)
SPEC = TrainSpec(as_of=TODAY, most_samples=3_000, leads=(1, 42), threads=1)


@cache
def school() -> SchoolTables:
    made = plan(SynthSpec(students=80, years=2, seed=7, today=TODAY))
    return as_tables(made, [students(made, 0, 80)])


@cache
def outcome() -> Outcome:
    return train(school(), SPEC, seed=3)
