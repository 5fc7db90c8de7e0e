"""One student, put together for the page: each part is read by the file that knows it."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from students.models import Student
from students.summaries.profile.attendance import AttendanceYear, attendance_of
from students.summaries.profile.frame import frame_of
from students.summaries.profile.marks import Marks, led_by, marks_of
from students.summaries.profile.measures import Measure, measures_of
from students.summaries.profile.ties import Ties, ties_of


@dataclass(frozen=True, slots=True)
class StudentProfile:
    """`on` is the day it shows: today, or the last day of a student who has left."""

    student: Student
    on: date
    marks: Marks
    attendance: AttendanceYear
    measures: tuple[Measure, ...]
    ties: Ties


def student_profile(
    student: Student, *, user: Any, on: date, subject: str = "", earlier: bool = False, whole: bool = False
) -> StudentProfile:
    """Four queries, and two more when the school's frame was not read for some minutes. Scoped to what `user` may see."""
    shown = min(on, student.ends) if student.ends else on
    frame = frame_of(student.school, shown)
    ties = ties_of(student, user=user, on=shown)
    marks = marks_of(student, frame, user=user, on=shown, subject=subject, earlier=earlier, whole=whole)
    return StudentProfile(
        student=student,
        on=shown,
        marks=led_by(marks, ties.taught, frame, shown),
        attendance=attendance_of(student, frame, user=user, on=shown),
        measures=measures_of(student, user=user, on=shown),
        ties=ties,
    )
