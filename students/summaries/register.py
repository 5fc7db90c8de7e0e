"""The register: a class page's table of students, with teachers and the exams ahead."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from statistics import fmean
from typing import Any

from django.db.models import F, Func, OuterRef, Q, Subquery, TextField, Value

from portal.accounts.models import User
from portal.kit.scoping import grants_of, in_force
from students.looking import roles_towards
from students.models import Enrolment, Exam, GradeScale, Participation, Result, SchoolClass, Student, Teaching
from students.roles import STAFF, Role
from students.standing import may_keep
from students.summaries.counting import GOOD_ATTENDANCE, day_of, rate, told_percent, weighted_mean, with_attendance
from students.summaries.profile.frame import frame_of

# Stands between two names that come as one text; in no name that anybody types.
UNIT = "\x1f"


class Joined(Func):
    """Texts of many rows as one, so that what belongs to a student comes along with the student."""

    function = "GROUP_CONCAT"
    output_field = TextField()

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, function="STRING_AGG", **context)


class Told:
    """Figures as they are shown, on screen, on paper and in the file: never on the other side of a limit."""

    __slots__ = ()
    last: Any
    average: float | None
    attendance: float | None
    pass_mark: float | None

    @property
    def last_told(self) -> str:
        return told_percent(self.last, self.pass_mark)

    @property
    def average_told(self) -> str:
        return told_percent(self.average, self.pass_mark)

    @property
    def attendance_told(self) -> str:
        return told_percent(self.attendance, GOOD_ATTENDANCE)


@dataclass(frozen=True, slots=True)
class RegisterRow(Told):
    """`missing` counts exams held without any entry; None for a family, whose marks may only be unreleased.

    `change` is the last mark in this class against the mean of those before it, in points of percent; `average` is of
    all marks in the subject this school year, as on the student's own page.
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
    results: tuple[Result, ...] = ()
    pass_mark: float | None = None

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
class ClassFigures(Told):
    """The class as one: means of its students. Only for who sees the whole class."""

    percents: tuple[float, ...]
    last: float | None
    average: float | None
    change: float | None
    attendance: float | None
    missing: int
    pass_mark: float | None = None


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
    """Four queries, and two more when the school's frame was not read for some minutes. Only the students this person sees; a family finds its own child and no classmate."""
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
    marks = _marks(students, school_class, [exam for exam in exams if exam.day <= today], user=user, on=on)
    pass_mark = _pass_mark(school_class)
    rows = tuple(_row(each, marks.get(each.pk, NO_MARKS), held, roles.get(each.pk, ""), pass_mark) for each in students)
    is_whole = keeps or plain
    return ClassRegister(
        school_class=school_class,
        today=today,
        on=on,
        rows=rows,
        teachers=tuple(dict.fromkeys(each.teacher for each in teachings if _holds(each, on))),
        ahead=tuple(exam for exam in exams if exam.day >= today),
        held=len(held),
        pass_mark=pass_mark,
        is_whole=is_whole,
        may_record=keeps or teaches,
        figures=_figures(rows, pass_mark) if is_whole and rows else None,
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


@dataclass(frozen=True, slots=True)
class _Marks:
    """One student's: in this class, in the order of its exams; and all in the subject this school year."""

    own: tuple[Result, ...] = ()
    year: tuple[Result, ...] = ()


NO_MARKS = _Marks()


def _marks(
    students: list[Any], school_class: SchoolClass, held: list[Exam], *, user: Any, on: date
) -> dict[int, _Marks]:
    """By student. One query; each result of this class comes with the exam that was read already."""
    first, last = frame_of(school_class.school, on).period(on)
    order = {exam.pk: (index, exam) for index, exam in enumerate(held)}
    wanted = Q(exam__in=list(order)) | Q(exam__subject=school_class.subject_id, exam__day__range=(first, last))
    rows = Result.objects.visible_to(user).filter(wanted, student__in=[each.pk for each in students])
    found: defaultdict[int, list[Result]] = defaultdict(list)
    for result in rows.select_related("exam").order_by():
        if result.exam_id in order:
            result.exam = order[result.exam_id][1]
        found[result.student_id].append(result)
    return {
        student: _Marks(
            own=tuple(
                sorted((each for each in results if each.exam_id in order), key=lambda each: order[each.exam_id][0])
            ),
            year=tuple(each for each in results if first <= each.exam.day <= last),
        )
        for student, results in found.items()
    }


def _row(student: Any, marks: _Marks, held: dict[int, Exam], role: str, pass_mark: float | None) -> RegisterRow:
    scored = [result for result in marks.own if result.percent is not None]
    entered = {result.exam_id for result in marks.own}
    due = [pk for pk, exam in held.items() if exam.day >= student.joined and pk not in entered]
    percents = tuple(float(result.percent) for result in scored if result.percent is not None)
    before = weighted_mean(scored[:-1])
    return RegisterRow(
        student=student,
        role=role,
        percents=percents,
        last_exam=scored[-1].exam.title if scored else "",
        average=weighted_mean(marks.year),
        change=None if before is None else percents[-1] - before,
        attendance=rate(student.attended, student.marked),
        missing=len(due) if role in STAFF else None,
        clubs=tuple(sorted(set((student.clubs or "").split(UNIT)) - {""})),
        since=student.joined,
        results=marks.own,
        pass_mark=pass_mark,
    )


def _figures(rows: Collection[Any], pass_mark: float | None) -> ClassFigures:
    by_exam: defaultdict[tuple[date, int], list[float]] = defaultdict(list)
    for result in (each for row in rows for each in row.results if each.percent is not None):
        by_exam[result.exam.day, result.exam_id].append(float(result.percent))
    return ClassFigures(
        percents=tuple(fmean(by_exam[exam]) for exam in sorted(by_exam)),
        last=_mean(row.last for row in rows),
        average=_mean(row.average for row in rows),
        change=_mean(row.change for row in rows),
        attendance=rate(sum(row.student.attended for row in rows), sum(row.student.marked for row in rows)),
        missing=sum(row.missing or 0 for row in rows),
        pass_mark=pass_mark,
    )


def _mean(values: Any) -> float | None:
    known = [value for value in values if value is not None]
    return fmean(known) if known else None
