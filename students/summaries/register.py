"""The register: a class page's table of students, with teachers and the exams ahead."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from statistics import fmean
from typing import Any

from django.db.models import F, Func, OuterRef, Subquery, TextField, Value

from portal.accounts.models import User
from portal.kit.scoping import grants_of, in_force
from students.looking import roles_towards
from students.models import Enrolment, Exam, GradeScale, Participation, Result, SchoolClass, Student, Teaching
from students.roles import STAFF, Role
from students.standing import may_keep
from students.summaries.counting import day_of, rate, weighted_mean, with_attendance

# Stands between two names that come as one text; in no name that anybody types.
UNIT = "\x1f"


class Joined(Func):
    """Texts of many rows as one, so that what belongs to a student comes along with the student."""

    function = "GROUP_CONCAT"
    output_field = TextField()

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, function="STRING_AGG", **context)


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """`missing` counts exams held without any entry; None for a family, whose marks may only be unreleased.

    `change` is the last mark against the mean of those before it, in points of percent.
    """

    student: Student
    role: str
    percents: tuple[float, ...]
    last_exam: str
    average: float | None
    change: float | None
    attendance: float | None
    missing: int | None
    clubs: tuple[str, ...]
    since: date

    @property
    def name(self) -> str:
        return self.student.name

    @property
    def last(self) -> float | None:
        return self.percents[-1] if self.percents else None

    @property
    def marks(self) -> int:
        return len(self.percents)


@dataclass(frozen=True, slots=True)
class ClassFigures:
    """The class as one: means of its students. Only for who sees the whole class."""

    percents: tuple[float, ...]
    last: float | None
    average: float | None
    change: float | None
    attendance: float | None
    missing: int


@dataclass(frozen=True, slots=True)
class ClassRegister:
    """`is_whole` is true for who sees every student of the class, whatever list they choose."""

    school_class: SchoolClass
    today: date
    on: date
    rows: tuple[RegisterRow, ...]
    teachers: tuple[User, ...]
    ahead: tuple[Exam, ...]
    held: int
    pass_mark: float | None
    is_whole: bool
    may_record: bool
    figures: ClassFigures | None

    @property
    def students(self) -> list[Student]:
        return [row.student for row in self.rows]

    @property
    def tells_missing(self) -> bool:
        return any(row.missing is not None for row in self.rows)

    @property
    def has_ended(self) -> bool:
        return self.school_class.term.ends < self.today

    @property
    def is_ahead(self) -> bool:
        return self.school_class.term.starts > self.today


def framed_classes() -> Any:
    """Classes with all that a register needs to know about them, in one query."""
    usual = GradeScale.objects.filter(school=OuterRef("school"), is_default=True).values("pass_mark")
    return SchoolClass.objects.with_frame().select_related("subject__grade_scale").annotate(usual_pass=Subquery(usual))


def class_register(school_class: SchoolClass, *, user: Any, today: date) -> ClassRegister:
    """Four queries. Only the students this person sees; a family finds its own child and no classmate."""
    on = day_of(school_class, today)
    teachings = list(Teaching.objects.visible_to(user).filter(school_class=school_class).select_related("teacher"))
    keeps = may_keep(user, school_class)
    teaches = school_class.school_id in grants_of(user).of((Role.TEACHER,)) and any(
        each.teacher_id == user.pk and _holds(each, today) for each in teachings
    )
    students = _students(school_class, user, on)
    # Who teaches a class today reaches all who are in it today by that; nobody need be asked about one by one.
    plain = teaches and not keeps and on == today
    roles = dict.fromkeys((each.pk for each in students), str(Role.TEACHER)) if plain else roles_towards(user, students)
    exams = list(Exam.objects.visible_to(user).of_class(school_class).order_by("day", "pk"))
    held = {exam.pk: exam for exam in exams if exam.day < today}
    results = _results(students, held, user)
    rows = tuple(_row(each, results.get(each.pk, []), held, roles.get(each.pk, "")) for each in students)
    is_whole = keeps or plain
    return ClassRegister(
        school_class=school_class,
        today=today,
        on=on,
        rows=rows,
        teachers=tuple(dict.fromkeys(each.teacher for each in teachings if _holds(each, on))),
        ahead=tuple(exam for exam in exams if exam.day >= today),
        held=len(held),
        pass_mark=_pass_mark(school_class),
        is_whole=is_whole,
        may_record=keeps or teaches,
        figures=_figures(rows, results, held) if is_whole and rows else None,
    )


def _holds(teaching: Teaching, on: date) -> bool:
    return teaching.starts <= on and (teaching.ends is None or teaching.ends >= on)


def _pass_mark(school_class: Any) -> float | None:
    own = school_class.subject.grade_scale
    usual = own.pass_mark if own else getattr(school_class, "usual_pass", None)
    return None if usual is None else float(usual)


def _students(school_class: SchoolClass, user: Any, on: date) -> list[Any]:
    """Who sees a student sees their attendance and their clubs."""
    enrolled = Enrolment.objects.active(on).filter(school_class=school_class)
    joined = enrolled.filter(student=OuterRef("pk")).order_by("starts").values("starts")[:1]
    clubs = Participation.objects.filter(in_force("", on), student=OuterRef("pk")).order_by()
    listed = clubs.annotate(listed=Joined(F("activity"), Value(UNIT))).values("listed")
    rows = Student.objects.visible_to(user).filter(pk__in=enrolled.order_by().values("student"))
    return list(with_attendance(rows, on).annotate(joined=Subquery(joined), clubs=Subquery(listed)))


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
    percents = tuple(float(result.percent) for result in scored if result.percent is not None)
    before = weighted_mean(scored[:-1])
    return RegisterRow(
        student=student,
        role=role,
        percents=percents,
        last_exam=scored[-1].exam.title if scored else "",
        average=weighted_mean(scored),
        change=None if before is None else percents[-1] - before,
        attendance=rate(student.attended, student.marked),
        missing=len(due) if role in STAFF else None,
        clubs=tuple(sorted(set((student.clubs or "").split(UNIT)) - {""})),
        since=student.joined,
    )


def _figures(rows: Collection[Any], results: dict[int, list[Result]], held: dict[int, Exam]) -> ClassFigures:
    by_exam: dict[int, list[float]] = {pk: [] for pk in held}
    for result in (each for marks in results.values() for each in marks if each.percent is not None):
        by_exam[result.exam_id].append(float(result.percent or 0))
    return ClassFigures(
        percents=tuple(fmean(values) for values in by_exam.values() if values),
        last=_mean(row.last for row in rows),
        average=_mean(row.average for row in rows),
        change=_mean(row.change for row in rows),
        attendance=rate(sum(row.student.attended for row in rows), sum(row.student.marked for row in rows)),
        missing=sum(row.missing or 0 for row in rows),
    )


def _mean(values: Any) -> float | None:
    known = [value for value in values if value is not None]
    return fmean(known) if known else None
