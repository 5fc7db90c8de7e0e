"""Who learns and who teaches in which class. The standard's end is the first day on which it holds no more; ours the last."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from students.importing.incoming import Table
from students.importing.oneroster.classes import Classes
from students.importing.oneroster.columns import Gathered
from students.importing.oneroster.desk import Desk
from students.importing.oneroster.people import People
from students.importing.oneroster.sheet import Block, Sheet

FILE = "enrollments.csv"
ONE_DAY = timedelta(days=1)
TABLES = (Table.ENROLMENTS, Table.TEACHINGS)
HEADS = {
    "external_id": "sourcedId", "student": "userSourcedId", "person": "userSourcedId", "school_class": "classSourcedId",
    "starts": "beginDate", "ends": "endDate", "is_lead": "primary",
}  # fmt: skip
Span = tuple[date | None, date | None]


@dataclass
class Enrolled:
    """Pairs of student and class, for results; and the spans of each class's primary teachers."""

    desk: Desk
    classes: Classes
    people: People
    pairs: set[tuple[str, str]] = field(default_factory=set)
    primary: dict[str, list[Span]] = field(default_factory=dict)
    learning: Gathered = field(
        default_factory=lambda: Gathered(Table.ENROLMENTS, "external_id", "student", "school_class", "starts", "ends")
    )
    teaching: Gathered = field(
        default_factory=lambda: Gathered(
            Table.TEACHINGS, "external_id", "person", "school_class", "starts", "ends", "is_lead"
        )
    )


def read_enrolments(desk: Desk, classes: Classes, people: People) -> Enrolled:
    enrolled = Enrolled(desk, classes, people)
    if not desk.has("enrollments"):
        return enrolled
    for table in TABLES:
        desk.incoming.heads[table] = HEADS
    for block in Sheet(desk, "enrollments", TABLES).blocks():
        _check(block, enrolled)
        for at in block.good():
            _take(block, at, enrolled)
        enrolled.learning.hand_over(desk.incoming, FILE)
        enrolled.teaching.hand_over(desk.incoming, FILE)
    _say_complete(desk)
    return enrolled


def _say_complete(desk: Desk) -> None:
    """A whole file ends what it does not name, unless an error hides from us what it names, or which school is ours."""
    if not desk.is_whole("enrollments"):
        return
    if "orgs" in desk.faulty and not desk.mapping.org.strip():
        desk.notes.count("school_unsure", "orgs.csv", 1)
    elif "enrollments" in desk.lost:
        desk.notes.count("not_complete", FILE, 1)
    else:
        desk.incoming.complete.update(TABLES)


def _check(block: Block, enrolled: Enrolled) -> None:
    types = enrolled.classes.orgs.types
    for at, (school, starts, ends) in enumerate(
        zip(block["schoolSourcedId"], block["beginDate"], block["endDate"], strict=True)
    ):
        if types.get(school, "school") != "school":
            block.refuse(at, "schoolSourcedId", "not_a_school", school)
        if starts and ends and ends < starts:
            block.refuse(at, "endDate", "ends_before", str(ends))
        if block["role"][at] == "student":  # wrong in something else, it still says who is in which class
            enrolled.pairs.add((block["userSourcedId"][at], block["classSourcedId"][at]))
        if block["primary"][at] == 1 and block["role"][at] == "teacher" and not block.gone[at] and at not in block.bad:
            _check_primary(block, at, enrolled)


def _check_primary(block: Block, at: int, enrolled: Enrolled) -> None:
    """One after the other may lead a class, two at a time may not."""
    starts, ends = block["beginDate"][at], block["endDate"][at]
    others = enrolled.primary.setdefault(block["classSourcedId"][at], [])
    begin, end = starts or date.min, ends or date.max
    if any(begin < (last or date.max) and (first or date.min) < end for first, last in others):
        block.refuse(at, "primary", "two_primary", "true")
    else:
        others.append((starts, ends))


def _take(block: Block, at: int, enrolled: Enrolled) -> None:
    role, user, group = block["role"][at], block["userSourcedId"][at], block["classSourcedId"][at]
    school = block["schoolSourcedId"][at]
    if role not in ("student", "teacher"):
        block.note(at, "enrolment_role", "role", role)
    elif not enrolled.classes.orgs.is_of_school(school, FILE, block.lines[at]) or group in enrolled.classes.left_out:
        block.note(at, "other_school", "schoolSourcedId", school)
    elif role == "student" and enrolled.people.may_learn(user):
        starts, ends = _span(block, at, enrolled)
        enrolled.learning.row(block.lines[at], block["sourcedId"][at], user, group, starts, ends)
    elif role == "teacher" and enrolled.people.may_teach(user):
        starts, ends = _span(block, at, enrolled)
        lead = block["primary"][at]
        # What ends is found by its own id; the person may be nowhere in the bundle.
        person = "" if block.gone[at] and user not in enrolled.people.users else user
        enrolled.teaching.row(block.lines[at], block["sourcedId"][at], person, group, starts, ends, lead)
    else:
        block.note(at, "of_left_out", "userSourcedId", user)
        # It is not ended for being left out.
        for table in TABLES:
            enrolled.desk.incoming.refused.setdefault(table, set()).add(block["sourcedId"][at])


def _span(block: Block, at: int, enrolled: Enrolled) -> Span:
    """From the first to the last day. A deleted row ends the day before the import, if it has not ended by then."""
    starts, ends = block["beginDate"][at], block["endDate"][at]
    if starts is None and (group := enrolled.classes.groups.get(block["classSourcedId"][at])):
        session = enrolled.classes.sessions.get(group.term)
        starts = session.starts if session else None
    last = ends - ONE_DAY if ends else None
    if block.gone[at]:
        last = min(last or date.max, enrolled.desk.on - ONE_DAY)
    elif starts and last and last < starts:
        block.note(at, "zero_days", "endDate", str(ends))
    return starts, max(last, starts) if last and starts else last
