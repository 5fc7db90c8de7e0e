"""Who can see one student and why, asked of the rules themselves, read backwards; and who looked lately.

A rule says: from this person, over these relations, to that student. Here the same path is walked from the student to
the people, so that what this room tells and what `visible_to` gives cannot drift apart; a test holds them together.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Max, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.accounts.models import User
from portal.audit.models import AccessEvent
from portal.kit.scoping import Path, in_force
from students import access
from students.models import Membership, School, Student
from students.models.schools import SchoolKind
from students.roles import STAFF, Role

LOOKS_DAYS = 30
MOST_LOOKS = 100
# What doors write into access events, as a reader calls it; what has no word here is told as it was written.
WHAT = {
    "student": gettext_lazy("this student's page"),
    "register": gettext_lazy("class register"),
    "results": gettext_lazy("first page with results"),
    "marks": gettext_lazy("marks of a class"),
    "mark history": gettext_lazy("history of a mark"),
    "roll": gettext_lazy("roll of a class"),
    "enrolment": gettext_lazy("list of a class"),
    "list": gettext_lazy("list of students"),
    "caseload": gettext_lazy("caseload of a counsellor"),
    "protected facts": gettext_lazy("protected facts"),
    "who sees": gettext_lazy("who can see this student"),
    "help": gettext_lazy("help and notes"),
    "help board": gettext_lazy("board of help"),
    "meeting": gettext_lazy("meeting about students"),
    "outlook": gettext_lazy("outlook on an exam"),
    "letter": gettext_lazy("letter about an exam"),
    "review": gettext_lazy("request for a review"),
    "who looked": gettext_lazy("who has looked"),
    "oneroster": gettext_lazy("the school’s roster as a file for another system"),
    "dump": gettext_lazy("the school’s records as tables"),
}
DOORS: dict[str, Any] = {
    AccessEvent.Door.PRINT: gettext_lazy("printed"),
    AccessEvent.Door.EXPORT: gettext_lazy("exported"),
    AccessEvent.Door.API: gettext_lazy("over the API"),
    AccessEvent.Door.ADMIN: gettext_lazy("in the back office"),
}
# Lists that show many students at once; told after what was opened of this one alone.
LISTS = ("register", "marks", "roll", "enrolment", "list", "help board")
# As the page has them, and as `Reach` has its fields.
SECTIONS = (access.OF_SCHOOL, access.TAUGHT, access.LOOKED_AFTER, access.IN_ONES_CARE, access.ONESELF)
CLASS_NAME = "enrolments__school_class__name"


@dataclass(frozen=True, slots=True)
class Way:
    """One person reaches the student as `role`: over a class, a caseload, a guardianship, or by the role alone.

    `district` names the district where a school-wide role is held, when it is not the school itself; `others` are the
    same person's further reasons.
    """

    person: User
    role: str
    starts: date | None
    ends: date | None
    through: str = ""
    district: str = ""
    others: tuple[str, ...] = ()

    @property
    def role_label(self) -> str:
        return str(Role(self.role).label)

    @property
    def reason(self) -> str:
        if self.district:
            return _("%(role)s of %(district)s") % {"role": self.role_label, "district": self.district}
        return self.through or self.role_label

    @property
    def reasons(self) -> str:
        """Every way by which the person comes here, in one line."""
        return ", ".join(dict.fromkeys((self.reason, *self.others)))


@dataclass(frozen=True, slots=True)
class Look:
    """How often one person, as one role, opened this student's record by one door."""

    person: User | None
    role: str
    what: str
    door: str
    times: int
    last: datetime

    @property
    def told(self) -> str:
        """What was opened, how and as what: "class register, exported, as teacher"."""
        what = str(WHAT.get(self.what, self.what))
        parts = [what[:1].upper() + what[1:], str(DOORS.get(self.door, ""))]
        parts += [_("as %(role)s") % {"role": Role(self.role).label}] if self.role in Role.values else []
        return ", ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class Looker:
    """One person's looks: what they opened of this student, and how often the student stood in a list they read."""

    person: User | None
    opened: tuple[Look, ...]
    in_lists: int
    last: datetime


@dataclass(frozen=True, slots=True)
class Reach:
    keepers: tuple[Way, ...]
    teachers: tuple[Way, ...]
    counsellors: tuple[Way, ...]
    guardians: tuple[Way, ...]
    account: tuple[Way, ...]
    protected: tuple[Way, ...]

    @property
    def family(self) -> tuple[Way, ...]:
        return self.guardians + self.account

    @property
    def people(self) -> frozenset[int]:
        """The ids of all who see the student on the portal's pages."""
        ways = (*self.keepers, *self.teachers, *self.counsellors, *self.family)
        return frozenset(way.person.pk for way in ways)


def who_reaches(student: Student, *, on: date) -> Reach:
    """Ten queries, and one more for each district above the school. Whom it may be shown to, the door decides."""
    memberships = _in_force(student.school, on, _named(student))
    by_path = {path: _ways(path, student, memberships, on) for path in access.STUDENT.view}
    protected = [_by_role(each, student) for each in memberships if each.sees_demographics and each.role in STAFF]
    told = _once_each(by_path[path] for path in SECTIONS)
    return Reach(*told, *_once_each([protected]))


