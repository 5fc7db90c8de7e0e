"""Whose models a page is about, and what the person may do there: a school or a district in which they work."""

from dataclasses import dataclass
from typing import Any, cast

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.kit.errors import NotAllowed
from portal.kit.scoping import grants_of
from predictions.access import ORDERERS, SEES_MODELS
from students.models import School
from students.roles import LEADERS

IN_VIEW = "school"  # the school that the person chose above every page


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the schools and districts to choose from; `url` is what its pages carry behind their address."""

    school: School
    url: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Here:
    """`query` goes behind the addresses of pages about this school, where it is not the one shown anyway."""

    user: User
    school: School
    choices: tuple[Choice, ...]
    may_order: bool
    may_decide: bool
    query: str


def here(request: HttpRequest, roles: frozenset[str] = SEES_MODELS) -> Here:
    """Two queries. Raises NotAllowed for who has none of the roles anywhere, Http404 for a school that is not theirs."""
    user, grants = cast(User, request.user), grants_of(request.user)
    schools = list(School.objects.filter(pk__in=grants.of(roles)).order_by("name", "pk"))
    if not schools:
        raise NotAllowed(_("Leaders, the office and analysts see the models of their school."))
    usual = _usual(request, schools)
    school = _asked(request, schools) or usual
    choices = tuple(Choice(each, _query(each, usual), each == school) for each in schools)
    return Here(
        user=user,
        school=school,
        choices=choices if len(choices) > 1 and _has_district(schools) else (),
        may_order=may_order(user, school),
        may_decide=may_decide(user, school),
        query=_query(school, usual),
    )


def may_order(user: Any, school: School) -> bool:
    return school.pk in grants_of(user).of(ORDERERS)


def may_decide(user: Any, school: School) -> bool:
    return school.pk in grants_of(user).of(LEADERS)


def _has_district(schools: list[School]) -> bool:
    """Schools alone are chosen above every page; a district is in view on these pages only."""
    return any(each.kind == School.Kind.DISTRICT for each in schools)


def _usual(request: HttpRequest, schools: list[School]) -> School:
    """The school in view above the page, else the first by name; a district only where there is nothing else."""
    chosen = request.session.get(IN_VIEW)
    plain = [each for each in schools if each.kind == School.Kind.SCHOOL] or schools
    return next((each for each in plain if each.pk == chosen), plain[0])


def _asked(request: HttpRequest, schools: list[School]) -> School | None:
    """Raises Http404 for one that is not the person's: what was meant for it must not happen to another of theirs."""
    asked = request.POST.get(IN_VIEW) or request.GET.get(IN_VIEW, "")
    found = next((each for each in schools if str(each.pk) == asked), None)
    if asked and found is None:
        raise Http404
    return found


def _query(school: School, usual: School) -> str:
    return "" if school == usual else f"?{IN_VIEW}={school.pk}"
