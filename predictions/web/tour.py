"""The tour: what a prediction is and is not, a step to a page, signed on the last one; and who of the staff has signed."""

from functools import partial
from typing import Any, cast
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.accounts.acknowledging import acknowledge
from portal.accounts.models import User
from portal.backoffice.downloads import MOST, csv_file
from portal.kit.errors import NotAllowed
from portal.kit.pages import render_page
from portal.kit.scoping import grants_of
from portal.kit.tables import read_page
from predictions.summaries.held import ranges_held
from predictions.summaries.signing import Text, counted, signed_rows, staff_to_sign
from predictions.web.here import Here, here
from predictions.web.toured import EDITIONS, FAMILY_TOUR, LATER, READERS, STAFF_TOUR, has_signed, tour_for
from students.roles import KEEPERS

STEPS = {
    STAFF_TOUR: (
        ("figure", gettext_lazy("What you see")),
        ("range", gettext_lazy("What a range says")),
        ("limits", gettext_lazy("What it is not")),
        ("sources", gettext_lazy("Where it comes from")),
        ("judgement", gettext_lazy("Your judgement counts")),
    ),
    FAMILY_TOUR: (
        ("family_range", gettext_lazy("A range, not a fate")),
        ("family_rights", gettext_lazy("Where it comes from, and whom to ask")),
    ),
}


class SignForm(forms.Form):
    """`edition` is the one that was read: if the text changed meanwhile, the person is asked to read again."""

    edition = forms.IntegerField(min_value=1, max_value=32_000)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def tour(request: HttpRequest) -> HttpResponse:
    """One step; a POST signs. Who has no role in a school may read it and has nothing to sign."""
    if request.method != "POST":
        return _show(request, request.GET.get("step", ""))
    user = cast(User, request.user)
    what = tour_for(user)
    if not what:
        raise NotAllowed(_("Who works at a school or belongs to a student signs here. You may read it all the same."))
    form = SignForm(request.POST)
    if not form.is_valid() or form.cleaned_data["edition"] != EDITIONS[what]:
        messages.error(
            request, _("Nothing was signed: the text has changed since you opened it. Please read it again.")
        )
        return _show(request, "", status=422)
    acknowledge(user, what, EDITIONS[what], by=user)
    messages.success(request, _("Thank you. You find this again in your menu under “How to read predictions”."))
    return redirect(_after(request))


@require_POST
def later(request: HttpRequest) -> HttpResponse:
    """Not now: for as long as this session lasts nothing leads to the tour any more."""
    request.session[LATER] = True
    return redirect(_after(request))


@require_safe
@never_cache
def who(request: HttpRequest) -> HttpResponse:
    at, text = _kept(request), Text(STAFF_TOUR, EDITIONS[STAFF_TOUR])
    missing = request.GET.get("state") == "missing"
    people = staff_to_sign(at.school, user=at.user, only_missing=text if missing else None)
    signed, everybody = counted(at.school, text, user=at.user)
    facts = {
        "here": at,
        "listing": read_page(request, people, partial(_in_order, at=at, text=text)),
        "text": text,
        "signed": signed,
        "everybody": everybody,
        "tabs": _tabs(at, missing),
    }
    return render_page(request, "predictions/tour_who.html", facts)


@require_safe
@never_cache
def who_file(request: HttpRequest) -> HttpResponse:
    at, text = _kept(request), Text(STAFF_TOUR, EDITIONS[STAFF_TOUR])
    people = staff_to_sign(at.school, user=at.user)[:MOST]
    header = (_("Name"), _("E-mail"), _("Roles"), _("Signed on"), _("Edition"), _("Edition of today"))
    rows = (
        (each.person.name, each.person.email, ", ".join(each.roles), each.at.date() if each.at else "",
         each.edition, text.edition)
        for each in signed_rows(people, text, school=at.school, user=at.user)
    )  # fmt: skip
    return csv_file(f"tour-{at.school.slug}-{date_format(at.school.today(), 'Y-m-d')}", header, rows)


def _in_order(people: Any, *, at: Here, text: Text) -> Any:
    return signed_rows(people, text, school=at.school, user=at.user)


def _tabs(at: Here, missing: bool) -> list[dict[str, Any]]:
    chosen = {"school": str(at.school.pk)} if at.query else {}
    parts = ((_("Everybody"), False, chosen), (_("Not yet signed"), True, {**chosen, "state": "missing"}))
    return [
        {"url": f"?{urlencode(asked)}", "label": label, "is_current": each == missing, "current": "page"}
        for label, each, asked in parts
    ]


def _kept(request: HttpRequest) -> Here:
    """Raises NotAllowed for who keeps no school: who has read what is a record about people at work."""
    at = here(request)
    if at.school.pk not in grants_of(request.user).of(KEEPERS):
        raise NotAllowed(_("Leaders and the office see who has signed."))
    return at


def _show(request: HttpRequest, asked: str, status: int = 200) -> HttpResponse:
    user = request.user
    what = tour_for(user) or STAFF_TOUR
    steps = STEPS[what]
    number = int(asked) if asked in {str(place) for place in range(1, len(steps) + 1)} else 1
    name, title = steps[number - 1]
    facts = {
        "steps": [(place, each, _address(request, place)) for place, (_name, each) in enumerate(steps, 1)],
        "number": number,
        "title": title,
        "template": f"predictions/tour/{name}.html",
        "previous": _address(request, number - 1) if number > 1 else "",
        "following": _address(request, number + 1) if number < len(steps) else "",
        "next": _after(request, otherwise=""),
        "edition": EDITIONS[what],
        "may_sign": bool(tour_for(user)),
        "has_signed": has_signed(user),
        "held": ranges_held(user) if name == "range" else None,
        "may_see_who": bool(grants_of(user).of(KEEPERS)),
        "may_try": bool(grants_of(user).of(READERS[STAFF_TOUR])),
    }
    return render_page(request, "predictions/tour.html", facts, status=status)


def _address(request: HttpRequest, step: int) -> str:
    asked = {"step": str(step), "next": _after(request, otherwise="")}
    return f"?{urlencode({name: value for name, value in asked.items() if value})}"


def _after(request: HttpRequest, otherwise: str | None = None) -> str:
    """Where the person was going: an address of this portal, or the first page."""
    asked = request.POST.get("next") or request.GET.get("next", "")
    hosts = {request.get_host()}
    if asked.startswith("/") and url_has_allowed_host_and_scheme(
        asked, allowed_hosts=hosts, require_https=request.is_secure()
    ):
        return asked
    return reverse("home") if otherwise is None else otherwise
