"""How a line gets into the audit tables. Writers call `record` inside their transaction, doors call `looked`."""

from collections.abc import Iterable
from typing import Any, Protocol

from django.db import models

from portal.audit.models import AccessEvent, AuditEvent
from portal.kit.logs import request_id


class OnTheRoll(Protocol):
    """A student, as far as an access event needs to know one."""

    pk: Any
    school_id: int


def record(
    by: Any, verb: str, target: models.Model | None = None, *, school_id: int | None = None, **facts: Any
) -> None:
    """One line: who did what to which record. `facts` hold ids, counts and codes, never a name or a mark."""
    AuditEvent.objects.create(
        actor_id=getattr(by, "pk", None),
        verb=verb,
        target_type=target._meta.label if target is not None else "",
        target_id=target.pk if target is not None else None,
        school_id=school_id if school_id is not None else getattr(target, "school_id", None),
        facts=facts,
        request_id=request_id(),
    )


def looked(by: Any, students: Iterable[OnTheRoll], *, role: str, what: str, door: str) -> None:
    """One access event per student, all in one statement."""
    AccessEvent.objects.bulk_create(
        [
            AccessEvent(
                user_id=by.pk,
                role=role,
                student_id=student.pk,
                school_id=student.school_id,
                what=what,
                door=door,
                request_id=request_id(),
            )
            for student in students
        ],
        batch_size=1000,
    )
