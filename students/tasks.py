"""Slow work of this app: each task a few lines that call a room."""

from typing import Any
from uuid import UUID

from celery import shared_task
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.jobs.running import job_running
from students import moving_up, next_year
from students.models import School


@shared_task
def move_to_next_year(job_id: str, wish: dict[str, Any], fingerprint: str) -> None:
    with job_running(job_id) as progress, transaction.atomic():
        asked = next_year.wish_of(wish)
        on = timezone.localdate()
        moving_up.carry_out(asked, fingerprint, by=progress.by, on=on, progress=progress)
        progress.finish(_("%(school)s has moved to %(year)s.") % {"school": asked.school, "year": asked.target})


@shared_task
def take_back_next_year(job_id: str, school_id: int, batch: str) -> None:
    with job_running(job_id) as progress, transaction.atomic():
        done = moving_up.take_back(School.objects.get(pk=school_id), UUID(batch), by=progress.by)
        facts = {"restored": done.restored, "removed": done.removed, "left": done.told_left}
        told = _("%(restored)s restored, %(removed)s removed. %(left)s") % facts
        progress.finish(told, partly=bool(done.left))
