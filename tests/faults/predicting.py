"""Small trainings and scorings for tests that disturb them, and how what they left is compared with an undisturbed one."""

from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from mlcore.bundle import checksum
from portal.audit.models import AuditEvent
from predictions import artifacts
from predictions.models import CurrentPrediction, ModelVersion, Prediction, ScoringRun, TrainingRun
from predictions.orders.scoring import order_scoring
from predictions.orders.training import order_training
from predictions.specs import TrainingWish
from students.models import School
from tests.faults import moments
from tests.make import TODAY

SMALL: dict[str, Any] = {"most_samples": 500, "most_fits": 2, "leads": [1, 42, 168, 280]}
COLUMNS = [field.attname for field in Prediction._meta.concrete_fields if field.attname not in ("id", "run_id")]


@dataclass(frozen=True)
class Killed:
    """One disturbed run: how often it was killed, what it lost and doubled, and how long it stood still at the most."""

    what: str
    kills: int
    lost: int
    doubled: int
    seconds: float


def table_of(told: list[Killed]) -> str:
    lines = [f"{each.what:<72}{each.kills:>6}{each.lost:>6}{each.doubled:>9}{each.seconds:>13.1f}" for each in told]
    head = f"{'':<72}{'kills':>6}{'lost':>6}{'doubled':>9}{'still for s':>13}"
    every = Killed("all", *(sum(getattr(each, name) for each in told) for name in ("kills", "lost", "doubled")), 0)
    last = f"{every.what:<72}{every.kills:>6}{every.lost:>6}{every.doubled:>9}"
    return "\n".join(["", head, *lines, last])


def longest_standstill() -> float:
    """Of jobs that were claimed again: how long before that the first kill since their last claim was. At most, for it
    may have been another job's.
    """
    kills = [at for at, _whose in moments.noted(moments.KILLS)]
    claims: dict[str, list[float]] = defaultdict(list)
    for at, whose in moments.noted(moments.CLAIMS):
        claims[whose].append(at)
    still = [
        again - min((kill for kill in kills if before < kill), default=again)
        for mine in claims.values()
        for before, again in pairwise(mine)
    ]
    return max(still, default=0.0)


@transaction.atomic
def order_small_training(school: School) -> TrainingRun:
    """Smaller than a person may wish; no worker hears of it before it is."""
    run = order_training(TrainingWish(school, TODAY, effort="quick"), by=None)
    run.spec["train"] |= SMALL
    run.save(update_fields=["spec"])
    return run


def order_whole_school(school: School) -> ScoringRun:
    [run] = order_scoring(school, by=None, as_of=TODAY)
    return run


def artifact_folder() -> Path:
    return Path(settings.STORAGES["artifacts"]["OPTIONS"]["location"])


def stored_files() -> list[Path]:
    return sorted(path for path in artifact_folder().rglob("*") if path.is_file())


def halves() -> list[str]:
    """Files in the storage that are not what their name says."""
    whole = [path for path in stored_files() if path.suffix != ".part"]
    return [path.name for path in whole if checksum(path.read_bytes()) != path.stem]


def forget_stored() -> None:
    """So that the next run with the same bytes has to store them."""
    for path in stored_files():
        path.unlink()
    artifacts.forget_opened()


def times_told(version: ModelVersion) -> int:
    return AuditEvent.objects.filter(verb="model trained", facts__number=version.number).count()


def rows_of(run: ScoringRun) -> dict[tuple[int, int], tuple[Any, ...]]:
    """By student and exam everything that was said, but for the keys of row and run."""
    rows = Prediction.objects.filter(run=run).values_list(*COLUMNS)
    plain = [tuple(bytes(cell) if isinstance(cell, memoryview) else cell for cell in row) for row in rows]
    return {(row[COLUMNS.index("student_id")], row[COLUMNS.index("exam_id")]): row for row in plain}


def shown_by(run: ScoringRun) -> int:
    return CurrentPrediction.objects.filter(run_id=run.pk, prediction__run=run).count()
