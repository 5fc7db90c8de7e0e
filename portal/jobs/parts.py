"""Work that is done in many parts by many workers: handed over by a running job, which waits until all have ended.

task:   @shared_task
        def score_school(job_id: str, run_id: int) -> None:
            with job_running(job_id) as progress:
                chunks = scoring.split(run_id)
                with transaction.atomic():
                    scoring.write_down(run_id, chunks)
                    sizes = [chunk.size for chunk in chunks]
                    parts.hand_over(progress, score_chunk, [{"chunk_id": chunk.pk} for chunk in chunks], sizes=sizes)
"""

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.audit.record import record
from portal.jobs.models import Job, JobState
from portal.jobs.pulse import claimed, forget_asking
from portal.jobs.running import Cancelled, Lost, Progress, ring
from portal.jobs.sentences import NO_QUEUE
from portal.jobs.wholes import close, on_all_ended
from portal.kit.errors import Conflict

__all__ = ["count_failed", "hand_over", "on_all_ended", "retry_failed"]
RETRIABLE = (JobState.PARTIALLY_SUCCEEDED, JobState.FAILED)


@transaction.atomic
def hand_over(
    progress: Progress,
    task: Any,
    arguments_of_parts: Sequence[dict[str, Any]],
    *,
    queue: str = "score",
    sizes: Sequence[int] | None = None,
    sentence: str = "",
) -> list[Job]:
    """The rest is done by `task`, once with each of these arguments; the job waits for them and ends with the last.

    Belongs at the end of the transaction that writes down what the parts need: both are stored or neither. `sizes` are
    counted together as the job's progress; without them each part counts one. Raises Lost if the job was given to
    another worker, Cancelled if somebody asked to stop.
    """
    whole = progress.job
    if whole.part_of_id:
        raise ValueError("a part cannot have parts")
    progress.reached.ended = True
    progress.ending = {"state": JobState.RUNNING, "sentence": sentence[:400]}
    parts = _written_for(whole, task, arguments_of_parts, queue, sizes or [1] * len(arguments_of_parts))
    waiting = {"done": 0, "total": sum(part.total for part in parts), "facts": progress.reached.facts}
    mine = claimed(whole)
    if not mine.filter(cancel_asked_at=None).update(heartbeat_at=None, sentence=sentence[:400], **waiting):
        raise Cancelled if mine.exists() else Lost
    Job.objects.bulk_create(parts)
    transaction.on_commit(partial(_ring_for, parts))
    if not parts:
        close(whole.pk)
    return parts


def _written_for(
    whole: Job, task: Any, arguments: Sequence[dict[str, Any]], queue: str, sizes: Sequence[int]
) -> list[Job]:
    now = timezone.now()
    shared: dict[str, Any] = {"part_of": whole, "kind": whole.kind, "school_id": whole.school_id}
    shared |= {"requested_by_id": whole.requested_by_id, "task": task.name, "queue": queue}
    shared |= {"requested_at": now, "rung_at": now}
    titles = (f"{whole.title[:140]} ({number}/{len(arguments)})" for number in range(1, len(arguments) + 1))
    return [
        Job(title=title, arguments=own, total=size, **shared)
        for title, own, size in zip(titles, arguments, sizes, strict=True)
    ]


def _ring_for(parts: list[Job]) -> None:
    """A dead queue is asked once and not for every part; the sweep rings for the rest when it is back."""
    for number, part in enumerate(parts):
        if not ring(part):
            rest = [part.pk for part in parts[number:]]
            Job.objects.filter(pk__in=rest, state=JobState.QUEUED).update(rung_at=None, sentence=NO_QUEUE)
            return


def count_failed(job: Job) -> int:
    """How many parts `retry_failed` would try again; asks nothing of a job that did not end so."""
    return job.parts.filter(state=JobState.FAILED).count() if job.state in RETRIABLE else 0


@transaction.atomic
def retry_failed(job: Job, *, by: Any) -> None:
    """The failed parts of an ended job wait again, with all their attempts, and the job waits for them."""
    again = {"state": JobState.RUNNING, "heartbeat_at": None, "ended_at": None, "cancel_asked_at": None}
    told = {"sentence": "", "is_our_fault": False}
    ended = Job.objects.filter(pk=job.pk, part_of=None, state__in=RETRIABLE)
    # The lock on the whole comes first here as everywhere, so that two of these, or one and a stop, take turns.
    reopened = ended.update(**again, **told, attempts_before=F("attempt"))
    failed = list(Job.objects.filter(part_of=job.pk, state=JobState.FAILED))
    if not reopened or not failed:
        raise Conflict(_("There is no failed part to try again."), code="nothing_failed")
    now = timezone.now()
    waiting = {"state": JobState.QUEUED, "rung_at": now, "ended_at": None, "cancel_asked_at": None, "done": 0, **told}
    Job.objects.filter(pk__in=[part.pk for part in failed]).update(**waiting, attempts_before=F("attempt"))
    record(by, "job parts tried again", school_id=job.school_id, job=str(job.pk), kind=job.kind, parts=len(failed))
    forget_asking(failed)
    transaction.on_commit(partial(_ring_for, failed))
