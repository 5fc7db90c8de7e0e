"""A plan is written exactly as it stands, with its history: all of it or, where somebody was faster, nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from portal.audit.many import Line
from portal.kit.rewriting import check_references_now
from students.importing.applying.adding import add
from students.importing.applying.altering import alter
from students.importing.applying.keys import check_references
from students.importing.applying.refusing import check_harmless, stale
from students.importing.applying.removing import remove
from students.importing.applying.writing import Writing, Written
from students.importing.incoming import Table
from students.importing.plan import Plan, Progress

__all__ = ["Written", "write_plan"]

FASTER = ("23505", "23503", "UNIQUE constraint", "FOREIGN KEY constraint")


def write_plan(plan: Plan, *, by: Any, at: datetime, mark: UUID, progress: Progress) -> Written:
    """Inside the caller's transaction, whose caller leaves the line in the audit. Tells after commit whose records changed.

    Raises Conflict (stale) when a record is no longer as it was planned for.
    """
    writing = Writing(plan, Line(by, at, plan.school_id, mark), progress)
    check_harmless(plan)
    with transaction.atomic(), _told_when_overtaken():
        for table in Table:
            if step := plan.steps.get(table):
                check_references(writing, step)
                remove(writing, step)
                alter(writing, step.table, step.ended)
                alter(writing, step.table, step.changed)
                add(writing, step)
        progress(writing.done, writing.total, _("checking what belongs to what"))
        check_references_now()  # before the end, while somebody can still be told
    writing.touched.tell(plan.school_id, plan.on)
    return writing.written()


@contextmanager
def _told_when_overtaken() -> Iterator[None]:
    try:
        yield
    except IntegrityError as error:
        told = f"{getattr(error.__cause__, 'sqlstate', '')} {error}"
        if any(each in told for each in FASTER):
            raise stale() from error
        raise
