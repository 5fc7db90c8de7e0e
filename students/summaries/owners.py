"""Who may be asked to help a student: the staff who see them today."""

from datetime import date
from typing import Any

from django.db.models import Q

from portal.accounts.models import User
from portal.kit.scoping import in_force
from students.models import Caseload, Membership, Student, Teaching
from students.roles import Role

MOST = 80


def owners_for(student: Student, *, on: date, also: tuple[int | None, ...] = ()) -> list[User]:
    """Teachers and counsellors of the student first, then leaders, each by name. `also` are kept among them. Two queries."""
    enrolled = Q(school_class__enrolments__student=student) & in_force("school_class__enrolments", on)
    near = [
        Teaching.objects.filter(enrolled, in_force("", on)).order_by().values("teacher"),
        Caseload.objects.filter(in_force("", on), student=student).order_by().values("counsellor"),
    ]
    posts = Membership.objects.filter(in_force("", on), school=student.school_id)
    roles = (
        posts.filter(Q(role=Role.LEADER) | (Q(role=Role.TEACHER) & Q(user__in=near[0])) | _counsels(near[1])).order_by()
    )  # fmt: skip
    held = list(roles.values_list("user_id", "role")[: 5 * MOST])
    leaders = {user for user, role in held if role == Role.LEADER}
    known = {user for user, _ in held} | {key for key in also if key}
    people = User.objects.filter(pk__in=known, is_active=True).order_by("name", "pk")[:MOST]
    return sorted(people, key=lambda each: (each.pk in leaders, each.name, each.pk))


def _counsels(near: Any) -> Q:
    return Q(role=Role.COUNSELLOR) & Q(user__in=near)
