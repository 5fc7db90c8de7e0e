"""The rows that a student's page and a family's first page have in common: enrolments, and results of a year."""

from datetime import date, timedelta
from typing import Any

from students.models import Enrolment, Result

MARKS_DAYS = 365


def enrolments_of(students: list[int], user: Any) -> list[Enrolment]:
    """All of them, the newest term first."""
    rows = Enrolment.objects.visible_to(user).filter(student__in=students)
    framed = rows.select_related("school_class__subject", "school_class__term")
    return list(framed.order_by("-school_class__term__starts", "school_class__name", "pk"))


def is_running(enrolment: Enrolment, on: date) -> bool:
    term = enrolment.school_class.term
    return enrolment.starts <= on <= min(enrolment.ends or term.ends, term.ends)


def since(on: date) -> date:
    """The last day whose marks are no longer shown at first."""
    return on - timedelta(days=MARKS_DAYS)


def results_of(students: list[int], user: Any, on: date) -> list[Result]:
    """Of the last twelve months, the newest first."""
    return list(all_results_of(students, user, on).filter(exam__day__gt=since(on)))


def all_results_of(students: list[int], user: Any, on: date) -> Any:
    """Of exams up to the day, the newest first; not yet read."""
    rows = Result.objects.visible_to(user).filter(student__in=students, exam__day__lte=on)
    return rows.select_related("exam__subject").order_by("-exam__day", "-exam_id", "student_id")
