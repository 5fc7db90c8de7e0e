"""The school's overview: classes and subjects side by side, whose marks are missing, who moved, and groups of ten or more."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portal.kit.listed import asked_form, list_file
from portal.kit.memory import remembered
from portal.kit.pages import render_page
from portal.kit.scoping import grants_of
from predictions.outlooks.overview import Overview, comparable, overview, read, step_names
from predictions.outlooks.overview_groups import groupings
from predictions.outlooks.overview_people import gaps, movers
from predictions.reports.lists import overview_table
from predictions.web.in_view import InView, in_view
from predictions.web.overview_tabs import OVERSEERS, overview_tabs
from predictions.web.toured import toured
from students.looking import note_look
from students.models import Student
from students.roles import KEEPERS

PAGE = "predictions/overview/page.html"
LARGE = 5000
LARGE_KEPT_SECONDS = 3600
MOST_LEVEL = 99


@require_safe
@never_cache
@toured
def overview_page(request: HttpRequest) -> HttpResponse:
    """`?part=all` is asked by a page of a large school, which came without its figures; opened by itself it is the page."""
    at = in_view(request, OVERSEERS, _("Leaders, the office and analysts see the overview of a school."))
    if form := asked_form(request):
        return list_file(form, overview_table(_told(request, at)))
    asks_part = request.GET.get("part") == "all"
    facts: dict[str, Any] = {"at": at, "tabs": overview_tabs(request, "overview"), "level": _level(request)}
    if not asks_part and _is_large(at):
        return render_page(request, PAGE, facts | {"comes_later": True})
    return render_page(request, PAGE, facts | _figures(request, at), fragment="figures" if asks_part else "")


def _is_large(at: InView) -> bool:
    """Counting such a school takes seconds, so the figures come a moment after the page."""

    def beyond() -> bool:
        return Student.objects.filter(school=at.school).order_by().values("pk")[LARGE : LARGE + 1].exists()

    return remembered(f"school-is-large:{at.school.pk}", LARGE_KEPT_SECONDS, beyond)


def _figures(request: HttpRequest, at: InView) -> dict[str, Any]:
    now = timezone.now()
    told = _told(request, at)
    material, _at = read(at.school, on=at.on, now=now)
    facts: dict[str, Any] = {
        "told": told,
        "steps": step_names(material),
        "groupings": groupings(comparable(at.school, user=at.user, on=at.on, now=now), at.school, user=at.user),
    }
    if at.school.pk in grants_of(at.user).of(KEEPERS):
        moved = movers(at.school, [exam.pk for exam in material.exams], user=at.user, on=at.on)
        note_look(at.user, moved.students, what="movers", door="page")
        facts["gaps"], facts["more_gaps"] = gaps(at.school, user=at.user, on=at.on)
        facts["movers"] = moved
    return facts


def _told(request: HttpRequest, at: InView) -> Overview:
    return overview(at.school, user=at.user, on=at.on, now=timezone.now(), level=_level(request))


def _level(request: HttpRequest) -> int | None:
    """A grade level; what is none counts as not said."""
    text = request.GET.get("level", "")
    return int(text) if text.isascii() and text.isdigit() and int(text[:3]) <= MOST_LEVEL and len(text) < 3 else None
