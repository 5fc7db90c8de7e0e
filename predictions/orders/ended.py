"""What follows when work has ended: a new version finds its place, a scoring run its end, and the demo its next step."""

from datetime import datetime

from portal.jobs.models import Job
from predictions import closing
from predictions.models import Alert, ModelVersion, ScoringCause, ScoringRun, TrainingCause, TrainingRun
from predictions.orders import demo, nightly, promoting
from predictions.orders.measuring import order_after_alerts
from students.models import School


def training(run: TrainingRun, version: ModelVersion) -> str:
    """Where the version stands, as a sentence for the job."""
    standing = promoting.place(run, version)
    if run.cause == TrainingCause.DEMO:
        demo.go_on(run, version)
    return standing


def alerts(raised: list[Alert], now: datetime) -> list[TrainingRun]:
    return order_after_alerts(raised, now=now)


def night(school: School, job: Job, now: datetime) -> list[ScoringRun]:
    return nightly.order_changed(school, job, now=now)


def scoring(job: Job) -> tuple[str, bool]:
    """For portal.jobs, in the transaction that ends the job."""
    told = closing.all_ended(job)
    run = ScoringRun.objects.filter(job=job, cause=ScoringCause.DEMO).select_related("school").first()
    if run is not None:
        demo.replayed(run)
    return told
