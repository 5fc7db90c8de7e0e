"""Pages of one's own jobs: the list, how far one is, and the buttons that stop it or try its failed parts again."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from portal.jobs import parts, running
from portal.jobs.models import Job
from portal.jobs.pulse import all_with_latest, with_latest
from portal.jobs.remaining import time_left
from portal.jobs.telling import sentence_of
from portal.kit.pages import render_page
from portal.kit.scoping import fetch

LATEST = 50


@require_safe
@never_cache
def job_list(request: HttpRequest) -> HttpResponse:
    jobs = all_with_latest(list(Job.objects.visible_to(request.user)[:LATEST]))
    return render_page(request, "jobs/list.html", {"jobs": jobs, "latest": LATEST})


@require_safe
@never_cache
def job_page(request: HttpRequest, pk: UUID) -> HttpResponse:
    job = with_latest(fetch(Job.objects, request.user, pk=pk))
    told = {
        "sentence": sentence_of(job),
        "left": time_left(job, timezone.now()),
        "failed_parts": parts.count_failed(job),
    }
    return render_page(request, "jobs/job.html", {"job": job, **told}, fragment="progress")


@require_POST
def cancel_job(request: HttpRequest, pk: UUID) -> HttpResponse:
    job = fetch(Job.objects, request.user, verb="edit", pk=pk)
    running.cancel(job, by=request.user)
    return redirect("job", pk=pk)


@require_POST
def retry_job(request: HttpRequest, pk: UUID) -> HttpResponse:
    job = fetch(Job.objects, request.user, verb="edit", pk=pk)
    parts.retry_failed(job, by=request.user)
    return redirect("job", pk=pk)
