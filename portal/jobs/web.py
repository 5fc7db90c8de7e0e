"""Pages of one's own jobs: the list, how far one is, the files it made, and the buttons that stop or repeat it."""

from uuid import UUID

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from portal.jobs import files, parts, running
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
    now = timezone.now()
    told = {
        "files": files.offered(job, request.user, now) if job.has_ended else (),
        "sentence": sentence_of(job),
        "left": time_left(job, now),
        "failed_parts": parts.count_failed(job),
    }
    return render_page(request, "jobs/job.html", {"job": job, **told}, fragment="progress")


@require_safe
@never_cache
def job_file(request: HttpRequest, pk: UUID, file: int) -> FileResponse:
    """404 once it has expired, or the person has lost the right to what is in it."""
    job = fetch(Job.objects, request.user, pk=pk)
    found = get_object_or_404(files.offered(job, request.user, timezone.now()), pk=file)
    content = files.opened(found, by=request.user)
    headers = {"Content-Length": str(found.size)}
    return FileResponse(
        content, as_attachment=True, filename=found.name, content_type=found.content_type, headers=headers
    )


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
