"""Tasks that exist for tests alone: one that takes its time, one that refuses, one that breaks."""

import time

from celery import shared_task
from django.db import transaction

from portal.audit.record import record
from portal.jobs.running import job_running
from portal.kit.errors import Conflict


@shared_task
def count(job_id: str, steps: int, pause: float) -> None:
    with job_running(job_id) as progress:
        for step in range(1, steps + 1):
            progress(step, steps, f"Step {step} of {steps}.")
            time.sleep(pause)
        with transaction.atomic():
            record(progress.by, "counted", job=job_id)
            progress.finish(f"Counted to {steps}.")


@shared_task
def count_and_hang(job_id: str) -> None:
    """Its effects are stored; then the worker gets lost before it could say goodbye."""
    with job_running(job_id) as progress:
        with transaction.atomic():
            record(progress.by, "counted", job=job_id)
            progress.finish("Counted.")
        time.sleep(600)


@shared_task
def refuse(job_id: str) -> None:
    with job_running(job_id):
        raise Conflict("That class is full.")


@shared_task
def break_down(job_id: str) -> None:
    with job_running(job_id):
        raise ValueError("Sam Okafor scored 31")
