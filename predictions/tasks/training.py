"""The task that trains a model."""

from celery import shared_task
from django.utils.translation import gettext as _

from portal.jobs.running import job_running
from predictions import tracking, training
from predictions.following import following
from predictions.models import ModelVersion, TrainingRun


@shared_task
def train_model(job_id: str, run_id: int) -> None:
    with job_running(job_id) as progress:
        run = TrainingRun.objects.select_related("school", "subject", "job__requested_by").get(pk=run_id)
        trained = training.execute_run(run, progress)

        def keep() -> ModelVersion:
            version = training.register(run, trained)
            standing = following.training(run, version)
            told = _("%(version)s of %(school)s: %(standing)s")
            progress.finish(told % {"version": version, "school": run.school, "standing": standing})
            return version

        tracking.note(progress.store(keep))
