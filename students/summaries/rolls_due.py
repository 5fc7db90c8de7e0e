"""Which rolls of today are taken and which are not, and on which of the last school days a class has none."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q

from students.models import AttendanceMark, Enrolment, School, SchoolClass
from students.roll_days import school_days_before
from students.summaries.counting import with_students
from students.summaries.roll_past import Taking, takings

LOOKED_BACK = 5


@dataclass(frozen=True, slots=True)
class RollDue:
    """One class today. `gaps` are school days before today without a roll, the oldest first."""

    school_class: SchoolClass
    students: int
    taking: Taking | None
    gaps: tuple[date, ...]

    @property
    def is_whole(self) -> bool:
        return self.taking is not None and self.taking.marked >= self.students


@dataclass(frozen=True, slots=True)
class RollCounts:
    """`taken` counts classes whose roll was at least begun today."""

    classes: int
    taken: int
    with_gaps: int

    @property
    def missing(self) -> int:
        return self.classes - self.taken


def home_classes(user: Any, on: date, *, but_not: frozenset[int] = frozenset()) -> Any:
    """The running classes that take the daily roll and have somebody in them; `but_not` are schools not in view."""
    inside = Enrolment.objects.active(on).filter(school_class=OuterRef("pk"))
    rows = SchoolClass.objects.visible_to(user).running(on).filter(Exists(inside), is_home_class=True)
    return rows.exclude(school__in=but_not)


def lesson_classes(user: Any, on: date, *, but_not: frozenset[int] = frozenset()) -> list[SchoolClass]:
    """The running classes somebody teaches that are no home classes: a roll of theirs is kept beside the daily one."""
    rows = SchoolClass.objects.visible_to(user).running(on).filter(is_home_class=False).exclude(school__in=but_not)
    taught = SchoolClass.objects.taught_by(user, on).order_by().values("pk")
    return list(with_students(rows.filter(pk__in=taught).with_frame(), on))


def without_roll(classes: Any, day: date) -> Any:
    return classes.filter(~Exists(_marks_on(day)))


def with_roll(classes: Any, day: date) -> Any:
    return classes.filter(Exists(_marks_on(day)))


def with_gaps(classes: Any, days: Sequence[date]) -> Any:
    """Those that lack a roll on one of these days."""
    lacking = Q(pk__in=[])
    for day in days:
        lacking |= ~Q(Exists(_marks_on(day))) & Q(term__starts__lte=day)
    return classes.filter(lacking)


def count_rolls(classes: Any, day: date, days: Sequence[date]) -> RollCounts:
    """One query; each class is looked up in the index by day, so no mark is read."""
    lacking = with_gaps(classes, days).order_by().values("pk")
    found = classes.order_by().aggregate(
        classes=Count("pk"),
        taken=Count("pk", filter=Exists(_marks_on(day))),
        with_gaps=Count("pk", filter=Q(pk__in=lacking)),
    )
    return RollCounts(**found)


def _marks_on(day: date) -> Any:
    return AttendanceMark.objects.filter(school_class=OuterRef("pk"), day=day).order_by()


def rolls_due(classes: Any, day: date) -> list[RollDue]:
    """Each of these classes (a page of them) as a row. Six queries."""
    rows = list(with_students(classes.with_frame(), day))
    taken, gaps = takings(rows, day), gaps_of(rows, day)
    return [RollDue(each, each.students, taken.get(each.pk), gaps.get(each.pk, ())) for each in rows]


def days_with_rolls(schools: set[int], on: date) -> dict[int, list[date]]:
    """For each school those of the last weekdays on which any class of it took a roll; a holiday is none. One query."""
    days = school_days_before(on, LOOKED_BACK, since=date.min)
    classes = SchoolClass.objects.filter(school=OuterRef("pk"), is_home_class=True).running(on).order_by()
    taken: dict[str, Any] = {
        f"day{number}": Exists(classes.filter(Exists(_marks_on(day)))) for number, day in enumerate(days)
    }
    rows: Any = School.objects.filter(pk__in=schools).order_by().values("pk", **taken)  # columns by number, not by name
    return {row["pk"]: [day for number, day in enumerate(days) if row[f"day{number}"]] for row in rows}


def gaps_of(classes: Sequence[SchoolClass], on: date) -> dict[int, tuple[date, ...]]:
    """School days just before `on` without a mark in these classes, while others of the school took rolls. Two queries."""
    if not classes:
        return {}
    days = days_with_rolls({each.school_id for each in classes}, on)
    all_days = {day for group in days.values() for day in group}
    marks = AttendanceMark.objects.filter(school_class__in=[each.pk for each in classes], day__in=all_days)
    marked: defaultdict[int, set[date]] = defaultdict(set)
    for pk, day in marks.order_by().values_list("school_class_id", "day").distinct():
        marked[pk].add(day)
    return {
        each.pk: tuple(
            day
            for day in days.get(each.school_id, [])
            if each.term.starts <= day <= each.term.ends and day not in marked[each.pk]
        )
        for each in classes
    }
