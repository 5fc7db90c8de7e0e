"""The models of a school on one page: what serves, what is under way, all versions; and the buttons that change that."""

from dataclasses import replace

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from portal.kit.errors import NotAllowed
from portal.kit.pages import render_page
from portal.kit.tables import read_page
from predictions import registry
from predictions.models import ModelVersion, VersionState
from predictions.orders import promoting, scoring
from predictions.specs import schools_of
from predictions.summaries.standing import Readiness, Standing, readiness, standing
from predictions.summaries.under_way import under_way
from predictions.summaries.versions import VersionRow, dressed, version_row, versions_of
from predictions.web.forms import GoBackForm
from predictions.web.here import Here, here


@require_safe
@never_cache
def models(request: HttpRequest) -> HttpResponse:
    at = here(request)
    going = under_way(at.school, user=at.user, now=timezone.now())
    if getattr(request, "htmx", False):
        return _followed(request, at, going)
    listing = read_page(request, versions_of(at.school, user=at.user), dressed)
    rows = [version_row(each) for each in listing.rows]
    stand = standing(at.school, user=at.user)
    facts = {
        "here": at,
        "going": going,
        "standing": stand,
        "listing": replace(listing, rows=rows),
        "waiting": _waiting(rows) if not stand.champions else None,
        "readiness": _readiness(at, stand, has_versions=bool(listing.rows)),
    }
    return render_page(request, "predictions/models.html", facts)


def _followed(request: HttpRequest, at: Here, going: object) -> HttpResponse:
    """What is under way, asked for every two seconds; once nothing is, the page is shown anew with what came of it."""
    response = render_page(request, "predictions/models.html", {"here": at, "going": going}, fragment="under-way")
    if not going:
        response["HX-Refresh"] = "true"
    return response


def _waiting(rows: list[VersionRow]) -> ModelVersion | None:
    """The newest version that could serve, where none does."""
    able = (VersionState.APPROVED, VersionState.CANDIDATE, VersionState.CHALLENGER)
    return next((row.version for row in rows if row.state in able), None)


def _readiness(at: Here, stand: Standing, *, has_versions: bool) -> Readiness | None:
    if has_versions or stand.champions:
        return None
    return readiness(schools_of(at.school), on=at.school.today())


@require_POST
def score_everybody(request: HttpRequest) -> HttpResponse:
    """Predict everybody now: one run for each model that serves; of several schools all of them."""
    at = here(request)
    if not at.may_order:
        raise NotAllowed(_("Leaders and analysts order predictions."))
    runs = [run for each in schools_of(at.school) for run in scoring.order_everybody(each, by=at.user)]
    if not runs:
        messages.warning(request, _("No exam that is to be predicted lies ahead, so there is nothing to do."))
        return redirect(reverse("models") + at.query)
    if len(runs) == 1:
        return redirect(runs[0])
    told = ngettext("%(n)s run is ordered.", "%(n)s runs are ordered.", len(runs)) % {"n": len(runs)}
    messages.success(request, told)
    return redirect(reverse("models") + at.query)


@require_POST
def go_back(request: HttpRequest) -> HttpResponse:
    """To the champion before the one that was seen; somebody else may have been faster."""
    at = here(request)
    if not at.may_decide:
        raise NotAllowed(_("Only leaders decide which model serves."))
    form = GoBackForm(at.school, request.POST)
    if not form.is_valid():
        messages.error(request, _("Another version serves by now. Look again before you go back."))
        return redirect(reverse("models") + at.query)
    subject = form.cleaned_data["subject"]
    registry.check_serves(at.school, subject, form.cleaned_data["seen"])
    why = form.cleaned_data["why"] or _("went back on the page of models")
    move = promoting.roll_back(at.school, by=at.user, why=why, subject=subject)
    messages.success(request, _("%s serves again. Everybody is being predicted anew.") % move.version)
    return redirect(reverse("models") + at.query)
