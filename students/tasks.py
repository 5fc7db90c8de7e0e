"""Slow work of this app: each task a few lines that call a room."""

from functools import partial
from typing import Any
from uuid import UUID

from celery import shared_task
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.audit.record import record
from portal.jobs import files
from portal.jobs.running import job_running
from students import moving_up, next_year
from students.exporting.dump import write_zip
from students.exporting.oneroster import write_bundle
from students.exporting.wishes import BundleWish, DumpWish
from students.importing import batches, nightly
from students.looking import note_look
from students.models import ImportBatch, School


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


@shared_task
def plan_import(job_id: str, batch_id: int) -> None:
    with job_running(job_id) as progress:
        batch = _import(batch_id)
        batches.look(batch, by=progress.by, on=batch.school.today(), progress=progress)


@shared_task
def apply_import(job_id: str, batch_id: int, fingerprint: str, accepted_guards: bool = False) -> None:
    with job_running(job_id) as progress:
        facts = {"by": progress.by, "at": timezone.now(), "accepted_guards": accepted_guards}
        batches.apply(_import(batch_id), fingerprint, progress=progress, **facts)


@shared_task
def import_nightly(job_id: str, batch_id: int) -> None:
    with job_running(job_id) as progress:
        batch = _import(batch_id)
        nightly.work_through(batch, on=batch.school.today(), at=timezone.now(), progress=progress)


@shared_task
def undo_import(job_id: str, batch_id: int) -> None:
    with job_running(job_id) as progress:
        batches.undo(_import(batch_id), by=progress.by, at=timezone.now(), progress=progress)


def _import(batch_id: int) -> ImportBatch:
    return ImportBatch.objects.select_related("school", "profile__keeper").get(pk=batch_id)


@shared_task
def export_oneroster(job_id: str, school_id: int, version: str, demographics: bool, attendance: bool) -> None:
    with job_running(job_id) as progress:
        school = School.objects.get(pk=school_id)
        wish = BundleWish(school, version, demographics=demographics, attendance=attendance)
        name = f"oneroster-{version}-{school.slug}.zip"
        _keep_file(progress, partial(write_bundle, wish), school, name=name, verb="roster exported")


@shared_task
def dump_school(job_id: str, school_id: int, format: str, protected: bool) -> None:
    with job_running(job_id) as progress:
        school = School.objects.get(pk=school_id)
        wish = DumpWish(school, format, protected=protected)
        _keep_file(progress, partial(write_zip, wish), school, name=f"{school.slug}-records.zip", verb="school dumped")


def _keep_file(progress: Any, write: Any, school: School, *, name: str, verb: str) -> None:
    """File, traces and ending are stored together, or none of them."""
    by, made = progress.by, []
    stored = files.store(progress.job, lambda out: made.append(write(out, by=by, on=school.today(), progress=progress)))

    def keep() -> None:
        (written,) = made
        files.keep(progress.job, stored, name=name, content_type="application/zip", at=timezone.now())
        note_look(by, written.students, what=progress.job.kind, door="export")
        record(by, verb, school, school_id=school.pk, job=str(progress.job.pk), rows=sum(written.rows.values()))
        progress.finish(written.told, partly=not written.is_whole)

    progress.store(keep)
