"""Rows of the access matrix for the back office: the same seven addresses for every record, and what differs.

An expectation is written `status: people; status: people`. Who works in the back office and is not named gets 403, like
everybody else who is signed in; who is not signed in is sent to sign in. The objects asked for are Lakeside's, so that
Wanda, who leads the school next door, must find nothing.
"""

from typing import Any

from django.contrib import admin
from django.db.models import Model

from students.models import School, SchoolPolicy
from tests import make
from tests.cast import EVERYONE, Cast
from tests.house.matrix import Row

ALL = "hana otto dora wanda root"
OURS = "200: hana otto dora root; 404: wanda"
OBJECT = "<path:object_id>/"
USUAL = {
    ("GET", ""): f"200: {ALL}",
    ("POST", ""): f"200: {ALL}",
    ("GET", "add/"): f"200: {ALL}",
    ("POST", "add/"): f"200: {ALL}",
    ("GET", f"{OBJECT}change/"): OURS,
    ("POST", f"{OBJECT}change/"): OURS,
    ("GET", f"{OBJECT}history/"): OURS,
    ("GET", f"{OBJECT}delete/"): "",
    ("POST", f"{OBJECT}delete/"): "",
    ("GET", OBJECT): f"302: {ALL}",
}


def both(suffix: str, told: str) -> dict[tuple[str, str], str]:
    return {(method, suffix): told for method in ("GET", "POST")}


NEVER_WRITTEN = both("add/", "") | {("POST", f"{OBJECT}change/"): ""}
# The school's frame may be removed while nothing hangs on it; of this school's only two such records stand free.
REMOVABLE = both(f"{OBJECT}delete/", OURS)
IN_USE = both(f"{OBJECT}delete/", "404: wanda")
# The trail of what happened: leaders read that of their school, nobody writes in it.
TRAIL = (
    NEVER_WRITTEN
    | both("", "200: hana dora wanda root")
    | {("GET", f"{OBJECT}change/"): "200: hana dora root; 404: wanda"}
    | {("GET", f"{OBJECT}history/"): "200: hana dora root; 404: otto wanda"}
)
UNUSUAL: dict[str, dict[tuple[str, str], str]] = {
    **dict.fromkeys([f"students.{name}" for name in ("term", "subject", "schoolclass", "exam", "indicator")], IN_USE),
    "students.gradescale": REMOVABLE,
    "students.release": REMOVABLE | {("POST", f"{OBJECT}change/"): "302: hana otto dora root; 404: wanda"},
    "students.school": both("add/", "200: root") | {("POST", f"{OBJECT}change/"): "200: hana dora root; 404: wanda"},
    # Only leaders decide what a school demands; an empty form is a decision too: nothing is demanded.
    "students.schoolpolicy": both("add/", "200: hana dora wanda root")
    | {("POST", f"{OBJECT}change/"): "302: hana dora root; 404: wanda"},
    # Without the right to protected facts not even their list is there.
    "students.demographics": both("", "200: root")
    | both("add/", "200: root")
    | {("GET", f"{OBJECT}change/"): "200: root; 404: hana otto dora wanda"}
    | {("POST", f"{OBJECT}change/"): "200: root"}
    | {("GET", f"{OBJECT}history/"): "200: root; 404: hana otto dora wanda"},
    "students.intervention": NEVER_WRITTEN,
    "students.note": NEVER_WRITTEN,
    "accounts.user": both("add/", "") | {("POST", f"{OBJECT}change/"): "200: root"},
    "accounts.invitation": {("POST", f"{OBJECT}change/"): ""},
    "audit.auditevent": TRAIL,
    "audit.accessevent": TRAIL,
    "audit.change": TRAIL,
    "jobs.job": NEVER_WRITTEN
    | both("", "200: root")
    | {("GET", f"{OBJECT}change/"): "404: root"}
    | {("GET", f"{OBJECT}history/"): f"404: {ALL}"},
}
NO_JOB = "7a3f9d0e-0000-4000-8000-000000000000"


def told(expectation: str) -> dict[str, int]:
    found = {}
    for part in filter(None, expectation.split("; ")):
        status, people = part.split(": ")
        found |= dict.fromkeys(people.split(), int(status))
    return found


def row(method: str, route: str, address: str, expectation: str) -> Row:
    return Row(method, f"office/{route}", f"/office/{address}", yes="", no=403, but=told(expectation))


def prepare(cast: Cast) -> None:
    """One record of Lakeside of every kind."""
    make.make_observation(cast.sam, make.make_indicator(cast.lakeside))
    make.make_participation(cast.sam)
    make.make_help(cast.sam, cast.ada)
    make.make_note(cast.sam, cast.ada)
    make.make_release(cast.test, cast.maths, by=cast.ada)
    SchoolPolicy.objects.get_or_create(school=cast.lakeside)
    make.make_invitation(cast.otto, cast.lakeside)
    make.make_audit_trail(cast.hana, cast.sam)


def ours(model: type[Model], cast: Cast) -> Any:
    if model is School:
        return cast.lakeside.pk
    if model._meta.label_lower == "jobs.job":
        return NO_JOB
    return model._base_manager.order_by("pk").values_list("pk", flat=True)[0]


def office_rows(cast: Cast | None = None) -> list[Row]:
    """Without a cast, the addresses alone."""
    if cast:
        prepare(cast)
    rows = []
    for model in admin.site._registry:
        label = model._meta.label_lower
        expected = USUAL | UNUSUAL.get(label, {})
        base = f"{label.replace('.', '/')}/"
        key = ours(model, cast) if cast else 0
        for (method, suffix), told_of in expected.items():
            rows.append(row(method, base + suffix, base + suffix.replace("<path:object_id>", str(key)), told_of))
    return rows


TO_SIGN_IN = f"302: {' '.join(EVERYONE)}"
OFFICE = [
    row("GET", "", "", f"200: {ALL}"),
    row("POST", "", "", f"200: {ALL}"),
    row("GET", "login/", "login/", TO_SIGN_IN),
    row("GET", "logout/", "logout/", f"302: {ALL}"),
    row("GET", "password_change/", "password_change/", f"302: {ALL}"),
    row("GET", "jsi18n/", "jsi18n/", f"200: {ALL}"),
    row("GET", "autocomplete/", "autocomplete/", ""),
    row("GET", "^(?P<app_label>students|accounts|audit|jobs)/$", "students/", f"200: {ALL}"),
    row("GET", "students/school/<int:pk>/next-year/", "students/school/{lakeside}/next-year/", OURS),
    row("GET", "(?P<url>.*)$", "nonsense", f"404: {ALL}"),
]
