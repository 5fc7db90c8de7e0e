"""The settings of a school's models: times and floors, indicators, and protected facts, each saved by itself."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from portal.kit.errors import DomainError, NotAllowed
from portal.kit.pages import render_page
from portal.kit.scoping import fetch
from predictions import deciding
from predictions.models import IndicatorRule, ModelPolicy, ProtectedUse
from predictions.orders import protecting
from predictions.summaries.protected import protected
from predictions.web.here import Here, here
from predictions.web.policy_forms import IndicatorsForm, PolicyForm, ProtectedForm
from students.models import Indicator, School


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def settings(request: HttpRequest) -> HttpResponse:
    at = here(request)
    if request.method != "POST":
        return _page(request, at)
    _check_decides(at)
    form = PolicyForm(request.POST)
    if form.is_valid():
        try:
            deciding.decide(form.onto(ModelPolicy.of(at.school)), by=at.user)
            return _back(request, at, _("The settings are saved."))
        except DomainError as refusal:
            form.add_error(None, refusal.sentence)
    return _page(request, at, policy=form)


@require_POST
def indicators(request: HttpRequest) -> HttpResponse:
    at = here(request)
    _check_decides(at)
    form = _indicators(at.school, request.POST)
    if form.is_valid():
        deciding.decide_indicators(at.school, form.wanted(), by=at.user)
        return _back(request, at, _("What models know of indicators is saved; the next training goes by it."))
    return _page(request, at, indicators=form)


@require_POST
def ask_protected(request: HttpRequest) -> HttpResponse:
    at = here(request)
    deciding.check_may_ask(at.user, at.school)
    form = ProtectedForm(deciding.facts_to_ask_for(at.school), request.POST)
    if form.is_valid():
        told = form.cleaned_data
        try:
            protecting.ask_to_use(at.school, told["fact"], by=at.user, reason=told["reason"], on=at.school.today())
            return _back(request, at, _("A training measures now what it would do. Then another leader decides."))
        except NotAllowed:
            raise
        except DomainError as refusal:
            form.add_error(None, refusal.sentence)
    return _page(request, at, protected=form)


@require_POST
def approve_protected(request: HttpRequest, pk: int) -> HttpResponse:
    use = _use(request, pk)
    deciding.approve_use(use, by=request.user)
    return _back(request, here(request), _("From the next training on models may use it."))


@require_POST
def measure_protected(request: HttpRequest, pk: int) -> HttpResponse:
    use = _use(request, pk)
    protecting.measure_again(use, by=request.user, on=use.school.today())
    return _back(request, here(request), _("A training measures now what it would do."))


@require_POST
def end_protected(request: HttpRequest, pk: int) -> HttpResponse:
    use = _use(request, pk)
    deciding.end_use(use, by=request.user)
    told = _("From the next training on models do without it. Train again, so that the one that serves does too.")
    return _back(request, here(request), told)


def _use(request: HttpRequest, pk: int) -> ProtectedUse:
    found: ProtectedUse = fetch(
        ProtectedUse.objects.select_related("school", "measured_by__job"), request.user, verb="edit", pk=pk
    )
    return found


def _check_decides(at: Here) -> None:
    if not at.may_decide:
        raise NotAllowed(_("Only leaders decide about the models of their school."))


def _indicators(school: School, data: Any = None) -> IndicatorsForm:
    found = list(Indicator.objects.filter(school=school))
    rules = {rule.indicator_id: rule for rule in IndicatorRule.objects.filter(school=school)}
    return IndicatorsForm(found, rules, data)


def _page(request: HttpRequest, at: Here, **bound: Any) -> HttpResponse:
    """The whole page; a form that was sent stands in the place of the usual one."""
    policy = ModelPolicy.of(at.school)
    shown = protected(at.school, user=at.user)
    facts = {
        "here": at,
        "form": bound.get("policy") or PolicyForm(initial=PolicyForm.usual(policy)),
        "indicators": bound.get("indicators") or _indicators(at.school),
        "ask": bound.get("protected") or ProtectedForm(shown.off),
        "protected": shown,
    }
    return render_page(request, "predictions/settings.html", facts, status=422 if bound else 200)


def _back(request: HttpRequest, at: Here, told: str) -> HttpResponse:
    messages.success(request, told)
    return redirect(reverse("models_settings") + at.query)
