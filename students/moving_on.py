"""One class moved on to a later term: a new class with the same people, and the old one's enrolments ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.audit import history
from portal.audit.record import record
from portal.kit.errors import Conflict, DomainError
from portal.kit.scoping import in_force
from students.enrolment import end_many, enrol_many
from students.models import Enrolment, SchoolClass, Student, Teaching, Term
from students.standing import check_may_keep


@dataclass(frozen=True, slots=True)
class Onward:
    """What somebody chose: where to, under which name, and who comes along."""

    target: Term
    name: str
    grade_level: int | None
    students: Sequence[Student]
    teachers_follow: bool = True


def later_terms(school_class: SchoolClass) -> Any:
    """Terms of the school that begin after this class's term has ended."""
    return Term.objects.filter(school=school_class.school_id, starts__gt=school_class.term.ends).order_by(
        "starts", "-ends"
    )


def people_at_the_end(school_class: SchoolClass, *, on: date) -> Any:
    """Who is in the class on its last day, or now if that is sooner."""
    return Enrolment.objects.filter(in_force("", min(on, school_class.term.ends)), school_class=school_class)


@transaction.atomic
def move_on(school_class: SchoolClass, onward: Onward, *, by: User, batch: UUID) -> SchoolClass:
    """All in one batch of changes, so that it can be taken back as one."""
    check_may_keep(by, school_class)
    _check(school_class, onward)
    made = SchoolClass(
        school=school_class.school, subject=school_class.subject, term=onward.target, name=onward.name,
        grade_level=onward.grade_level, is_home_class=school_class.is_home_class,
    )  # fmt: skip
    history.save(made, by=by, batch=batch)
    end_many(Enrolment.objects.filter(school_class=school_class), by=by, on=school_class.term.ends, batch=batch)
    found = enrol_many(onward.students, made, by=by, on=onward.target.starts, batch=batch)
    teachers = _carry_teachers(school_class, made, by, batch) if onward.teachers_follow else 0
    facts: dict[str, Any] = {"to": made.pk, "students": len(found.ready), "teachers": teachers, "batch": str(batch)}
    record(by, "class moved on", school_class, **facts)
    return made


def _check(school_class: SchoolClass, onward: Onward) -> None:
    target = onward.target
    if target.school_id != school_class.school_id or target.starts <= school_class.term.ends:
        raise DomainError(_("Choose a term that begins after the last day of %s.") % school_class.term)
    same = SchoolClass.objects.filter(school=school_class.school, term=target, subject=school_class.subject)
    if same.filter(name=onward.name).exists():
        told = _("There is a class %(name)s in %(term)s already. Choose another name, or enrol people there.")
        raise Conflict(told % {"name": onward.name, "term": target})


def _carry_teachers(old: SchoolClass, made: SchoolClass, by: User, batch: UUID) -> int:
    """Who teaches the class on its last day. Their teaching of the old one ends with its term by itself."""
    last = Teaching.objects.active(old.term.ends).filter(school_class=old).order_by("teacher_id", "-is_lead")
    each_once = {each.teacher_id: each for each in reversed(last)}
    rows = [
        Teaching(teacher_id=key, school_class=made, starts=made.term.starts, is_lead=each.is_lead)
        for key, each in each_once.items()
    ]
    Teaching.objects.bulk_create(rows)
    history.note_added(rows, by=by, batch=batch, school_id=made.school_id)
    return len(rows)
