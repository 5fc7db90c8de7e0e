"""People of the bundle as rows: students, accounts with their roles, ties of care, and protected facts where they are wanted."""

from datetime import date, timedelta

from django.utils.translation import gettext as _

from students.importing.findings import Finding
from students.importing.incoming import Table
from students.importing.oneroster.catalogue import PROTECTED, RACES
from students.importing.oneroster.columns import Gathered
from students.importing.oneroster.desk import Desk
from students.importing.oneroster.people import OWN, STUDENT, People, Place, User, carers, status_of
from students.importing.oneroster.sheet import Block, Sheet
from students.models.people import StudentStatus

LONGEST_ID = 255
LONGEST_ETHNICITY = 80
ONE_DAY = timedelta(days=1)
MORE_THAN_ONE, HISPANIC = RACES["demographicRaceTwoOrMoreRaces"], RACES["hispanicOrLatinoEthnicity"]
USERS = "users.csv"
PERSON_HEADS = {"id": "sourcedId", "external_id": "sourcedId"}
STUDENT_HEADS = {
    **PERSON_HEADS, "given_name": "givenName", "family_name": "familyName", "preferred_name": "preferredGivenName",
    "birth_date": "birthDate", "grade_level": "grades",
}  # fmt: skip


def add_students(desk: Desk, people: People) -> None:
    rows = Gathered(
        Table.STUDENTS, "id", "external_id", "given_name", "family_name", "preferred_name", "birth_date", "grade_level",
        "status", "starts", "ends",
    )  # fmt: skip
    for key, user in people.users.items():
        if user.is_student:
            if user.roles[STUDENT].gone:
                desk.notes.count("left_school", USERS, user.line, "status", "tobedeleted")
            rows.row(
                user.line, key, key, user.given, user.family, user.preferred, user.birth_date, user.grade,
                status_of(user), user.starts, user.ends,
            )  # fmt: skip
    desk.incoming.heads[Table.STUDENTS] = STUDENT_HEADS
    rows.hand_over(desk.incoming, USERS)
    _add_those_who_left(desk, people)


def _add_those_who_left(desk: Desk, people: People) -> None:
    """Roles of students that end, of users who are only in the records."""
    rows = Gathered(Table.STUDENTS, "id", "external_id", "status")
    for (key, role), place in people.elsewhere.items():
        if role == STUDENT and place.gone:
            desk.notes.count("left_school", place.file, place.line, "status", "tobedeleted")
            rows.row(place.line, key, key, StudentStatus.LEFT.value)
    if rows.rows:
        rows.hand_over(desk.incoming, "roles.csv")


def _last_day(desk: Desk, starts: date | None, ends: date | None) -> date:
    """Of what the source has deleted: the day before the import, or the end it had by then; never before the first."""
    last = min(ends or date.max, desk.on - ONE_DAY)
    return max(starts or date.min, last)


def add_accounts(desk: Desk, people: People) -> None:
    """Students get no account by an import. Whose role is deleted only loses the role."""
    persons = Gathered(Table.PEOPLE, "id", "external_id", "email", "name")
    memberships = Gathered(Table.MEMBERSHIPS, "external_id", "person", "role", "starts", "ends")
    for key, user in people.users.items():
        roles = {role: place for role, place in user.roles.items() if role != STUDENT}
        if user.left_out or not roles:
            continue
        persons.row(user.line, key, key, user.email, f"{user.given} {user.family}".strip())
        for role, place in roles.items():
            _add_membership(desk, memberships, key, role, place)
    for (key, role), place in people.elsewhere.items():
        if role != STUDENT:
            _add_membership(desk, memberships, key, role, place)
    desk.incoming.heads[Table.PEOPLE] = {**PERSON_HEADS, "email": "email", "name": "familyName"}
    desk.incoming.heads[Table.MEMBERSHIPS] = {
        "person": "sourcedId", "role": "role", "starts": "beginDate", "ends": "endDate",
    }  # fmt: skip
    persons.hand_over(desk.incoming, USERS)
    memberships.hand_over(desk.incoming, "roles.csv" if desk.has("roles") else USERS)


def _add_membership(desk: Desk, rows: Gathered, key: str, role: str, place: Place) -> None:
    if place.gone:
        desk.notes.count("role_ends", place.file, place.line, "status", "tobedeleted")
    ends = _last_day(desk, place.starts, place.ends) if place.gone else place.ends
    own = f"{key}@{role}"
    rows.row(place.line, own if len(own) <= LONGEST_ID else "", key, role, place.starts, ends)


