"""Classes: the list of mine, one class with its register, the register as a file, and the columns it shows."""

from collections import defaultdict
from collections.abc import Iterable
from functools import partial
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.text import slugify
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from portal.accounts.models import User
from portal.accounts.preferences import remember_columns
from portal.audit.record import looked, record
from portal.kit.asking import back_with_columns
from portal.kit.listed import asked_form, every_row, list_file
from portal.kit.pages import render_page
from portal.kit.scoping import fetch
from portal.kit.spreadsheets import CSV_TYPE, XLSX_TYPE, file_response
from portal.kit.tables import read_order, read_page, sort_rows
from students.models import SchoolClass
from students.reports.lists import classes_table
from students.reports.register import register_csv, register_xlsx
from students.roles import KEEPERS, STAFF, Role
from students.summaries import ClassRegister, RegisterRow, class_register
from students.summaries.class_list import class_lines
from students.summaries.own_class import is_of_family, own_marks
from students.summaries.register import framed_classes
from students.summaries.register_view import RegisterView
from students.web.class_choice import choose_classes, first_page
from students.web.register import TABLE, asked_columns, asked_view, controls
from students.web.standpoint import standpoint
from students.web.tabs import class_tabs

COLUMNS = {
    "name": ("grade_level", "name"),
    "subject": ("subject__name", "grade_level", "name"),
    "term": ("term__starts", "grade_level", "name"),
}


@require_safe
@never_cache
def class_list(request: HttpRequest) -> HttpResponse:
    here = standpoint(request)
    classes = SchoolClass.objects.visible_to(here.user).exclude(school__in=here.elsewhere)
    choice = choose_classes(request, classes, on=here.day)
    order = read_order(request, list(COLUMNS))
    dress = partial(class_lines, user=here.user, on=here.day)
    wanted = sort_rows(choice.rows, order, COLUMNS)
    if form := asked_form(request):
        return list_file(form, classes_table(every_row(wanted, dress), with_figures=bool(here.roles & STAFF)))
    listing = read_page(request, wanted, dress)
    facts = {
        "listing": listing,
        "tells_figures": any(line.missing is not None for line in listing.rows),
        "choice": choice,
        "order": order,
        "is_staff": bool(here.roles & STAFF),
        "is_keeper": bool(here.roles & KEEPERS),
        "is_teacher": Role.TEACHER in here.roles,
        "first": first_page(request),
    }
    return render_page(request, "students/class_list.html", facts)


@require_safe
@never_cache
def class_page(request: HttpRequest, pk: int) -> HttpResponse:
    register = _register(request, pk)
    view = asked_view(request, register)
    _note(request.user, register.rows if is_of_family(register) else view.rows, door="page")
    tabs = class_tabs(request, register.school_class, current="class", records=register.may_record)
    facts = {"register": register, "view": view, "rows": view.rows, "tabs": tabs, **controls(request, view)}
    if is_of_family(register):
        facts |= {"is_family": True, "children": own_marks(register)}
    return render_page(request, "students/class_page.html", facts)


@require_safe
@never_cache
def class_csv(request: HttpRequest, pk: int) -> HttpResponse:
    """The same rows and columns as the page shows this person, in the same order."""
    view = _export(request, pk)
    return file_response(_file_name(view, "csv"), register_csv(view), CSV_TYPE)


@require_safe
@never_cache
def class_xlsx(request: HttpRequest, pk: int) -> HttpResponse:
    view = _export(request, pk)
    return file_response(_file_name(view, "xlsx"), register_xlsx(view), XLSX_TYPE)


def _export(request: HttpRequest, pk: int) -> RegisterView:
    register = _register(request, pk)
    view = asked_view(request, register)
    _note(request.user, view.rows, door="export")
    record(request.user, "exported", register.school_class, what="register", students=len(view.rows))
    return view


def _file_name(view: RegisterView, ending: str) -> str:
    return f"{slugify(view.register.school_class.name) or 'register'}.{ending}"


@require_http_methods(["GET", "POST"])
def choose_columns(request: HttpRequest) -> HttpResponse:
    """Remember which columns a person's registers show, and lead back to the page where they chose.

    A GET comes from the sign-in page, when the session ended before the choice was sent; it changes nothing.
    """
    if request.method == "GET":
        return redirect("classes")
    columns = () if "reset" in request.POST else asked_columns(request.POST)
    remember_columns(cast(User, request.user), TABLE, columns)
    return redirect(back_with_columns(request.POST.get("back", ""), columns))


def _register(request: HttpRequest, pk: int) -> ClassRegister:
    school_class = fetch(framed_classes(), request.user, pk=pk)
    return class_register(school_class, user=request.user, today=school_class.school.today())


def _note(user: Any, rows: Iterable[RegisterRow], *, door: str) -> None:
    """An access event for each student who is shown; as what the person sees them is known from the register."""
    shown = defaultdict(list)
    for row in rows:
        shown[row.role].append(row.student)
    for role, students in shown.items():
        looked(user, students, role=role, what="register", door=door)
