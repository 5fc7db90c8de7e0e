"""The people of a bundle: who learns, who teaches, who cares for whom; their roles, protected facts, and the classes they are in."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import islice
from typing import Any

from portal.kit.scoping import in_force
from students.exporting.oneroster_columns import OWN
from students.exporting.oneroster_frame import Frame, Row, cell, filled, grade
from students.exporting.oneroster_ids import ids_for, joined, of_account
from students.exporting.wishes import Version
from students.models import Enrolment, Guardianship, Membership, Student, StudentStatus, Teaching
from students.models.people import Relation
from students.roles import Role

CLASSES_AT_ONCE = 200
NEXT_DAY = timedelta(days=1)
# In the order in which one of several is named, where a person may have one only.
ROLES = {
    Version.V1_1: (Role.TEACHER, Role.GUARDIAN),
    Version.V1_2: (Role.TEACHER, Role.COUNSELLOR, Role.GUARDIAN),
}
NAMED = {Role.TEACHER: "teacher", Role.COUNSELLOR: "counselor"}
OF_KIN = {Relation.PARENT: "parent", Relation.RELATIVE: "relative"}
Span = tuple[date, date | None]


@dataclass
class Person:
    key: int
    name: str
    email: str
    external_id: str = ""
    roles: dict[str, Span] = field(default_factory=dict)
    relations: set[str] = field(default_factory=set)

    def role(self, role: str) -> str:
        """Who is a parent of all children in their care is called so; who is several things to them is a guardian."""
        if role != Role.GUARDIAN:
            return NAMED[Role(role)]
        return OF_KIN.get(Relation(*self.relations), "guardian") if len(self.relations) == 1 else "guardian"


def given_and_family(name: str, email: str) -> tuple[str, str]:
    """A whole name, parted before its last word; put together again it is the same."""
    given, _, family = cell(name).rpartition(" ")
    return (given, family) if given else (family or filled(email.partition("@")[0]), filled(""))


class People:
    """Everybody who has a role now, and every student there ever was: marks of those who left stay in the bundle."""

    def __init__(self, frame: Frame, version: str, on: date) -> None:
        self.frame, self.version, self.on, self.names = frame, version, on, frame.names
        self.students = list(Student.objects.filter(school=frame.school).order_by("pk"))
        self.names.students = ids_for("student", [(each.pk, each.external_id) for each in self.students], set())
        self.people = self._people()
        taken = set(self.names.students.values())
        told = [(each.key, each.external_id or of_account(each.email)) for each in self.people.values()]
        self.names.people = ids_for("account", told, taken)
        self.agents = self._agents()

    def _people(self) -> dict[int, Person]:
        roles = ROLES[Version(self.version)]
        held = Membership.objects.filter(in_force("", self.on), school=self.frame.school, role__in=roles)
        found: dict[int, Person] = {}
        for row in held.select_related("user").order_by("starts", "pk"):
            person = found.setdefault(row.user_id, Person(row.user_id, row.user.name, row.user.email))
            person.roles.setdefault(row.role, (row.starts, row.ends))
            if not person.external_id and row.external_id.endswith(f"@{row.role}"):  # as imports write it
                person.external_id = row.external_id.removesuffix(f"@{row.role}")
        return found

    def _agents(self) -> dict[int, set[str]]:
        """For each student the ids of who cares for them now."""
        rows = Guardianship.objects.filter(in_force("", self.on), student__school=self.frame.school)
        found: defaultdict[int, set[str]] = defaultdict(set)
        for student, guardian, relation in rows.values_list("student", "guardian", "relation").iterator():
            person = self.people.get(guardian)
            if person and self._cares(person):
                person.relations.add(relation)
                found[student].add(self.names.people[guardian])
        return found

    def _cares(self, person: Person) -> bool:
        """1.1 gives a user one role: who teaches here is no guardian in it, and is not named as one."""
        alone = self.version == Version.V1_1
        return self._first_role(person) == Role.GUARDIAN if alone else Role.GUARDIAN in person.roles

    def users(self) -> Iterator[Row]:
        rows = [*map(self._student, self.students), *map(self._person, self.people.values())]
        yield from sorted(rows, key=lambda row: row["sourcedId"])

    def _student(self, student: Student) -> Row:
        name = self.names.students[student.pk]
        usual = student.status == StudentStatus.ENROLLED
        return {
            "sourcedId": name,
            "enabledUser": "true",
            "username": name,
            "givenName": filled(student.given_name),
            "familyName": filled(student.family_name),
            "agentSourcedIds": ",".join(sorted(self.agents.get(student.pk, ()))),
            "grades": grade(student.grade_level),
            "preferredGivenName": cell(student.preferred_name),
            f"{OWN}preferredName": cell(student.preferred_name),
            f"{OWN}status": "" if usual else student.status,
            f"{OWN}firstDay": student.starts.isoformat(),
            f"{OWN}lastDay": student.ends.isoformat() if student.ends else "",
            **self._place("student"),
        }

    def _person(self, person: Person) -> Row:
        given, family = given_and_family(person.name, person.email)
        return {
            "sourcedId": self.names.people[person.key],
            "enabledUser": "true",
            "username": person.email,
            "givenName": given,
            "familyName": family,
            "email": person.email,
            **self._place(person.role(self._first_role(person))),
        }

    def _place(self, role: str) -> Row:
        if self.version == Version.V1_1:
            return {"orgSourcedIds": self.names.org, "role": role}
        return {"primaryOrgSourcedId": self.names.org}

    def _first_role(self, person: Person) -> str:
        return next(role for role in ROLES[Version(self.version)] if role in person.roles)

    def roles(self) -> Iterator[Row]:
        """Of 1.2: a row for each role; one of a person's is the first."""
        rows = [self._role(self.names.students[each.pk], "student", (each.starts, each.ends)) for each in self.students]
        for person in self.people.values():
            first = self._first_role(person)
            name = self.names.people[person.key]
            rows += [self._role(name, person.role(role), span, role == first) for role, span in person.roles.items()]
        yield from sorted(rows, key=lambda row: row["sourcedId"])

    def _role(self, user: str, role: str, span: Span, is_first: bool = True) -> Row:
        return {
            "sourcedId": joined(user, role),
            "userSourcedId": user,
            "roleType": "primary" if is_first else "secondary",
            "role": role,
            "beginDate": span[0].isoformat(),
            "endDate": span[1].isoformat() if span[1] else "",  # only of enrolments the end lies behind the last day
            "orgSourcedId": self.names.org,
        }

    def enrollments(self) -> Iterator[Row]:
        """By class, some classes at a time."""
        taken: set[str] = set()
        learning = Enrolment.objects.filter(school_class__school=self.frame.school, student__school=self.frame.school)
        names = ids_for("enrolment", learning.values_list("pk", "external_id"), taken)
        teaching = Teaching.objects.filter(school_class__school=self.frame.school, teacher__in=self._teachers())
        names_of_teaching = ids_for("teaching", teaching.values_list("pk", "external_id"), taken)
        keys = iter(sorted(self.names.classes, key=lambda key: self.names.classes[key]))
        while some := list(islice(keys, CLASSES_AT_ONCE)):
            rows = [
                self._enrolment(names[pk], school_class, self.names.students[student], (starts, ends), ("student", ""))
                for pk, school_class, student, starts, ends in learning.filter(school_class__in=some)
                .values_list("pk", "school_class", "student", "starts", "ends")
            ]  # fmt: skip
            rows += self._teachings(teaching.filter(school_class__in=some), names_of_teaching)
            yield from sorted(rows, key=lambda row: (row["classSourcedId"], row["sourcedId"]))

    def _teachers(self) -> list[int]:
        return [person.key for person in self.people.values() if Role.TEACHER in person.roles]

    def _teachings(self, rows: Any, names: dict[int, str]) -> Iterator[Row]:
        told = list(rows)
        firsts = _leading(told, names, self.on)
        for each in told:
            role = ("teacher", "true" if each.pk in firsts else "false")
            person = self.names.people[each.teacher_id]
            yield self._enrolment(names[each.pk], each.school_class_id, person, (each.starts, each.ends), role)

    def _enrolment(self, name: str, school_class: int, user: str, span: Span, role: tuple[str, str]) -> Row:
        return {
            "sourcedId": name,
            "classSourcedId": self.names.classes[school_class],
            "schoolSourcedId": self.names.org,
            "userSourcedId": user,
            "role": role[0],
            "primary": role[1],
            "beginDate": span[0].isoformat(),
            "endDate": day_after(span[1]),
        }


def day_after(day: date | None) -> str:
    """OneRoster names the first day on which it holds no more."""
    return (day + NEXT_DAY).isoformat() if day else ""


def _leading(teachings: Iterable[Teaching], names: dict[int, str], on: date) -> set[int]:
    """One of each class: of those who lead it who does now, and of several the last to begin."""
    best: dict[int, tuple[tuple[bool, date, str], int]] = {}
    for each in teachings:
        now = each.starts <= on and (each.ends is None or on <= each.ends)
        rank = (now, each.starts, names[each.pk])
        if each.is_lead and (each.school_class_id not in best or rank > best[each.school_class_id][0]):
            best[each.school_class_id] = (rank, each.pk)
    return {key for _rank, key in best.values()}