def _once_each(groups: Iterable[list[Way]]) -> list[tuple[Way, ...]]:
    """Each person once, where they come first, with whatever else leads them here; so that rows and people agree."""
    listed = [list(ways) for ways in groups]
    own: defaultdict[int, list[Way]] = defaultdict(list)
    for way in (each for ways in listed for each in ways):
        own[way.person.pk].append(way)
    told = []
    for ways in listed:
        first = [own.pop(key) for key in dict.fromkeys(way.person.pk for way in ways) if key in own]
        told.append(tuple(_joined(each) for each in first))
    return told


def _joined(ways: list[Way]) -> Way:
    """Since the first day of the earliest, until the last day of the latest."""
    starts = [way.starts for way in ways if way.starts]
    ends = [way.ends for way in ways]
    return replace(
        ways[0],
        starts=min(starts, default=None),
        ends=None if None in ends else max(each for each in ends if each),
        others=tuple(way.reason for way in ways[1:]),
    )


def _named(student: Student) -> set[int]:
    """Everybody whom some relation of the student names, whenever that was and whatever they are. One query a path."""
    own = Student._base_manager.filter(pk=student.pk).order_by()
    paths = {path.user for path in access.STUDENT.view if path.user}
    return {key for path in paths for key in own.values_list(path, flat=True).distinct() if key is not None}


def _in_force(school: School, on: date, named: set[int]) -> list[Membership]:
    """Roles that may reach the student, held in the school or in a district above it, on each one's own date.

    Of a large school's thousands of teachers only those are read whom the student's relations name.
    """
    above = _above(school)
    schools = Q(school=school) | Q(school__in=above, school__kind=SchoolKind.DISTRICT)
    reaching = Q(role__in=access.OF_SCHOOL.roles) | Q(sees_demographics=True) | Q(user__in=named)
    rows = Membership.objects.filter(schools, reaching, user__is_active=True).select_related("user", "school")
    held = [row for row in rows.order_by("user__name", "user_id", "starts") if row.is_in_force(_day(row, school, on))]
    return [row for row in held if row.school_id == school.pk or row.school_id in above]


def _day(membership: Membership, school: School, on: date) -> date:
    return on if membership.school_id == school.pk else membership.school.today()


def _above(school: School) -> set[int]:
    """Every school that this one lies under, however deep."""
    found: set[int] = set()
    parent = school.parent_id
    while parent and parent not in found:
        found.add(parent)
        parent = School.objects.filter(pk=parent).values_list("parent_id", flat=True).first()
    return found - {school.pk}


def _ways(path: Path, student: Student, memberships: list[Membership], on: date) -> list[Way]:
    entitled = [each for each in memberships if each.role in path.roles]
    if not path.user:
        return [_by_role(each, student) for each in entitled]
    return _by_name(path, student, entitled, on)


def _by_role(membership: Membership, student: Student) -> Way:
    district = "" if membership.school_id == student.school_id else membership.school.name
    return Way(membership.user, membership.role, membership.starts, membership.ends, district=district)


def _by_name(path: Path, student: Student, entitled: Iterable[Membership], on: date) -> list[Way]:
    """Whom the path's relations name, of those who hold its role. One query."""
    people = {each.user_id: each for each in entitled}
    conditions = Q(pk=student.pk) & path.where & path.also
    for relation in path.dated:
        conditions &= in_force(relation, on)
    dates = (f"{path.dated[-1]}__starts", f"{path.dated[-1]}__ends") if path.dated else ("pk", "pk")
    through = CLASS_NAME if path is access.TAUGHT else "pk"
    rows = Student._base_manager.filter(conditions).order_by().values_list(path.user, *dates, through).distinct()
    ways = [
        Way(
            person=people[user].user,
            role=people[user].role,
            starts=starts if path.dated else people[user].starts,
            ends=ends if path.dated else people[user].ends,
            through=str(name) if path is access.TAUGHT else "",
        )
        for user, starts, ends, name in rows
        if user in people
    ]
    return sorted(ways, key=lambda way: (way.person.name, way.person.pk, way.through, way.starts or on))


def looks_at(student: Student, *, until: datetime) -> tuple[Look, ...]:
    """Of the last weeks, the latest first. Two queries."""
    events = AccessEvent.objects.filter(student_id=student.pk, at__gt=until - timedelta(days=LOOKS_DAYS), at__lte=until)
    counted = events.order_by().values("user_id", "role", "what", "door").annotate(times=Count("pk"), last=Max("at"))
    rows = list(counted.order_by("-last", "user_id")[:MOST_LOOKS])
    people = User.objects.in_bulk({row["user_id"] for row in rows})
    return tuple(
        Look(people.get(row["user_id"]), row["role"], row["what"], row["door"], row["times"], row["last"])
        for row in rows
    )


def grouped(looks: Iterable[Look]) -> list[Looker]:
    """By person, who looked last first."""
    found: defaultdict[int | None, list[Look]] = defaultdict(list)
    for look in looks:
        found[look.person.pk if look.person else None].append(look)
    return [_looker(group) for group in found.values()]


def _looker(group: list[Look]) -> Looker:
    in_lists = [look for look in group if look.what in LISTS and look.door == AccessEvent.Door.PAGE]
    return Looker(
        person=group[0].person,
        opened=tuple(look for look in group if look not in in_lists),
        in_lists=sum(look.times for look in in_lists),
        last=group[0].last,
    )
