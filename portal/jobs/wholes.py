"""A job that waits for its parts ends when the last of them has: exactly once, whoever notices it first."""

import logging
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Count, Q, Sum
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from portal.accounts.preferences import language_of
from portal.jobs.models import ENDED, Job, JobState
from portal.jobs.pulse import ask_to_stop
from portal.jobs.sentences import OUR_FAULT, PARTS_FAILED, PARTS_STOPPED, STOPPED

logger = logging.getLogger("portal.jobs")
AllEnded = Callable[[Job], tuple[str, bool]]
_says: dict[str, AllEnded] = {}


def on_all_ended(kind: str, function: AllEnded) -> None:
    """Called once, by the app whose jobs of this kind are done in parts (docs/jobs.md says what the function is given)."""
    _says[kind] = function


def close(job_id: UUID) -> bool:
    """End the whole if all its parts have ended; whether it was this call that did.

    To be called once a part's own ending is committed: then whoever commits last sees that all have ended, and of
    several who see it the row's lock lets one act. Should nobody be left to call, the sweep does.
    """
    try:
        with transaction.atomic():
            job = Job.objects.waiting_for_parts().select_for_update().filter(pk=job_id).first()
            if job is None or job.parts.exclude(state__in=ENDED).exists():
                return False
            _end(job)
    except (OperationalError, InterfaceError) as error:
        logger.warning("whole not closed, the sweep will", exc_info=error, extra={"job": str(job_id)})
        return False
    logger.info("job ended", extra={"job": str(job.pk), "task": job.task, "state": str(job.state)})
    return True


def _end(job: Job) -> None:
    with translation.override(language_of(job.requested_by)):
        _end_by_its_parts(job)
        try:
            with transaction.atomic():
                _end_as_the_app_says(job)
        except (OperationalError, InterfaceError):
            raise
        except Exception as error:  # a whole that cannot end would be tried by every sweep, for ever
            logger.error("job failed at its end", exc_info=error, extra={"job": str(job.pk), "kind": job.kind})
            told = getattr(error, "sentence", "")
            job.state, job.sentence, job.is_our_fault = JobState.FAILED, (told or OUR_FAULT)[:400], not told
    job.ended_at = timezone.now()
    job.save(update_fields=["state", "sentence", "is_our_fault", "done", "total", "ended_at"])


def _end_by_its_parts(job: Job) -> None:
    states = {state.name.lower(): Count("pk", filter=Q(state=state)) for state in ENDED}
    has_done = Q(state__in=[JobState.SUCCEEDED, JobState.PARTIALLY_SUCCEEDED])
    sums = {"all": Count("pk"), "done": Sum("done", filter=has_done, default=0), "size": Sum("total", default=0)}
    found = job.parts.aggregate(**states, **sums)
    job.done, job.total, job.sentence = found["done"], found["size"], ""
    job.state = _state(found)
    if job.state == JobState.CANCELLED:
        so_far = found["all"] - found["cancelled"] - found["failed"]
        job.sentence = _(PARTS_STOPPED).format(done=so_far, total=found["all"]) if so_far else STOPPED
    elif job.state != JobState.SUCCEEDED:
        _tell_of_failures(job, found)


def _state(found: dict[str, int]) -> JobState:
    if found["cancelled"]:
        return JobState.CANCELLED
    if found["failed"] and found["failed"] == found["all"]:
        return JobState.FAILED
    partly = found["failed"] or found["partially_succeeded"]
    return JobState.PARTIALLY_SUCCEEDED if partly else JobState.SUCCEEDED


def _tell_of_failures(job: Job, found: dict[str, int]) -> None:
    """The sentence of the part that failed first; with how many did, where others went well."""
    worst = JobState.FAILED if found["failed"] else JobState.PARTIALLY_SUCCEEDED
    first = job.parts.filter(state=worst).order_by("ended_at", "pk")[0]
    job.sentence, job.is_our_fault = first.sentence, first.is_our_fault and job.state == JobState.FAILED
    if job.state == JobState.PARTIALLY_SUCCEEDED and found["failed"]:
        job.sentence = _(PARTS_FAILED).format(failed=found["failed"], total=found["all"], first=first.told)[:400]


def _end_as_the_app_says(job: Job) -> None:
    says = _says.get(job.kind)
    if says is None:
        return
    sentence, partly = says(job)
    if sentence:
        job.sentence = sentence[:400]
    if partly and job.state == JobState.SUCCEEDED:
        job.state = JobState.PARTIALLY_SUCCEEDED


def stop_parts(job: Job, now: datetime) -> None:
    """Within the transaction that asks the whole to stop: what waits ends at once, what runs is told. The whole's row is
    locked by then, so a run that is about to hand over has either done so, and its parts are seen here, or will not.
    """
    parts = Job.objects.filter(part_of=job.pk)
    parts.exclude(state__in=ENDED).update(cancel_asked_at=now)
    ended: dict[str, Any] = {"state": JobState.CANCELLED, "ended_at": now, "sentence": STOPPED}
    parts.filter(state=JobState.QUEUED).update(**ended)
    for part in parts.filter(state=JobState.RUNNING):
        transaction.on_commit(partial(ask_to_stop, part))
    close(job.pk)
