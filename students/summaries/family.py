"""What a student or a guardian sees first: each child's classes, marks released so far, and exams ahead."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from students.looking import family_of
from students.models import Enrolment, Exam, Result, Sitting, Student
from students.summaries.profile import enrolments_of, is_running, results_of

SHOWN_RESULTS = 6
SHOWN_EXAMS = 5


@dataclass(frozen=True, slots=True)
class Child:
    student: Student
    enrolments: tuple[Enrolment, ...]
    results: tuple[Result, ...]
    ahead: tuple[Exam, ...]


def family_view(*, user: Any, on: date) -> list[Child]:
    """Oneself and the children in one's care. Five queries, or six for who is both student and guardian."""
    own = sorted(family_of(user))
    students = list(Student.objects.visible_to(user).filter(pk__in=own))
    if not students:
        return []
    enrolments = [each for each in enrolments_of(own, user) if is_running(each, on)]
    results = results_of(own, user, on)
    ahead = _exams_ahead({each.school_class_id for each in enrolments}, user, on)
    return [_child(student, enrolments, results, ahead) for student in students]


def _exams_ahead(classes: set[int], user: Any, on: date) -> list[Sitting]:
    rows = Sitting.objects.visible_to(user).filter(school_class__in=classes, exam__day__gte=on)
    return list(rows.select_related("exam__subject").order_by("exam__day", "exam_id"))


def _child(student: Student, enrolments: list[Enrolment], results: list[Result], ahead: list[Sitting]) -> Child:
    own = tuple(each for each in enrolments if each.student_id == student.pk)
    classes = {each.school_class_id for each in own}
    exams = dict.fromkeys(each.exam for each in ahead if each.school_class_id in classes)
    return Child(
        student=student,
        enrolments=own,
        results=tuple(each for each in results if each.student_id == student.pk)[:SHOWN_RESULTS],
        ahead=tuple(exams)[:SHOWN_EXAMS],
    )
