"""What the list of students can be narrowed to: beside name, grade and status also a class, or being in none."""

from functools import partial
from typing import Any

import django_filters as filters
from django.db.models import Exists, OuterRef
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from students.filters import StudentFilter
from students.models import Enrolment, SchoolClass, Student
from students.summaries.caseload import with_home_class
from students.summaries.counting import rate, with_attendance
from students.web.standpoint import standpoint

# A list of thousands is no choice: where there are more classes than this, one comes here from the class itself.
MOST_CLASSES = 120
NONE = "none"


def classes_to_choose(request: HttpRequest | None) -> list[tuple[str, str]]:
    """Classes of now, by name; one query. `?class=` is understood for any visible class, offered or not."""
    if request is None:
        return []
    here = standpoint(request)
    running = SchoolClass.objects.visible_to(here.user).exclude(school__in=here.elsewhere).running(here.day)
    found = [(str(pk), name) for pk, name in running.values_list("pk", "name")[: MOST_CLASSES + 1]]
    return found if len(found) <= MOST_CLASSES else []


class RosterFilter(StudentFilter):
    """`?class=12`, or `?class=none` for those on the roll who are in no class today."""

    in_class = filters.CharFilter(method="by_class", label=_("Class"))

    class Meta:
        model = Student
        fields = ()

    def by_class(self, rows: Any, name: str, text: str) -> Any:
        here = standpoint(self.request)
        running = Enrolment.objects.active(here.day).filter(school_class__term__ends__gte=here.day)
        if text == NONE:
            return rows.filter(~Exists(running.filter(student=OuterRef("pk"))))
        if not (text.isascii() and text.isdigit() and len(text) < 12):
            return rows
        seen = SchoolClass.objects.visible_to(here.user).filter(pk=int(text))
        inside = Enrolment.objects.active(here.day).filter(school_class__in=seen.order_by().values("pk"))
        return rows.filter(pk__in=inside.order_by().values("student"))


def as_rows(students: Any, on: Any) -> Any:
    """What only the rows of one page need: the home class, and how often each was there lately."""
    rows = list(with_attendance(with_home_class(students, on), on))
    for student in rows:
        student.attendance_rate = rate(student.attended, student.marked)
    return rows


def dressed(on: Any) -> Any:
    return partial(as_rows, on=on)
