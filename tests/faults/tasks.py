"""Tasks that exist for tests alone: one that takes its time, one that refuses, one that breaks, one in parts."""

import time
from typing import Any

from celery import shared_task
from django.db import transaction

from portal.audit.record import record
from portal.jobs import parts
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


@shared_task
def count_school(job_id: str, rooms: list[dict[str, Any]], desks: int = 10) -> None:
    """The desks of a school, one part for each room."""
    with job_running(job_id) as progress, transaction.atomic():
        record(progress.by, "handed over", job=job_id)
        parts.hand_over(
            progress, count_room, rooms, sizes=[desks] * len(rooms), sentence="The rooms are being counted."
        )


@shared_task
def count_room(job_id: str, room: int, pause: float = 0, breaks: int = 0, closed: bool = False) -> None:
    """Breaks at its first tries, or refuses, or counts the desks of this room in ten steps."""
    with job_running(job_id) as progress:
        if closed:
            raise Conflict(f"Room {room} is closed.")
        for step in range(1, 11):
            progress(step, 10, room=room)
            time.sleep(pause / 10)
        if progress.job.attempt <= breaks:
            raise ValueError("Sam Okafor scored 31")
        with transaction.atomic():
            record(progress.by, "room counted", whole=str(progress.job.part_of_id), room=room)
            progress.finish(f"Room {room} has 10 desks.")
