"""Take back what one did a moment ago to many records at once: one's own last batch, while it is fresh."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.audit.models import AuditEvent, Change
from portal.audit.record import record
from portal.audit.undo import Undone, undo
from portal.kit.errors import NotReady
from students.enrolment import ENDED, ENROLLED, tell
from students.models import Enrolment, SchoolClass
from students.standing import check_may_keep

FRESH = timedelta(hours=24)
BEGUN_HERE = (ENROLLED, ENDED, "class moved on")  # what the pages of a class do to many; nothing else is undone there


@transaction.atomic
def take_back(batch: UUID, school_class: SchoolClass, *, by: User, at: datetime) -> Undone:
    """Undo a batch that this person began at this class's page. What was changed since stays, and is told."""
    check_may_keep(by, school_class)
    changes = Change.objects.filter(batch=batch, actor=by, school_id=school_class.school_id, at__gte=at - FRESH)
    touched = list(changes.values_list("student_id", flat=True))
    if not touched or not _is_of(school_class, batch, changes, at - FRESH, by):
        raise NotReady(_("Only what you did here yourself, within the last day, can be taken back."))
    if Change.objects.filter(batch=batch).exclude(pk__in=changes.values("pk")).exists():
        raise NotReady(_("Somebody else's work belongs to this too, so it cannot be taken back here."))
    done = undo(batch, by=by)
    facts: dict[str, Any] = {
        "batch": str(batch),
        "restored": done.restored,
        "removed": done.removed,
        "left": len(done.left),
    }
    record(by, "taken back", school_class, **facts)
    tell(school_class.school_id, [each for each in touched if each])
    return done


def _is_of(school_class: SchoolClass, batch: UUID, changes: Any, since: datetime, by: User) -> bool:
    """Done by a page of a class, and with people of this one."""
    lines = AuditEvent.objects.filter(school_id=school_class.school_id, actor_id=by.pk, at__gte=since)
    known = [each for each in lines.filter(facts__batch=str(batch)) if each.verb in BEGUN_HERE]
    if any((each.target_type, each.target_id) == (school_class._meta.label, school_class.pk) for each in known):
        return True
    records = changes.filter(model=Enrolment._meta.label).values_list("record_id", flat=True)
    return bool(known) and Enrolment.objects.filter(pk__in=list(records), school_class=school_class).exists()
