"""From where somebody looks: their roles, the school that is in view, and the date it is there."""

from dataclasses import dataclass
from datetime import date
from hashlib import blake2b
from typing import Any

from django.db.models import OuterRef, Subquery
from django.http import HttpRequest
from django.utils import timezone

from portal.kit.memory import remembered
from portal.kit.scoping import NOTHING, Grants, grants_of
from students.models import School, Student
from students.models.schools import SchoolKind
from students.roles import STAFF, Role

CHOSEN = "school"
NAMES_KEPT_SECONDS = 300
LARGE = 5000
AT_WORK = STAFF | {Role.ANALYST}


@dataclass(frozen=True, slots=True)
class SchoolName:
    pk: int
    name: str
    is_district: bool
    is_large: bool = False


@dataclass(frozen=True, slots=True)
class Standpoint:
    """`choices` is empty where there is nothing to choose; lists leave out the schools in `elsewhere`."""

    user: Any
    grants: Grants
    school: SchoolName | None
    choices: tuple[SchoolName, ...]
    day: date

    @property
    def roles(self) -> frozenset[str]:
        """The roles held in the school in view, and family ties in any school."""
        held = (role for role in Role if self.school and self.school.pk in self.grants.of((role,)))
        family = (role for role in (Role.STUDENT, Role.GUARDIAN) if self.grants.of((role,)))
        return frozenset((*held, *family))

    @property
    def elsewhere(self) -> frozenset[int]:
        return frozenset(each.pk for each in self.choices if self.school and each.pk != self.school.pk)


def standpoint(request: HttpRequest) -> Standpoint:
    """Worked out once in a request."""
    known: Standpoint | None = getattr(request, "_standpoint", None)
    if known is None:
        known = _standpoint(request)
        vars(request)["_standpoint"] = known
    return known


def _standpoint(request: HttpRequest) -> Standpoint:
    user = getattr(request, "user", None)
    grants = grants_of(user) if user else NOTHING
    schools = _names(frozenset(grants.days))
    at_work = [each for each in schools if each.pk in grants.of(AT_WORK) and not each.is_district]
    school = _chosen(request, at_work) or next(iter(schools), None)
    day = grants.days[school.pk] if school else timezone.localdate()
    return Standpoint(user, grants, school, tuple(at_work) if len(at_work) > 1 else (), day)


def _chosen(request: HttpRequest, schools: list[SchoolName]) -> SchoolName | None:
    if len(schools) < 2:
        return next(iter(schools), None)
    chosen = request.session.get(CHOSEN)
    return next((each for each in schools if each.pk == chosen), schools[0])


def _names(schools: frozenset[int]) -> list[SchoolName]:
    """By name. Kept for some minutes, for every page shows one of them."""
    if not schools:
        return []
    ids = sorted(schools)
    key = blake2b(repr(ids).encode(), digest_size=16).hexdigest()
    return remembered(f"school-names:{key}", NAMES_KEPT_SECONDS, lambda: _read_names(ids))


def _read_names(ids: list[int]) -> list[SchoolName]:
    beyond = Student.objects.filter(school=OuterRef("pk")).order_by().values("pk")[LARGE : LARGE + 1]
    rows = School.objects.filter(pk__in=ids).order_by("name", "pk").values_list("pk", "name", "kind", Subquery(beyond))
    return [SchoolName(pk, name, kind == SchoolKind.DISTRICT, far is not None) for pk, name, kind, far in rows]
