"""What a member of staff is not shown of a student, and why: worked out from the rules themselves, never a fixed text."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.kit.scoping import Path, grants_of
from students import access
from students.looking import reached
from students.models import Demographics, Student
from students.roles import KEEPERS, Role
from students.summaries.profile.ties import Ties

PLURAL = {
    Role.LEADER: gettext_lazy("leaders"),
    Role.OFFICE: gettext_lazy("the office"),
    Role.TEACHER: gettext_lazy("their teachers"),
    Role.COUNSELLOR: gettext_lazy("their counsellor"),
}


@dataclass(frozen=True, slots=True)
class Withheld:
    what: str
    why: str


def what_is_withheld(student: Student, ties: Ties, *, user: Any) -> tuple[Withheld, ...]:
    """At most one query, for who counsels and neither leads nor keeps the office."""
    found = []
    if not sees_protected(student, user):
        names = ", ".join(str(field) for field in _protected_names())
        found.append(Withheld(_("Protected facts"), _("%(names)s, and indicators marked protected. They take a right of "
                     "its own, which a leader gives.") % {"names": names}))  # fmt: skip
    if not _sees_guardians(student, user):
        found.append(
            Withheld(
                _("Guardians"), _("%(who)s see who cares for a student.") % {"who": _who(access.GUARDIANSHIP.view)}
            )
        )
    if closed := sorted({tie.title for tie in ties.classes if not tie.opens}):
        found.append(Withheld(_("Other registers"), _("You do not teach %(classes)s, so those classes have no link; the "
                     "marks of this student are shown.") % {"classes": ", ".join(closed)}))  # fmt: skip
    if not is_keeper(student, user):
        found.append(
            Withheld(
                _("Who else looks"),
                _("%(who)s see who can open this page, and who did.") % {"who": _who(access.STUDENT.edit)},
            )
        )
    return tuple(found)


def is_keeper(student: Student, user: Any) -> bool:
    return student.school_id in grants_of(user).of(KEEPERS)


def sees_protected(student: Student, user: Any) -> bool:
    return student.school_id in grants_of(user).of(access.PROTECTED.roles)


def protected_facts(student: Student, *, user: Any) -> list[tuple[str, str]]:
    """Label and value of each fact that is known. One query, and none for who lacks the right."""
    if not sees_protected(student, user):
        return []
    facts = Demographics.objects.visible_to(user).filter(student=student).first()
    if facts is None:
        return []
    known = [(str(field.verbose_name), getattr(facts, field.name)) for field in _protected_fields()]
    return [(label.capitalize(), value) for label, value in known if value]


def _sees_guardians(student: Student, user: Any) -> bool:
    if is_keeper(student, user):
        return True
    return bool(reached(user, (access.LOOKED_AFTER,), among={student.pk}))


def _protected_fields() -> list[Any]:
    own = ("gender", "ethnicity", "parental_education", "lunch_programme", "home_language")
    return [Demographics._meta.get_field(name) for name in own]


def _protected_names() -> list[str]:
    names = [str(field.verbose_name) for field in _protected_fields()]
    return [names[0].capitalize(), *names[1:]]


def _who(paths: Iterable[Path]) -> str:
    """The staff among those whom these paths lead anywhere."""
    roles = frozenset().union(*(path.roles for path in paths))
    names = [str(word) for role, word in PLURAL.items() if role in roles]
    told = (
        names[0] if len(names) == 1 else _("%(some)s and %(last)s") % {"some": ", ".join(names[:-1]), "last": names[-1]}
    )
    return told[:1].upper() + told[1:]
