"""A school at a glance, and what in it needs mending."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q

from portal.kit.memory import remembered
from portal.kit.scoping import grants_of, in_force
from students.models import AttendanceMark, Enrolment, Exam, Membership, School, SchoolClass, Student, Teaching
from students.roles import KEEPERS, Role
from students.summaries.counting import THERE, count_of, rate

# Four weeks are twenty school days.
ATTENDANCE_DAYS = 28
# Among 100,000 students these two take about a second; everything else is counted afresh.
ATTENDANCE_KEPT_SECONDS = 1800
UNPLACED_KEPT_SECONDS = 120
SHOWN = 6


@dataclass(frozen=True, slots=True)
class SchoolOverview:
    """`teachers` is None for who may count but not see people."""

    students: int
    classes: int
    teachers: int | None
    exams_this_week: int
    attendance: float | None
    days_marked: int


@dataclass(frozen=True, slots=True)
class Mending:
    """A few of each; one more than is shown is read, so that a page can say that there are others."""

    students: tuple[Student, ...]
    more_students: bool
    classes: tuple[SchoolClass, ...]
    more_classes: bool

    @property
    def is_nothing(self) -> bool:
        return not self.students and not self.classes


def school_overview(school_id: int, *, user: Any, on: date) -> SchoolOverview | None:
    """Two queries, the heavier one kept for half an hour. None for who may not even count here."""
    counts = _counts(school_id, user, on)
    if counts is None:
        return None
    classes = _running(school_id, user, on).filter(is_home_class=True)
    there, marked = remembered(
        f"attendance:{school_id}:{on}", ATTENDANCE_KEPT_SECONDS, lambda: _attendance(classes, on)
    )
    sees_people = school_id in grants_of(user).of(KEEPERS)
    return SchoolOverview(
        students=counts["on_roll"],
        classes=counts["running"],
        teachers=counts["teachers"] if sees_people else None,
        exams_this_week=counts["exams_ahead"],
        attendance=rate(there, marked),
        days_marked=marked,
    )


def _running(school_id: int, user: Any, on: date) -> Any:
    return SchoolClass.objects.countable_by(user).filter(school=school_id).running(on)


def _counts(school_id: int, user: Any, on: date) -> dict[str, Any] | None:
    students = Student.objects.countable_by(user).filter(school=school_id, status=Student.Status.ENROLLED)
    week = (on, on + timedelta(days=6))
    exams = Exam.objects.countable_by(user).filter(school=school_id, day__range=week)
    teachers = Membership.objects.visible_to(user).filter(in_force("", on), school=school_id, role=Role.TEACHER)
    row = (
        School.objects.visible_to(user)
        .filter(pk=school_id)
        .values(
            on_roll=count_of(students),
            running=count_of(_running(school_id, user, on)),
            teachers=count_of(teachers, "user", distinct=True),
            exams_ahead=count_of(exams),
        )
        .first()
    )
    return dict(row) if row else None


def _attendance(classes: Any, on: date) -> tuple[int, int]:
    since = on - timedelta(days=ATTENDANCE_DAYS)
    marks = AttendanceMark.objects.filter(
        school_class__in=classes.order_by().values("pk"), day__gt=since, day__lte=on
    ).order_by()
    counted = marks.aggregate(there=Count("pk", filter=Q(status__in=THERE)), marked=Count("pk"))
    return counted["there"], counted["marked"]


def mending(school_id: int, *, user: Any, on: date) -> Mending:
    """Three queries, or two: students on the roll without a class, and classes without a teacher."""
    students = _unplaced(school_id, user, on)
    taught = Teaching.objects.active(on).filter(school_class=OuterRef("pk"))
    running = SchoolClass.objects.visible_to(user).filter(school=school_id).running(on)
    classes = list(running.filter(~Exists(taught)).select_related("subject")[: SHOWN + 1])
    return Mending(tuple(students[:SHOWN]), len(students) > SHOWN, tuple(classes[:SHOWN]), len(classes) > SHOWN)


def _unplaced(school_id: int, user: Any, on: date) -> list[Student]:
    """Who lacked a class a moment ago is looked at again, so that who was just placed is gone at once."""
    placed = Enrolment.objects.active(on).filter(student=OuterRef("pk"), school_class__term__ends__gte=on)
    roll = Student.objects.visible_to(user).filter(school=school_id, status=Student.Status.ENROLLED, starts__lte=on)
    lacking = roll.filter(~Exists(placed))
    key = f"unplaced:{school_id}:{on}"
    kept = remembered(key, UNPLACED_KEPT_SECONDS, lambda: list(lacking.values_list("pk", flat=True)[: SHOWN + 1]))
    found = list(lacking.filter(pk__in=kept))
    return list(lacking[: SHOWN + 1]) if len(found) < len(kept) else found
