"""The tasks that score: one cuts a run into parts, the others do a part each."""

from celery import shared_task
from django.db import transaction
from django.utils.translation import gettext as _

from portal.jobs.parts import hand_over
from portal.jobs.running import job_running
from predictions import closing, scoring
from predictions.models import ScoringRun


@shared_task
def score_school(job_id: str, run_id: int) -> None:
    with job_running(job_id) as progress:
        run = ScoringRun.objects.select_related("school", "version__run", "version__school").get(pk=run_id)
        chunks = scoring.plan(run)
        if not chunks:
            with transaction.atomic():
                closing.close(run, whole=True)
                progress.finish(_("Nobody sits these exams, so there was nothing to predict."))
            return
        arguments, sizes = [chunk.as_arguments(run) for chunk in chunks], [chunk.size for chunk in chunks]
        progress.store(lambda: hand_over(progress, score_chunk, arguments, sizes=sizes))


@shared_task
def score_chunk(job_id: str, run_id: int, **chunk: list[int]) -> None:
    with job_running(job_id) as progress:
        run = ScoringRun.objects.select_related("school", "version__run", "version__school").get(pk=run_id)
        part = scoring.Chunk.of(chunk)
        answers = scoring.answers_for(run, part, progress)
        progress(part.size, part.size)

        def keep() -> None:
            scoring.store(run, part, answers)
            progress.finish("")

        progress.store(keep)
