"""How long audit and access events are kept. The only place that deletes any, and it leaves a line about it."""

from datetime import datetime, timedelta

from django.db import transaction

from portal.audit.models import AccessEvent, AuditEvent
from portal.audit.record import record

ONE_DAY = timedelta(days=1)


def purge(before: datetime) -> int:
    """Remove events older than that moment, a day of them at a time, so that no writer waits long. Returns how many."""
    removed = 0
    while (oldest := _oldest()) and oldest < before:
        removed += _purge_until(min(oldest + ONE_DAY, before))
    return removed


def _oldest() -> datetime | None:
    moments = [model.objects.order_by("at").values_list("at", flat=True).first() for model in (AuditEvent, AccessEvent)]
    return min((moment for moment in moments if moment), default=None)


@transaction.atomic
def _purge_until(moment: datetime) -> int:
    """The removal and the line about it stand or fall together."""
    events, looks = AuditEvent.objects.all().purge_before(moment), AccessEvent.objects.all().purge_before(moment)
    record(None, "audit purged", events=events, looks=looks, before=moment.isoformat())
    return events + looks
