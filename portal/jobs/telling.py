"""What a job says of itself in one sentence; of one that waits silently, why it waits."""

from collections.abc import Callable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from redis.exceptions import RedisError

from portal.jobs.models import Job, JobState
from portal.jobs.pulse import seconds_since_heartbeat
from portal.jobs.sentences import NO_QUEUE

LATE_WORKER = 60
NO_WORKER = gettext_lazy("Nobody is working on the queue just now. This starts by itself as soon as a worker is back.")

_in_words: list[Callable[[str], str]] = []


def tell_by(in_words: Callable[[str], str]) -> None:
    """For what jobs say in words that this package does not know; what the function does not know it gives back."""
    _in_words.append(in_words)


def sentence_of(job: Job) -> str:
    if job.sentence or job.state != JobState.QUEUED:
        told = str(job.told)
        for in_words in _in_words:
            told = in_words(told)
        return told
    try:
        age = seconds_since_heartbeat()
    except (RedisError, OSError):
        return _(NO_QUEUE)
    return str(NO_WORKER) if age is None or age > LATE_WORKER else _("Waiting for its turn.")
