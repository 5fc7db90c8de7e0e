"""Invitations of the school: who was asked and what became of it; asking many, sending again, taking back."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.accounts.invitations import VALID_FOR
from portal.accounts.models import Invitation
from portal.kit.listed import asked_form, list_file
from portal.kit.pages import render_page
from portal.kit.tables import read_page
from students import inviting, staffing
from students.inviting import Wish
from students.models import School
from students.recognising import recognise
from students.reports.people_lists import invitations_table
from students.roles import Role
from students.staffing import as_a
from students.web.staff_forms import InviteForm
from students.web.staff_frame import asked, did, school_kept, sent, signed_in, staff_tabs, status_of


@dataclass(frozen=True, slots=True)
class State:
    """One of the four things that can have become of an invitation, with how many there are."""

    key: str
    label: str
    count: int
    is_chosen: bool


def _dressed(rows: Iterable[Any]) -> list[Any]:
    """With `sent_again`, the time of the newest link where that is not the first one."""
    found = list(rows)
    for each in found:
        latest = each.expires_at - VALID_FOR
        each.sent_again = latest if latest - each.invited_at > timedelta(minutes=1) else None
    return found


def _states() -> dict[str, Q]:
    now = timezone.now()
    waiting = Q(accepted_at=None, revoked_at=None)
    return {
        "open": waiting & Q(expires_at__gt=now),
        "accepted": Q(accepted_at__isnull=False),
        "expired": waiting & Q(expires_at__lte=now),
        "revoked": Q(revoked_at__isnull=False, accepted_at=None),
    }


@require_safe
@never_cache
def invitation_list(request: HttpRequest) -> HttpResponse:
    school = school_kept(request)
    states = _states()
    wanted = request.GET.get("state", "")
    key = wanted if wanted in states else "open"
    rows: QuerySet[Invitation] = Invitation.objects.filter(school_id=school.pk)
    counts = rows.order_by().aggregate(**{name: Count("pk", filter=found) for name, found in states.items()})
    labels = {"open": _("Open"), "accepted": _("Accepted"), "expired": _("Expired"), "revoked": _("Withdrawn")}
    q = asked(request)
    found = rows.filter(states[key]).filter(Q(email__icontains=q) | Q(name__icontains=q))
    found = found.select_related("invited_by").order_by("-invited_at", "-pk")
    if form := asked_form(request):
        return list_file(form, invitations_table(found))
    facts = {
        "states": [State(name, labels[name], counts[name], name == key) for name in states],
        "state": key,
        "listing": read_page(request, found, _dressed),
        "given": staffing.roles_given_by(signed_in(request), school),
        "roles": dict(Role.choices),
        "q": q,
        "tabs": staff_tabs("invitations"),
    }
    return render_page(request, "students/staff/invitations.html", facts)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def invite(request: HttpRequest) -> HttpResponse:
    """The list is looked over first, line by line; what is in order is sent when `sure`."""
    school = school_kept(request)
    roles = staffing.roles_given_by(signed_in(request), school)
    usual = {"starts": school.today(), "role": Role.TEACHER, **_as_before(request, school)}
    form = InviteForm(roles, school, sent(request), initial=usual)
    facts: dict[str, Any] = {"form": form, "school": school}
    if form.is_valid():
        wish = _wish(request, school, form)
        guests = inviting.look_over(form.cleaned_data["addresses"], wish)
        _check_guests(form, wish, guests)
        is_sure = form.is_valid() and request.POST.get("sure") == "yes"
        if is_sure and did(form, lambda: inviting.invite_all(guests.good, wish, by=signed_in(request))):
            return _sent(request, len(guests.good))
        if form.is_valid():
            facts |= {"guests": guests, "role": as_a(wish.role), "wish": wish}
    return render_page(request, "students/staff/invite.html", facts, status=status_of(form))


def _as_before(request: HttpRequest, school: School) -> dict[str, Any]:
    """The form filled as it was for an invitation of this school that is to be sent anew; nothing for any other."""
    key = request.GET.get("again", "")
    if not (key.isascii() and key.isdigit() and len(key) < 16):
        return {}
    old = Invitation.objects.filter(pk=int(key), school_id=school.pk).first()
    if old is None:
        return {}
    students = "\n".join(f"#{pk}" for pk in old.facts.get("students", []))
    address = f"{old.name} <{old.email}>" if old.name else old.email
    return {"role": old.role, "addresses": address, "students": students}


def _wish(request: HttpRequest, school: School, form: InviteForm) -> Wish:
    given = form.cleaned_data
    found = recognise(given["students"], school=school, user=request.user)
    for line in found.unclear:
        numbers = ", ".join(f"#{each.pk} ({_('grade')} {each.grade_level})" for each in line.choices)
        form.add_error("students", f"{line.sentence} {numbers}".strip())
    students = tuple(each.pk for each in found.students)
    return Wish(school, given["role"], given["starts"], given["ends"], students)


def _check_guests(form: InviteForm, wish: Wish, guests: inviting.Guests) -> None:
    if wish.role == Role.GUARDIAN and not wish.students and not form.has_error("students"):
        form.add_error("students", _("Say whose guardian this is; a guardian sees nobody otherwise."))
    if wish.role == Role.STUDENT and (len(wish.students) != 1 or len(guests.seats) != 1):
        form.add_error("students", _("Invite one student at a time, and name the record the account is for."))
    if wish.students and wish.role not in (Role.GUARDIAN, Role.STUDENT):
        form.add_error("students", _("Only a guardian or a student is invited for particular students."))
    if not guests.seats:
        form.add_error("addresses", _("Write at least one address."))


def _sent(request: HttpRequest, count: int) -> HttpResponse:
    sentence = ngettext("%(n)s invitation is on its way.", "%(n)s invitations are on their way.", count)
    messages.success(request, sentence % {"n": count})
    return redirect("invitations")


def _fetch(request: HttpRequest, pk: int) -> Invitation:
    school = school_kept(request)
    found = Invitation.objects.select_related("invited_by").filter(pk=pk, school_id=school.pk).first()
    if found is None:
        raise Http404
    return found


@require_POST
def invitation_again(request: HttpRequest, pk: int) -> HttpResponse:
    invitation = _fetch(request, pk)
    inviting.send_again(invitation, by=signed_in(request))
    messages.success(request, _("A new link is on its way to %(email)s.") % {"email": invitation.email})
    return redirect("invitations")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def invitation_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    invitation = _fetch(request, pk)
    if request.method == "POST":
        inviting.revoke(invitation, by=signed_in(request))
        messages.success(request, _("The invitation for %(email)s is withdrawn.") % {"email": invitation.email})
        return redirect("invitations")
    facts = {"invitation": invitation, "role": as_a(invitation.role)}
    return render_page(request, "students/staff/invitation_revoke.html", facts)
