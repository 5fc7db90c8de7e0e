"""What the clock asks of jobs; beat sends these, a worker runs them."""

from typing import Any

from celery import shared_task
from celery.signals import worker_ready
from django.utils import timezone

from portal.jobs import files, pulse, sweeping


@shared_task
def sweep() -> None:
    sweeping.sweep()


@shared_task
def heartbeat() -> None:
    """Beat, queue and worker all had to be there for this line to run."""
    pulse.note_worker()


@shared_task
def purge_files() -> None:
    files.purge(timezone.now())


@worker_ready.connect
def say_hello(**kwargs: Any) -> None:
    """So that /readyz need not wait for beat's first turn."""
    pulse.note_worker()
