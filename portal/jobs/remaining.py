"""How long a job may still take, in plain words: the rest of it at the pace it had so far."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.jobs.models import Job, JobState

# Before that the pace says nothing.
LEAST_SECONDS = 5
LEAST_SHARE = 0.05


def time_left(job: Job, now: datetime) -> str:
    """Of a job with its latest progress (`with_latest`); empty where nothing sensible can be said."""
    seconds = _seconds_left(job, now)
    if seconds is None:
        return ""
    if seconds < 60:
        return _("less than a minute")
    minutes, hours = round(seconds / 60), round(seconds / 3600)
    if minutes < 90:
        return ngettext("about %(count)d minute", "about %(count)d minutes", minutes) % {"count": minutes}
    return ngettext("about %(count)d hour", "about %(count)d hours", hours) % {"count": hours}


def _seconds_left(job: Job, now: datetime) -> float | None:
    # Of one that was tried again in part, most was done at another time, so the clock and the share do not fit.
    if job.state != JobState.RUNNING or not job.started_at or not job.total or job.attempts_before:
        return None
    elapsed, share = (now - job.started_at).total_seconds(), min(1.0, job.done / job.total)
    if elapsed <= LEAST_SECONDS or share <= LEAST_SHARE:
        return None
    return elapsed * (1 - share) / share
