"""What a student or a guardian sees first: each child's marks released so far, exams ahead, attendance and classes."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import OuterRef, Subquery

from students.looking import family_of
from students.models import AttendanceMark, Enrolment, Exam, Result, Sitting, Student
from students.models.attendance import AttendanceStatus
from students.summaries.counting import rate, with_attendance
from students.summaries.profile import enrolments_of, is_running, results_of

SHOWN_RESULTS = 6
SHOWN_EXAMS = 5


@dataclass(frozen=True, slots=True)
class Child:
    student: Student
    enrolments: tuple[Enrolment, ...]
    results: tuple[Result, ...]
    ahead: tuple[Exam, ...]
    attendance: float | None
    today: str

    @property
    def today_told(self) -> str:
        """What today's roll says, where it says that the child is not simply there."""
        return str(AttendanceStatus(self.today).label) if self.today not in ("", AttendanceStatus.PRESENT) else ""


def family_view(*, user: Any, on: date) -> list[Child]:
    """Oneself and the children in one's care. Five queries, or six for who is both student and guardian."""
    own = sorted(family_of(user))
    students = list(_with_today(with_attendance(Student.objects.visible_to(user).filter(pk__in=own), on), on))
    if not students:
        return []
    enrolments = [each for each in enrolments_of(own, user) if is_running(each, on)]
    results = results_of(own, user, on)
    ahead = _exams_ahead({each.school_class_id for each in enrolments}, user, on)
    return [_child(student, enrolments, results, ahead) for student in students]


def _exams_ahead(classes: set[int], user: Any, on: date) -> list[Sitting]:
    rows = Sitting.objects.visible_to(user).filter(school_class__in=classes, exam__day__gte=on)
    return list(rows.select_related("exam__subject").order_by("exam__day", "exam_id"))


def _with_today(students: Any, on: date) -> Any:
    """Students with what the roll of their home class says `today`."""
    said = AttendanceMark.objects.filter(student=OuterRef("pk"), day=on, school_class__is_home_class=True)
    return students.annotate(today=Subquery(said.order_by("pk").values("status")[:1]))


def _child(student: Any, enrolments: list[Enrolment], results: list[Result], ahead: list[Sitting]) -> Child:
    own = tuple(each for each in enrolments if each.student_id == student.pk)
    classes = {each.school_class_id for each in own}
    exams = dict.fromkeys(each.exam for each in ahead if each.school_class_id in classes)
    return Child(
        student=student,
        enrolments=own,
        results=tuple(each for each in results if each.student_id == student.pk)[:SHOWN_RESULTS],
        ahead=tuple(exams)[:SHOWN_EXAMS],
        attendance=rate(student.attended, student.marked),
        today=student.today or "",
    )
