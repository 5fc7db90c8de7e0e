"""Who works at the school: the list, one person, giving a role, ending it, giving a class."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from portal.accounts.models import User
from portal.kit.listed import asked_form, every_row, list_file
from portal.kit.pages import render_page
from portal.kit.tables import read_order, read_page, sort_rows
from students import handing_over, staffing
from students.models import Membership, School, SchoolClass
from students.reports.people_lists import staff_table
from students.roles import Role
from students.staffing import as_a
from students.summaries.ending import what_ends
from students.summaries.staff import MOST_CHOICES, person_page, staff_of, staff_rows
from students.web.staff_forms import EndForm, RoleForm, StaffFilter, TeachingForm
from students.web.staff_frame import (
    asked,
    chosen_in,
    did,
    person_of,
    post_of,
    school_kept,
    sent,
    signed_in,
    staff_tabs,
    status_of,
    typed,
)

COLUMNS = {"name": ("name",)}


@require_safe
@never_cache
def staff_list(request: HttpRequest) -> HttpResponse:
    school = school_kept(request)
    chosen = StaffFilter(request.GET)
    day = school.today()
    ended = chosen.asked("state") == "ended"
    told = {"role": chosen.asked("role"), "q": chosen.asked("q")}
    order = read_order(request, list(COLUMNS))
    rows = sort_rows(staff_of(school, user=request.user, on=day, ended=ended, **told), order, COLUMNS)
    dress = partial(staff_rows, school=school, user=request.user, on=day)
    if form := asked_form(request):
        return list_file(form, staff_table(every_row(rows, dress)))
    facts = {
        "listing": read_page(request, rows, dress),
        "order": order,
        "filter": chosen,
        "ended": ended,
        "day": day,
        "tabs": staff_tabs("staff"),
    }
    return render_page(request, "students/staff/list.html", facts)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def staff_person(request: HttpRequest, pk: int) -> HttpResponse:
    """One person in this school; a POST gives them a role."""
    school = school_kept(request)
    person = person_of(school, pk)
    roles = staffing.roles_given_by(signed_in(request), school)
    form = RoleForm(roles, sent(request), initial={"starts": school.today(), "role": Role.TEACHER})
    if form.is_valid():
        given = form.cleaned_data
        if did(form, lambda: staffing.grant_role(person, school, **given, by=signed_in(request)), day="starts"):
            facts = {"person": person, "role": as_a(given["role"]), "day": date_format(given["starts"], "j F Y")}
            messages.success(request, _("%(person)s is %(role)s from %(day)s.") % facts)
            return redirect("staff-person", pk)
    return _show_person(request, school, person, form)


def _show_person(request: HttpRequest, school: School, person: User, form: RoleForm) -> HttpResponse:
    page = person_page(person, school, user=request.user, on=school.today())
    facts = {
        "page": page,
        "form": form,
        "day": school.today(),
        "endable": {each.pk for each in page.roles if staffing.may_end(signed_in(request), each)},
        "Role": Role,
    }
    status = 422 if request.method == "POST" else 200
    return render_page(request, "students/staff/person.html", facts, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def role_end(request: HttpRequest, pk: int) -> HttpResponse:
    """First the day, then what ends with it, then the end: the last step carries the day in `sure`."""
    school = school_kept(request)
    post = post_of(request, school, pk)
    by = signed_in(request)
    staffing.check_may_grant(by, school, post.role, sees_demographics=post.sees_demographics)
    if request.POST.get("do") == "stay":
        return _stays(request, school, post)
    usual = {"on": max(school.today(), post.starts), "version": post.version, "with_duties": True}
    form = EndForm(post, sent(request), initial=usual)
    ending, is_own = None, post.user_id == by.pk
    is_sure = request.POST.get("sure") == request.POST.get("on") and not (is_own and "myself" not in request.POST)
    if form.is_valid():
        given = form.cleaned_data
        post.version = given["version"]
        if is_sure:
            duties = given.get("with_duties", False)
            if did(form, lambda: handing_over.end_role(post, by=by, on=given["on"], with_duties=duties), day="on"):
                return _ended(request, post)
        elif did(form, lambda: staffing.check_leader_remains(post, by=by, on=given["on"])):
            ending = what_ends(post, given["on"])
    facts = {
        "post": post,
        "form": form,
        "as_a": as_a(post.role),
        "ending": ending,
        "keeps": [as_a(role) for role in ending.keeps] if ending else (),
        "on": form.cleaned_data.get("on") if ending else None,
        "is_own": is_own,
        "is_unticked": is_own and "sure" in request.POST,
        "may_stay": post.ends is not None and post.ends >= school.today(),
    }
    status = 422 if request.method == "POST" and (ending is None or facts["is_unticked"]) else 200
    return render_page(request, "students/staff/role_end.html", facts, status=status)


def _ended(request: HttpRequest, post: Membership) -> HttpResponse:
    assert post.ends is not None  # it was set a moment ago
    facts = {"person": post.user, "role": as_a(post.role), "day": date_format(post.ends, "j F Y")}
    messages.success(request, _("%(person)s is %(role)s until %(day)s.") % facts)
    if post.user == request.user:
        return redirect("home")  # the staff pages may be closed to them from now on
    return redirect("staff-person", post.user_id)


def _stays(request: HttpRequest, school: School, post: Membership) -> HttpResponse:
    """Take the end of a role back. What ended with it stays ended: nobody knows here what of that is still wanted."""
    staffing.keep_role(post, by=signed_in(request), on=school.today())
    facts = {"person": post.user, "role": as_a(post.role)}
    messages.success(request, _("%(person)s is %(role)s until further notice.") % facts)
    return redirect("staff-person", post.user_id)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def staff_classes(request: HttpRequest, pk: int) -> HttpResponse:
    """Give this person a class: search it, choose it, say from when."""
    school = school_kept(request)
    person = person_of(school, pk)
    day = school.today()
    open_ones = SchoolClass.objects.visible_to(request.user).filter(school=school, term__ends__gte=day).with_frame()
    usual = {"starts": day, "ends": "", "is_lead": True, "version": 0}
    form = TeachingForm(sent(request), initial=typed(request, usual))
    wanted = chosen_in(request, "school_class")
    if form.is_bound:
        chosen = _class_in(open_ones, wanted)
        if chosen is None:
            form.add_error(None, _("Choose a class from the list."))
        elif form.is_valid():
            days = {name: form.cleaned_data[name] for name in ("starts", "ends", "is_lead")}
            if did(form, lambda: staffing.assign(person, chosen, by=signed_in(request), **days), day="starts"):
                messages.success(request, _("%(person)s teaches %(class)s.") % {"person": person, "class": chosen})
                return redirect("staff-person", pk)
    q = asked(request)
    found = list(open_ones.filter(name__icontains=q).order_by("grade_level", "name", "pk")[: MOST_CHOICES + 1])
    facts = {
        "person": person,
        "form": form,
        "q": q,
        "choices": found[:MOST_CHOICES],
        "has_more": len(found) > MOST_CHOICES,
        "chosen": wanted,
    }
    return render_page(request, "students/staff/classes.html", facts, fragment="choices", status=status_of(form))


def _class_in(rows: Any, asked_for: str) -> SchoolClass | None:
    is_key = asked_for.isascii() and asked_for.isdigit() and len(asked_for) < 16
    return rows.filter(pk=int(asked_for)).first() if is_key else None
