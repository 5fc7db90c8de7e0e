"""What the staff pages say: who works at a school, what one person holds, who teaches a class, who looks after whom."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from allauth.mfa.models import Authenticator
from django.db.models import Exists, F, OuterRef, Q, Subquery

from portal.accounts.models import User
from portal.kit.names import fold
from portal.kit.scoping import in_force
from students.models import Caseload, Membership, School, SchoolClass, SchoolPolicy, Student, Teaching
from students.roles import SECOND_FACTOR_ROLES, STAFF, Role
from students.summaries.counting import count_of

AT_WORK = STAFF | {Role.ANALYST}
MOST_CHOICES = 8


@dataclass(frozen=True, slots=True)
class StaffRow:
    """`roles` are those held now or later; without any, `last` is the one that ended last."""

    person: Any
    roles: tuple[Membership, ...]
    last: Membership | None
    awaits_factor: bool

    @property
    def pk(self) -> int:
        return int(self.person.pk)


def staff_of(school: School, *, user: Any, on: date, role: str = "", ended: bool = False, q: str = "") -> Any:
    """Accounts of who works there now or soon; or of who did and does no longer."""
    posts = Membership.objects.visible_to(user).filter(school=school, role__in=AT_WORK).order_by()
    staying = posts.filter(_not_over(on))
    asked = posts.filter(role=role) if role else posts
    rows = User.objects.filter(pk__in=(asked if ended else asked.filter(_not_over(on))).values("user"))
    rows = rows.exclude(pk__in=staying.values("user")) if ended else rows
    return named(rows, q)


def named(people: Any, text: str) -> Any:
    """Those of these few whose names have words that begin like each word of the text."""
    for word in fold(text).split():
        people = people.filter(search_name__contains=f" {word}")
    return people


def staff_rows(people: Any, *, school: School, user: Any, on: date) -> list[StaffRow]:
    """The people of one page of the list, with what they hold. Three queries."""
    found = list(_with_duties(people, school, on).annotate(has_factor=Exists(_factors(OuterRef("pk")))))
    posts: defaultdict[int, list[Membership]] = defaultdict(list)
    rows = Membership.objects.visible_to(user).filter(school=school, user__in=found, role__in=AT_WORK)
    for each in rows.order_by("starts", "pk"):
        posts[each.user_id].append(each)
    demanded = SchoolPolicy.objects.filter(school=school, requires_second_factor=True).exists()
    return [_row(person, posts[person.pk], on, demanded) for person in found]


def _row(person: Any, posts: list[Membership], on: date, demanded: bool) -> StaffRow:
    held = tuple(each for each in posts if each.ends is None or each.ends >= on)
    over = sorted((each for each in posts if each not in held), key=lambda each: str(each.ends))
    owes = demanded and any(each.role in SECOND_FACTOR_ROLES for each in held)
    return StaffRow(person, held, over[-1] if over else None, owes and not person.has_factor)


def _with_duties(people: Any, school: School, on: date) -> Any:
    classes = Teaching.objects.active(on).filter(teacher=OuterRef("pk"), school_class__school=school)
    looked_after = Caseload.objects.filter(in_force("", on), counsellor=OuterRef("pk"), student__school=school)
    return people.annotate(
        classes=count_of(classes, "school_class", distinct=True), caseload_size=count_of(looked_after)
    )


def _factors(user: Any) -> Any:
    return Authenticator.objects.filter(user=user).exclude(type=Authenticator.Type.RECOVERY_CODES)


def _not_over(on: date) -> Q:
    return Q(ends__isnull=True) | Q(ends__gte=on)


@dataclass(frozen=True, slots=True)
class PersonPage:
    person: User
    school: School
    roles: tuple[Membership, ...]
    earlier: tuple[Membership, ...]
    teachings: tuple[Teaching, ...]
    taught: tuple[Teaching, ...]
    caseload_size: int
    has_factor: bool
    holds: frozenset[str]


def person_page(person: User, school: School, *, user: Any, on: date) -> PersonPage:
    """Four queries. What the person is in other schools is told nowhere."""
    posts = list(
        Membership.objects.visible_to(user).filter(school=school, user=person).select_related("school", "user")
        .order_by("-starts", "pk")
    )  # fmt: skip
    rows = Teaching.objects.visible_to(user).filter(teacher=person, school_class__school=school)
    teachings = list(rows.select_related("school_class__subject", "school_class__term").order_by("-starts", "pk"))
    looked_after = Caseload.objects.visible_to(user).filter(in_force("", on), counsellor=person, student__school=school)
    held = tuple(each for each in posts if each.ends is None or each.ends >= on)
    return PersonPage(
        person=person,
        school=school,
        roles=held,
        earlier=tuple(each for each in posts if each not in held),
        teachings=tuple(each for each in teachings if _lasts(each, on)),
        taught=tuple(each for each in teachings if not _lasts(each, on)),
        caseload_size=looked_after.count() if any(each.role == Role.COUNSELLOR for each in posts) else 0,
        has_factor=_factors(person).exists(),
        holds=frozenset(each.role for each in held),
    )


def _lasts(teaching: Teaching, on: date) -> bool:
    last = teaching.school_class.term.ends
    return (min(teaching.ends, last) if teaching.ends else last) >= on


@dataclass(frozen=True, slots=True)
class ClassStaff:
    now: tuple[Teaching, ...]
    ahead: tuple[Teaching, ...]
    past: tuple[Teaching, ...]

    @property
    def is_empty(self) -> bool:
        return not (self.now or self.ahead or self.past)


def class_staff(school_class: SchoolClass, *, user: Any, on: date) -> ClassStaff:
    """One query: everybody who teaches, will teach or taught the class."""
    rows = Teaching.objects.visible_to(user).filter(school_class=school_class).select_related("teacher")
    found = list(rows.order_by("starts", "pk"))
    is_over = school_class.term.ends < on
    over = [each for each in found if is_over or (each.ends is not None and each.ends < on)]
    ahead = [each for each in found if each not in over and each.starts > on]
    now = sorted((each for each in found if each not in over and each not in ahead), key=lambda each: not each.is_lead)
    return ClassStaff(tuple(now), tuple(ahead), tuple(reversed(over)))


def holders(school: School, role: str, *, user: Any, on: date) -> Any:
    """Accounts that have this role there now or soon, by name; `held_until` where it ends."""
    posts = Membership.objects.visible_to(user).filter(_not_over(on), school=school, role=role).order_by()
    people = User.objects.filter(pk__in=posts.values("user"), is_active=True).order_by("name", "pk")
    own = posts.filter(user=OuterRef("pk"))
    return people.annotate(held_until=Subquery(own.order_by(F("ends").desc(nulls_first=True)).values("ends")[:1]))


def also_with(students: Iterable[Student], counsellor: User, *, school: School, on: date) -> dict[int, str]:
    """The names of the others who look after these students on that day, by student. One query."""
    rows = Caseload.objects.filter(in_force("", on), student__in=[each.pk for each in students], student__school=school)
    names: defaultdict[int, list[str]] = defaultdict(list)
    for student, name in rows.exclude(counsellor=counsellor).order_by("pk").values_list("student", "counsellor__name"):
        names[student].append(name)
    return {student: ", ".join(found) for student, found in names.items()}


def with_duties(people: Iterable[Any], *, school: School, on: date) -> Any:
    """The same people with `classes` and `caseload_size`."""
    return _with_duties(people, school, on)
