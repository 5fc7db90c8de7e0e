"""What the clock asks of this app; beat sends these, a worker runs them. They order, and purge what grew old."""

from datetime import timedelta

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from predictions import retention, reviewing
from predictions.orders import nightly, touched


@shared_task
def order_touched() -> None:
    touched.order_waiting(timezone.now())


@shared_task
def hourly() -> None:
    """Each school has hours of its own, in its own zone."""
    nightly.order_due(timezone.now())


@shared_task
def purge_enquiries() -> None:
    retention.purge_enquiries(timezone.now() - timedelta(days=settings.ENQUIRY_DAYS))


@shared_task
def remind_reviews() -> None:
    """A week before a request for a review is due, and once it is overdue."""
    reviewing.remind(timezone.now())
