"""The first page after signing in: a panel for each role the person holds in the school in view."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portal.kit.pages import render_page
from students import summaries
from students.looking import note_look
from students.models import Membership
from students.roles import KEEPERS, LEADERS, Role
from students.summaries.caseload import caseload
from students.summaries.news import school_news
from students.web.standpoint import Standpoint, standpoint

FAMILY = {Role.STUDENT, Role.GUARDIAN}


OF_SCHOOL = KEEPERS | {Role.ANALYST}


@require_safe
@never_cache
def home(request: HttpRequest) -> HttpResponse:
    """`?part=school` is asked by a page that came without the school's figures; opened by itself it is the whole page."""
    here = standpoint(request)
    asks_part = request.GET.get("part") == "school"
    if asks_part and getattr(request, "htmx", False):
        return render_page(request, "students/home.html", {"here": here, **_school(here)}, fragment="school")
    school = {"comes_later": True} if not asks_part and _is_large(here) else _school(here)
    panels = {**school, **_work(here), **_family(here)} or _nobody(here)
    return render_page(request, "students/home.html", {"here": here, **panels})


def _is_large(here: Standpoint) -> bool:
    """The figures of such a school take a while to count, so they come a moment after the page."""
    return bool(here.school and here.school.is_large and here.roles & OF_SCHOOL)


def _school(here: Standpoint) -> dict[str, Any]:
    """The school at a glance; for who keeps its records also what needs mending, for its leaders what was done last."""
    panels: dict[str, Any] = {}
    if here.school and here.roles & OF_SCHOOL:
        panels["overview"] = summaries.school_overview(here.school.pk, user=here.user, on=here.day)
    if here.school and here.roles & KEEPERS:
        panels["mending"] = summaries.mending(here.school.pk, user=here.user, on=here.day)
    if here.school and here.roles & LEADERS:
        panels["deeds"] = school_news(here.school.pk, user=here.user)
    return panels


def _work(here: Standpoint) -> dict[str, Any]:
    panels: dict[str, Any] = {}
    if Role.TEACHER in here.roles:
        panels["teaching"] = summaries.teachers_day(user=here.user, on=here.day, but_not=here.elsewhere)
    if Role.COUNSELLOR in here.roles:
        panels["caseload"] = caseload(user=here.user, on=here.day, but_not=here.elsewhere)
        note_look(here.user, panels["caseload"].students, what="list", door="page")
    return panels


def _family(here: Standpoint) -> dict[str, Any]:
    if not here.roles & FAMILY:
        return {}
    children = summaries.family_view(user=here.user, on=here.day)
    note_look(here.user, [child.student for child in children], what="results", door="page")
    return {"children": children}


def _nobody(here: Standpoint) -> dict[str, Any]:
    """No role in force. What ended or is to begin is one's own, though no rule shows it to somebody without a role."""
    own = Membership.objects.filter(user=here.user).select_related("school")
    ended = own.filter(ends__lt=here.day).order_by("-ends").first()
    ahead = own.filter(starts__gt=here.day).order_by("starts").first()
    return {"nobody": True, "ended": ended, "ahead": ahead}
