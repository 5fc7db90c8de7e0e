"""Made-up schools to measure on, and a version learned from one; their marks follow a law, so there is something true to learn."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from mlcore.bundle import Bundle, dumps, loads
from mlcore.spec import Effort, TrainSpec
from mlcore.synth import SynthSpec, as_tables, plan, students
from mlcore.tables import SchoolTables
from mlcore.train import train

TODAY = date(2026, 5, 15)
STUDENTS, YEARS, SAMPLES = 600, 2, 10_000
KEY = b"a key of the benchmarks"


def made_up(count: int = STUDENTS, years: int = YEARS, today: date = TODAY) -> SchoolTables:
    made = plan(SynthSpec(students=count, years=years, seed=3, today=today))
    return as_tables(made, [students(made, 0, count)])


def spec(effort: str = "quick", samples: int = SAMPLES, as_of: date = TODAY) -> TrainSpec:
    return TrainSpec(as_of=as_of, effort=Effort(effort), most_samples=samples, threads=2)


def saved(file: Path, samples: int = SAMPLES) -> str:
    """A quick training's version, signed and written down; and what it is, in words."""
    bundle = train(made_up(), spec(samples=samples)).bundle
    file.write_bytes(dumps(bundle, KEY))
    members = ", ".join(name for name, _ in bundle.champion.members)
    return (
        f"Learned from {bundle.report['data']['samples']:,} samples x {len(bundle.schema.features)} columns: "
        f"{bundle.report['champion_label']} ({members}); {len(bundle.boundaries)} boundaries of grades."
    )


def opened(file: Path) -> Bundle:
    return loads(file.read_bytes(), KEY)
