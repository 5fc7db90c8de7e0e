"""What may be ordered of a school as a file, and who may have it: asked when it is ordered, when it is made and when it is taken."""

from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.kit.errors import NotAllowed, NotReady
from portal.kit.scoping import grants_of
from students.models import School
from students.roles import DEMOGRAPHICS, KEEPERS, LEADERS

ONEROSTER, DUMP = "oneroster", "dump"  # kinds of jobs


class Version(models.TextChoices):
    V1_1 = "1.1", gettext_lazy("version 1.1")
    V1_2 = "1.2", gettext_lazy("version 1.2")


class Format(models.TextChoices):
    CSV = "csv", gettext_lazy("CSV, for every program")
    PARQUET = "parquet", gettext_lazy("Parquet, for Python and R")


@dataclass(frozen=True)
class BundleWish:
    school: School
    version: str = Version.V1_1
    demographics: bool = False
    attendance: bool = False


@dataclass(frozen=True)
class DumpWish:
    """`with_names` is never asked for by a page: only who works on the machine itself may."""

    school: School
    format: str = Format.CSV
    protected: bool = False
    with_names: bool = False


def sees_protected(user: Any, school_id: int | None) -> bool:
    return school_id in grants_of(user).of((DEMOGRAPHICS,))


def check_bundle(wish: BundleWish, by: Any) -> None:
    """Raises NotAllowed. Nobody (`by` is None) is the shell of the machine, which may."""
    if by is None:
        return
    if wish.school.pk not in grants_of(by).of(KEEPERS):
        raise NotAllowed(_("Only leaders and the office take the roster of a school out."))
    _check_protected(wish.demographics, by, wish.school)


def check_dump(wish: DumpWish, by: Any) -> None:
    """Raises NotAllowed. An analyst is given the file by a leader, who answers for it."""
    if by is None:
        return
    if wish.school.pk not in grants_of(by).of(LEADERS):
        raise NotAllowed(_("Only leaders take the records of a whole school out."))
    _check_protected(wish.protected, by, wish.school)


def check_has_records(school: School) -> None:
    """Raises NotReady for a district: each of its schools is taken out by itself."""
    if school.kind == School.Kind.DISTRICT:
        raise NotReady(_("%s has no records of its own. Take out its schools one by one.") % school, code="no_records")


def _check_protected(asked: bool, by: Any, school: School) -> None:
    if asked and not sees_protected(by, school.pk):
        raise NotAllowed(_("Protected facts are for those whom a leader gave the right to see them."))


def may_still_have(job: Any, user: Any) -> bool:
    """Whether the file of a job may still be handed to who ordered it."""
    roles = LEADERS if job.kind == DUMP else KEEPERS
    asked = job.arguments.get("demographics") or job.arguments.get("protected")
    return job.school_id in grants_of(user).of(roles) and (not asked or sees_protected(user, job.school_id))
