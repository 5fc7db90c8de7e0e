"""Whom new evidence touched: noted as it comes, and taken all at once when a school has been quiet for a moment."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Max, Min, Q

from predictions.models import Touched, TouchedKind

QUIET = timedelta(seconds=10)  # so long nothing new, and whoever enters marks has paused
PATIENCE = timedelta(seconds=30)  # so long at most, while somebody goes on entering
# Whoever deletes the rows has them: of two timers at once the later one waits, finds none, and orders nothing.
TAKE = "DELETE FROM {table} WHERE school_id = %s RETURNING student_id, kind"


@dataclass(frozen=True)
class Waiting:
    """A school whose touched students are to be looked at now; `since`: when the first of them was touched."""

    school_id: int
    since: datetime


@dataclass(frozen=True)
class Taken:
    students: list[int]
    has_marks: bool


def note(school_id: int, student_ids: Iterable[int], kind: str, *, at: datetime) -> int:
    """One statement for many students. Returns how many rows were written."""
    told = TouchedKind(kind)
    rows = [Touched(school_id=school_id, student_id=each, kind=told, at=at) for each in set(student_ids)]
    return len(Touched.objects.bulk_create(rows))


def waiting(now: datetime) -> list[Waiting]:
    """Schools that have been quiet for a moment, and those that have waited for long enough."""
    schools = Touched.objects.order_by().values("school_id").annotate(oldest=Min("at"), newest=Max("at"))
    due = schools.filter(Q(newest__lte=now - QUIET) | Q(oldest__lte=now - PATIENCE)).order_by("oldest")
    return [Waiting(each["school_id"], each["oldest"]) for each in due]


def take(school_id: int) -> Taken:
    """All that were touched, each student once; inside the transaction that does something about them."""
    with connection.cursor() as cursor:
        cursor.execute(TAKE.format(table=Touched._meta.db_table), [school_id])
        rows = cursor.fetchall()
    return Taken(sorted({student for student, _ in rows}), any(kind == TouchedKind.MARKS for _, kind in rows))
