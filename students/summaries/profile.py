"""One student as a page shows them: classes, marks by subject, recent results, attendance."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from students.models import Enrolment, Result, SchoolClass, Student
from students.summaries.counting import rate, weighted_mean, with_attendance

MARKS_DAYS = 365


@dataclass(frozen=True, slots=True)
class SubjectMarks:
    name: str
    percents: tuple[float, ...]
    average: float | None


@dataclass(frozen=True, slots=True)
class StudentProfile:
    """`open_classes` are those whose page this person may open too; a teacher sees a student in other classes."""

    student: Student
    enrolments: tuple[Enrolment, ...]
    open_classes: frozenset[int]
    earlier: tuple[Enrolment, ...]
    results: tuple[Result, ...]
    subjects: tuple[SubjectMarks, ...]
    attendance: float | None
    days_marked: int


def student_profile(student: Student, *, user: Any, on: date) -> StudentProfile:
    """Four queries."""
    counted = with_attendance(Student.objects.visible_to(user).filter(pk=student.pk), on).values("marked", "attended")
    marked = counted.first() or {"marked": 0, "attended": 0}
    enrolments = enrolments_of([student.pk], user)
    results = results_of([student.pk], user, on)
    now = tuple(each for each in enrolments if is_running(each, on))
    own = SchoolClass.objects.visible_to(user).filter(pk__in={each.school_class_id for each in now})
    return StudentProfile(
        student=student,
        enrolments=now,
        open_classes=frozenset(own.order_by().values_list("pk", flat=True)),
        earlier=tuple(each for each in enrolments if each not in now),
        results=tuple(results),
        subjects=by_subject(results),
        attendance=rate(marked["attended"], marked["marked"]),
        days_marked=marked["marked"],
    )


def enrolments_of(students: list[int], user: Any) -> list[Enrolment]:
    """All of them, the newest term first."""
    rows = Enrolment.objects.visible_to(user).filter(student__in=students)
    framed = rows.select_related("school_class__subject", "school_class__term")
    return list(framed.order_by("-school_class__term__starts", "school_class__name", "pk"))


def is_running(enrolment: Enrolment, on: date) -> bool:
    term = enrolment.school_class.term
    return enrolment.starts <= on <= min(enrolment.ends or term.ends, term.ends)


def results_of(students: list[int], user: Any, on: date) -> list[Result]:
    """Of the last twelve months, the newest first."""
    since = on - timedelta(days=MARKS_DAYS)
    rows = Result.objects.visible_to(user).filter(student__in=students, exam__day__gt=since, exam__day__lte=on)
    return list(rows.select_related("exam__subject").order_by("-exam__day", "-exam_id", "student_id"))


def by_subject(results: list[Result]) -> tuple[SubjectMarks, ...]:
    """Oldest mark first within each subject, as a line is read."""
    groups: defaultdict[str, list[Result]] = defaultdict(list)
    for result in reversed(results):
        if result.percent is not None:
            groups[result.exam.subject.name].append(result)
    return tuple(
        SubjectMarks(
            name, tuple(float(each.percent) for each in group if each.percent is not None), weighted_mean(group)
        )
        for name, group in sorted(groups.items())
    )
