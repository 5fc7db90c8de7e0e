"""What a person is to one class: who keeps its marks and its roll, and who keeps its people."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from portal.kit.errors import NotAllowed
from portal.kit.scoping import grants_of
from students.models import SchoolClass, Teaching
from students.roles import KEEPERS, Role

Check = Callable[..., None]  # like `check_may_record`, for a door that lets others in as well


def may_record(user: Any, school_class: SchoolClass, *, on: date) -> bool:
    """Marks and the roll: leaders, the office, and who teaches the class on that day. One query, or none."""
    grants = grants_of(user)
    if may_keep(user, school_class):
        return True
    if school_class.school_id not in grants.of((Role.TEACHER,)):
        return False
    return Teaching.objects.active(on).filter(teacher=user, school_class=school_class).exists()


def may_keep(user: Any, school_class: SchoolClass) -> bool:
    """Who is in the class and who teaches it: leaders and the office. No query."""
    return school_class.school_id in grants_of(user).of(KEEPERS)


def check_may_record(user: Any, school_class: SchoolClass, *, on: date) -> None:
    if not may_record(user, school_class, on=on):
        raise NotAllowed(_("Only who teaches %s, a leader or the office does this.") % school_class)


def check_may_keep(user: Any, school_class: SchoolClass) -> None:
    if not may_keep(user, school_class):
        raise NotAllowed(_("Only a leader or the office does this for %s.") % school_class)
