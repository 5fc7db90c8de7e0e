"""Plain functions that build one record each, with sensible values for whatever a test does not care about."""

from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from itertools import count
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.utils import timezone

from portal.accounts.models import Invitation, User
from portal.accounts.preferences import READ
from portal.audit import history
from portal.audit.record import looked, record
from predictions.web.toured import EDITIONS
from students.models import (
    AttendanceMark,
    Caseload,
    Demographics,
    Enrolment,
    Exam,
    GradeBoundary,
    GradeScale,
    Guardianship,
    Indicator,
    Intervention,
    Membership,
    Note,
    Observation,
    Participation,
    Release,
    Result,
    School,
    SchoolClass,
    Sitting,
    Student,
    Subject,
    Teaching,
    Term,
)
from students.roles import Role

PASSWORD = "correct-horse-battery"
# "Today" is the real one: rights end by the clock, and tests move the records, not the clock.
TODAY = date.today()
LONG_AGO = TODAY - timedelta(days=400)
YESTERDAY = TODAY - timedelta(days=1)
_numbers = count(1)


@lru_cache(maxsize=1)
def hashed_password() -> str:
    return make_password(PASSWORD)


def make_user(name: str, email: str = "", **facts: Any) -> User:
    """Somebody who has taken the tour already; with `preferences={}` somebody who signs in for the first time."""
    address = email or f"{name.split()[0].lower()}@lakeside.example"
    user = User(email=address, name=name, **{"preferences": {READ: EDITIONS}, **facts})
    user.password = hashed_password()
    user.save()
    EmailAddress.objects.create(user=user, email=address, verified=True, primary=True)
    return user


def make_school(name: str = "Lakeside School", **facts: Any) -> School:
    facts.setdefault("slug", name.lower().replace(" ", "-"))
    facts.setdefault("timezone", "UTC")
    return School.objects.create(name=name, **facts)


def make_member(user: User, school: School, role: str, **facts: Any) -> Membership:
    facts.setdefault("starts", LONG_AGO)
    return Membership.objects.create(user=user, school=school, role=role, **facts)


def make_term(school: School, **facts: Any) -> Term:
    facts.setdefault("kind", Term.Kind.YEAR)
    facts.setdefault("name", f"Year {next(_numbers)}")
    facts.setdefault("starts", TODAY - timedelta(days=120))
    facts.setdefault("ends", TODAY + timedelta(days=200))
    return Term.objects.create(school=school, **facts)


def make_subject(school: School, name: str = "Mathematics", **facts: Any) -> Subject:
    facts.setdefault("code", f"{name[:3].upper()}{next(_numbers)}")
    return Subject.objects.create(school=school, name=name, **facts)


def make_scale(school: School, **facts: Any) -> GradeScale:
    facts.setdefault("name", "Percent")
    facts.setdefault("pass_mark", Decimal(50))
    scale = GradeScale.objects.create(school=school, **facts)
    for grade, least in (("A", 75), ("B", 60), ("C", 50), ("D", 40), ("E", 0)):
        GradeBoundary.objects.create(scale=scale, grade=grade, least=least)
    return scale


def make_student(school: School, name: str = "", **facts: Any) -> Student:
    given, _, family = (name or f"Student{next(_numbers)} Example").partition(" ")
    facts.setdefault("grade_level", 9)
    facts.setdefault("starts", LONG_AGO)
    return Student.objects.create(school=school, given_name=given, family_name=family or "Example", **facts)


def make_class(school: School, name: str = "Mathematics 9B", **facts: Any) -> SchoolClass:
    facts.setdefault("term", Term.objects.filter(school=school).first() or make_term(school))
    facts.setdefault("subject", Subject.objects.filter(school=school).first() or make_subject(school))
    facts.setdefault("grade_level", 9)
    return SchoolClass.objects.create(school=school, name=name, **facts)


def make_enrolment(student: Student, school_class: SchoolClass, **facts: Any) -> Enrolment:
    facts.setdefault("starts", TODAY - timedelta(days=100))
    return Enrolment.objects.create(student=student, school_class=school_class, **facts)


def make_teaching(teacher: User, school_class: SchoolClass, **facts: Any) -> Teaching:
    facts.setdefault("starts", TODAY - timedelta(days=100))
    return Teaching.objects.create(teacher=teacher, school_class=school_class, **facts)


