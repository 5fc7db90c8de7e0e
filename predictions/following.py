"""What follows from finished work, as functions that the orders hand in: so tasks need not know who orders the next step."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.jobs.models import Job
from predictions.models import Alert, ModelVersion, TrainingRun
from students.models import School


def _nobody(*told: Any, **more: Any) -> Any:
    raise LookupError("predictions.apps.ready() has not told what follows.")


@dataclass
class Following:
    """Filled by `predictions.apps.ready()`. Each is called in the transaction that stores the work."""

    training: Callable[[TrainingRun, ModelVersion], str] = _nobody
    alerts: Callable[[list[Alert], datetime], object] = _nobody
    night: Callable[[School, Job, datetime], object] = _nobody


following = Following()
