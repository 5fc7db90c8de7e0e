"""Who at school has looked at a student's record, as the student's family may read it: name, role, what, and the day."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Max
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.audit.models import AccessEvent
from students.models import Student
from students.reaching import DOORS, LISTS, WHAT
from students.roles import Role

DAYS = 90
MOST = 200
FAMILY = (Role.STUDENT, Role.GUARDIAN)
# What a family is told by name. Everything else is "parts of the record not named here": that somebody looked is told, but not that
# there is an estimate before it was released, nor what the staff plan among themselves.
NAMED = frozenset({"student", "register", "results", "marks", "mark history", "roll", "enrolment", "list", "caseload",
                   "protected facts", "who sees", "oneroster", "dump"})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Opened:
    """What was opened, how often, and the day it was last."""

    what: str
    times: int
    last: date


@dataclass(frozen=True, slots=True)
class StaffLook:
    """One person in one role. `is_oneself`: the reader, who also works at the school."""

    name: str
    role: str
    opened: tuple[Opened, ...]
    last: date
    is_oneself: bool


def looked_at(student: Student, *, user: Any, until: datetime) -> tuple[StaffLook, ...]:
    """Of the last months, who looked last first. What the family itself opened is left out, whoever of it that was: nobody
    is told here what a guardian or the student reads. Two queries.
    """
    since = until - timedelta(days=DAYS)
    events = AccessEvent.objects.filter(student_id=student.pk, at__gt=since, at__lte=until).exclude(role__in=FAMILY)
    counted = events.order_by().values("user_id", "role", "what", "door").annotate(times=Count("pk"), last=Max("at"))
    rows: list[dict[str, Any]] = [{**row} for row in counted.order_by("-last", "user_id")[:MOST]]
    people = User.objects.in_bulk({row["user_id"] for row in rows})
    by_person: defaultdict[tuple[int, str], list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        by_person[row["user_id"], row["role"]].append(row)
    zone = ZoneInfo(student.school.timezone)
    return tuple(
        StaffLook(
            name=people[person].name if person in people else _("an account that was removed"),
            role=str(Role(role).label) if role in Role.values else _("runs the portal"),
            opened=tuple(_opened(group, zone)),
            last=group[0]["last"].astimezone(zone).date(),
            is_oneself=person == user.pk,
        )
        for (person, role), group in by_person.items()
    )


def _opened(group: list[dict[str, Any]], zone: ZoneInfo) -> list[Opened]:
    """Lists in which the student stood among others are one line, told last."""
    by_word: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in sorted(group, key=_is_list):
        by_word[_("in class lists") if _is_list(row) else _told(row)].append(row)
    return [
        Opened(word, sum(row["times"] for row in rows), max(row["last"] for row in rows).astimezone(zone).date())
        for word, rows in by_word.items()
    ]


def _is_list(row: dict[str, Any]) -> bool:
    return row["what"] in LISTS and row["door"] == AccessEvent.Door.PAGE


def _told(row: dict[str, Any]) -> str:
    what = str(WHAT[row["what"]]) if row["what"] in NAMED else _("parts of the record not named here")
    parts = [what, str(DOORS.get(row["door"], ""))]
    return ", ".join(part for part in parts if part)
