"""Planning help for a student: choosing whom, the form, and changing what was planned."""

from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from portal.kit.pages import render_page
from portal.kit.scoping import fetch
from students import support
from students.looking import family_of, note_look
from students.models import Intervention, Student
from students.summaries.owners import owners_for
from students.summaries.support import help_of
from students.web.standpoint import Standpoint
from students.web.support_forms import PlanForm, as_planned, next_review
from students.web.support_frame import FRAME, back, did, signed_in, staff_here, student_of

FOUND = 12


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def help_new(request: HttpRequest) -> HttpResponse:
    here = staff_here(request)
    asked = request.GET.get("student", "")
    if not (asked.isascii() and asked.isdigit() and len(asked) < 19):
        return _choose_student(request, here)
    student = student_of(request, int(asked))
    on = student.school.today()
    form = plan_form(request, student, on, "new")
    if form.is_bound and did(form, lambda: planned(request, student, form, on)):
        return back(request, "student", student.pk)
    facts = {"form": form, "student": student, "help": help_of(student, user=here.user, on=on)}
    note_look(here.user, [student], what="help", door="page")
    return render_page(request, "students/help/new.html", facts, status=422 if form.is_bound else 200)


def plan_form(request: HttpRequest, student: Student, on: date, what: str = "plan") -> PlanForm:
    """Bound where it was sent: the button of this form is called `what`, or nothing else was meant by the page."""
    is_sent = request.method == "POST" and request.POST.get("do", what) == what
    owners = owners_for(student, on=on, also=(request.user.pk,))
    initial = {"owner": request.user.pk, "starts": on, "review_on": next_review(on)}
    return PlanForm(request.POST if is_sent else None, student=student, owners=owners, initial=initial)


def planned(request: HttpRequest, student: Student, form: PlanForm, on: date) -> None:
    made = support.plan(student, form.wish(), by=signed_in(request), on=on)
    facts = {"kind": made.get_kind_display(), "student": student, "day": date_format(made.review_on, "j F")}
    messages.success(request, _("Planned for %(student)s: %(kind)s, looked at again on %(day)s.") % facts)


def _choose_student(request: HttpRequest, here: Standpoint) -> HttpResponse:
    """Whom to help: found by name among those one sees at work."""
    words = request.GET.get("q", "").replace("\x00", "").strip()[:80]
    rows = Student.objects.visible_to(here.user).exclude(school__in=here.elsewhere).exclude(status="left")
    own = rows.named(words).exclude(pk__in=family_of(here.user)) if words else rows.none()
    found = list(own[: FOUND + 1])
    note_look(here.user, found[:FOUND], what="list", door="page")
    facts = {"found": found[:FOUND], "has_more": len(found) > FOUND, "words": words}
    status = 422 if request.method == "POST" else 200
    return render_page(request, "students/help/choose_student.html", facts, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def help_edit(request: HttpRequest, pk: int) -> HttpResponse:
    each: Intervention = fetch(Intervention.objects.select_related(*FRAME), request.user, verb="edit", pk=pk)
    student, on = each.student, each.student.school.today()
    owners = owners_for(student, on=on, also=(request.user.pk, each.owner_id))
    form = PlanForm(
        request.POST if request.method == "POST" else None, student=student, owners=owners, initial=as_planned(each)
    )  # fmt: skip
    if form.is_bound and did(form, lambda: _changed(request, each, form)):
        messages.success(request, _("Saved."))
        return redirect("help-one", pk)
    note_look(request.user, [student], what="help", door="page")
    facts = {"form": form, "student": student, "each": each}
    return render_page(request, "students/help/edit.html", facts, status=422 if form.is_bound else 200)


def _changed(request: HttpRequest, each: Intervention, form: PlanForm) -> None:
    each.version = form.cleaned_data.get("version") or 0
    support.change(each, form.wish(), by=signed_in(request))
