"""The pages of the mark grid: shown, saved whole where the browser runs no script, and the history of one cell."""

from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from portal.audit.record import record
from portal.kit.listed import asked_form, list_file
from portal.kit.pages import render_page
from portal.kit.scoping import fetch
from students.gradebook import changes, marks, past
from students.gradebook.outcomes import Cell, Outcome, State
from students.looking import note_look
from students.models import Enrolment, Exam, SchoolClass, Student
from students.reports.lists import marks_table
from students.standing import check_may_record
from students.summaries.gradebook import Grid, mark_grid
from students.web.staff_frame import signed_in
from students.web.tabs import class_tabs

LONGEST = 200  # a field of the page has 40; what is longer did not come from it


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def mark_page(request: HttpRequest, pk: int) -> HttpResponse:
    school_class = recorded_class(request, pk)
    if request.method != "POST" and (form := asked_form(request)):
        return _marks_file(request, school_class, form)
    if request.method != "POST":
        return _shown(request, _grid(request, school_class))
    cells = _typed(request)
    recorded = marks.record_cells(
        school_class, cells, by=signed_in(request), on=school_class.school.today(), at=timezone.now()
    )  # fmt: skip
    left = [each for each in recorded.outcomes if each.state != State.SAVED]
    _say(request, saved=len(cells) - len(left), left=len(left))
    if not left:
        return redirect(request.get_full_path())
    notes = {(each.cell.exam, each.cell.student): (each.cell.text, each.sentence) for each in left}
    grid = _grid(request, school_class).with_notes(notes)
    return _shown(request, grid, status=_status(left))


def _marks_file(request: HttpRequest, school_class: SchoolClass, form: str) -> HttpResponse:
    """Every exam of the class, or the one that is asked for."""
    one = _number(request, "one")
    grid = mark_grid(school_class, user=request.user, on=school_class.school.today(), one=one, whole=True)
    answer = list_file(form, marks_table(grid))
    note_look(request.user, grid.students, what="marks", door="export")
    record(request.user, "exported", school_class, what="marks", students=len(grid.students))
    return answer


@require_safe
@never_cache
def mark_history(request: HttpRequest, pk: int, exam: int, student: int) -> HttpResponse:
    """Of a student who is or was in the class, in an exam that the class sits."""
    school_class = recorded_class(request, pk)
    of_class = Enrolment.objects.filter(school_class=school_class).order_by().values("student")
    person = fetch(Student.objects.filter(pk__in=of_class), request.user, pk=student)
    sat = fetch(Exam.objects.of_class(school_class), request.user, pk=exam)
    note_look(request.user, [person], what="mark history", door="page")
    facts = {
        "school_class": school_class,
        "student": person,
        "exam": sat,
        "past": past.past_of(sat, person),
        "zone": ZoneInfo(school_class.school.timezone),
    }
    is_part = request.headers.get("X-Requested-With") == "XMLHttpRequest" or "HX-Request" in request.headers
    template = "students/marks/history.html#steps" if is_part else "students/marks/history.html"
    return render_page(request, template, {**facts, "is_part": is_part})


def recorded_class(request: HttpRequest, pk: int) -> SchoolClass:
    """404 where it is not seen, 403 for who sees the class and keeps no marks of it."""
    school_class: SchoolClass = fetch(SchoolClass.objects.with_frame(), request.user, pk=pk)
    check_may_record(request.user, school_class, on=school_class.school.today())
    return school_class


def _grid(request: HttpRequest, school_class: SchoolClass) -> Grid:
    """`one` names an exam of the class, or there is no such page."""
    wishes: dict[str, Any] = {
        "start": _number(request, "from"),
        "exam": _number(request, "exam"),
        "one": _number(request, "one"),
    }
    grid = mark_grid(school_class, user=request.user, on=school_class.school.today(), **wishes)
    if wishes["one"] is not None and grid.one is None:
        raise Http404
    return grid


def _number(request: HttpRequest, name: str) -> int | None:
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else None


def _typed(request: HttpRequest) -> list[Cell]:
    """The fields whose text is not the one that stood there; the hidden field beside each tells what stood there."""
    cells = []
    for name, sent in request.POST.items():
        text = str(sent)
        kind, *keys = name.split("-")
        if kind == "c" and len(keys) == 2 and all(key.isascii() and key.isdigit() and len(key) < 19 for key in keys):
            seen, _space, stood = request.POST.get(f"s-{keys[0]}-{keys[1]}", "").partition(" ")
            if text.strip() != stood:
                cells.append(Cell(int(keys[0]), int(keys[1]), text[:LONGEST], seen))
    return cells


def _say(request: HttpRequest, *, saved: int, left: int) -> None:
    parts = []
    if saved:
        parts.append(ngettext("{n} mark saved", "{n} marks saved", saved).format(n=saved))
    if left and saved:
        parts.append(ngettext("{n} needs a look", "{n} need a look", left).format(n=left))
    elif left:
        parts.append(ngettext("{n} mark needs a look", "{n} marks need a look", left).format(n=left))
    sentence = ", ".join(parts) or _("Nothing was changed")
    messages.add_message(request, messages.WARNING if left else messages.SUCCESS, f"{sentence}.")


def _status(left: list[Outcome]) -> int:
    return 409 if all(each.state == State.CONFLICT for each in left) else 422


def _shown(request: HttpRequest, grid: Grid, *, status: int = 200) -> HttpResponse:
    note_look(request.user, grid.students, what="marks", door="page")
    wanted = _number(request, "exam")
    facts: dict[str, Any] = {
        "grid": grid,
        "tabs": class_tabs(request, grid.school_class, current="marks"),
        "stamp": changes.stamp_of(grid.school_class, at=timezone.now()),
        "focus": grid.first_empty(wanted) if wanted else "",
    }
    return render_page(request, "students/marks/page.html", facts, status=status)
