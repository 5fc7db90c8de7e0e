"""The task that prints the letters of a school."""

from typing import Any

from celery import shared_task
from django.utils import timezone

from portal.jobs import files
from portal.jobs.running import job_running
from predictions.reports.letter import letters_told
from predictions.reports.school_letters import LettersWish, Printed, write_letters
from students.looking import note_look
from students.models import School


@shared_task
def print_letters(job_id: str, school_id: int, exams: list[int], form: str, grade_level: int | None = None) -> None:
    """File, traces and ending are stored together, or none of them."""
    with job_running(job_id) as progress:
        school = School.objects.get(pk=school_id)
        wish = LettersWish(school, exams, form, grade_level)
        made: list[Printed] = []

        def write(out: Any) -> None:
            made[:] = [write_letters(wish, out, by=progress.by, on=school.today(), progress=progress)]

        stored = files.store(progress.job, write)

        def keep() -> None:
            (printed,) = made
            now = timezone.now()
            name, content_type = printed.name, printed.content_type
            files.keep(progress.job, stored, name=name, content_type=content_type, at=now)
            note_look(progress.by, list(printed.students.values()), what="letter", door="print")
            progress.finish(f"{letters_told(printed.letters)}.")

        progress.store(keep)
