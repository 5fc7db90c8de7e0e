"""A student's attendance in one school year, day by day: what each day was, how often, and the times away."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _

from students.models import AttendanceMark, Student
from students.models.attendance import AttendanceStatus
from students.summaries.counting import ATTENDANCE_DAYS, THERE, rate
from students.summaries.profile.frame import SchoolFrame

# Where several rolls were taken on a day, the day is called by the first of these that occurred.
MOST_TELLING = (AttendanceStatus.ABSENT, AttendanceStatus.EXCUSED, AttendanceStatus.LATE, AttendanceStatus.PRESENT)
AWAY_OR_LATE = (AttendanceStatus.LATE, AttendanceStatus.EXCUSED, AttendanceStatus.ABSENT)
KINDS = {status.value: status.name.lower() for status in AttendanceStatus}


@dataclass(frozen=True, slots=True)
class Spell:
    """Days in a row, as far as rolls were taken, that were all the same; `days` counts school days."""

    kind: str
    starts: date
    ends: date
    days: int

    @property
    def label(self) -> str:
        return str(AttendanceStatus[self.kind.upper()].label)


@dataclass(frozen=True, slots=True)
class LessonRoll:
    """How often somebody was late or away in a class beside the home class."""

    name: str
    late: int
    excused: int
    absent: int

    @property
    def told(self) -> str:
        parts = (
            (self.late, _("late %(n)s")),
            (self.excused, _("excused %(n)s")),
            (self.absent, _("absent %(n)s")),
        )
        said = ", ".join(word % {"n": count} for count, word in parts if count)
        return _("%(counts)s in %(class)s") % {"counts": said or _("always there"), "class": self.name}


@dataclass(frozen=True, slots=True)
class AttendanceYear:
    """`days` says for each day with a roll of the home class what it was; `longest` counts school days away.

    `recent` is the rate of the last weeks, as on every other page; `lessons` are rolls of other classes.
    """

    span: tuple[date, date]
    days: Mapping[date, str]
    rate: float | None
    marked: int
    recent: float | None
    longest: int
    spells: tuple[Spell, ...]
    lessons: tuple[LessonRoll, ...]

    def _count(self, kind: str) -> int:
        return sum(each == kind for each in self.days.values())

    @property
    def present(self) -> int:
        return self._count("present")

    @property
    def late(self) -> int:
        return self._count("late")

    @property
    def absent(self) -> int:
        return self._count("absent")

    @property
    def excused(self) -> int:
        return self._count("excused")

    @property
    def away(self) -> int:
        return self.absent + self.excused


def attendance_of(student: Student, frame: SchoolFrame, *, user: Any, on: date) -> AttendanceYear:
    """One query: the marks of the school year, or of twelve months where no year is in force."""
    span = frame.period(on)
    recently = on - timedelta(days=ATTENDANCE_DAYS)
    rows = AttendanceMark.objects.visible_to(user).filter(
        student=student, day__gt=min(span[0] - timedelta(1), recently)
    )
    taken = (
        rows.filter(day__lte=on)
        .order_by("day")
        .values_list("day", "status", "school_class__is_home_class", "school_class__name")
    )
    marks, lessons = [], []
    for day, status, is_daily, name in taken:
        if is_daily:
            marks.append((day, status))
        elif day >= span[0]:
            lessons.append((name, status))
    in_year = [(day, status) for day, status in marks if span[0] <= day <= span[1]]
    days = {day: _called(status for _day, status in group) for day, group in groupby(in_year, key=lambda mark: mark[0])}
    return AttendanceYear(
        span=span,
        days=days,
        rate=_rate(status for _day, status in in_year),
        marked=len(in_year),
        recent=_rate(status for day, status in marks if day > recently),
        longest=max(
            (len(run) for away, run in _runs(days, lambda kind: kind in ("absent", "excused")) if away), default=0
        ),
        spells=tuple(
            Spell(kind, run[0], run[-1], len(run)) for kind, run in _runs(days, lambda kind: kind) if kind != "present"
        )[::-1],
        lessons=_lessons(lessons),
    )


def _lessons(marks: Iterable[tuple[str, str]]) -> tuple[LessonRoll, ...]:
    counted = Counter(marks)
    return tuple(
        LessonRoll(name, *(counted[name, status] for status in AWAY_OR_LATE))
        for name in sorted({each[0] for each in counted})
    )


def _called(statuses: Iterable[str]) -> str:
    there = set(statuses)
    return next(KINDS[status] for status in MOST_TELLING if status in there)


def _rate(statuses: Iterable[str]) -> float | None:
    counted = Counter(statuses)
    return rate(sum(counted[status] for status in THERE), counted.total())


def _runs(days: Mapping[date, str], key: Any) -> list[tuple[Any, list[date]]]:
    """Days that follow one another and answer alike; days without a roll, such as weekends, do not part them."""
    return [(answer, list(run)) for answer, run in groupby(days, key=lambda day: key(days[day]))]
