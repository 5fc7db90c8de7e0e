"""The page of a scoring run: it follows the work, tells what came of it, and lets failed parts be tried again."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from portal.jobs import parts, running
from portal.jobs.pulse import with_latest
from portal.kit.pages import render_page
from portal.kit.scoping import fetch
from predictions.models import ScoringRun
from predictions.summaries.scoring_run import scoring_page
from predictions.web.here import may_order

TOLD_OF = ("job__requested_by", "school", "version")


@require_safe
@never_cache
def scoring_run(request: HttpRequest, pk: int) -> HttpResponse:
    run = fetch(ScoringRun.objects.select_related(*TOLD_OF), request.user, pk=pk)
    with_latest(run.job)
    page = scoring_page(run, user=request.user, now=timezone.now())
    facts = {"page": page, "run": run, "may_order": may_order(request.user, run.school)}
    return render_page(request, "predictions/scoring.html", facts, fragment="progress")


@require_POST
def stop_scoring(request: HttpRequest, pk: int) -> HttpResponse:
    run = fetch(ScoringRun.objects.select_related("job"), request.user, verb="edit", pk=pk)
    running.cancel(run.job, by=request.user)
    return redirect(run)


@require_POST
def retry_scoring(request: HttpRequest, pk: int) -> HttpResponse:
    """The failed parts again, whoever ordered the run."""
    run = fetch(ScoringRun.objects.select_related("job"), request.user, verb="edit", pk=pk)
    parts.retry_failed(run.job, by=request.user)
    return redirect(run)
