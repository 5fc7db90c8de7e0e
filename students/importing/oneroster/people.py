"""Users and their roles: which of them are students, which get an account, who cares for whom, and who is left out."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from students.importing.incoming import Table
from students.importing.oneroster.classes import grade_of
from students.importing.oneroster.desk import Desk
from students.importing.oneroster.frame import Orgs
from students.importing.oneroster.sheet import Block, Sheet
from students.models.people import Relation, StudentStatus
from students.roles import Role

STUDENT = Role.STUDENT.value
ROLES = {
    "student": STUDENT, "teacher": Role.TEACHER.value, "counselor": Role.COUNSELLOR.value,
    "guardian": Role.GUARDIAN.value, "parent": Role.GUARDIAN.value, "relative": Role.GUARDIAN.value,
}  # fmt: skip
RELATIONS = {each: Relation(each) for each in ("guardian", "parent", "relative")}
EMAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>]+")
OWN = "metadata.foremark."
TABLES = (Table.STUDENTS, Table.PEOPLE)


@dataclass(slots=True)
class Place:
    """A role in our school, from and until as far as the bundle says."""

    file: str
    line: int
    starts: date | None = None
    ends: date | None = None
    gone: bool = False


@dataclass(slots=True)
class User:
    line: int
    given: str
    family: str
    email: str
    grade: int
    agents: tuple[str, ...]
    preferred: str
    gone: bool
    orgs: tuple[str, ...] = ()
    status: str = ""
    starts: date | None = None
    ends: date | None = None
    birth_date: date | None = None
    roles: dict[str, Place] = field(default_factory=dict)  # our word -> where it is said
    relation: str = ""
    left_out: bool = False

    @property
    def is_student(self) -> bool:
        return STUDENT in self.roles


@dataclass
class People:
    orgs: Orgs
    users: dict[str, User] = field(default_factory=dict)
    # Roles of users that the bundle does not bring (1.2, delta).
    elsewhere: dict[tuple[str, str], Place] = field(default_factory=dict)

    def may_learn(self, key: str) -> bool:
        """Whether this id can stand for a student: one of the bundle, or somebody that only the records know."""
        user = self.users.get(key)
        return user is None or (user.is_student and not user.left_out)

    def may_teach(self, key: str) -> bool:
        user = self.users.get(key)
        return user is None or (not user.left_out and any(role != STUDENT for role in user.roles))


def read_users(desk: Desk, people: People) -> None:
    if not desk.has("users"):
        return
    sheet = Sheet(desk, "users", TABLES)
    for block in sheet.blocks():
        for at in block.good():
            user = people.users[block["sourcedId"][at]] = _user(block, at)
            if not block["enabledUser"][at] and not user.gone:
                block.note(at, "not_enabled", "enabledUser", "false")
            if "role" in sheet.by_name:
                _take_role(block, at, people, user)


def _user(block: Block, at: int) -> User:
    preferred = block["preferredGivenName"][at] if "preferredGivenName" in block.sheet.by_name else ""
    user = User(
        block.lines[at], block["givenName"][at], block["familyName"][at], block["email"][at], -1,
        block["agentSourcedIds"][at], preferred or block[f"{OWN}preferredName"][at], block.gone[at],
    )  # fmt: skip
    user.grade = grade_of(block, at, one_only=False)
    user.status = block[f"{OWN}status"][at]
    user.starts, user.ends = block[f"{OWN}firstDay"][at], block[f"{OWN}lastDay"][at]
    return user


def _take_role(block: Block, at: int, people: People, user: User) -> None:
    """Of 1.1: one role for all organisations."""
    role = block["role"][at]
    user.orgs = block["orgSourcedIds"][at]
    if user.orgs and not any(map(people.orgs.is_ours, user.orgs)):
        block.note(at, "other_school", "orgSourcedIds", ",".join(user.orgs))
    elif role in ROLES:
        user.roles[ROLES[role]] = Place(block.sheet.file, user.line, gone=user.gone)
        user.relation = RELATIONS.get(role, "")
    else:
        block.note(at, "other_role", "role", role)


def read_roles(desk: Desk, people: People) -> None:
    """Of 1.2: a row for each role in each organisation."""
    if not desk.has("roles"):
        return
    primary: set[tuple[str, str]] = set()
    for block in Sheet(desk, "roles").blocks():
        for at in block.good():
            _check_role(block, at, primary)
        for at in block.good():
            _take_place(block, at, people)


def _check_role(block: Block, at: int, primary: set[tuple[str, str]]) -> None:
    starts, ends = block["beginDate"][at], block["endDate"][at]
    if starts and ends and ends < starts:
        block.refuse(at, "endDate", "ends_before", str(ends))
    if block["roleType"][at] == "primary" and not block.gone[at]:
        place = (block["userSourcedId"][at], block["orgSourcedId"][at])
        if place in primary:
            block.refuse(at, "roleType", "two_primary_roles", "primary")
        primary.add(place)


def _take_place(block: Block, at: int, people: People) -> None:
    key, role = block["userSourcedId"][at], block["role"][at]
    if not people.orgs.is_ours(block["orgSourcedId"][at]):
        block.note(at, "other_school", "orgSourcedId", block["orgSourcedId"][at])
        return
    if role not in ROLES:
        block.note(at, "other_role", "role", role)
        return
    place = Place(block.sheet.file, block.lines[at], block["beginDate"][at], block["endDate"][at], block.gone[at])
    user = people.users.get(key)
    if user is None:
        people.elsewhere[key, ROLES[role]] = place
        return
    place.gone = place.gone or user.gone
    known = user.roles.get(ROLES[role])
    if known is None or known.gone:
        user.roles[ROLES[role]] = place
    user.relation = user.relation or RELATIONS.get(role, "")


def settle(desk: Desk, people: People) -> None:
    """Who is left out, once all roles are known: of nobody in this school, and without an address no account is made."""
    for key, user in people.users.items():
        if not user.roles:
            user.left_out = True
            if desk.has("roles") or desk.is_delta("users"):
                _tell_roleless(desk, key, user)
        elif not user.is_student and not EMAIL.fullmatch(user.email):
            user.left_out = True
            if user.email:
                desk.notes.count("bad_email", "users.csv", user.line, "email", user.email)
            else:
                desk.notes.count("no_email", "users.csv", user.line, "email")


def _tell_roleless(desk: Desk, key: str, user: User) -> None:
    """In a whole bundle somebody of another school; among changes perhaps one of ours, whom nothing says."""
    if desk.manifest.version == "1.1":
        return
    if desk.is_whole("roles"):
        desk.notes.count("no_role_here", "users.csv", user.line)
        return
    desk.refuse_row("users", user.line, "no_role", key)
    for table in TABLES:
        desk.incoming.refused.setdefault(table, set()).add(key)


def carers(people: People) -> Iterable[tuple[str, str, int]]:
    """Pairs of student and guardian with the line that ties them; each tie may stand on either side or on both."""
    seen: set[tuple[str, str]] = set()
    for key, user in people.users.items():
        for agent in user.agents:
            pair = (key, agent) if user.is_student else (agent, key)
            if pair not in seen:
                seen.add(pair)
                yield *pair, user.line


def status_of(user: User) -> str:
    if user.roles[STUDENT].gone:
        return StudentStatus.LEFT.value
    return user.status if user.status in StudentStatus.values else StudentStatus.ENROLLED.value
