"""The task that holds predictions against results, and the one that looks for what changed since last night."""

from celery import shared_task
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.jobs.running import job_running
from predictions import monitoring
from predictions.following import following
from predictions.measuring import keeping, looking
from students.models import School


@shared_task
def measure_school(job_id: str, school_id: int, exams: list[int] | None = None) -> None:
    with job_running(job_id) as progress:
        school, now = School.objects.get(pk=school_id), timezone.now()
        found = looking.measure(school, on=school.today(), exams=exams, progress=progress)

        def keep() -> None:
            kept = keeping.keep(school, found, at=now)
            raised = monitoring.follow_up(school, kept, now=now)
            following.alerts(raised, now)
            told = ngettext("%s measure was made.", "%s measures were made.", len(kept)) % len(kept)
            progress.finish(told)

        progress.store(keep)


@shared_task
def score_changed(job_id: str, school_id: int) -> None:
    with job_running(job_id) as progress:
        school = School.objects.get(pk=school_id)
        with transaction.atomic():
            runs = following.night(school, progress.job, timezone.now())
            progress.finish(_("Scoring was ordered.") if runs else _("Nothing has changed since."))
