"""How a scoring run ends: once all its parts have, whoever notices it; light enough for every process to know."""

from django.utils import timezone
from django.utils.translation import gettext as _

from portal.jobs.models import Job, JobState
from portal.kit.figures import counted
from predictions.models import CurrentPrediction, ScoringKind, ScoringRun


def close(run: ScoringRun, *, whole: bool) -> None:
    """`whole`: nobody's answer is missing, so what it did not renew is of students who no longer sit the exam."""
    ScoringRun.objects.filter(pk=run.pk).update(ended_at=timezone.now())
    if whole and run.kind == ScoringKind.LIVE:
        _hide_outdated(run)


def _hide_outdated(run: ScoringRun) -> None:
    """Of those it was for. The predictions themselves stay; a run that came later has the last word."""
    rows = CurrentPrediction.objects.filter(exam__in=run.exams, as_of__lte=run.as_of, run_id__lt=run.pk)
    if run.students is not None:
        rows = rows.filter(student__in=run.students)
    rows.delete()


def all_ended(job: Job) -> tuple[str, bool]:
    """Asked by portal.jobs in the transaction that ends the job: what to say of it, and whether it is only part of it."""
    run = ScoringRun.objects.filter(job=job).first()
    if run is None:
        return "", False
    close(run, whole=job.state == JobState.SUCCEEDED)
    if job.state != JobState.SUCCEEDED:
        return "", False
    told = {"scored": counted(run.scored), "unscored": counted(run.unscored)}
    return _("%(scored)s predictions; for %(unscored)s there is none, and why is told beside each.") % told, False
