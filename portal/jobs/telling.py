"""What a job says of itself in one sentence; of one that waits silently, why it waits."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from redis.exceptions import RedisError

from portal.jobs.models import Job, JobState
from portal.jobs.pulse import seconds_since_heartbeat
from portal.jobs.sentences import NO_QUEUE

LATE_WORKER = 60
NO_WORKER = gettext_lazy("Nobody is working on the queue just now. This starts by itself as soon as a worker is back.")


def sentence_of(job: Job) -> str:
    if job.sentence or job.state != JobState.QUEUED:
        return str(job.told)
    try:
        age = seconds_since_heartbeat()
    except (RedisError, OSError):
        return _(NO_QUEUE)
    return str(NO_WORKER) if age is None or age > LATE_WORKER else _("Waiting for its turn.")
