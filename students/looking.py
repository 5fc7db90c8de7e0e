"""Who looks at whom, and as what: the role by which a person reaches a student, and the trace that looking leaves."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

from portal.audit.record import looked
from portal.kit.scoping import Path, ScopedQuerySet, grants_of
from students import access
from students.models import Student
from students.roles import Role


class StudentsByStaff(ScopedQuerySet[Student]):
    """Students as the staff of their school see them: somebody's own child, seen as its family, is none of these."""

    rule = access.STUDENT_BY_STAFF


# School-wide roles come first: who leads a school reaches every student by that, whatever else they are there.
WIDE = (Role.LEADER, Role.OFFICE)
PERSONAL = {
    Role.TEACHER: access.TAUGHT,
    Role.COUNSELLOR: access.LOOKED_AFTER,
    Role.STUDENT: access.ONESELF,
    Role.GUARDIAN: access.IN_ONES_CARE,
}


def reached(user: Any, paths: Iterable[Path], among: Collection[int] | None = None) -> set[int]:
    """The ids of students that these personal paths lead to; a path whose role the person lacks costs no query."""
    grants = grants_of(user)
    found: set[int] = set()
    for path in paths:
        for keys in path.keys(user, grants.by_day(grants.of(path.roles)), Student):
            narrowed = keys if among is None else keys.filter(pk__in=among)
            found.update(narrowed.values_list("pk", flat=True))
    return found


def family_of(user: Any) -> set[int]:
    """Oneself as a student, and the children in one's care."""
    return reached(user, (access.ONESELF, access.IN_ONES_CARE))


def roles_towards(user: Any, students: Collection[Student]) -> dict[int, str]:
    """By which role the person sees each of these students. Queries only for who has several personal roles in a school."""
    grants = grants_of(user)
    held = {
        school: [role for role in (*WIDE, *PERSONAL) if school in grants.of((role,))]
        for school in {student.school_id for student in students}
    }
    roles = {each.pk: str(held[each.school_id][0]) for each in students if _is_plain(held[each.school_id])}
    unsure = {each.pk for each in students} - roles.keys()
    for role, path in PERSONAL.items():
        if unsure:
            found = reached(user, (path,), among=unsure)
            roles.update(dict.fromkeys(found, str(role)))
            unsure -= found
    return roles


def _is_plain(held: list[Role]) -> bool:
    return bool(held) and (held[0] in WIDE or len(held) == 1)


def note_look(user: Any, students: Collection[Student], *, what: str, door: str) -> dict[int, str]:
    """Leave an access event for each student who was shown, one statement for each role. Returns the roles."""
    roles = roles_towards(user, students)
    shown: defaultdict[str, list[Student]] = defaultdict(list)
    for student in students:
        shown[roles.get(student.pk, "")].append(student)
    for role, group in shown.items():
        looked(user, group, role=role, what=what, door=door)
    return roles
