"""A teacher's day: the classes they teach, the exams that come, and the marks still to be entered."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef

from students.models import Enrolment, Result, SchoolClass, Sitting
from students.summaries.counting import count_of, with_students

AHEAD_DAYS = 90
BACK_DAYS = 90
SHOWN = 8


@dataclass(frozen=True, slots=True)
class TeachersDay:
    classes: tuple[Any, ...]
    ahead: tuple[Sitting, ...]
    to_enter: tuple[Any, ...]


def teachers_day(*, user: Any, on: date, but_not: frozenset[int] = frozenset()) -> TeachersDay:
    """Three queries. `but_not` leaves out schools that are not in view."""
    taught = SchoolClass.objects.visible_to(user).taught_by(user, on).running(on).exclude(school__in=but_not)
    # As keys first: a class taught by two assignments at once must not appear twice.
    classes = list(with_students(SchoolClass.objects.filter(pk__in=taught.order_by().values("pk")), on).with_frame())
    sittings = Sitting.objects.visible_to(user).filter(school_class__in=[each.pk for each in classes])
    framed = sittings.select_related("exam", "school_class")
    ahead = framed.filter(exam__day__range=(on, on + timedelta(days=AHEAD_DAYS))).order_by("exam__day", "pk")
    return TeachersDay(tuple(classes), tuple(ahead[:SHOWN]), tuple(_to_enter(framed, on)[:SHOWN]))


def _to_enter(sittings: Any, on: date) -> Any:
    """Exams held, with how many students of the class were in it then, still are, and have no entry."""
    there = Enrolment.objects.active(on).filter(
        school_class=OuterRef("school_class"), starts__lte=OuterRef("exam__day")
    )
    entered = Result.objects.filter(exam=OuterRef(OuterRef("exam")), student=OuterRef("student"))
    held = sittings.filter(exam__day__lt=on, exam__day__gte=on - timedelta(days=BACK_DAYS))
    lacking = held.annotate(missing=count_of(there.filter(~Exists(entered))))
    return lacking.filter(missing__gt=0).order_by(F("exam__day").desc(), "pk")
