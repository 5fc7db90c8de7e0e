"""What others entered since somebody last looked at a sheet, told by the history of the records."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Self

from django.db.models import Q
from django.utils.translation import gettext as _

from portal.audit.models import Change
from portal.kit.errors import DomainError
from students.marksheet import Sheet, Stats, read_sheet, shown, token
from students.models import Enrolment, Exam, Result, SchoolClass, Sitting

# A change gets its number before its transaction ends: what is younger than this is looked at again.
SETTLED = timedelta(seconds=15)
MOST = 600
RESULT, EXAM, SITTING, ENROLMENT = (model._meta.label for model in (Result, Exam, Sitting, Enrolment))


@dataclass(frozen=True, slots=True)
class Stamp:
    """Up to `settled` every change is known; of exams, locks and enrolments the last one known is `frame`."""

    settled: int = 0
    frame: int = 0

    def __str__(self) -> str:
        return f"{self.settled}.{self.frame}"

    @classmethod
    def read(cls, text: str) -> Self:
        parts = text.split(".")
        if len(parts) != 2 or not all(part.isascii() and part.isdigit() and len(part) < 19 for part in parts):
            raise DomainError(_("Say since when, with the stamp of the page."), code="no_stamp")
        return cls(*map(int, parts))


@dataclass(frozen=True, slots=True)
class Changed:
    """A cell as it is now, and who made it so."""

    exam: int
    student: int
    text: str
    seen: str
    by: str
    at: datetime
    is_mine: bool


@dataclass(frozen=True, slots=True)
class News:
    """`must_reload` where cells alone cannot tell it: too much, or an exam, a lock or the class itself changed."""

    stamp: Stamp
    cells: tuple[Changed, ...] = ()
    stats: dict[int, Stats] = field(default_factory=dict)
    must_reload: bool = False


def stamp_of(school_class: SchoolClass, *, at: datetime) -> Stamp:
    """For a page that is shown now. Two queries."""
    settled = _settled(school_class, at)
    frame = _rows(school_class, settled).exclude(model=RESULT).order_by("-pk").values_list("pk", flat=True).first()
    return Stamp(settled, frame or settled)


def changes_since(
    stamp: Stamp, school_class: SchoolClass, exams: Collection[int], *, user: Any, on: date, at: datetime
) -> News:
    """Two queries where nothing happened, five where something did."""
    settled = max(stamp.settled, _settled(school_class, at))
    rows = list(_rows(school_class, stamp.settled).select_related("actor").order_by("pk")[: MOST + 1])
    frame = max((row.pk for row in rows if row.model != RESULT), default=0)
    now = Stamp(settled, max(stamp.frame, frame))
    if len(rows) > MOST or frame > stamp.frame:
        return News(now, must_reload=True)
    marks = [row for row in rows if row.model == RESULT]
    if not marks:
        return News(now)
    sheet = read_sheet(school_class, user=user, on=on, exams=exams)
    cells = tuple(_cells(marks, sheet, user))
    return News(now, cells, {exam: sheet.stats(exam) for exam in sorted({cell.exam for cell in cells})})


def _settled(school_class: SchoolClass, at: datetime) -> int:
    rows = Change.objects.filter(school_id=school_class.school_id, at__lt=at - SETTLED).order_by("-pk")
    return rows.values_list("pk", flat=True).first() or 0


def _rows(school_class: SchoolClass, since: int) -> Any:
    """By the index of the feed, which is the school's; then only what this class's sheet is made of."""
    enrolments = Enrolment.objects.filter(school_class=school_class).order_by()
    sittings = Sitting.objects.filter(school_class=school_class).order_by()
    here = Q(after__school_class=school_class.pk) | Q(before__school_class=school_class.pk)
    mine = (
        Q(model=RESULT, student_id__in=enrolments.values("student"))
        | Q(model=EXAM, record_id__in=sittings.values("exam"))
        | Q(model=SITTING, record_id__in=sittings.values("pk"))
        | Q(model=ENROLMENT, record_id__in=enrolments.values("pk"))
        | (Q(model__in=(SITTING, ENROLMENT)) & here)
    )
    return Change.objects.filter(mine, school_id=school_class.school_id, pk__gt=since)


def _cells(rows: Iterable[Change], sheet: Sheet, user: Any) -> Iterable[Changed]:
    """The last change of each cell, with what stands there now."""
    places = {result.pk: place for place, result in sheet.results.items()}
    last = {place: row for row in rows if (place := _place(row, places))}
    for (exam, student), row in last.items():
        if exam in sheet.sittings and student in sheet.students:
            stored = sheet.results.get((exam, student))
            name = row.actor.name if row.actor else ""
            yield Changed(exam, student, shown(stored), token(stored), name, row.at, row.actor_id == user.pk)


def _place(row: Change, places: dict[int, tuple[int, int]]) -> tuple[int, int] | None:
    """A correction tells only what it changed; where it stands is known by the record."""
    exam = row.after.get("exam") or row.before.get("exam")
    return (exam, row.student_id) if exam and row.student_id else places.get(row.record_id)
