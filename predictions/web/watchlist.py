"""Whom first: the watchlist as a page and as files, and the number of students a person usually sees in a week."""

from typing import Any, cast
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from portal.accounts.models import User
from portal.accounts.preferences import remember_figure
from portal.audit.record import record
from portal.kit.errors import DomainError
from portal.kit.pages import render_page
from portal.kit.scoping import grants_of
from portal.kit.spreadsheets import CSV_TYPE, XLSX_TYPE, as_csv, as_xlsx, file_response
from predictions.access import WATCHERS
from predictions.outlooks.watch_exams import exams_ahead
from predictions.outlooks.watch_table import watch_table
from predictions.outlooks.watchlist import MOST_NUMBER, Watchlist, watchlist
from predictions.web.in_view import InView, in_view
from predictions.web.overview_tabs import overview_tabs
from predictions.web.toured import toured
from predictions.web.watch_form import REMEMBERED, asked_for, choices_for, usual_number
from students.looking import note_look
from students.roles import LEADERS, Role

NARROWING = ("weeks", "grade", "subject", "level", "class", "mine", "helped")


@require_safe
@never_cache
@toured
def watchlist_page(request: HttpRequest) -> HttpResponse:
    at = _at(request)
    ahead = exams_ahead(at.school, user=at.user, on=at.on)
    choices = choices_for(at, ahead)
    told = watchlist(at.school, asked_for(request.GET, at, choices), user=at.user, on=at.on, ahead=ahead)
    note_look(at.user, told.students, what="watchlist", door="page")
    usual = usual_number(at.user)
    facts = {
        "at": at,
        "told": told,
        "choices": choices,
        "most": MOST_NUMBER,
        "usual": usual,
        "query": _query(request, told),
        "is_narrowed": any(request.GET.get(name) for name in NARROWING),
        "meeting": ",".join(str(student.pk) for student in told.students),
        "tabs": overview_tabs(request, "watchlist"),
        "scope": _scope(at),
    }
    return render_page(request, "predictions/watchlist/page.html", facts)


@require_safe
@never_cache
def watchlist_csv(request: HttpRequest) -> HttpResponse:
    return file_response("watchlist.csv", as_csv(watch_table(_export(request))), CSV_TYPE)


@require_safe
@never_cache
def watchlist_xlsx(request: HttpRequest) -> HttpResponse:
    return file_response("watchlist.xlsx", as_xlsx(watch_table(_export(request))), XLSX_TYPE)


@require_POST
def watchlist_usual(request: HttpRequest) -> HttpResponse:
    """So many students a person sees in a week; remembered for the next time."""
    _at(request)
    text = request.POST.get("number", "")
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0
    if not 1 <= number <= MOST_NUMBER:
        raise DomainError(_("Students a week: expected a whole number from 1 to %s.") % MOST_NUMBER, code="bad_number")
    remember_figure(cast(User, request.user), REMEMBERED, number)
    return redirect("watchlist")


def _at(request: HttpRequest) -> InView:
    return in_view(request, WATCHERS, _("Teachers, counsellors and leaders have a watchlist of their students."))


def _export(request: HttpRequest) -> Watchlist:
    at = _at(request)
    ahead = exams_ahead(at.school, user=at.user, on=at.on)
    asked = asked_for(request.GET, at, choices_for(at, ahead))
    told = watchlist(at.school, asked, user=at.user, on=at.on, ahead=ahead)
    note_look(at.user, told.students, what="watchlist", door="export")
    record(at.user, "exported", at.school, what="watchlist", students=len(told.listed))
    return told


def _query(request: HttpRequest, told: Watchlist) -> str:
    """What is shown, for the files: as it was asked, with the number as it was taken."""
    asked = {name: request.GET[name] for name in NARROWING if request.GET.get(name)}
    return urlencode({"number": told.asked.number, **asked})


def _scope(at: InView) -> str:
    """Whose students the list is drawn from."""
    grants: Any = grants_of(at.user)
    if at.school.pk in grants.of(LEADERS | {Role.OFFICE}):
        return _("across the school")
    if at.school.pk in grants.of({Role.TEACHER}) and at.school.pk in grants.of({Role.COUNSELLOR}):
        return _("among the students you teach or look after")
    return (
        _("among the students you teach")
        if at.school.pk in grants.of({Role.TEACHER})
        else _("among the students you look after")
    )
