"""The students a counsellor looks after."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import OuterRef, Subquery

from students import access
from students.looking import reached
from students.models import Enrolment, Student
from students.summaries.counting import rate, with_attendance

SHOWN = 60


@dataclass(frozen=True, slots=True)
class CaseloadView:
    """Whose attendance is least comes first."""

    students: tuple[Any, ...]
    has_more: bool


def caseload(*, user: Any, on: date, but_not: frozenset[int] = frozenset()) -> CaseloadView:
    """Two queries. `but_not` leaves out schools that are not in view."""
    own = reached(user, (access.LOOKED_AFTER,))
    rows = Student.objects.visible_to(user).filter(pk__in=own).exclude(school__in=but_not)
    found = list(with_attendance(with_home_class(rows, on), on)[: SHOWN + 1])
    for student in found:
        student.rate = rate(student.attended, student.marked)
    shown = sorted(found[:SHOWN], key=lambda each: (each.rate is None, each.rate))
    return CaseloadView(tuple(shown), len(found) > SHOWN)


def with_home_class(students: Any, on: date) -> Any:
    """Students with the name of the class that takes their roll."""
    home = Enrolment.objects.active(on).filter(
        student=OuterRef("pk"), school_class__is_home_class=True, school_class__term__ends__gte=on
    )
    return students.annotate(home_class=Subquery(home.order_by("-starts").values("school_class__name")[:1]))
