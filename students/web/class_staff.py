"""Who teaches one class: adding a teacher, other days, and handing the class over."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from portal.kit.pages import render_page
from portal.kit.scoping import fetch
from students import handing_over, staffing
from students.models import SchoolClass, Teaching
from students.roles import Role
from students.standing import check_may_keep
from students.summaries.staff import class_staff, holders
from students.web.staff_forms import HandOverForm, TeachForm, TeachingForm
from students.web.staff_frame import did, pick_person, sent, signed_in, status_of, typed
from students.web.tabs import class_tabs

CHANGED = ("starts", "ends", "is_lead")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def class_teachers(request: HttpRequest, pk: int) -> HttpResponse:
    school_class = _kept(request, pk)
    day = school_class.school.today()
    term, is_over = school_class.term, school_class.term.ends < day
    usual: dict[str, Any] = {"starts": max(day, term.starts), "ends": "", "is_lead": True}
    if is_over:
        usual |= {"starts": term.starts, "ends": term.ends}
    form = TeachForm(_teachers(request, school_class), sent(request), initial=typed(request, usual))
    form.within(term)
    if form.is_valid():
        person, days = form.cleaned_data["person"], {name: form.cleaned_data[name] for name in CHANGED}
        days["ends"] = days["ends"] or (term.ends if is_over else None)
        if did(form, lambda: staffing.assign(person, school_class, by=signed_in(request), **days), day="starts"):
            messages.success(request, _("%(person)s teaches %(class)s.") % {"person": person, "class": school_class})
            return redirect("class-staff", pk)
    facts = {
        "school_class": school_class,
        "staff": class_staff(school_class, user=request.user, on=day),
        "form": form,
        "day": day,
        "is_over": is_over,
        "is_correcting": request.method == "POST",
        "pick": pick_person(request, school_class.school, Role.TEACHER),
        "tabs": class_tabs(request, school_class, current="class-staff"),
    }
    return render_page(request, "students/staff/class.html", facts, fragment="choices", status=status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def class_teaching(request: HttpRequest, pk: int, teaching: int) -> HttpResponse:
    """Other days for somebody who teaches the class, an end, or taking back what has not begun."""
    school_class = _kept(request, pk)
    row = Teaching.objects.filter(school_class=school_class).select_related("teacher", "school_class__term")
    found = row.filter(pk=teaching).first()
    if found is None:
        raise Http404
    day = school_class.school.today()
    usual = {**{name: getattr(found, name) for name in CHANGED}, "version": found.version}
    form = TeachingForm(sent(request), initial=usual)
    form.within(school_class.term)
    if request.method == "POST" and request.POST.get("do") == "call-off":
        handing_over.call_off(found, by=signed_in(request), today=day)
        messages.success(request, _("%(person)s will not teach this class.") % {"person": found.teacher})
        return redirect("class-staff", pk)
    if request.method == "POST" and form.is_valid():
        for name in (*CHANGED, "version"):
            setattr(found, name, form.cleaned_data[name])
        if did(form, lambda: handing_over.change_teaching(found, by=signed_in(request)), day="starts"):
            messages.success(request, _("The days of %(person)s are saved.") % {"person": found.teacher})
            return redirect("class-staff", pk)
    facts = {"school_class": school_class, "teaching": found, "form": form, "is_ahead": usual["starts"] > day}
    return render_page(request, "students/staff/teaching.html", facts, status=status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def class_hand_over(request: HttpRequest, pk: int) -> HttpResponse:
    school_class = _kept(request, pk)
    school = school_class.school
    day = school.today()
    teachings = handing_over.open_by_class(school_class, day)
    usual = {"on": max(day, school_class.term.starts), "teaching": request.GET.get("from", "")}
    form = HandOverForm(teachings, _teachers(request, school_class), sent(request), initial=typed(request, usual))
    if form.is_valid():
        given = form.cleaned_data
        old, to, on = given["teaching"], given["person"], given["on"]
        if did(form, lambda: handing_over.hand_over_class(old, to, by=signed_in(request), on=on), day="on"):
            facts = {"class": school_class, "person": to, "day": date_format(on, "j F Y")}
            messages.success(request, _("%(person)s teaches %(class)s from %(day)s.") % facts)
            return redirect("class-staff", pk)
    facts = {
        "school_class": school_class,
        "form": form,
        "teachings": list(teachings),
        "is_over": school_class.term.ends < day,
        "pick": pick_person(request, school, Role.TEACHER),
    }
    return render_page(request, "students/staff/hand_over.html", facts, fragment="choices", status=status_of(form))


def _kept(request: HttpRequest, pk: int) -> SchoolClass:
    """404 where the class is unseen, 403 where its people are not this person's to keep."""
    school_class: SchoolClass = fetch(SchoolClass.objects.with_frame(), request.user, pk=pk)
    check_may_keep(request.user, school_class)
    return school_class


def _teachers(request: HttpRequest, school_class: SchoolClass) -> Any:
    school = school_class.school
    return holders(school, Role.TEACHER, user=request.user, on=school.today())
