"""What the clock asks of the audit tables; beat sends it once a day, a worker runs it."""

from datetime import timedelta

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from portal.audit import retention


@shared_task
def purge() -> None:
    retention.purge(timezone.now() - timedelta(days=settings.AUDIT_DAYS))
