"""What the pages about staff share: whose school they are about, their tabs, choosing a person, and telling a refusal."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.kit.errors import DomainError, NotAllowed
from portal.kit.scoping import grants_of
from students.models import Membership, School
from students.roles import KEEPERS
from students.staffing import DAYS
from students.summaries.staff import MOST_CHOICES, holders, named, with_duties
from students.web.frame import Item
from students.web.standpoint import standpoint

LONGEST_SEARCH = 80


def school_kept(request: HttpRequest) -> School:
    """The school in view, if this person leads it or keeps its office. Raises NotAllowed. One query."""
    here = standpoint(request)
    if here.school is None or here.school.pk not in grants_of(request.user).of(KEEPERS):
        raise NotAllowed(_("Only leaders and the office open the pages about staff."))
    return School.objects.get(pk=here.school.pk)


def person_of(school: School, pk: int) -> User:
    """Somebody who has or had a role in this school; everybody else does not exist here."""
    person = User.objects.filter(pk=pk, memberships__school=school).distinct().first()
    if person is None:
        raise Http404
    return person


def post_of(request: HttpRequest, school: School, pk: int) -> Membership:
    rows = Membership.objects.visible_to(request.user).filter(school=school)
    post = rows.select_related("school", "user").filter(pk=pk).first()
    if post is None:
        raise Http404
    return post


def signed_in(request: HttpRequest) -> User:
    return cast(User, request.user)


def staff_tabs(current: str) -> list[Item]:
    pages = ((_("People"), "staff"), (_("Caseloads"), "caseloads"), (_("Invitations"), "invitations"))
    return [Item(label, reverse(name), "page" if name == current else "") for label, name in pages]


def asked(request: HttpRequest) -> str:
    given = request.POST if request.method == "POST" else request.GET
    return given.get("q", "").replace("\x00", "").strip()[:LONGEST_SEARCH]


def sent(request: HttpRequest) -> Any:
    """What is to be done, for a form; a search amid the form (its first button, so Enter) does nothing yet."""
    return request.POST if request.method == "POST" and not _is_search(request) else None


def typed(request: HttpRequest, usual: dict[str, Any]) -> dict[str, Any]:
    """What a form starts with: the usual, or after a search whatever was typed before it."""
    if not _is_search(request):
        return usual
    return {
        name: name in request.POST if isinstance(value, bool) else request.POST.get(name, "")
        for name, value in usual.items()
    }


def _is_search(request: HttpRequest) -> bool:
    return request.method == "POST" and request.POST.get("do") == "search"


def chosen_in(request: HttpRequest, name: str) -> str:
    """What was chosen in a list that a search has narrowed since."""
    return (request.POST if request.method == "POST" else request.GET).get(name, "")


@dataclass(frozen=True, slots=True)
class Pick:
    """A few people to choose from; with more than fit, a search narrows them down."""

    q: str
    rows: tuple[Any, ...]
    has_more: bool
    chosen: str = ""


def pick_person(request: HttpRequest, school: School, role: str, *, but: Any = ()) -> Pick:
    day = school.today()
    q = asked(request)
    rows = named(holders(school, role, user=request.user, on=day), q).exclude(pk__in=but)
    found = list(with_duties(rows[: MOST_CHOICES + 1], school=school, on=day))
    return Pick(q, tuple(found[:MOST_CHOICES]), len(found) > MOST_CHOICES, chosen_in(request, "person"))


def did(form: forms.Form, do: Callable[[], Any], *, day: str = "") -> bool:
    """Whether the room did it. A refusal is told above the form, one of the days at the field `day`.

    What is not allowed stays a page of its own."""
    try:
        do()
    except NotAllowed:
        raise
    except DomainError as refusal:
        form.add_error(day if day and refusal.code == DAYS else None, refusal.sentence)
        return False
    return True


def status_of(form: forms.Form) -> int:
    """Bad input is answered with the form again, and a status that says so."""
    return 422 if form.is_bound and not form.is_valid() else 200
