"""The people of one class: enrol a pasted list, end or move some of them, move the whole class on, and take that back."""

from datetime import date
from typing import Any, cast
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from portal.accounts.models import User
from portal.kit.pages import render_page
from portal.kit.scoping import fetch
from students import enrolment, moving_on
from students.looking import note_look
from students.models import Enrolment, SchoolClass, Student
from students.next_year import next_name
from students.recognising import recognise
from students.summaries.beside import remarks_on
from students.taking_back import take_back
from students.web.enrol_forms import LeavingForm, ListForm, OnwardForm
from students.web.tabs import class_tabs


@require_http_methods(["GET", "POST"])
@never_cache
def class_enrol(request: HttpRequest, pk: int) -> HttpResponse:
    """Look at a pasted list first, then enrol it."""
    school_class = _class(request, pk)
    today = school_class.school.today()
    first = min(max(today, school_class.term.starts), school_class.term.ends)
    form = ListForm(
        request.POST if request.method == "POST" else None, school_class=school_class, initial={"starts": first}
    )
    facts: dict[str, Any] = {"form": form}
    if form.is_valid():
        found = recognise(form.cleaned_data["text"], school=school_class.school, user=request.user, chosen=form.chosen)
        if request.POST.get("step") == "enrol" and found.students:
            return _enrol(request, school_class, found.students, form)
        plan = enrolment.sort(found.students, school_class, form.cleaned_data["starts"])
        facts |= {
            "found": found,
            "plan": plan,
            "ready": remarks_on(plan.ready, school_class, form.cleaned_data["starts"]),
        }
    return _people_page(request, school_class, status=422 if form.errors else 200, **facts)


def _enrol(request: HttpRequest, school_class: SchoolClass, students: list[Student], form: ListForm) -> HttpResponse:
    batch = uuid4()
    done = enrolment.enrol_many(
        students, school_class, by=_person(request), on=form.cleaned_data["starts"], batch=batch
    )
    told = ngettext("%(n)d student was enrolled.", "%(n)d students were enrolled.", len(done.ready))
    return _done(request, school_class, told % {"n": len(done.ready)}, batch if done.ready else None)


@require_POST
@never_cache
def class_leave(request: HttpRequest, pk: int) -> HttpResponse:
    """End the enrolment of those who are chosen, or move them to another class of the same term."""
    school_class = _class(request, pk)
    today = school_class.school.today()
    form = LeavingForm(
        request.POST,
        school_class=school_class,
        inside=_inside(request, school_class, today),
        others=_others(request, school_class),
    )
    if not form.is_valid():
        return _people_page(request, school_class, status=422, leaving=form)
    chosen, batch = form.cleaned_data, uuid4()
    students = [each.student for each in chosen["enrolments"]]
    count = enrolment.leave_for(
        chosen["enrolments"], by=_person(request), on=chosen["last_day"], to=chosen["to"], batch=batch
    )
    words = ngettext("%(n)d enrolment ends on %(day)s.", "%(n)d enrolments end on %(day)s.", count)
    told = words % {"n": count, "day": date_format(chosen["last_day"], "d F Y")}
    if chosen["to"]:
        told += " " + _("From the next day on they are in %(name)s.") % {"name": chosen["to"]}
    note_look(request.user, students, what="enrolment", door="page")
    return _done(request, school_class, told, batch if count else None)


@require_http_methods(["GET", "POST"])
@never_cache
def class_next(request: HttpRequest, pk: int) -> HttpResponse:
    school_class = _class(request, pk)
    today = school_class.school.today()
    people = moving_on.people_at_the_end(school_class, on=today)
    students = Student.objects.visible_to(request.user).filter(pk__in=people.order_by().values("student"))
    staying = students.filter(status=Student.Status.ENROLLED)
    terms = moving_on.later_terms(school_class)
    form = OnwardForm(
        request.POST if request.method == "POST" else None,
        school_class=school_class,
        terms=terms,
        students=students,
        initial=_suggested(school_class, terms),
    )
    if form.is_valid():
        batch = uuid4()
        onward = moving_on.Onward(**form.cleaned_data)
        made = moving_on.move_on(school_class, onward, by=_person(request), batch=batch)
        told = _("%(name)s was made in %(term)s.") % {"name": made, "term": made.term}
        return _done(request, made, told, batch, asked_at=school_class)
    kept = (
        set(request.POST.getlist("students"))
        if request.POST
        else {str(pk) for pk in staying.values_list("pk", flat=True)}
    )
    facts = {
        "school_class": school_class,
        "form": form,
        "students": list(students),
        "kept": kept,
        "terms": terms,
        "tabs": class_tabs(request, school_class, current="class-next"),
    }
    note_look(request.user, facts["students"], what="enrolment", door="page")
    return render_page(request, "students/enrol/next.html", facts, status=422 if form.errors else 200)


