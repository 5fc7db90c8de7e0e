"""A school at a glance: how many there are of what, how many were there, and how far today's work is."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q

from portal.kit.memory import remembered
from portal.kit.scoping import grants_of, in_force
from students.models import AttendanceMark, Exam, Membership, School, SchoolClass, Student
from students.roles import KEEPERS, Role
from students.summaries.counting import THERE, count_of, rate
from students.summaries.exams import COUNTED_TO, TO_MARK, Bounded, at_time, exams_of
from students.summaries.rolls_due import home_classes, with_roll

# Four weeks are twenty school days.
WEEKS = 4
SATURDAY = 5
# Among 100,000 students this takes a while; everything else is counted afresh.
ATTENDANCE_KEPT_SECONDS = 1800


@dataclass(frozen=True, slots=True)
class Week:
    """Marks of one week up to a day: how many were there, of how many."""

    ends: date
    there: int
    marked: int

    @property
    def rate(self) -> float | None:
        return rate(self.there, self.marked)


@dataclass(frozen=True, slots=True)
class SchoolOverview:
    """What concerns single people is None for who may count but not see them; rolls are on days without school too.

    `exams_to_mark` are of the last six weeks, counted to a hundred.
    """

    students: int
    classes: int
    teachers: int | None
    exams_this_week: int
    exams_to_mark: int | None
    rolls: int | None
    rolls_taken: int | None
    weeks: tuple[Week, ...]

    @property
    def days_marked(self) -> int:
        return sum(week.marked for week in self.weeks)

    @property
    def attendance(self) -> float | None:
        return rate(sum(week.there for week in self.weeks), self.days_marked)

    @property
    def trend(self) -> tuple[float, ...]:
        """The rate of each week, oldest first, as a small line shows it."""
        return tuple(week.rate for week in self.weeks if week.rate is not None)


def school_overview(school_id: int, *, user: Any, on: date) -> SchoolOverview | None:
    """Two queries, the heavier one kept for half an hour. None for who may not even count here."""
    counts = _counts(school_id, user, on)
    if counts is None:
        return None
    sees_people = school_id in grants_of(user).of(KEEPERS)
    tells_rolls = sees_people and on.weekday() < SATURDAY
    return SchoolOverview(
        students=counts["on_roll"],
        classes=counts["running"],
        teachers=counts["teachers"] if sees_people else None,
        exams_this_week=counts["exams_ahead"],
        exams_to_mark=counts["exams_to_mark"] or 0 if sees_people else None,
        rolls=counts["rolls"] if tells_rolls else None,
        rolls_taken=counts["rolls_taken"] if tells_rolls else None,
        weeks=tuple(_weeks(school_id, user, on)),
    )


def _running(school_id: int, user: Any, on: date) -> Any:
    return SchoolClass.objects.countable_by(user).filter(school=school_id).running(on)


def _counts(school_id: int, user: Any, on: date) -> dict[str, Any] | None:
    students = Student.objects.countable_by(user).filter(school=school_id, status=Student.Status.ENROLLED)
    week = (on, on + timedelta(days=6))
    exams = Exam.objects.countable_by(user).filter(school=school_id, day__range=week)
    teachers = Membership.objects.visible_to(user).filter(in_force("", on), school=school_id, role=Role.TEACHER)
    home = home_classes(user, on).filter(school=school_id)
    to_mark = at_time(exams_of(user).filter(school=school_id), TO_MARK, user=user, on=on)
    row = (
        School.objects.visible_to(user)
        .filter(pk=school_id)
        .values(
            on_roll=count_of(students),
            running=count_of(_running(school_id, user, on)),
            teachers=count_of(teachers, "user", distinct=True),
            exams_ahead=count_of(exams),
            exams_to_mark=Bounded(to_mark.order_by().values("pk")[:COUNTED_TO]),
            rolls=count_of(home),
            rolls_taken=count_of(with_roll(home, on)),
        )
        .first()
    )
    return dict(row) if row else None


def _weeks(school_id: int, user: Any, on: date) -> list[Week]:
    """The oldest first, in one query. They are the school's own figures, so all who may count there share them."""
    classes = _running(school_id, user, on).filter(is_home_class=True).order_by().values("pk")
    days = [on - timedelta(days=7 * back) for back in reversed(range(WEEKS))]
    counts = remembered(f"attendance:{school_id}:{on}", ATTENDANCE_KEPT_SECONDS, lambda: _count(classes, days))
    return [Week(ends, counts[f"there{at}"], counts[f"marked{at}"]) for at, ends in enumerate(days)]


def _count(classes: Any, days: list[date]) -> dict[str, int]:
    first = days[0] - timedelta(days=6)
    marks = AttendanceMark.objects.filter(school_class__in=classes, day__range=(first, days[-1])).order_by()
    weeks = [Q(day__range=(ends - timedelta(days=6), ends)) for ends in days]
    there = {f"there{at}": Count("pk", filter=week & Q(status__in=THERE)) for at, week in enumerate(weeks)}
    marked = {f"marked{at}": Count("pk", filter=week) for at, week in enumerate(weeks)}
    counts: dict[str, int] = marks.aggregate(**there, **marked)
    return counts
