"""How long scores asked for typed values are kept. Their removal leaves a line in the audit."""

from datetime import datetime, timedelta

from django.db import transaction

from portal.audit.record import record
from predictions.models import Enquiry

ONE_DAY = timedelta(days=1)


def purge_enquiries(before: datetime) -> int:
    """Remove enquiries older than that moment, a day of them at a time. Returns how many."""
    removed = 0
    while oldest := Enquiry.objects.filter(at__lt=before).order_by("at").values_list("at", flat=True).first():
        removed += _purge_until(min(oldest + ONE_DAY, before))
    return removed


@transaction.atomic
def _purge_until(moment: datetime) -> int:
    """The removal and the line about it stand or fall together."""
    count, _ = Enquiry.objects.filter(at__lt=moment).delete()
    record(None, "enquiries purged", count=count, before=moment.isoformat())
    return count
