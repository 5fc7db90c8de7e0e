"""What the clock orders by each school's own hours: scoring of what changed, training, and a look at past predictions.

When its turn came last is asked of the rows that earlier turns left: so a turn that was missed is made up for.
"""

import logging
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from portal.jobs.models import Job, JobState
from portal.jobs.running import enqueue
from portal.kit.errors import DomainError
from predictions import changing, tasks
from predictions.models import ModelPolicy, ScoringCause, ScoringRun, TrainingCause, TrainingRun
from predictions.orders.measuring import order_measuring
from predictions.orders.scoring import order_scoring
from predictions.orders.training import order_weekly
from predictions.turns import last_turn
from students.models import School

logger = logging.getLogger("predictions.timers")
NIGHTLY = "nightly scoring"
MEASURING = "nightly measuring"


def order_due(now: datetime) -> None:
    """Once an hour; a school that fails keeps no other waiting."""
    for school in School.objects.order_by("pk"):
        policy = ModelPolicy.of(school)
        for order in (_scoring, _training, _measuring):
            try:
                with transaction.atomic():
                    School.objects.select_for_update().get(pk=school.pk)  # two clocks at once order once
                    order(school, policy, now)
            except DomainError as refusal:
                logger.info("nothing ordered", extra={"school": school.pk, "code": refusal.code})
            except Exception as error:  # whatever it is, other schools are not to wait for it
                logger.error("turn failed", exc_info=error, extra={"school": school.pk})


def _scoring(school: School, policy: ModelPolicy, now: datetime) -> None:
    if policy.score_at is None or not ScoringRun.objects.filter(school=school).exists():
        return
    if not _had_turn(NIGHTLY, school, last_turn(now, school.timezone, policy.score_at)):
        _order_job(tasks.score_changed, NIGHTLY, _("%s: look for what changed since last night"), school)


def _training(school: School, policy: ModelPolicy, now: datetime) -> None:
    if policy.retrain_on is None:
        return
    turn = last_turn(now, school.timezone, policy.retrain_at, policy.retrain_on)
    mine = TrainingRun.objects.filter(school=school, cause=TrainingCause.TIMER)
    if turn >= policy.updated_at and not mine.filter(ordered_at__gte=turn).exists():
        order_weekly(school, on=now.astimezone(ZoneInfo(school.timezone)).date())


def _measuring(school: School, policy: ModelPolicy, now: datetime) -> None:
    if policy.measure_at is None or not ScoringRun.objects.filter(school=school).exists():
        return
    if not _had_turn(MEASURING, school, last_turn(now, school.timezone, policy.measure_at)):
        order_measuring(school, by=None, kind=MEASURING)


def _had_turn(kind: str, school: School, turn: datetime) -> bool:
    return Job.objects.filter(kind=kind, school_id=school.pk, requested_at__gte=turn).exists()


def _order_job(task: Any, kind: str, title: str, school: School) -> Job:
    return enqueue(
        task, kind=kind, title=title % school, by=None, arguments={"school_id": school.pk}, school_id=school.pk
    )


def order_changed(school: School, job: Job, *, now: datetime) -> list[ScoringRun]:
    """What the nightly job does: since the one before it that succeeded, whoever changed or has no fresh prediction."""
    before = Job.objects.filter(kind=NIGHTLY, school_id=school.pk, requested_at__lt=job.requested_at)
    before = before.filter(state=JobState.SUCCEEDED)
    since = before.order_by("-requested_at").values_list("requested_at", flat=True).first()
    students = changing.to_score(school, since=since, now=now)
    if not students:
        return []
    as_of = now.astimezone(ZoneInfo(school.timezone)).date()
    return order_scoring(school, by=None, as_of=as_of, students=students, cause=ScoringCause.NIGHT)
