"""Students: the list one may search, the page of one student, and who can see that student."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portal.audit.record import record
from portal.kit.errors import NotAllowed
from portal.kit.listed import asked_form, every_row, list_file
from portal.kit.pages import render_page
from portal.kit.scoping import fetch
from portal.kit.tables import read_order, read_page, sort_rows
from students.looking import note_look
from students.models import Student
from students.reaching import LOOKS_DAYS, grouped, looks_at, who_reaches
from students.reports.lists import students_table
from students.roles import KEEPERS, STAFF
from students.summaries import student_profile
from students.summaries.profile.withheld import is_keeper, protected_facts, sees_protected, what_is_withheld
from students.web.class_choice import first_page
from students.web.people_filter import RosterFilter, classes_to_choose, dressed
from students.web.standpoint import standpoint

COLUMNS = {
    "name": ("family_name", "given_name"),
    "grade": ("grade_level", "family_name", "given_name"),
}


@require_safe
@never_cache
def student_list(request: HttpRequest) -> HttpResponse:
    here = standpoint(request)
    rows = Student.objects.visible_to(here.user).exclude(school__in=here.elsewhere)
    asked = request.GET.copy()
    asked["in_class"] = asked.get("class", "")
    chosen = RosterFilter(asked, queryset=rows, request=request)
    order = read_order(request, list(COLUMNS))
    wanted = sort_rows(chosen.qs, order, COLUMNS)
    if form := asked_form(request):
        return _list_file(request, form, list(every_row(wanted, dressed(here.day))))
    listing = read_page(request, wanted, dressed(here.day))
    note_look(here.user, listing.rows, what="list", door="page")
    facts = {
        "listing": listing,
        "order": order,
        "filter": chosen,
        "classes": classes_to_choose(request),
        "in_class": asked["in_class"],
        "is_keeper": bool(here.roles & KEEPERS),
        "first": first_page(request),
    }
    return render_page(request, "students/student_list.html", facts)


def _list_file(request: HttpRequest, form: str, students: list[Student]) -> HttpResponse:
    answer = list_file(form, students_table(students))
    note_look(request.user, students, what="list", door="export")
    record(request.user, "exported", what="students", students=len(students))
    return answer


@require_safe
@never_cache
def student_page(request: HttpRequest, pk: int) -> HttpResponse:
    student = fetch(Student.objects.select_related("school"), request.user, pk=pk)
    profile = student_profile(
        student,
        user=request.user,
        on=student.school.today(),
        subject=request.GET.get("subject", ""),
        earlier=request.GET.get("earlier") == "1",
        whole=request.GET.get("all") == "1",
    )
    roles = note_look(request.user, [student], what="student", door="page")
    facts: dict[str, Any] = {"profile": profile, "is_staff": roles[student.pk] in STAFF}
    if facts["is_staff"]:
        facts |= {
            "withheld": what_is_withheld(student, profile.ties, user=request.user),
            "is_keeper": is_keeper(student, request.user),
            **_protected(request, student),
        }
    return render_page(request, "students/student_page.html", facts)


def _protected(request: HttpRequest, student: Student) -> dict[str, Any]:
    """Shown when asked for, not before: a page may be open where others can read it. Leaves a trace of its own."""
    may = sees_protected(student, request.user)
    if not (may and request.GET.get("protected") == "1"):
        return {"may_see_protected": may}
    note_look(request.user, [student], what="protected facts", door="page")
    return {"may_see_protected": may, "is_asked": True, "protected": protected_facts(student, user=request.user)}


@require_safe
@never_cache
def student_access(request: HttpRequest, pk: int) -> HttpResponse:
    """Who can see a student, and who looked: for leaders and the office of the student's school."""
    student = fetch(Student.objects.select_related("school"), request.user, pk=pk)
    if not is_keeper(student, request.user):
        raise NotAllowed(_("Only leaders and the office see who can open a student's page."))
    facts = {
        "student": student,
        "reach": who_reaches(student, on=student.school.today()),
        "looks": grouped(looks_at(student, until=timezone.now())),
        "days": LOOKS_DAYS,
    }
    note_look(request.user, [student], what="who sees", door="page")
    return render_page(request, "students/student_access.html", facts)
