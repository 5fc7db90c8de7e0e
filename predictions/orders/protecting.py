"""A protected fact asked for, and the training that measures what it would do, in one transaction."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from portal.jobs.models import ENDED
from portal.kit.errors import Conflict
from predictions import deciding
from predictions.models import ProtectedUse, TrainingCause, TrainingRun
from predictions.orders.training import order_training
from predictions.specs import TrainingWish
from students.models import School


@transaction.atomic
def ask_to_use(school: School, fact: str, *, by: Any, reason: str, on: date) -> ProtectedUse:
    use = deciding.ask_to_use(school, fact, by=by, reason=reason)
    _measure(use, by=by, on=on)
    return use


@transaction.atomic
def measure_again(use: ProtectedUse, *, by: Any, on: date) -> TrainingRun:
    """Where the first training failed or its figures are old. Raises Conflict while one runs or once it is decided."""
    deciding.check_may_ask(by, use.school)
    if use.approved_at or use.ended_at:
        raise Conflict(_("This is decided already."), code="decided")
    if use.measured_by and use.measured_by.job.state not in ENDED:
        raise Conflict(_("It is being measured already."), code="running")
    return _measure(use, by=by, on=on)


def _measure(use: ProtectedUse, *, by: Any, on: date) -> TrainingRun:
    run = order_training(TrainingWish(use.school, on, protected=(use.fact,)), by=by, cause=TrainingCause.EFFECT)
    deciding.measured_by(use, run, by=by)
    return run
