"""Counts that stand inside another query, and the few figures that several summaries share."""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from math import floor
from typing import Any

from django.db.models import F, Func, IntegerField, OuterRef, QuerySet, Subquery
from django.utils.formats import number_format

from students.models import AttendanceMark, Enrolment, Result, SchoolClass, Sitting
from students.models.attendance import AttendanceStatus

# Long enough to say something, short enough to say it about now; and a narrow range of the largest table.
ATTENDANCE_DAYS = 60
# In percent; who is there less often is worth a look.
GOOD_ATTENDANCE = 90
THERE = (AttendanceStatus.PRESENT, AttendanceStatus.LATE)


def count_of(rows: QuerySet[Any, Any], of: str = "pk", *, distinct: bool = False) -> Subquery:
    """How many rows, as a column of another query: no join, so no count multiplies another."""
    template = "COUNT(DISTINCT %(expressions)s)" if distinct else "COUNT(%(expressions)s)"
    counted = rows.order_by().annotate(counted=Func(F(of), template=template, output_field=IntegerField()))
    return Subquery(counted.values("counted"))


def with_attendance(students: Any, on: date) -> Any:
    """Students with `marked` and `attended`: days of the last weeks, by the roll of the home class alone.

    Who sees a student sees their attendance.
    """
    recent = daily_marks(on).filter(student=OuterRef("pk"))
    return students.annotate(marked=count_of(recent), attended=count_of(recent.filter(status__in=THERE)))


def daily_marks(on: date) -> Any:
    """The daily roll of the last weeks: marks of home classes. Rolls of other lessons are told on their own."""
    since = on - timedelta(days=ATTENDANCE_DAYS)
    return AttendanceMark.objects.filter(day__gt=since, day__lte=on, school_class__is_home_class=True)


def with_students(classes: Any, on: date) -> Any:
    """Classes with the number of `students` in them on a day."""
    return classes.annotate(students=count_of(Enrolment.objects.active(on).filter(school_class=OuterRef("pk"))))


def for_list(classes: Any, on: date) -> Any:
    """Classes as a row of a list shows them."""
    return with_next_exam(with_students(classes.with_frame(), on), on)


def with_next_exam(classes: Any, on: date) -> Any:
    """Classes with title and day of the exam that comes next."""
    ahead = Sitting.objects.filter(school_class=OuterRef("pk"), exam__day__gte=on).order_by("exam__day", "exam_id")
    return classes.annotate(
        next_exam=Subquery(ahead.values("exam__title")[:1]), next_day=Subquery(ahead.values("exam__day")[:1])
    )


def rate(part: int, whole: int) -> float | None:
    """In percent; nothing counted is not zero."""
    return 100 * part / whole if whole else None


def told_percent(value: float | None, limit: float | None = None) -> str:
    """A whole percentage, with decimals only where rounding would put it on the other side of the limit."""
    return "–" if value is None else f"{figure_told(value, limit)}\N{NO-BREAK SPACE}%"


def figure_told(value: float, limit: float | None = None) -> str:
    for digits in (0, 1, 2):
        told = f"{value:.{digits}f}"
        if limit is None or (float(told) < limit) == (value < limit):
            return number_format(Decimal(told), decimal_pos=digits)
    return number_format(floor(value * 100) / 100, decimal_pos=2)


def weighted_mean(results: Iterable[Result]) -> float | None:
    """The mean percentage of scored results by the weight of their exams."""
    pairs = [(float(result.percent), float(result.exam.weight)) for result in results if result.percent is not None]
    total = sum(weight for _, weight in pairs)
    return sum(percent * weight for percent, weight in pairs) / total if total else None


def day_of(school_class: SchoolClass, today: date) -> date:
    """The day a class is shown as of: today while it runs, else the nearest day of its term."""
    return min(max(today, school_class.term.starts), school_class.term.ends)
