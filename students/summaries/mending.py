"""What needs mending in a school's records: who lacks a class or a teacher, and what nobody has touched for too long."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, OuterRef

from portal.kit.memory import remembered
from students.models import AttendanceMark, Enrolment, Exam, Result, SchoolClass, Student, Teaching
from students.summaries.rolls_due import home_classes

# Among 100,000 students this takes about a second; everything else is looked up afresh.
UNPLACED_KEPT_SECONDS = 600
SHOWN = 5
UNMARKED_AFTER_DAYS = 14
UNMARKED_WITHIN_DAYS = 90
NO_ROLL_DAYS = 7


@dataclass(frozen=True, slots=True)
class Few:
    """A few records; one more than is shown is read, so that a page can say that there are others."""

    rows: tuple[Any, ...] = ()
    has_more: bool = False

    def __bool__(self) -> bool:
        return bool(self.rows)


@dataclass(frozen=True, slots=True)
class Mending:
    """`unmarked` are exams held weeks ago without any entry, `silent` home classes without a roll for a week."""

    students: Few
    classes: Few
    unmarked: Few
    silent: Few

    @property
    def is_nothing(self) -> bool:
        return not (self.students or self.classes or self.unmarked or self.silent)


def few(rows: Any) -> Few:
    found = tuple(rows[: SHOWN + 1])
    return Few(found[:SHOWN], len(found) > SHOWN)


def mending(school_id: int, *, user: Any, on: date) -> Mending:
    """Four queries, or five when somebody was just placed."""
    taught = Teaching.objects.active(on).filter(school_class=OuterRef("pk"))
    running = SchoolClass.objects.visible_to(user).filter(school=school_id).running(on)
    return Mending(
        students=few(_unplaced(school_id, user, on)),
        classes=few(running.filter(~Exists(taught)).select_related("subject")),
        unmarked=few(_unmarked(school_id, user, on)),
        silent=few(_silent(school_id, user, on)),
    )


def _unmarked(school_id: int, user: Any, on: date) -> Any:
    held = (on - timedelta(days=UNMARKED_WITHIN_DAYS), on - timedelta(days=UNMARKED_AFTER_DAYS))
    exams = Exam.objects.visible_to(user).filter(school=school_id, day__range=held)
    return exams.filter(~Exists(Result.objects.filter(exam=OuterRef("pk")))).select_related("subject").order_by("day")


def _silent(school_id: int, user: Any, on: date) -> Any:
    """Home classes that began a week ago or more and have had no roll since: stale data, or forgotten."""
    since = on - timedelta(days=NO_ROLL_DAYS)
    lately = AttendanceMark.objects.filter(school_class=OuterRef("pk"), day__gt=since, day__lte=on)
    classes = home_classes(user, on).filter(school=school_id, term__starts__lte=since)
    return classes.filter(~Exists(lately)).select_related("subject")


def _unplaced(school_id: int, user: Any, on: date) -> list[Student]:
    """Who lacked a class a moment ago is looked at again, so that who was just placed is gone at once."""
    placed = Enrolment.objects.active(on).filter(student=OuterRef("pk"), school_class__term__ends__gte=on)
    roll = Student.objects.visible_to(user).filter(school=school_id, status=Student.Status.ENROLLED, starts__lte=on)
    lacking = roll.filter(~Exists(placed))
    fresh: list[Student] = []

    def look() -> list[int]:
        fresh.extend(lacking[: SHOWN + 1])
        return [each.pk for each in fresh]

    kept = remembered(f"unplaced:{school_id}:{on}", UNPLACED_KEPT_SECONDS, look)
    found = fresh or list(lacking.filter(pk__in=kept)) if kept else []
    return found if len(found) == len(kept) else list(lacking[: SHOWN + 1])
