"""The wish for a training run: written down, then done by a worker."""

from datetime import date
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.audit.record import record
from portal.jobs.models import ENDED
from portal.jobs.running import enqueue
from portal.kit.errors import Conflict
from predictions import tasks
from predictions.models import ModelPolicy, TrainingCause, TrainingRun
from predictions.specs import TrainingWish, spec_of
from students.models import School

MOST_WAITING = 10  # of a school at once, by people: one machine trains for all schools, one after the other


@transaction.atomic
def order_training(
    wish: TrainingWish, *, by: Any, cause: TrainingCause = TrainingCause.PERSON, promotes: bool = False
) -> TrainingRun:
    """Write the wish down and queue it. Raises DomainError for a wish that cannot be meant, Conflict for one that waits."""
    spec = spec_of(wish)
    School.objects.select_for_update().get(pk=wish.school.pk)
    same = TrainingRun.objects.filter(school=wish.school, subject=wish.subject, as_of=wish.as_of, spec=spec)
    if same.filter(seed=wish.seed).exclude(job__state__in=ENDED).exists():
        raise Conflict(_("The same training is waiting or running already."), code="running")
    _check_queue(wish.school, by)
    run = TrainingRun(
        school=wish.school, subject=wish.subject, as_of=wish.as_of, spec=spec, seed=wish.seed,
        cause=cause, promotes=promotes,
    )  # fmt: skip
    what = wish.subject or _("all subjects")
    run.job = enqueue(
        tasks.train_model,
        kind="training",
        title=_("%(school)s: train a model for %(what)s") % {"school": wish.school, "what": what},
        by=by,
        arguments={},
        school_id=wish.school.pk,
        queue="train",
        back_to=reverse("models"),
    )
    run.save()
    run.job.arguments, run.job.back_to = {"run_id": run.pk}, run.get_absolute_url()
    run.job.save(update_fields=["arguments", "back_to"])
    record(by, "training ordered", run, effort=spec["train"]["effort"], cause=str(cause))
    return run


def _check_queue(school: School, by: Any) -> None:
    waiting = TrainingRun.objects.filter(school=school).exclude(job__state__in=ENDED)
    if by is not None and waiting.count() >= MOST_WAITING:
        told = _("%s trainings of this school wait already. Stop one of them, or come back when some have ended.")
        raise Conflict(told % MOST_WAITING, code="many_waiting")


def order_weekly(school: School, *, on: date) -> TrainingRun:
    """What the clock orders. The result challenges; that it serves is for people to decide."""
    policy = ModelPolicy.of(school)
    return order_training(TrainingWish(school, on, effort=policy.effort), by=None, cause=TrainingCause.TIMER)
