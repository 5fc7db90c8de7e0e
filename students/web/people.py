"""Students: the list one may search, and the page of one student."""

from functools import partial

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portal.kit.pages import render_page
from portal.kit.scoping import fetch
from portal.kit.tables import read_order, read_page, sort_rows
from students.filters import StudentFilter
from students.looking import note_look
from students.models import Student
from students.roles import KEEPERS, STAFF
from students.summaries import student_profile
from students.summaries.caseload import with_home_class
from students.web.standpoint import standpoint

COLUMNS = {"name": ("family_name", "given_name"), "grade": ("grade_level", "family_name", "given_name")}


@require_safe
@never_cache
def student_list(request: HttpRequest) -> HttpResponse:
    here = standpoint(request)
    rows = Student.objects.visible_to(here.user).exclude(school__in=here.elsewhere)
    chosen = StudentFilter(request.GET, queryset=rows, request=request)
    order = read_order(request, list(COLUMNS))
    facts = {
        "listing": read_page(request, sort_rows(chosen.qs, order, COLUMNS), partial(with_home_class, on=here.day)),
        "order": order,
        "filter": chosen,
        "is_keeper": bool(here.roles & KEEPERS),
    }
    return render_page(request, "students/student_list.html", facts)


@require_safe
@never_cache
def student_page(request: HttpRequest, pk: int) -> HttpResponse:
    student = fetch(Student.objects.select_related("school"), request.user, pk=pk)
    profile = student_profile(student, user=request.user, on=student.school.today())
    roles = note_look(request.user, [student], what="student", door="page")
    return render_page(
        request, "students/student_page.html", {"profile": profile, "is_staff": roles[student.pk] in STAFF}
    )
