"""What speaks against enrolling somebody in a class without a second look: a class beside it, another grade."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext as _

from students.models import Enrolment, SchoolClass, Student


def remarks_on(students: Sequence[Student], school_class: SchoolClass, on: date) -> list[tuple[Student, list[str]]]:
    """Each student with sentences, or none, in the same order. One query."""
    same = Enrolment.objects.active(on).filter(
        student__in=[each.pk for each in students],
        school_class__subject=school_class.subject_id,
        school_class__term=school_class.term_id,
    )
    beside: defaultdict[int, list[str]] = defaultdict(list)
    for student, name in same.exclude(school_class=school_class).values_list("student", "school_class__name"):
        beside[student].append(name)
    return [(each, _remarks(each, school_class, beside[each.pk])) for each in students]


def _remarks(student: Student, school_class: SchoolClass, beside: list[str]) -> list[str]:
    found = [_("also in %(name)s") % {"name": name} for name in beside]
    if school_class.grade_level not in (None, student.grade_level):
        found.append(
            _("grade %(grade)s, the class is grade %(own)s")
            % {"grade": student.grade_level, "own": school_class.grade_level}
        )
    return found
