"""Who of a school's staff has signed a text that everybody should have read, in which edition and when."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef

from portal.accounts.models import Acknowledgement
from students.models import Membership, School
from students.roles import Role
from students.summaries.staff import AT_WORK, staff_of


@dataclass(frozen=True, slots=True)
class Text:
    """What is signed, and its edition of today."""

    what: str
    edition: int


@dataclass(frozen=True, slots=True)
class SignedRow:
    """`at` and `edition` of the newest one signed; `is_current`: it is today's."""

    person: Any
    roles: tuple[str, ...]
    at: datetime | None
    edition: int | None
    is_current: bool

    @property
    def pk(self) -> int:
        return int(self.person.pk)


def staff_to_sign(school: School, *, user: Any, only_missing: Text | None = None) -> Any:
    """The accounts of who works there, by name; with `only_missing` those who owe its signature."""
    people = staff_of(school, user=user, on=school.today()).order_by("name", "pk")
    return people if only_missing is None else people.exclude(Exists(_of(only_missing)))


def signed_rows(people: Any, text: Text, *, school: School, user: Any) -> list[SignedRow]:
    """Three queries, however many people."""
    found = list(people)
    roles: dict[int, list[str]] = {}
    posts = Membership.objects.visible_to(user).filter(school=school, user__in=found, role__in=AT_WORK)
    for person, role in posts.order_by("starts", "pk").values_list("user", "role"):
        label = str(Role(role).label)
        if label not in roles.setdefault(person, []):
            roles[person].append(label)
    signed = Acknowledgement.objects.filter(user__in=found, what=text.what).order_by("edition")
    newest = {each.user_id: each for each in signed}
    return [_row(person, roles.get(person.pk, []), newest.get(person.pk), text) for person in found]


def counted(school: School, text: Text, *, user: Any) -> tuple[int, int]:
    """How many have signed today's edition, and of how many. Two queries."""
    everybody = staff_to_sign(school, user=user)
    return everybody.filter(Exists(_of(text))).count(), everybody.count()


def _of(text: Text) -> Any:
    return Acknowledgement.objects.filter(user=OuterRef("pk"), what=text.what, edition__gte=text.edition)


def _row(person: Any, roles: list[str], signed: Acknowledgement | None, text: Text) -> SignedRow:
    if signed is None:
        return SignedRow(person, tuple(roles), None, None, False)
    return SignedRow(person, tuple(roles), signed.at, signed.edition, signed.edition >= text.edition)
