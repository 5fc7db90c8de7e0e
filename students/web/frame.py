"""What every page's frame shows: navigation by role, the school one is in, and the person's menu."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portal.accounts.preferences import DEFAULTS, Preferences, preferences_of
from portal.kit.navigation import added_places
from students.roles import KEEPERS, Role
from students.staffing import may_enter_back_office
from students.web.standpoint import CHOSEN, SchoolName, Standpoint, standpoint

SEES_CLASSES = KEEPERS | {Role.TEACHER, Role.COUNSELLOR, Role.STUDENT, Role.GUARDIAN}
SEES_EXAMS = KEEPERS | {Role.TEACHER}
SEES_STUDENTS = KEEPERS | {Role.TEACHER, Role.COUNSELLOR}
TAKES_ROLLS = KEEPERS | {Role.TEACHER}
HELPS = frozenset({Role.LEADER, Role.TEACHER, Role.COUNSELLOR})


@dataclass(frozen=True, slots=True)
class Item:
    """`current` is "page" for the page itself and "true" for one below it, as aria-current wants it."""

    label: str
    url: str
    current: str

    @property
    def is_current(self) -> bool:
        return bool(self.current)


@dataclass(frozen=True, slots=True)
class Frame:
    person: Any = None
    items: tuple[Item, ...] = ()
    school: SchoolName | None = None
    choices: tuple[SchoolName, ...] = ()
    has_office: bool = False
    look: Preferences = DEFAULTS


def frame(request: HttpRequest) -> dict[str, Frame]:
    """For every template; without a signed-in person it asks nothing."""
    if not getattr(getattr(request, "user", None), "is_authenticated", False):
        return {"frame": Frame()}
    here = standpoint(request)
    return {
        "frame": Frame(
            person=here.user,
            items=tuple(_items(here, request.path)),
            school=here.school,
            choices=here.choices,
            has_office=may_enter_back_office(here.user),
            look=preferences_of(here.user),
        )
    }


def _items(here: Standpoint, path: str) -> list[Item]:
    places = [
        (_("Today"), "home", None),
        (_("Classes"), "classes", SEES_CLASSES),
        (_("Roll"), "rolls", TAKES_ROLLS),
        (_("Exams"), "exams", SEES_EXAMS),
        (_("Students"), "students", SEES_STUDENTS),
        (_("Help"), "help", HELPS),
        (_("Staff"), "staff", KEEPERS),
        (_("Data"), "data", KEEPERS),
        *((str(place.label), place.name, place.roles) for place in added_places()),
    ]
    addresses = [(label, reverse(name), roles) for label, name, roles in places]
    return [
        Item(label, url, _current(url, path)) for label, url, roles in addresses if roles is None or roles & here.roles
    ]


def _current(url: str, path: str) -> str:
    if path == url:
        return "page"
    return "true" if url != "/" and path.startswith(url) else ""


@require_http_methods(["GET", "POST"])
def choose_school(request: HttpRequest) -> HttpResponse:
    """Remember which of one's schools is in view; one that is not theirs is passed over.

    A GET comes from the sign-in page, when the session ended before the choice was sent; it changes nothing.
    """
    asked = request.POST.get("school", "")
    if asked in {str(school.pk) for school in standpoint(request).choices}:
        request.session[CHOSEN] = int(asked)
    return redirect("home")
