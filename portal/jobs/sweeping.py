"""The sweep: finds jobs whose worker or message was lost and brings them back. Two sweeps at once do no harm."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import F, Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from portal.accounts.preferences import language_of
from portal.jobs.models import Job, JobState
from portal.jobs.pulse import alive, claimed, lost_before
from portal.jobs.running import STOPPED, ring

MOST_AT_ONCE = 500
TRIED_OFTEN = gettext_noop(
    "The work stopped {times} times without an ending, so it is not tried again. It has been noted."
)
BACK = gettext_noop("The worker was lost. This starts again by itself.")


def sweep() -> None:
    put_back_lost()
    ring_for_waiting()


def put_back_lost() -> None:
    """Running jobs without a pulse wait again; those that wore out their attempts, or were asked to stop, end."""
    silent = list(Job.objects.filter(state=JobState.RUNNING, heartbeat_at__lt=lost_before())[:MOST_AT_ONCE])
    living = alive(silent)
    for job in silent:
        if job.pk not in living:
            # Only if nobody touched the row since it was read: then it is silent still.
            claimed(job).filter(heartbeat_at=job.heartbeat_at).update(**_after_loss(job))


def _after_loss(job: Job) -> dict[str, Any]:
    now = timezone.now()
    if job.cancel_asked_at:
        return {"state": JobState.CANCELLED, "sentence": STOPPED, "ended_at": now}
    if job.attempt >= settings.JOB_ATTEMPTS:
        with translation.override(language_of(job.requested_by)):
            sentence = _(TRIED_OFTEN).format(times=job.attempt)
        return {"state": JobState.FAILED, "sentence": sentence, "is_our_fault": True, "ended_at": now}
    return {"state": JobState.QUEUED, "sentence": BACK, "rung_at": None}


def ring_for_waiting() -> None:
    """Ring again for those that nobody rang for, or whose message may have been lost. Stops at a dead queue."""
    now = timezone.now()
    silent_since = Q(rung_at__isnull=True) | Q(rung_at__lt=now - _patience())
    waiting = Job.objects.filter(silent_since, state=JobState.QUEUED).order_by(F("rung_at").asc(nulls_first=True))
    for job in [job for job in waiting[:MOST_AT_ONCE] if _is_due(job, now)]:
        mine = Job.objects.filter(pk=job.pk, state=JobState.QUEUED, rung_at=job.rung_at)
        if mine.update(rung_at=timezone.now()) and not ring(job):
            return


def _patience() -> timedelta:
    return timedelta(seconds=2 * settings.JOB_LOST_SECONDS)


def _is_due(job: Job, now: datetime) -> bool:
    """A message cannot be asked whether it still lies in the queue, and a long queue is no fault. So the pauses double,
    up to ten times the first; a message too many is dropped when its task finds the job taken.
    """
    if job.rung_at is None:
        return True
    waited_before = job.rung_at - job.requested_at
    return now - job.rung_at >= min(waited_before, 10 * _patience())
