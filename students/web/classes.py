"""Classes: the list of mine, one class with its register, and the register as a file."""

from functools import partial

from django.http import HttpRequest, HttpResponse
from django.utils.text import slugify
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portal.audit.record import record
from portal.kit.pages import render_page
from portal.kit.scoping import fetch
from portal.kit.tables import read_order, read_page, sort_rows
from students.filters import ClassFilter
from students.looking import note_look
from students.models import SchoolClass
from students.reports import register_csv
from students.roles import KEEPERS, STAFF
from students.summaries import ClassRegister, class_register
from students.summaries.counting import for_list
from students.summaries.register import KEYS
from students.web.standpoint import standpoint

COLUMNS = {"name": ("grade_level", "name"), "subject": ("subject__name", "name"), "term": ("term__starts", "name")}


@require_safe
@never_cache
def class_list(request: HttpRequest) -> HttpResponse:
    here = standpoint(request)
    rows = SchoolClass.objects.visible_to(here.user).exclude(school__in=here.elsewhere).filter(term__ends__gte=here.day)
    chosen = ClassFilter(request.GET, queryset=rows, request=request)
    order = read_order(request, list(COLUMNS))
    facts = {
        "listing": read_page(request, sort_rows(chosen.qs, order, COLUMNS), partial(for_list, on=here.day)),
        "order": order,
        "filter": chosen,
        "is_staff": bool(here.roles & STAFF),
        "is_keeper": bool(here.roles & KEEPERS),
    }
    return render_page(request, "students/class_list.html", facts)


@require_safe
@never_cache
def class_page(request: HttpRequest, pk: int) -> HttpResponse:
    register = _register(request, pk)
    note_look(request.user, register.students, what="register", door="page")
    order = read_order(request, KEYS)
    rows = register.sorted_by(order.key, descending=order.is_descending)
    return render_page(request, "students/class_page.html", {"register": register, "rows": rows, "order": order})


@require_safe
@never_cache
def class_csv(request: HttpRequest, pk: int) -> HttpResponse:
    """The same rows and columns as the page shows this person, in the same order."""
    register = _register(request, pk)
    note_look(request.user, register.students, what="register", door="export")
    record(request.user, "exported", register.school_class, what="register", students=len(register.rows))
    order = read_order(request, KEYS)
    rows = register.sorted_by(order.key, descending=order.is_descending)
    name = slugify(register.school_class.name) or "register"
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return HttpResponse(register_csv(register, rows), content_type="text/csv; charset=utf-8", headers=headers)


def _register(request: HttpRequest, pk: int) -> ClassRegister:
    school_class = fetch(SchoolClass.objects.with_frame(), request.user, pk=pk)
    return class_register(school_class, user=request.user, today=school_class.school.today())
