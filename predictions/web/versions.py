"""One version: how it stands, the forms by which leaders decide about it, and its card to be taken away."""

from collections.abc import Callable
from html import escape
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from mlcore.card import Card, card
from portal.kit.errors import DomainError, NotAllowed
from portal.kit.pages import render_page
from portal.kit.scoping import fetch
from predictions import registry
from predictions.models import ModelVersion
from predictions.orders import promoting
from predictions.summaries.card import card_in_words
from predictions.summaries.version_page import version_page
from predictions.web.forms import ReasonForm

TYPES = {"md": "text/markdown", "html": "text/html", "json": "application/json"}
DECISIONS: dict[str, Callable[[ModelVersion, Any, str], Any]] = {
    "approve": lambda version, by, why: registry.approve(version, by=by, reason=why),
    "reject": lambda version, by, why: registry.reject(version, by=by, reason=why),
    "promote": lambda version, by, why: promoting.promote(version, by=by, why=why),
    "challenge": lambda version, by, why: promoting.challenge(version, by=by, why=why),
}


def _told(what: str) -> str:
    return {
        "approve": _("%s is approved."),
        "reject": _("%s is rejected."),
        "promote": _("%s serves from now on. Everybody is being predicted anew."),
        "challenge": _("%s predicts in shadow from now on."),
    }[what]


@require_safe
@never_cache
def model_version(request: HttpRequest, pk: int) -> HttpResponse:
    version = fetch(ModelVersion.objects.with_standing(), request.user, pk=pk)
    return _page(request, version)


def _page(request: HttpRequest, version: ModelVersion, form: ReasonForm | None = None, what: str = "") -> HttpResponse:
    page = version_page(version, user=request.user)
    facts = {
        "page": page,
        "version": version,
        "decisions": [
            (each, form if form and each.key == what else ReasonForm(prefix=each.key)) for each in page.decisions
        ],
        "form": form,
        "card": card_in_words(card_of(version)) if version.run.report else None,
    }
    return render_page(request, "predictions/version.html", facts, status=422 if form else 200)


@require_POST
def decide(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    version = fetch(ModelVersion.objects.with_standing(), request.user, verb="edit", pk=pk)
    form = ReasonForm(request.POST, prefix=what)
    if not form.is_valid():
        return _page(request, version, form, what)
    try:
        DECISIONS[what](version, request.user, form.cleaned_data["reason"])
    except NotAllowed:
        raise
    except DomainError as refusal:
        form.add_error(None, refusal.sentence)
        return _page(request, fetch(ModelVersion.objects.with_standing(), request.user, pk=pk), form, what)
    messages.success(request, _told(what) % version)
    return redirect(version)


@require_safe
@never_cache
def model_card(request: HttpRequest, pk: int, form: str) -> HttpResponse:
    """The card as a file."""
    version = fetch(ModelVersion.objects.select_related("school", "run"), request.user, pk=pk)
    if not version.run.report:
        raise Http404
    told = card_of(version)
    # JSON is for programs, which know the words as mlcore says them.
    text = (told if form == "json" else card_in_words(told)).written(form)
    if form == "html":
        text = f'<!DOCTYPE html>\n<html lang="{get_language()}"><meta charset="utf-8"><title>{escape(str(version))}</title>\n{text}</html>\n'
    name = f"{version.school.slug}-model-{version.number}-card.{form}"
    response = HttpResponse(text, content_type=f"{TYPES[form]}; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def card_of(version: ModelVersion) -> Card:
    """Without its worst cases: a card leaves the school, and they are about single students."""
    report = {**(version.run.report or {}), "worst": []}
    return card(report, version.run.libraries)
