"""Who may import into a school, and whose imports may read protected facts. Nobody (`None`) is the clock or the shell."""

from typing import Any

from django.utils.translation import gettext as _

from portal.kit.errors import NotAllowed
from portal.kit.scoping import grants_of
from students.models import School, SchoolKind, SchoolPolicy
from students.roles import DEMOGRAPHICS, KEEPERS


def may_import(user: Any, school: School) -> bool:
    """Into a district nothing is imported: students belong to schools."""
    if school.kind != SchoolKind.SCHOOL:
        return False
    if user is None or (user.is_superuser and user.is_active):
        return True
    return school.pk in grants_of(user).of(KEEPERS)


def check_may_import(user: Any, school: School) -> None:
    if school.kind != SchoolKind.SCHOOL:
        raise NotAllowed(_("%s is no school but what stands above schools; import into the school itself.") % school)
    if not may_import(user, school):
        raise NotAllowed(_("Only the office and the leaders of %s import files.") % school)


def reads_protected(user: Any, school: School) -> bool:
    """The school has switched it on, and the person has the right to these facts there. Nobody has it by default."""
    if user is None or not SchoolPolicy.objects.filter(school=school, imports_protected=True).exists():
        return False
    return school.pk in grants_of(user).of({DEMOGRAPHICS})
