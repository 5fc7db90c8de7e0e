"""The register: a class page's table of students, with teachers and the exams ahead."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import OuterRef, Subquery

from portal.accounts.models import User
from students.looking import roles_towards
from students.models import Enrolment, Exam, Result, SchoolClass, Student, Teaching
from students.roles import KEEPERS, STAFF, Role
from students.summaries.counting import day_of, rate, weighted_mean, with_attendance

KEYS = ("name", "last", "average", "attendance", "missing")


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """`missing` counts exams held without any entry; None for a family, whose marks may only be unreleased."""

    student: Student
    percents: tuple[float, ...]
    last_exam: str
    average: float | None
    attendance: float | None
    missing: int | None

    @property
    def name(self) -> str:
        return self.student.name

    @property
    def last(self) -> float | None:
        return self.percents[-1] if self.percents else None


@dataclass(frozen=True, slots=True)
class ClassRegister:
    school_class: SchoolClass
    on: date
    rows: tuple[RegisterRow, ...]
    teachers: tuple[User, ...]
    ahead: tuple[Exam, ...]
    held: int
    is_whole: bool

    @property
    def students(self) -> list[Student]:
        return [row.student for row in self.rows]

    @property
    def tells_missing(self) -> bool:
        return any(row.missing is not None for row in self.rows)

    def sorted_by(self, key: str, *, descending: bool) -> list[RegisterRow]:
        """Rows without a figure come last whichever way the others run."""
        if key == "name":
            return list(reversed(self.rows)) if descending else list(self.rows)
        known = [row for row in self.rows if getattr(row, key) is not None]
        unknown = [row for row in self.rows if getattr(row, key) is None]
        return sorted(known, key=lambda row: getattr(row, key), reverse=descending) + unknown


def class_register(school_class: SchoolClass, *, user: Any, today: date) -> ClassRegister:
    """Four queries. Only the students this person sees; a family finds its own child and no classmate."""
    on = day_of(school_class, today)
    students = _students(school_class, user, on)
    roles = roles_towards(user, students)
    exams = list(Exam.objects.visible_to(user).of_class(school_class).order_by("day", "pk"))
    held = {exam.pk: exam for exam in exams if exam.day < today}
    results = _results(students, held, user)
    rows = [_row(each, results.get(each.pk, []), held, roles.get(each.pk, "")) for each in students]
    teachings = Teaching.objects.visible_to(user).active(on).filter(school_class=school_class)
    return ClassRegister(
        school_class=school_class,
        on=on,
        rows=tuple(rows),
        teachers=tuple(dict.fromkeys(each.teacher for each in teachings.select_related("teacher"))),
        ahead=tuple(exam for exam in exams if exam.day >= today),
        held=len(held),
        is_whole=all(role in KEEPERS or role == Role.TEACHER for role in roles.values()),
    )


def _students(school_class: SchoolClass, user: Any, on: date) -> list[Any]:
    enrolled = Enrolment.objects.active(on).filter(school_class=school_class)
    joined = enrolled.filter(student=OuterRef("pk")).order_by("starts").values("starts")[:1]
    rows = Student.objects.visible_to(user).filter(pk__in=enrolled.order_by().values("student"))
    return list(with_attendance(rows, on).annotate(joined=Subquery(joined)))


def _results(students: list[Any], held: dict[int, Exam], user: Any) -> dict[int, list[Result]]:
    """By student, in the order of the exams; each with the exam that was read already."""
    found: dict[int, list[Result]] = {}
    rows = Result.objects.visible_to(user).filter(exam__in=list(held), student__in=[each.pk for each in students])
    order = {pk: index for index, pk in enumerate(held)}
    for result in sorted(rows.order_by(), key=lambda each: order[each.exam_id]):
        result.exam = held[result.exam_id]
        found.setdefault(result.student_id, []).append(result)
    return found


def _row(student: Any, results: list[Result], held: dict[int, Exam], role: str) -> RegisterRow:
    scored = [result for result in results if result.percent is not None]
    entered = {result.exam_id for result in results}
    due = [pk for pk, exam in held.items() if exam.day >= student.joined and pk not in entered]
    return RegisterRow(
        student=student,
        percents=tuple(float(result.percent) for result in scored if result.percent is not None),
        last_exam=scored[-1].exam.title if scored else "",
        average=weighted_mean(scored),
        attendance=rate(student.attended, student.marked),
        missing=len(due) if role in STAFF else None,
    )
