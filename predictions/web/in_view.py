"""The school a page of staff is about: the one chosen above every page, of those where the person holds one of some roles."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest

from portal.kit.errors import NotAllowed
from portal.kit.scoping import grants_of
from predictions.web.here import IN_VIEW
from students.models import School


@dataclass(frozen=True, slots=True)
class InView:
    """`on` is today there."""

    user: Any
    school: School
    on: date


def in_view(request: HttpRequest, roles: Iterable[str], otherwise: str) -> InView:
    """One query. Raises NotAllowed with the sentence `otherwise` for who holds none of the roles in any school."""
    keys = grants_of(request.user).of(roles)
    schools = list(School.objects.filter(pk__in=keys, kind=School.Kind.SCHOOL).order_by("name", "pk"))
    if not schools:
        raise NotAllowed(otherwise)
    chosen = request.session.get(IN_VIEW)
    school = next((each for each in schools if each.pk == chosen), schools[0])
    return InView(request.user, school, school.today())
