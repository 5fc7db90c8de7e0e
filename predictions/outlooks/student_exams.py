"""Which exams a student's outlook is about: those to be predicted that the student's classes sit, for staff who see the student."""

from datetime import date
from typing import Any

from django.http import Http404

from portal.kit.scoping import fetch
from students.looking import StudentsByStaff
from students.models import Enrolment, Exam, Student


def student_for_staff(pk: int, *, user: Any) -> Student:
    """Raises Http404 for families, and for staff who do not reach the student."""
    student: Student = fetch(StudentsByStaff(Student).select_related("school"), user, pk=pk)
    return student


def exams_ahead(student: Student, *, user: Any, on: date) -> list[Exam]:
    """To be predicted, the next one first; today's is still ahead. Who sees a student sees what the student's classes sit."""
    return list(_sat_by(student, user).filter(is_target=True, day__gte=on).order_by("day", "title", "pk"))


def exam_of(student: Student, pk: int, *, user: Any) -> Exam:
    """One that a class of the student sits or sat while the student was in it. Raises Http404."""
    found = _sat_by(student, user).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _sat_by(student: Student, user: Any) -> Any:
    """Through the student's enrolments on the exam's day; an open end lasts as long as the class."""
    classes = Enrolment.objects.visible_to(user).filter(student=student).order_by()
    rows = Exam.objects.filter(school=student.school_id, sittings__school_class__in=classes.values("school_class"))
    return rows.select_related("subject__grade_scale", "school", "term").distinct()
