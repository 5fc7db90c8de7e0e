"""What ends with a role, told before it ends: the students and classes seen by it alone, a caseload, classes left alone."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.kit.scoping import in_force
from students.models import Caseload, Enrolment, Membership, SchoolClass, Student, StudentStatus, Teaching
from students.roles import KEEPERS, Role


@dataclass(frozen=True, slots=True)
class Ending:
    """`classes` and `students` are those of today's school that no other role of the person opens after that day.

    `caseload` and `taught` are what the role carries; `left_alone` are the taught ones nobody else teaches then.
    """

    first_day_without: date
    classes: int
    students: int
    keeps: tuple[str, ...]
    caseload: int = 0
    taught: int = 0
    stays_with: int = 0
    left_alone: tuple[Teaching, ...] = ()

    @property
    def lost(self) -> str:
        """What is no longer seen, within a sentence; empty where another role opens all of it."""
        classes = ngettext("%(n)s class", "%(n)s classes", self.classes) % {"n": self.classes}
        students = ngettext("%(n)s student", "%(n)s students", self.students) % {"n": self.students}
        if self.classes and self.students:
            return _("%(classes)s and %(students)s") % {"classes": classes, "students": students}
        return (classes if self.classes else "") or (students if self.students else "")


def what_ends(membership: Membership, on: date) -> Ending:
    """`on` is the last day of the role. Two queries for each role the person has, and two for a teacher."""
    day = on + timedelta(days=1)
    others = Membership.objects.filter(in_force("", day), user=membership.user_id, school=membership.school_id)
    staying = list(others.exclude(pk=membership.pk).exclude(role=membership.role))
    classes, students = _seen(membership, day)
    for each in staying:
        kept_classes, kept_students = _seen(each, day)
        classes, students = classes - kept_classes, students - kept_students
    taught = _taught(membership, day)
    is_teacher = membership.role == Role.TEACHER
    return Ending(
        first_day_without=day,
        classes=len(classes),
        students=len(students),
        keeps=tuple(each.role for each in staying),
        caseload=_caseload(membership, day).count() if membership.role == Role.COUNSELLOR else 0,
        taught=len(taught) if is_teacher else 0,
        stays_with=0 if is_teacher or not _has(staying, Role.TEACHER) else len(taught),
        left_alone=_left_alone(taught, membership, day) if is_teacher else (),
    )


def _has(posts: list[Membership], role: str) -> bool:
    return any(each.role == role for each in posts)


def _seen(membership: Membership, day: date) -> tuple[set[int], set[int]]:
    """Keys of the classes that are not over and of the students on the roll that this role opens by itself."""
    students = Student.objects.filter(school=membership.school_id, status=StudentStatus.ENROLLED).order_by()
    classes = SchoolClass.objects.filter(school=membership.school_id, term__ends__gte=day).order_by()
    if membership.role in KEEPERS:
        return _keys(classes), _keys(students)
    if membership.role == Role.TEACHER:
        taught = {each.school_class_id for each in _taught(membership, day)}
        enrolled = Enrolment.objects.active(day).filter(school_class__in=taught).order_by()
        return taught, _keys(students.filter(pk__in=enrolled.values("student")))
    relation = {
        Role.COUNSELLOR: Q(caseloads__counsellor=membership.user_id) & in_force("caseloads", day),
        Role.GUARDIAN: Q(guardianships__guardian=membership.user_id) & in_force("guardianships", day),
        Role.STUDENT: Q(account=membership.user_id),
    }.get(Role(membership.role))
    return set(), _keys(students.filter(relation)) if relation is not None else set()


def _keys(rows: Any) -> set[int]:
    return set(rows.values_list("pk", flat=True))


def _taught(membership: Membership, day: date) -> list[Teaching]:
    rows = Teaching.objects.active(day).filter(teacher=membership.user_id, school_class__school=membership.school_id)
    return list(rows.filter(school_class__term__ends__gte=day).select_related("school_class").order_by("school_class"))


def _caseload(membership: Membership, day: date) -> Any:
    rows = Caseload.objects.filter(in_force("", day), counsellor=membership.user_id)
    return rows.filter(student__school=membership.school_id)


def _left_alone(taught: list[Teaching], membership: Membership, day: date) -> tuple[Teaching, ...]:
    others = Teaching.objects.active(day).filter(school_class__in=[each.school_class_id for each in taught])
    others = others.exclude(teacher=membership.user_id).filter(teacher__is_active=True)
    shared = set(others.values_list("school_class_id", flat=True))
    return tuple(each for each in taught if each.school_class_id not in shared)
