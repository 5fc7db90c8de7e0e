"""Wishes for slow work: written down here, done by a worker."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.audit.record import record
from portal.jobs.models import Job
from portal.jobs.running import enqueue
from portal.kit.errors import Conflict, NotReady
from students import tasks
from students.exporting.wishes import DUMP, ONEROSTER, BundleWish, DumpWish, check_bundle, check_dump, check_has_records
from students.importing import batches
from students.models import ImportBatch, ImportState, School
from students.next_year import Wish, as_ids


@transaction.atomic
def order_next_year(wish: Wish, fingerprint: str, *, by: User) -> Job:
    return enqueue(
        tasks.move_to_next_year,
        kind="next_year",
        title=_("%(school)s: move to %(year)s") % {"school": wish.school, "year": wish.target},
        by=by,
        arguments={"wish": as_ids(wish), "fingerprint": fingerprint},
        school_id=wish.school.pk,
        back_to=reverse("admin:next_year", args=[wish.school.pk]),
    )


@transaction.atomic
def order_take_back(school: School, batch: UUID, *, by: User) -> Job:
    return enqueue(
        tasks.take_back_next_year,
        kind="next_year_undo",
        title=_("%s: take back the move to the next year") % school,
        by=by,
        arguments={"school_id": school.pk, "batch": str(batch)},
        school_id=school.pk,
        back_to=reverse("admin:next_year", args=[school.pk]),
    )


@transaction.atomic
def order_plan(batch: ImportBatch, *, by: User | None) -> Job:
    """Look it over, for the first time or again. Raises Conflict while somebody is at it, or once it was applied."""
    title = _("%(school)s: look over %(file)s")
    asked = {ImportState.RECEIVED, ImportState.PLANNED, ImportState.REFUSED}
    return _order_import(batch, tasks.plan_import, title, asked, ImportState.READING, by=by)


@transaction.atomic
def order_apply(batch: ImportBatch, fingerprint: str, *, by: User | None, accepted_guards: bool = False) -> Job:
    """Carry out the plan of this fingerprint. Raises NotReady with every reason why not, Conflict if there is another plan."""
    batches.check_may_import(by, batch.school)
    batches.settled(batch)
    if reasons := batches.may_apply(batch, accepted_guards=accepted_guards):
        raise NotReady(" ".join(reasons))
    if batch.fingerprint != fingerprint:
        raise Conflict(
            _("This plan was made anew since you saw it. Look at it and confirm again."), code="plan_changed"
        )
    facts = {"fingerprint": fingerprint, "accepted_guards": accepted_guards}
    title, asked = _("%(school)s: import %(file)s"), {ImportState.PLANNED}
    return _order_import(batch, tasks.apply_import, title, asked, ImportState.APPLYING, by=by, **facts)


@transaction.atomic
def order_nightly(batch: ImportBatch, *, by: User | None) -> Job:
    """Of a file that came by itself: look it over, and apply it if nothing speaks against it."""
    title, asked = _("%(school)s: %(file)s from the import folder"), {ImportState.RECEIVED}
    return _order_import(batch, tasks.import_nightly, title, asked, ImportState.READING, by=by)


@transaction.atomic
def order_undo(batch: ImportBatch, *, by: User | None) -> Job:
    """Take back what it did. Raises Conflict unless it is applied."""
    title, asked = _("%(school)s: undo the import of %(file)s"), {ImportState.APPLIED}
    return _order_import(batch, tasks.undo_import, title, asked, ImportState.UNDOING, by=by)


def _order_import(  # each named at the call
    batch: ImportBatch, task: Any, title: str, asked: set[ImportState], becomes: ImportState, *, by: Any, **facts: Any
) -> Job:
    """The import is busy from the moment the job is written down; two orders at once are one."""
    batches.check_may_import(by, batch.school)
    batches.settled(batch)
    job = enqueue(
        task,
        kind="import",
        title=title % {"school": batch.school, "file": batch.file_name},
        by=by,
        arguments={"batch_id": batch.pk, **facts},
        school_id=batch.school_id,
        back_to=reverse("import", args=[batch.pk]),
    )
    if not ImportBatch.objects.filter(pk=batch.pk, state__in=asked).update(state=becomes, job_id=job.pk):
        now = ImportBatch.objects.only("state").get(pk=batch.pk).get_state_display()
        raise Conflict(_("This import is “%s” by now. Look at it again.") % now)
    batch.state, batch.job_id = becomes, job.pk
    return job


@transaction.atomic
def order_bundle(wish: BundleWish, *, by: User) -> Job:
    """A OneRoster bundle. Raises NotAllowed, NotReady for a district; the worker asks again."""
    check_bundle(wish, by)
    check_has_records(wish.school)
    asked = {"version": str(wish.version), "demographics": wish.demographics, "attendance": wish.attendance}
    title = _("%(school)s as OneRoster %(version)s") % {"school": wish.school, "version": wish.version}
    return _order_file(tasks.export_oneroster, ONEROSTER, title, wish.school, by, asked)


@transaction.atomic
def order_dump(wish: DumpWish, *, by: User) -> Job:
    """Every record of the school as tables, without names. Raises NotAllowed, NotReady for a district; the worker asks again."""
    check_dump(wish, by)
    check_has_records(wish.school)
    asked = {"format": str(wish.format), "protected": wish.protected}
    return _order_file(tasks.dump_school, DUMP, _("%s: all records as tables") % wish.school, wish.school, by, asked)


def _order_file(task: Any, kind: str, title: str, school: School, by: User, asked: dict[str, Any]) -> Job:
    arguments = {"school_id": school.pk, **asked}
    record(by, f"{kind} ordered", school, school_id=school.pk, **asked)
    return enqueue(
        task, kind=kind, title=title, by=by, school_id=school.pk, arguments=arguments, back_to=reverse("data-out")
    )
