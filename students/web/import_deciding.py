"""What is decided about an import: leave rows out, apply exactly the plan, stop, discard, undo. Each by a POST that says what."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from portal.jobs import running
from portal.jobs.models import Job
from portal.kit.errors import Conflict
from portal.kit.pages import render_page
from portal.kit.scoping import fetch
from students import orders
from students.importing import batches
from students.importing.told import GuardTold, read_plan
from students.models import ImportBatch
from students.models.imports import ImportState
from students.web.import_frame import batch_of, signed_in
from students.web.import_plan import show_plan


@require_POST
@never_cache
def import_check(request: HttpRequest, pk: int) -> HttpResponse:
    """Read the file again as it was chosen to be read; on the way rows with errors may be left out, or no longer."""
    batch = batches.settled(batch_of(request, pk, verb="edit"))
    asked = request.POST.get("rows", "")
    if asked in ("leave-out", "keep"):
        batches.choose_options(batch, by=signed_in(request), set_aside=asked == "leave-out")
    orders.order_plan(batch, by=signed_in(request))
    return redirect("import", pk)


@require_POST
@never_cache
def import_apply(request: HttpRequest, pk: int) -> HttpResponse:
    """Only the plan that was shown, and only with a yes to each of its guards."""
    batch = batches.settled(batch_of(request, pk, verb="edit"))
    if request.POST.get("fingerprint", "") != batch.fingerprint or not batch.fingerprint:
        messages.warning(request, _("There is a newer plan of this file. Look at it before it is applied."))
        return redirect("import", pk)
    missing = unanswered(batch, request)
    if missing:
        return show_plan(request, batch, unanswered=missing, status=422)
    if reasons := batches.may_apply(batch, accepted_guards=True):
        raise Conflict(" ".join(reasons))
    orders.order_apply(batch, batch.fingerprint, by=signed_in(request), accepted_guards=bool(guards_of(batch)))
    return redirect("import", pk)


def guards_of(batch: ImportBatch) -> tuple[GuardTold, ...]:
    return read_plan(batch.plan).guards


def unanswered(batch: ImportBatch, request: HttpRequest) -> list[GuardTold]:
    """Guards are told apart by their place, for two may have one code: each names another class."""
    said = set(request.POST.getlist("yes"))
    return [guard for number, guard in enumerate(guards_of(batch)) if str(number) not in said]


@require_POST
@never_cache
def import_stop(request: HttpRequest, pk: int) -> HttpResponse:
    """Whoever ordered the job may stop it; then the import is what it was before."""
    batch = batch_of(request, pk, verb="edit")
    job = fetch(Job.objects, request.user, verb="edit", pk=batch.job_id)
    running.cancel(job, by=request.user)
    return redirect("import", pk)


@require_POST
@never_cache
def import_discard(request: HttpRequest, pk: int) -> HttpResponse:
    batch = batches.settled(batch_of(request, pk, verb="edit"))
    batches.discard(batch, by=signed_in(request))
    messages.success(request, _("“%s” was discarded. Nothing of it was brought in.") % batch.file_name)
    return redirect("imports")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def import_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """First what will happen, then the order."""
    batch = batches.settled(batch_of(request, pk, verb="edit"))
    if batch.state != ImportState.APPLIED:
        return redirect("import", pk)
    if request.method == "POST":
        orders.order_undo(batch, by=signed_in(request))
        return redirect("import", pk)
    plan = read_plan(batch.plan)
    restored = sum(plan.total(action) for action in ("changed", "ended", "removed"))
    facts = {"batch": batch, "added": plan.total("added"), "restored": restored}
    return render_page(request, "students/imports/undo.html", facts)
