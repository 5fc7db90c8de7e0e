"""What follows when a scoring run has ended: its own end, and for the demo the next step."""

from portal.jobs.models import Job
from predictions import closing
from predictions.models import ScoringCause, ScoringRun
from predictions.orders import demo


def scoring(job: Job) -> tuple[str, bool]:
    """For portal.jobs, in the transaction that ends the job."""
    told = closing.all_ended(job)
    run = ScoringRun.objects.filter(job=job, cause=ScoringCause.DEMO).select_related("school").first()
    if run is not None:
        demo.replayed(run)
    return told
