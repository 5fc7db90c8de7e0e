"""Training and scoring that is under way at a school, with the progress of this second."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from portal.jobs.models import ENDED, Job
from portal.jobs.pulse import all_with_latest
from portal.jobs.remaining import time_left
from portal.jobs.telling import sentence_of
from portal.kit.scoping import grants_of
from predictions.access import ORDERERS
from predictions.models import ScoringRun, TrainingRun
from predictions.summaries.words import whole
from students.models import School

MOST = 10


@dataclass(frozen=True, slots=True)
class UnderWay:
    """One run: `done` in words, `left` empty where nothing can be said of the time; `stop` where one may."""

    key: str
    title: str
    url: str
    job: Job
    sentence: str
    done: str
    left: str
    stop: str


def under_way(school: School, *, user: Any, now: datetime) -> tuple[UnderWay, ...]:
    """The newest first; at most five queries."""
    trainings = TrainingRun.objects.visible_to(user).filter(school=school).exclude(job__state__in=ENDED)
    scorings = ScoringRun.objects.visible_to(user).filter(school=school).exclude(job__state__in=ENDED)
    shared = ("job__requested_by", "school")
    runs: list[Any] = [
        *trainings.select_related(*shared, "subject").defer("report", "drift")[:MOST],
        *scorings.select_related(*shared)[:MOST],
    ]
    all_with_latest([run.job for run in runs])
    return tuple(one_under_way(run, user=user, now=now) for run in runs)


def one_under_way(run: TrainingRun | ScoringRun, *, user: Any, now: datetime) -> UnderWay:
    """Of a run whose job has its latest progress. No query."""
    is_training = isinstance(run, TrainingRun)
    name = "training_run" if is_training else "scoring_run"
    may_stop = run.school_id in grants_of(user).of(ORDERERS) and not run.job.cancel_asked_at
    return UnderWay(
        key=f"{name}-{run.pk}",
        title=training_title(run) if isinstance(run, TrainingRun) else run.job.title.removeprefix(f"{run.school}: "),
        url=run.get_absolute_url(),
        job=run.job,
        sentence=sentence_of(run.job),
        done=_done(run.job, is_training=is_training),
        left=time_left(run.job, now),
        stop=reverse(f"{name}_stop", args=[run.pk]) if may_stop and not run.job.has_ended else "",
    )


def training_title(run: TrainingRun) -> str:
    return _("Training for %(what)s") % {"what": run.subject or _("all subjects")}


def _done(job: Job, *, is_training: bool) -> str:
    if not job.total:
        return ""
    told = {"done": whole(job.done), "total": whole(job.total)}
    return (_("Step %(done)s of %(total)s") if is_training else _("%(done)s of %(total)s students")) % told
