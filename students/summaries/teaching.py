"""A teacher's day: the classes they teach, the exams that come, the marks still to be entered or released."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, OuterRef

from students.models import AttendanceMark, Enrolment, Release, Result, SchoolClass, Sitting, Teaching
from students.summaries.counting import count_of, with_students
from students.summaries.news import News, class_news

AHEAD_DAYS = 90
BACK_DAYS = 90
SHOWN = 8


@dataclass(frozen=True, slots=True)
class TeachersDay:
    """`to_enter` (the oldest debt first) and `to_release` are sittings held lately; a class's `roll_taken` is None where it takes no roll."""

    classes: tuple[Any, ...]
    ahead: tuple[Sitting, ...]
    to_enter: tuple[Any, ...]
    to_release: tuple[Any, ...]
    news: tuple[News, ...]
    rolls_due: tuple[Any, ...]

    @property
    def is_done(self) -> bool:
        return not (self.to_enter or self.to_release or self.rolls_due)


def teachers_day(*, user: Any, on: date, but_not: frozenset[int] = frozenset()) -> TeachersDay:
    """Seven queries. `but_not` leaves out schools that are not in view."""
    classes = list(_classes(user, on, but_not))
    sittings = Sitting.objects.visible_to(user).filter(school_class__in=[each.pk for each in classes])
    framed = sittings.select_related("exam", "school_class")
    ahead = framed.filter(exam__day__range=(on, on + timedelta(days=AHEAD_DAYS))).order_by("exam__day", "pk")
    held = list(_held(framed, on))
    return TeachersDay(
        classes=tuple(classes),
        ahead=tuple(ahead[:SHOWN]),
        to_enter=tuple(each for each in reversed(held) if each.missing)[:SHOWN],
        to_release=tuple(each for each in held if not each.missing and each.entered and not each.is_released)[:SHOWN],
        news=tuple(class_news(classes, [each.exam for each in held], user=user, on=on)),
        rolls_due=tuple(each for each in classes if each.roll_taken is False and on.weekday() < 5),
    )


def _classes(user: Any, on: date, but_not: frozenset[int]) -> Any:
    # As keys first: a class taught by two assignments must not appear twice, and the database need not guess how many.
    taught = list(Teaching.objects.active(on).filter(teacher=user).values_list("school_class", flat=True))
    own = SchoolClass.objects.visible_to(user).filter(pk__in=taught).running(on).exclude(school__in=but_not)
    rows = with_students(own, on).with_frame()
    today = AttendanceMark.objects.filter(school_class=OuterRef("pk"), day=on)
    for each in rows.annotate(has_roll=Exists(today)):
        each.roll_taken = each.has_roll if each.is_home_class and each.students else None
        yield each


def _held(sittings: Any, on: date) -> Any:
    """The newest first: how many of the class were in it then, still are, and have no entry; and how many have one."""
    there = Enrolment.objects.active(on).filter(
        school_class=OuterRef("school_class"), starts__lte=OuterRef("exam__day")
    )
    entry = Result.objects.filter(exam=OuterRef(OuterRef("exam")), student=OuterRef("student"))
    released = Release.objects.filter(exam=OuterRef("exam"), school_class=OuterRef("school_class"))
    held = sittings.filter(exam__day__lt=on, exam__day__gte=on - timedelta(days=BACK_DAYS))
    counted = held.annotate(
        missing=count_of(there.filter(~Exists(entry))),
        entered=count_of(there.filter(Exists(entry))),
        is_released=Exists(released),
    )
    return counted.order_by("-exam__day", "pk")