@require_POST
@never_cache
def class_undo(request: HttpRequest, pk: int, batch: UUID) -> HttpResponse:
    school_class = _class(request, pk)
    done = take_back(batch, school_class, by=_person(request), at=timezone.now())
    messages.success(request, _("Taken back."))
    if done.left:
        messages.warning(request, done.told_left)
    return redirect("class-enrol", school_class.pk)


# --- what these pages share ---------------------------------------------------------------------------------
def _person(request: HttpRequest) -> User:
    return cast(User, request.user)


def _class(request: HttpRequest, pk: int) -> SchoolClass:
    found: SchoolClass = fetch(SchoolClass.objects.with_frame(), request.user, verb="edit", pk=pk)
    return found


def _inside(request: HttpRequest, school_class: SchoolClass, today: date) -> Any:
    """Who is or will be in the class; of one that has ended, who was in it to the end."""
    rows = Enrolment.objects.editable_by(request.user).filter(school_class=school_class)
    lasting = rows.exclude(ends__lt=min(today, school_class.term.ends)).select_related("student", "school_class")
    return lasting.order_by("student__family_name", "student__given_name", "pk")


def _others(request: HttpRequest, school_class: SchoolClass) -> Any:
    """The classes beside this one: the same subject and term, and the same grade."""
    rows = SchoolClass.objects.editable_by(request.user).filter(
        school=school_class.school_id, term=school_class.term_id, subject=school_class.subject_id
    )
    if school_class.grade_level is not None:
        rows = rows.filter(grade_level=school_class.grade_level)
    return rows.exclude(pk=school_class.pk)


def _people_page(request: HttpRequest, school_class: SchoolClass, *, status: int = 200, **facts: Any) -> HttpResponse:
    today = school_class.school.today()
    inside = _inside(request, school_class, today)
    last = min(max(today, school_class.term.starts), school_class.term.ends)
    facts.setdefault("form", ListForm(school_class=school_class, initial={"starts": last}))
    facts.setdefault(
        "leaving",
        LeavingForm(
            school_class=school_class, inside=inside, others=_others(request, school_class), initial={"last_day": last}
        ),
    )
    people = list(inside)
    for each in people:
        each.when = "ahead" if each.starts > today else "now"
    chosen = set(request.POST.getlist("enrolments"))
    shared = {
        "school_class": school_class,
        "inside": people,
        "has_ended": school_class.term.ends < today,
        "chosen": chosen,
        "undo": request.session.pop("undo", None),
        "tabs": class_tabs(request, school_class, current="class-enrol"),
    }
    note_look(request.user, [each.student for each in people], what="enrolment", door="page")
    return render_page(request, "students/enrol/people.html", {**shared, **facts}, status=status)


def _done(
    request: HttpRequest, school_class: SchoolClass, told: str, batch: UUID | None, asked_at: SchoolClass | None = None
) -> HttpResponse:
    """Say so, and keep for the next page how it can be taken back."""
    messages.success(request, told)
    if batch:
        request.session["undo"] = {"batch": str(batch), "school_class": (asked_at or school_class).pk}
    return redirect("class-enrol", school_class.pk)


def _suggested(school_class: SchoolClass, terms: Any) -> dict[str, Any]:
    """The next term; and a grade higher if that is another year."""
    target = next(iter(terms), None)
    same_year = target is not None and target.parent_id is not None and target.parent_id == school_class.term.parent_id
    grade = school_class.grade_level
    if same_year or grade is None:
        return {"target": target, "name": school_class.name, "grade_level": grade}
    return {"target": target, "name": next_name(school_class.name, grade), "grade_level": min(grade + 1, 14)}
