"""How a scoring run ends: once all its parts have, whoever notices it; light enough for every process to know."""

from django.utils import timezone
from django.utils.translation import gettext as _

from portal.jobs.models import Job, JobState
from predictions.models import ScoringRun


def close(run: ScoringRun) -> None:
    ScoringRun.objects.filter(pk=run.pk).update(ended_at=timezone.now())


def all_ended(job: Job) -> tuple[str, bool]:
    """Asked by portal.jobs in the transaction that ends the job: what to say of it, and whether it is only part of it."""
    run = ScoringRun.objects.filter(job=job).first()
    if run is None:
        return "", False
    close(run)
    if job.state != JobState.SUCCEEDED:
        return "", False
    told = {"scored": f"{run.scored:,}", "unscored": f"{run.unscored:,}"}
    return _("%(scored)s predictions; for %(unscored)s there is none, and why is told beside each.") % told, False