def make_caseload(counsellor: User, student: Student, **facts: Any) -> Caseload:
    facts.setdefault("starts", LONG_AGO)
    return Caseload.objects.create(counsellor=counsellor, student=student, **facts)


def make_guardianship(guardian: User, student: Student, **facts: Any) -> Guardianship:
    facts.setdefault("starts", LONG_AGO)
    return Guardianship.objects.create(guardian=guardian, student=student, **facts)


def make_demographics(student: Student, **facts: Any) -> Demographics:
    facts.setdefault("gender", "female")
    return Demographics.objects.create(student=student, **facts)


def make_exam(*classes: SchoolClass, **facts: Any) -> Exam:
    first = classes[0]
    facts.setdefault("title", f"Test {next(_numbers)}")
    facts.setdefault("day", TODAY - timedelta(days=10))
    exam = Exam.objects.create(school=first.school, subject=first.subject, term=first.term, **facts)
    Sitting.objects.bulk_create(Sitting(exam=exam, school_class=each) for each in classes)
    return exam


def make_result(exam: Exam, student: Student, score: Any = 60, **facts: Any) -> Result:
    facts.setdefault("known_on", exam.day)
    return Result.objects.create(exam=exam, student=student, score=score, **facts)


def make_release(exam: Exam, school_class: SchoolClass, by: User | None = None) -> Release:
    return Release.objects.create(exam=exam, school_class=school_class, by=by)


def make_mark(student: Student, school_class: SchoolClass, status: str = "P", **facts: Any) -> AttendanceMark:
    facts.setdefault("day", YESTERDAY)
    facts.setdefault("known_on", facts["day"])
    return AttendanceMark.objects.create(student=student, school_class=school_class, status=status, **facts)


def make_indicator(school: School, name: str = "Study hours", **facts: Any) -> Indicator:
    facts.setdefault("code", f"{name.lower().replace(' ', '-')}-{next(_numbers)}")
    facts.setdefault("kind", "number")
    return Indicator.objects.create(school=school, name=name, **facts)


def make_observation(student: Student, indicator: Indicator, number: Any = 5, **facts: Any) -> Observation:
    facts.setdefault("day", YESTERDAY)
    facts.setdefault("known_on", facts["day"])
    return Observation.objects.create(student=student, indicator=indicator, number=number, **facts)


def make_help(student: Student, owner: User, **facts: Any) -> Intervention:
    """Running help, unless other days are given."""
    facts.setdefault("kind", "tutoring")
    facts.setdefault("goal", "Fractions without help")
    facts.setdefault("starts", TODAY - timedelta(days=10))
    facts.setdefault("review_on", max(facts["starts"], TODAY + timedelta(days=20)))
    facts.setdefault("created_by", owner)
    return Intervention.objects.create(student=student, owner=owner, **facts)


def make_note(student: Student, by: User, text: str = "Asked good questions.", **facts: Any) -> Note:
    return Note.objects.create(student=student, by=by, text=text, **facts)


def make_invitation(by: User, school: School, **facts: Any) -> Invitation:
    facts.setdefault("email", "newcomer@lakeside.example")
    facts.setdefault("role", Role.TEACHER)
    facts.setdefault("starts", TODAY)
    facts.setdefault("expires_at", timezone.now() + timedelta(days=14))
    facts.setdefault("token_hash", f"{next(_numbers):064d}")
    return Invitation.objects.create(invited_by=by, school_id=school.pk, **facts)


def make_audit_trail(by: User, student: Student) -> None:
    """One line of each kind about a student of the school: an audit event, an access event and a change."""
    record(by, "looked up", student)
    looked(by, [student], role=Role.LEADER, what="student", door="page")
    student.grade_level += 1
    history.save(student, by=by)


def make_participation(student: Student, activity: str = "Chess club", **facts: Any) -> Participation:
    facts.setdefault("kind", "club")
    facts.setdefault("starts", LONG_AGO)
    return Participation.objects.create(student=student, activity=activity, **facts)


__all__ = [*(name for name in dir() if name.startswith("make_")), "LONG_AGO", "PASSWORD", "TODAY", "YESTERDAY", "Role"]
