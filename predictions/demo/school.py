"""The demo school without its students: its frame, its staff, its classes and its exams."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import numpy as np
from django.contrib.auth.hashers import make_password

from mlcore.schema import EXAM_KINDS
from mlcore.synth import SchoolPlan
from mlcore.synth.draw import as_date, stream
from mlcore.synth.habits import INDICATORS
from mlcore.synth.people import NAME_ORIGIN_SHARES
from mlcore.synth.subjects import GRADES, HOME
from portal.accounts.models import User
from portal.kit import bulk
from portal.kit.names import fold
from predictions.demo import names
from students.models import (
    Exam,
    GradeBoundary,
    GradeScale,
    Indicator,
    Membership,
    Origin,
    Release,
    School,
    SchoolClass,
    SchoolPolicy,
    Sitting,
    Subject,
    Teaching,
    Term,
)
from students.roles import Role

NAME, SLUG, DOMAIN = "Lakeside School", "lakeside", "lakeside.example"
STUDENTS_PER_COUNSELLOR = 150
RELEASED_AFTER_DAYS = 21
GRADES_FROM = (("A", 80), ("B", 65), ("C", 50), ("D", 40), ("E", 0))
PASS_MARK = Decimal(50)
TEST = EXAM_KINDS.index("test")


@dataclass(frozen=True)
class DemoSchool:
    """Where the positions of the plan became keys: class 12 of the plan has the key `first_class + 12`."""

    school: School
    plan: SchoolPlan
    moment: datetime
    password: str
    first_class: int
    first_exam: int
    first_teacher: int
    first_counsellor: int
    counsellors: int
    indicators: list[int]


def days(numbers: Any, no_day: int | None = None) -> Any:
    """Days since 1970 as an array the bulk writer knows; `no_day` becomes an empty cell."""
    made = np.asarray(numbers).astype(np.int64).astype("datetime64[D]")
    return made if no_day is None else np.where(np.asarray(numbers) == no_day, np.datetime64("NaT"), made)


def stamp(moment: datetime) -> dict[str, Any]:
    """The columns every editable record has."""
    return {
        "origin": Origin.DEMO.value,
        "source": "",
        "external_id": "",
        "version": 1,
        "created_at": moment,
        "updated_at": moment,
    }


def build(plan: SchoolPlan, password: str) -> DemoSchool:
    moment = datetime.combine(plan.spec.today, time(6), tzinfo=UTC)
    school = School.objects.create(name=NAME, slug=SLUG, timezone="Europe/London", is_demo=True, origin=Origin.DEMO)
    SchoolPolicy.objects.create(school=school, origin=Origin.DEMO)
    counsellors = max(1, round(plan.spec.students / STUDENTS_PER_COUNSELLOR))
    first_teacher, first_counsellor = _staff(plan, school, password, counsellors, moment)
    terms, subjects = _frame(plan, school)
    first_class = _classes(plan, school, terms, subjects, first_teacher, moment)
    first_exam = _exams(plan, school, terms, subjects, first_class, moment)
    indicators = [_indicator(school, each).pk for each in INDICATORS]
    return DemoSchool(
        school,
        plan,
        moment,
        password,
        first_class,
        first_exam,
        first_teacher,
        first_counsellor,
        counsellors,
        indicators,
    )


def _staff(plan: SchoolPlan, school: School, password: str, counsellors: int, moment: datetime) -> tuple[int, int]:
    """Teachers, counsellors, leaders, office and analyst, with their roles. Returns two first keys."""
    roles = [Role.TEACHER] * plan.teachers + [Role.COUNSELLOR] * counsellors
    roles += [Role.LEADER, Role.LEADER, Role.OFFICE, Role.OFFICE, Role.ANALYST]
    rng = stream(plan.spec.seed, "staff names")
    origins = rng.choice(len(NAME_ORIGIN_SHARES), len(roles), p=NAME_ORIGIN_SHARES).astype(np.int8)
    genders = np.where(rng.random(len(roles)) < 0.6, "female", "male").tolist()
    given, family = names.draw(rng, origins, genders)
    first = write_users(list(zip(given, family, strict=True)), "staff", moment, password)
    keys = np.arange(first, first + len(roles))
    began = date(plan.years[0] - 3, 9, 1)
    write_memberships(school, keys, bulk.Coded(np.arange(len(roles)), [role.value for role in roles]), began, moment)
    # Leaders hold the right to protected facts in the demo, so that there is somebody to show it.
    Membership.objects.filter(school=school, role=Role.LEADER).update(sees_demographics=True)
    return first, first + plan.teachers


def write_users(people: list[tuple[str, str]], kind: str, moment: datetime, password: str = "") -> int:
    """People of the demo with made-up addresses. Without a password they cannot sign in. Returns the first key."""
    first = bulk.next_key(User)
    full = [f"{given} {family}" for given, family in people]
    mailboxes = [f"{'.'.join(fold(name).split())}.{kind[0]}{row}" for row, name in enumerate(full, start=first)]
    bulk.write(
        User,
        {
            "id": np.arange(first, first + len(people)),
            "email": [f"{mailbox}@{DOMAIN}" for mailbox in mailboxes],
            "name": full,
            "search_name": [fold(name) for name in full],
            "password": make_password(password or None),
            "is_active": True,
            "is_superuser": False,
            "is_demo": True,
            "joined_at": moment,
            "last_login": None,
        },
    )
    bulk.keys_taken(User)
    return first


def write_memberships(school: School, users: Any, role: Any, starts: Any, moment: datetime) -> None:
    first = bulk.next_key(Membership)
    bulk.write(
        Membership,
        {
            "id": np.arange(first, first + len(users)),
            "user_id": users,
            "school_id": school.pk,
            "role": role,
            "starts": starts,
            "ends": None,
            "sees_demographics": False,
            **stamp(moment),
        },
    )
    bulk.keys_taken(Membership)


def _frame(plan: SchoolPlan, school: School) -> tuple[list[int], list[int]]:
    """Grade scale, terms and subjects; the keys of the latter two by their position in the plan."""
    scale = GradeScale.objects.create(
        school=school, name="A to E", pass_mark=PASS_MARK, is_default=True, origin=Origin.DEMO
    )
    GradeBoundary.objects.bulk_create(
        GradeBoundary(scale=scale, grade=grade, least=least) for grade, least in GRADES_FROM
    )
    terms: list[int] = []
    for term in plan.terms:
        parent = terms[term.parent] if term.parent is not None else None
        facts = {"kind": term.kind, "name": term.name, "starts": term.starts, "ends": term.ends}
        terms.append(Term.objects.create(school=school, parent_id=parent, origin=Origin.DEMO, **facts).pk)
    subjects = [
        Subject.objects.create(school=school, code=each.code, name=each.name, origin=Origin.DEMO).pk
        for each in plan.subjects
    ]
    return terms, subjects


def _classes(
    plan: SchoolPlan, school: School, terms: list[int], subjects: list[int], first_teacher: int, moment: datetime
) -> int:
    first = bulk.next_key(SchoolClass)
    count = len(plan.classes["subject"])
    names = [plan.class_name(row) for row in range(count)]
    bulk.write(
        SchoolClass,
        {
            "id": np.arange(first, first + count),
            "school_id": school.pk,
            "subject_id": np.array(subjects)[plan.classes["subject"]],
            "term_id": np.array([terms[plan.class_term(row)] for row in range(count)]),
            "name": names,
            "search_name": [fold(name) for name in names],
            "grade_level": plan.classes["grade"] + GRADES[0],
            "is_home_class": plan.classes["subject"] == HOME,
            **stamp(moment),
        },
    )
    first_teaching = bulk.next_key(Teaching)
    rows = plan.teachings
    bulk.write(
        Teaching,
        {
            "id": np.arange(first_teaching, first_teaching + len(rows["teacher"])),
            "teacher_id": first_teacher + rows["teacher"],
            "school_class_id": first + rows["school_class"],
            "starts": days(rows["starts"]),
            "ends": days(rows["ends"]),
            "is_lead": True,
            **stamp(moment),
        },
    )
    bulk.keys_taken(SchoolClass, Teaching)
    return first


def _exams(
    plan: SchoolPlan, school: School, terms: list[int], subjects: list[int], first_class: int, moment: datetime
) -> int:
    first, rows = bulk.next_key(Exam), plan.exams
    count = len(rows["day"])
    titles = [plan.exam_title(row) for row in range(count)]
    folded = {title: fold(title) for title in set(titles)}
    bulk.write(
        Exam,
        {
            "id": np.arange(first, first + count),
            "school_id": school.pk,
            "subject_id": np.array(subjects)[rows["subject"]],
            "term_id": np.array(terms)[rows["term"]],
            "title": titles,
            "search_name": [folded[title] for title in titles],
            "kind": bulk.Coded(rows["kind"], EXAM_KINDS),
            "day": days(rows["day"]),
            "maximum": rows["maximum"],
            "weight": rows["weight"],
            # Finals are so in the plan; a teacher's next question is the test after the coming weekend.
            "is_target": rows["is_target"] | (rows["kind"] == TEST),
            **stamp(moment),
        },
    )
    sittings = plan.sittings()
    _sittings(sittings, first, first_class)
    _releases(plan, sittings, first, first_class, moment)
    bulk.keys_taken(Exam)
    return first


def _sittings(sittings: dict[str, Any], first_exam: int, first_class: int) -> None:
    first = bulk.next_key(Sitting)
    columns = {"exam_id": first_exam + sittings["exam"], "school_class_id": first_class + sittings["school_class"]}
    bulk.write(Sitting, {"id": np.arange(first, first + len(sittings["exam"])), **columns})
    bulk.keys_taken(Sitting)


def _releases(plan: SchoolPlan, sittings: dict[str, Any], first_exam: int, first_class: int, moment: datetime) -> None:
    """Families see the results of exams that were sat a while ago."""
    past = plan.exams["day"][sittings["exam"]] + RELEASED_AFTER_DAYS <= plan.today
    exam, school_class = sittings["exam"][past], sittings["school_class"][past]
    first = bulk.next_key(Release)
    bulk.write(
        Release,
        {
            "id": np.arange(first, first + len(exam)),
            "exam_id": first_exam + exam,
            "school_class_id": first_class + school_class,
            "by_id": None,
            "at": days(plan.exams["day"][exam] + RELEASED_AFTER_DAYS).astype("datetime64[us]"),
            "comment": "",
        },
    )
    bulk.keys_taken(Release)


def _indicator(school: School, each: Any) -> Indicator:
    return Indicator.objects.create(
        school=school, code=each.key, name=each.label, kind=each.kind, unit=each.unit,
        least=each.low, most=each.high, categories=list(each.choices), origin=Origin.DEMO,
    )  # fmt: skip


def today_of(plan: SchoolPlan) -> date:
    return as_date(plan.today)
