"""Training: the form with which one is ordered, and the page of a run, which follows it and ends in its report."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.jobs import running
from portal.jobs.pulse import with_latest
from portal.kit.errors import DomainError, NotAllowed
from portal.kit.pages import render_page
from portal.kit.scoping import fetch
from predictions.models import ModelPolicy, TrainingRun
from predictions.orders.training import order_training
from predictions.summaries.training_run import KEYS, SHORT, part_titles, report_of, version_of
from predictions.summaries.under_way import one_under_way, training_title
from predictions.web.forms import TrainForm
from predictions.web.here import Here, here, may_order
from students.looking import note_look


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def train(request: HttpRequest) -> HttpResponse:
    at = here(request)
    if not at.may_order:
        raise NotAllowed(_("Leaders and analysts order a training."))
    policy = ModelPolicy.of(at.school)
    may_promote = at.may_decide and not policy.needs_second_person
    form = TrainForm(
        at.school,
        policy,
        request.POST if request.method == "POST" else None,
        may_promote=may_promote,
        initial=TrainForm.usual(policy, at.school.today()),
    )
    if form.is_valid() and (run := _ordered(form, at)):
        return redirect(run)
    facts = {"form": form, "here": at}
    return render_page(request, "predictions/train.html", facts, status=422 if form.is_bound else 200)


def _ordered(form: TrainForm, at: Here) -> TrainingRun | None:
    """The run, or none where the wish was refused; then the form says why."""
    try:
        return order_training(form.wish(), by=at.user, promotes=form.cleaned_data.get("promotes", False))
    except DomainError as refusal:
        form.add_error(None, refusal.sentence)
        return None


@require_safe
@never_cache
def training_run(request: HttpRequest, pk: int) -> HttpResponse:
    run = fetch(TrainingRun.objects.with_frame(), request.user, pk=pk)
    with_latest(run.job)
    shared = {"run": run, "title": training_title(run), "may_order": may_order(request.user, run.school)}
    if not run.job.has_ended:
        going = one_under_way(run, user=request.user, now=timezone.now())
        return render_page(request, "predictions/run.html", {"going": going, **shared}, fragment="progress")
    if getattr(request, "htmx", False):
        return _ended(request)
    if run.report is None:
        return render_page(request, "predictions/run_failed.html", shared)
    return _report(request, run, shared)


def _ended(request: HttpRequest) -> HttpResponse:
    """The page that followed the run is shown anew: what came of it is another page."""
    response = HttpResponse(status=200)
    response["HX-Refresh"] = "true"
    return response


def _report(request: HttpRequest, run: TrainingRun, shared: dict[str, object]) -> HttpResponse:
    asked = request.GET.get("part", SHORT)
    part = asked if asked in KEYS else SHORT
    report = report_of(run, part, user=request.user)
    if report.worst and report.worst.shown:
        note_look(request.user, report.worst.shown, what="training report", door="page")
    tabs = [
        {"url": f"?part={key}", "label": title, "is_current": key == part, "current": "page"}
        for key, title in part_titles().items()
    ]
    facts = {"report": report, "part": part, "tabs": tabs, "version": version_of(run), **shared}
    return render_page(request, "predictions/report.html", facts)


@require_POST
def stop_training(request: HttpRequest, pk: int) -> HttpResponse:
    run = fetch(TrainingRun.objects.select_related("job"), request.user, verb="edit", pk=pk)
    running.cancel(run.job, by=request.user)
    return redirect(run)
