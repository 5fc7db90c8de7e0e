"""The sweep: finds jobs whose worker or message was lost and brings them back. Two sweeps at once do no harm."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from portal.accounts.preferences import language_of
from portal.jobs.models import ENDED, Job, JobState
from portal.jobs.pulse import alive, claimed, lost_before
from portal.jobs.running import ring
from portal.jobs.sentences import BACK, STOPPED, TRIED_OFTEN
from portal.jobs.wholes import close

MOST_AT_ONCE = 500


def sweep() -> None:
    put_back_lost()
    close_wholes()
    ring_for_waiting()


def put_back_lost() -> None:
    """Running jobs without a pulse wait again; those that wore out their attempts, or were asked to stop, end.
    A job that waits for its parts has no heartbeat, which is not the same as an old one: it is left alone.
    """
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
    if not job.has_tries_left:
        with translation.override(language_of(job.requested_by)):
            sentence = _(TRIED_OFTEN).format(times=job.attempt - job.attempts_before)
        return {"state": JobState.FAILED, "sentence": sentence, "is_our_fault": True, "ended_at": now}
    return {"state": JobState.QUEUED, "sentence": BACK, "rung_at": None}


def close_wholes() -> None:
    """Those whose last part ended with nobody left to say so, because its worker died or the sweep itself ended it."""
    going_on = Job.objects.filter(part_of=OuterRef("pk")).exclude(state__in=ENDED)
    for pk in Job.objects.waiting_for_parts().exclude(Exists(going_on)).values_list("pk", flat=True)[:MOST_AT_ONCE]:
        close(pk)


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
