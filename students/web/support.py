"""Help: the board of a school, and one piece of help with what can be done about it."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from portal.kit.errors import NotAllowed
from portal.kit.listed import asked_form, list_file
from portal.kit.pages import render_page
from portal.kit.scoping import fetch
from portal.kit.tables import read_page
from students import support
from students.before_after import before_and_after
from students.looking import note_look
from students.models import HelpOutcome, HelpState, Intervention
from students.reports.people_lists import help_table
from students.roles import LEADERS
from students.summaries.help_went import help_went
from students.summaries.support import (
    ORDERS,
    BoardWish,
    as_help,
    framed,
    help_board,
    help_of,
    in_column,
    owners_of,
    wanted,
)
from students.web.standpoint import Standpoint
from students.web.support_forms import (
    BoardForm,
    CloseForm,
    Refusable,
    ReviewForm,
    next_review,
    worded,
)
from students.web.support_frame import FRAME, back, did, signed_in, staff_here


# --- the board ----------------------------------------------------------------------------------------------
@require_safe
@never_cache
def help_page(request: HttpRequest) -> HttpResponse:
    here = staff_here(request)
    assert here.school is not None  # of staff there is one
    form = BoardForm(request.GET, owners=owners_of(here.school.pk, user=here.user))
    wish = _wish(request, form)
    if kind := asked_form(request):
        return _board_file(here, wish, kind)
    facts: dict[str, Any] = {
        "form": form,
        "wish": wish,
        "day": here.day,
        "states": [(state, _title(state)) for state in HelpState],
        "outcomes": worded(HelpOutcome),
        "next_review": next_review(here.day),
        "leads": here.school.pk in here.grants.of(LEADERS),
        "address": request.get_full_path(),
        **_board_links(request),
    }
    facts |= _one_column(request, here, wish) if wish.column else _columns(here, wish)
    note_look(here.user, list({each.intervention.student for each in facts["shown"]}), what="help board", door="page")
    return render_page(request, "students/help/board.html", facts)


def _board_file(here: Standpoint, wish: BoardWish, kind: str) -> HttpResponse:
    """All columns, or the one that is shown, whole."""
    assert here.school is not None
    rows = wanted(here.school.pk, user=here.user, filters=wish)
    states = [wish.column] if wish.column else list(HelpState)
    columns = (in_column(rows, each, here.day).order_by(*ORDERS[HelpState(each)]) for each in states)
    cards = as_help((one for column in columns for one in framed(column)), user=here.user, on=here.day)
    answer = list_file(kind, help_table(cards))
    students = {each.intervention.student_id: each.intervention.student for each in cards}
    note_look(here.user, list(students.values()), what="help board", door="export")
    return answer


def _wish(request: HttpRequest, form: BoardForm) -> BoardWish:
    owner, grade = form.asked("owner"), form.asked("grade")
    column = request.GET.get("column", "")
    return BoardWish(
        owner=owner.pk if owner else None,
        kind=form.asked("kind") or "",
        grade=int(grade) if grade else None,
        mine=request.GET.get("mine") == "1",
        column=column if column in HelpState.values else "",
    )


def _columns(here: Standpoint, wish: BoardWish) -> dict[str, Any]:
    assert here.school is not None
    board = help_board(here.school.pk, user=here.user, on=here.day, filters=wish)
    shown = [card for column in board.columns for card in column.cards]
    return {"board": board, "titles": {each: _title(each) for each in HelpState}, "shown": shown}


def _one_column(request: HttpRequest, here: Standpoint, wish: BoardWish) -> dict[str, Any]:
    """All of one column, a page at a time."""
    assert here.school is not None
    rows = in_column(wanted(here.school.pk, user=here.user, filters=wish), wish.column, here.day)
    listing = read_page(request, rows.order_by(*ORDERS[HelpState(wish.column)]), framed)
    return {"listing": listing, "shown": as_help(listing.rows, user=here.user, on=here.day)}


def _title(state: HelpState) -> str:
    return str(state.label)[:1].upper() + str(state.label)[1:]


def _board_links(request: HttpRequest) -> dict[str, str]:
    asked = request.GET.copy()
    for name in ("mine", "column", "page"):
        asked.pop(name, None)
    plain, mine = asked.copy(), asked.copy()
    mine["mine"] = "1"
    kept = mine if request.GET.get("mine") == "1" else plain
    return {"everybody": f"?{plain.urlencode()}", "mine": f"?{mine.urlencode()}", "kept": kept.urlencode()}


@require_safe
@never_cache
def help_figures(request: HttpRequest) -> HttpResponse:
    """How closed help went, kind by kind: asked by the board once it stands, for leaders."""
    here = staff_here(request)
    assert here.school is not None
    went = help_went(here.school.pk, user=here.user, on=here.day)
    if went is None:
        raise NotAllowed(_("How help went across the school is for its leaders."))
    return render_page(request, "students/help/went.html", {"went": went}, fragment="body")


# --- one piece of help --------------------------------------------------------------------------------------
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def help_one(request: HttpRequest, pk: int) -> HttpResponse:
    """Look at it; `do` starts, reviews, closes or opens it again."""
    verb = "edit" if request.method == "POST" else "view"
    each: Intervention = fetch(Intervention.objects.select_related(*FRAME), request.user, verb=verb, pk=pk)
    on = each.student.school.today()
    forms = forms_of(request, each, on)
    if request.method == "POST":
        form = forms.get(request.POST.get("do", ""))
        if form is not None and did(form, lambda: act(request, each, form, on)):
            return back(request, "help-one", pk)
        each.refresh_from_db()
    shown = as_help([each], user=request.user, on=on)[0]
    facts = {
        "help": shown,
        "forms": forms,
        "day": on,
        "compared": before_and_after(each, on=on) if shown.state != HelpState.PLANNED else None,
        "notes": [
            note for note in help_of(each.student, user=request.user, on=on).notes if note.note.intervention_id == pk
        ],
    }
    note_look(request.user, [each.student], what="help", door="page")
    return render_page(request, "students/help/one.html", facts, status=422 if request.method == "POST" else 200)


class PlainForm(Refusable):
    """A button that asks nothing more."""


def forms_of(request: HttpRequest, each: Intervention, on: date) -> dict[str, Refusable]:
    """By what its button does. Each knows the version that was read; only the one that was sent is bound."""
    done = request.POST.get("do", "") if request.method == "POST" else ""
    usual = {"version": each.version}
    bound = {name: request.POST if name == done else None for name in ("start", "review", "close", "reopen")}
    return {
        "start": PlainForm(bound["start"]),
        "review": ReviewForm(bound["review"], initial=usual | {"review_on": next_review(on)}),
        "close": CloseForm(bound["close"], is_begun=each.starts <= on, initial=usual | {"went": each.went}),
        "reopen": PlainForm(bound["reopen"]),
    }


def act(request: HttpRequest, each: Intervention, form: Refusable, on: date) -> None:
    """What the button says, by the room. Raises DomainError."""
    by, given = signed_in(request), form.cleaned_data
    each.version = given.get("version", each.version)
    match request.POST["do"]:
        case "start":
            support.start(each, by=by, on=on)
            told = _("Begun today.")
        case "review":
            support.review(each, given["review_on"], by=by, on=on)
            told = _("It goes on, and is looked at again on %s.") % date_format(given["review_on"], "j F Y")
        case "close":
            support.close(each, given["outcome"], given["went"], by=by, on=on)
            told = _("Closed: %s. It can be opened again.") % each.get_outcome_display()
        case _:
            support.reopen(each, by=by)
            told = _("Open again.")
    messages.success(request, told)
