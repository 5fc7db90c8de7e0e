"""Actions on many records of a list: each first shows what will happen, then does it when it is confirmed."""

from datetime import date
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.widgets import AdminDateWidget
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone

from portal.accounts.models import User
from portal.audit.models import AccessEvent
from portal.audit.record import record
from portal.backoffice.downloads import MOST, csv_file
from portal.backoffice.widgets import KnownSelect
from students import enrolment
from students.admin.base import trace
from students.models import Enrolment, SchoolClass, Student

AT_ONCE = 1000
EDIT = ["change"]


class EnrolForm(forms.Form):
    school_class = forms.ModelChoiceField(
        SchoolClass.objects.none(),
        label="class",
        widget=KnownSelect(Enrolment._meta.get_field("school_class"), admin.site),
    )
    on = forms.DateField(label="first day", widget=AdminDateWidget, initial=timezone.localdate)


class EndForm(forms.Form):
    on = forms.DateField(label="last day", widget=AdminDateWidget, initial=timezone.localdate)


@admin.action(description="Enrol in a class…", permissions=EDIT)
def enrol(page: Any, request: HttpRequest, queryset: Any) -> HttpResponse | None:
    students = _chosen(page, request, queryset)
    if students is None:
        return None
    form = EnrolForm(request.POST if "step" in request.POST else None)
    classes: Any = page.admin_site._registry[SchoolClass]
    field: Any = form.fields["school_class"]
    field.queryset = classes.rows(request.user, "edit").select_related(*classes.related)
    field.label_from_instance = classes.label
    found = None
    if form.is_valid():
        school_class, on = form.cleaned_data["school_class"], form.cleaned_data["on"]
        if request.POST["step"] == "do":
            done = enrolment.enrol_many(students, school_class, by=_person(request), on=on)
            return _tell(request, f"{len(done.ready)} enrolled in {school_class}, {len(done.left_out)} left out.")
        found = enrolment.sort(students, school_class, on)
    facts = {"title": "Enrol in a class", "verb": "Enrol", "found": found, "students": students}
    return _ask(page, request, form, students, facts)


@admin.action(description="End enrolments…", permissions=EDIT)
def end_enrolments(page: Any, request: HttpRequest, queryset: Any) -> HttpResponse | None:
    """All classes of the chosen students."""
    students = _chosen(page, request, queryset)
    if students is None:
        return None
    return _end(page, request, students, Enrolment.objects.filter(student__in=[each.pk for each in students]))


@admin.action(description="End these enrolments…", permissions=EDIT)
def end_these(page: Any, request: HttpRequest, queryset: Any) -> HttpResponse | None:
    chosen = _chosen(page, request, queryset)
    if chosen is None:
        return None
    return _end(page, request, chosen, Enrolment.objects.filter(pk__in=[each.pk for each in chosen]))


def _end(page: Any, request: HttpRequest, chosen: list[Any], enrolments: Any) -> HttpResponse | None:
    rows = enrolments & page.admin_site._registry[Enrolment].rows(request.user, "edit")
    form = EndForm(request.POST if "step" in request.POST else None)
    ending = None
    if form.is_valid():
        on: date = form.cleaned_data["on"]
        if request.POST["step"] == "do":
            return _tell(
                request, f"{enrolment.end_many(rows, by=_person(request), on=on)} enrolments end on {on:%d %b %Y}."
            )
        ending = list(enrolment.open_after(rows, on).select_related("student", "school_class"))
    facts = {"title": "End enrolments", "verb": "End them", "ending": ending}
    return _ask(page, request, form, chosen, facts)


@admin.action(description="Download as CSV")
def download_students(page: Any, request: HttpRequest, queryset: Any) -> HttpResponse | None:
    students = _chosen(page, request, queryset, verb="view", most=MOST)
    if students is None:
        return None
    _export(request, students, "students", len(students))
    header = ("Id", "School", "Family name", "Given name", "Called", "Born", "Grade", "Status", "First day", "Last day")
    rows = (
        (s.pk, s.school.name, s.family_name, s.given_name, s.preferred_name, s.birth_date, s.grade_level,
         s.get_status_display(), s.starts, s.ends)
        for s in students
    )  # fmt: skip
    return csv_file("students", header, rows)


@admin.action(description="Download as CSV")
def download_results(page: Any, request: HttpRequest, queryset: Any) -> HttpResponse | None:
    results = _chosen(page, request, queryset, verb="view", most=MOST)
    if results is None:
        return None
    _export(request, {each.student_id: each.student for each in results}.values(), "results", len(results))
    header = ("Student id", "Family name", "Given name", "Subject", "Exam", "Day", "Status", "Score", "Of")
    rows = (
        (r.student_id, r.student.family_name, r.student.given_name, r.exam.subject.name, r.exam.title, r.exam.day,
         r.get_status_display(), r.score, r.exam.maximum)
        for r in results
    )  # fmt: skip
    return csv_file("results", header, rows)


def _export(request: HttpRequest, students: Any, what: str, rows: int) -> None:
    """Written before the file leaves, so that none leaves without."""
    people: list[Student] = list(students)
    trace(request.user, people, what, AccessEvent.Door.EXPORT)
    schools = {each.school_id for each in people}
    record(request.user, f"exported {what}", school_id=min(schools) if len(schools) == 1 else None, rows=rows)


def _chosen(
    page: Any, request: HttpRequest, queryset: Any, verb: str = "edit", most: int = AT_ONCE
) -> list[Any] | None:
    """The chosen rows that the person may really see or change; nothing when there are too many for one go."""
    allowed = page.rows(request.user, verb).order_by().values("pk")
    rows = list(queryset.filter(pk__in=allowed)[: most + 1])
    if len(rows) > most:
        messages.error(request, f"That is more than {most:,} at once. Narrow the list by a search or a filter first.")
        return None
    if not rows:
        messages.error(request, "None of these is yours to change.")
        return None
    return rows


def _ask(page: Any, request: HttpRequest, form: forms.Form, chosen: list[Any], facts: dict[str, Any]) -> HttpResponse:
    context = {
        **page.admin_site.each_context(request),
        **facts,
        "form": form,
        "opts": page.opts,
        "media": page.media + form.media,
        "chosen": chosen,
        "checkbox": ACTION_CHECKBOX_NAME,
        "action": request.POST.get("action", ""),
        "is_ready": form.is_bound and form.is_valid(),
    }
    return TemplateResponse(request, "admin/students/bulk.html", context)


def _tell(request: HttpRequest, sentence: str) -> HttpResponse:
    messages.success(request, sentence)
    return redirect(request.get_full_path())


def _person(request: HttpRequest) -> User:
    """Signed in, or the site would not have let them come here."""
    return cast(User, request.user)