def add_carers(desk: Desk, people: People) -> None:
    rows = Gathered(Table.GUARDIANSHIPS, "student", "person", "relation")
    for student, agent, line in carers(people):
        child, carer = people.users.get(student), people.users.get(agent)
        if _nobody(desk, student, agent, line):
            continue
        if not _tie_holds(child, carer):
            if not (carer and carer.left_out) and not (child and child.is_student and carer and carer.is_student):
                desk.notes.count("agent_left_out", USERS, line, "agentSourcedIds", agent)
            elif carer.left_out:
                desk.notes.count("of_left_out", USERS, line, "agentSourcedIds", agent)
            continue
        if not ((child and child.gone) or (carer and carer.gone)):
            rows.row(line, student, agent, carer.relation if carer else "")
    desk.incoming.heads[Table.GUARDIANSHIPS] = {"student": "sourcedId", "person": "agentSourcedIds"}
    rows.hand_over(desk.incoming, USERS)


def _nobody(desk: Desk, student: str, agent: str, line: int) -> bool:
    """A tie to somebody who is not in the bundle; the row itself is good."""
    known = desk.ids.get("users", {})
    missing = [each for each in (student, agent) if each not in known]
    if not missing or not desk.is_whole("users") or "users" in desk.lost:
        return False
    sentence = _("There is no row of this id in %(file)s. Expected one.") % {"file": USERS}
    desk.findings.add(Finding("dangling", USERS, line, "agentSourcedIds", missing[0], sentence))
    return True


def _tie_holds(child: User | None, carer: User | None) -> bool:
    """Between a student and somebody who is a guardian; whom the bundle does not bring may be either."""
    if child is not None and not child.is_student:
        return False
    return carer is None or (not carer.left_out and bool(carer.relation))


def read_demographics(desk: Desk, people: People) -> None:
    """The day of birth belongs to the student's record; all else is protected and read only where it is wanted."""
    if not desk.has("demographics"):
        return
    sheet = Sheet(desk, "demographics")
    facts = Gathered(Table.DEMOGRAPHICS, "student", *PROTECTED.values())
    born = Gathered(Table.STUDENTS, "id", "external_id", "birth_date")
    for block in sheet.blocks():
        _refuse_nobodys(desk, block)
        for at in block.good():
            _take_facts(desk, people, block, at, (facts, born))
    desk.incoming.heads[Table.DEMOGRAPHICS] = {"student": "sourcedId", "gender": "sex"}
    if desk.with_protected:
        facts.hand_over(desk.incoming, sheet.file)
    elif sheet.rows:
        desk.notes.count("no_demographics", sheet.file, 1)
    if born.rows:
        born.hand_over(desk.incoming, sheet.file)


def _refuse_nobodys(desk: Desk, block: Block) -> None:
    if desk.is_whole("users"):
        for at, key in enumerate(block["sourcedId"]):
            if key and key not in desk.ids.get("users", ()):
                block.refuse(at, "sourcedId", "nobody", key)


def _take_facts(desk: Desk, people: People, block: Block, at: int, into: tuple[Gathered, Gathered]) -> None:
    key, user = block["sourcedId"][at], people.users.get(block["sourcedId"][at])
    if block.gone[at]:
        block.note(at, "stays", "status", "tobedeleted")
        return
    if user is not None and not user.is_student:
        block.note(at, "not_a_student")
        return
    facts, born = into
    birth_date = block["birthDate"][at]
    if user is not None:
        user.birth_date = birth_date
    elif birth_date and not desk.is_whole("users"):
        born.row(block.lines[at], key, key, birth_date)
    if desk.with_protected:
        facts.row(block.lines[at], key, *_protected(block, at))


def _protected(block: Block, at: int) -> list[str]:
    own = {ours: block[f"{OWN}{name}"][at] for name, ours in PROTECTED.items()}
    sex = block["sex"][at]
    own["gender"] = own["gender"] or ("" if sex == "unspecified" else sex.removeprefix("ext:"))
    own["ethnicity"] = own["ethnicity"] or _ethnicity(block, at)
    return list(own.values())


def _ethnicity(block: Block, at: int) -> str:
    """The names of all that are true."""
    told = [label for race, label in RACES.items() if block[race][at] == 1]
    joined = ", ".join(told)
    if len(joined) <= LONGEST_ETHNICITY:
        return joined
    return ", ".join([MORE_THAN_ONE, *([HISPANIC] if HISPANIC in told else [])])
