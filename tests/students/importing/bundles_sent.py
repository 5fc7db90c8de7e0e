"""A school without records whose office sends in made-up bundles, step by step through the rooms and the worker's tasks."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO

from django.db import transaction

from portal.accounts.models import User
from portal.jobs.models import Job
from students import orders
from students.importing import batches
from students.models import ImportBatch, ImportState, School
from students.roles import Role
from tests import make
from tests.students.importing.bundles import Bundle
from tests.students.importing.files import after_work


@dataclass
class Office:
    school: School
    otto: User

    def plan(self, bundle: Bundle, *, set_aside: bool = False) -> ImportBatch:
        upload = BytesIO(bundle.zipped())
        batch = batches.receive(
            self.school, upload, "bundle.zip", by=self.otto, options={"set_aside": True} if set_aside else None
        )
        orders.order_plan(batch, by=self.otto)
        after_work(batch)
        assert batch.state == ImportState.PLANNED, batch.refusal or Job.objects.get(pk=batch.job_id).sentence
        return batch

    def apply(self, batch: ImportBatch) -> None:
        """In so small a school a guard asks whenever one student leaves a class."""
        orders.order_apply(batch, batch.fingerprint, by=self.otto, accepted_guards=True)
        after_work(batch)
        assert batch.state == ImportState.APPLIED, Job.objects.get(pk=batch.job_id).sentence

    def undo(self, batch: ImportBatch) -> None:
        orders.order_undo(batch, by=self.otto)
        after_work(batch)
        assert batch.state == ImportState.UNDONE, Job.objects.get(pk=batch.job_id).sentence


@contextmanager
def new_office() -> Iterator[Office]:
    """Whatever is done in it is forgotten afterwards, so that each example begins with nothing."""
    with transaction.atomic():
        school = make.make_school()
        otto = make.make_user("Otto Office")
        make.make_member(otto, school, Role.OFFICE)
        yield Office(school, otto)
        transaction.set_rollback(True)
