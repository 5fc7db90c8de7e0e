"""The sheet of a class: which exams it sits, who sits them, what is entered, and which cells may be written."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q

from students.models import Enrolment, Exam, Result, ResultStatus, SchoolClass, Sitting, Student
from students.standing import may_keep

CODES = {ResultStatus.ABSENT: "abs", ResultStatus.EXEMPT: "ex", ResultStatus.NOT_SUBMITTED: "ns"}
LOCKED, NOT_ENROLLED, AHEAD = "locked", "not-enrolled", "ahead"
Span = tuple[date, date | None]


def points(number: Decimal) -> str:
    """As short as it can be said: 17.5 and not 17.50."""
    return f"{number.quantize(Decimal('0.01')):f}".rstrip("0").rstrip(".")


def shown(result: Result | None) -> str:
    """What stands in the cell of a result; nothing where there is none."""
    if result is None:
        return ""
    return CODES.get(ResultStatus(result.status), "") if result.score is None else points(result.score)


def token(result: Result | None) -> str:
    """Stands for what somebody saw. A mark that was emptied and entered anew has another key, so it never comes back."""
    return "" if result is None else f"{result.pk}.{result.version}"


def lies_in(day: date, spans: Iterable[Span]) -> bool:
    return any(starts <= day and (ends is None or day <= ends) for starts, ends in spans)


def is_final(sittings: Iterable[Sitting], spans: Mapping[int, list[Span]]) -> bool:
    """Whether a student's mark in one exam is locked: by the class they sat it with, wherever they are by now.

    `sittings` are those of the exam, `spans` when the student was in which class. Who was in none of these classes on
    the day, and has a mark all the same, has it through those they were in at any time.
    """
    reached = [each for each in sittings if each.school_class_id in spans]
    there = [each for each in reached if lies_in(each.exam.day, spans[each.school_class_id])]
    return any(each.is_locked for each in there or reached)


def hold_sittings(sittings: Any) -> Any:
    """Who locks, unlocks or writes there waits until this transaction ends; always in the same order."""
    held = Sitting.objects.filter(pk__in=sittings.order_by().values("pk")).order_by("pk")
    return held.select_for_update(of=("self",), no_key=True)


@dataclass(frozen=True, slots=True)
class Stats:
    """`of` counts those of whom a mark is expected; `mean` is in percent of the maximum."""

    mean: float | None
    entered: int
    of: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """`results` is kept up to date by who writes; everything else stays as it was read. `final` are cells that another
    class has locked: the one in which the student sat the exam.
    """

    school_class: SchoolClass
    on: date
    is_kept: bool
    sittings: dict[int, Sitting]
    students: dict[int, Student]
    spans: dict[int, list[Span]]
    results: dict[tuple[int, int], Result]
    final: frozenset[tuple[int, int]] = frozenset()

    def exam(self, key: int) -> Exam:
        return self.sittings[key].exam

    def was_in(self, student: int, day: date) -> bool:
        return lies_in(day, self.spans.get(student, ()))

    def why_fixed(self, exam: int, student: int) -> str:
        """Why nobody writes into this cell just now; empty if one may. The same as `RESULT.edit`, through this class."""
        sitting = self.sittings[exam]
        if sitting.exam.day > self.on:
            return AHEAD
        if sitting.is_locked or (exam, student) in self.final:
            return LOCKED
        # A teacher writes for who is in the class today; leaders and the office also for who has left it.
        is_reached = self.is_kept or self.was_in(student, self.on)
        return "" if is_reached and self.is_due(exam, student) else NOT_ENROLLED

    def is_due(self, exam: int, student: int) -> bool:
        return (exam, student) in self.results or self.was_in(student, self.exam(exam).day)

    def stats(self, exam: int) -> Stats:
        found = [each for (key, _), each in self.results.items() if key == exam]
        percents = [float(each.score) for each in found if each.score is not None]
        mean = 100 * sum(percents) / len(percents) / float(self.exam(exam).maximum) if percents else None
        due = sum(1 for student in self.students if self.is_due(exam, student))
        return Stats(None if mean is None else round(mean, 1), len(found), due)


def read_sheet(
    school_class: SchoolClass, *, user: Any, on: date, exams: Iterable[int] | None = None, is_locking: bool = False
) -> Sheet:
    """Three queries, and a fourth where another class with a student of this one has locked one of these exams.

    With `is_locking` others who write into these columns wait until the transaction ends.
    """
    own = Sitting.objects.visible_to(user).filter(school_class=school_class)
    if exams is not None:
        own = own.filter(exam__in=set(exams))
    sittings = _with_shared(own, school_class)
    found = list((hold_sittings(sittings) if is_locking else sittings).select_related("exam"))
    columns = {each.exam_id: each for each in found if each.school_class_id == school_class.pk}
    students, spans = _people(school_class, user)
    results = Result.objects.visible_to(user).filter(exam__in=list(columns), student__in=list(students)).order_by()
    if is_locking:
        results = results.select_for_update(of=("self",))
    return Sheet(
        school_class=school_class,
        on=on,
        is_kept=may_keep(user, school_class),
        sittings=columns,
        students=students,
        spans=spans,
        results={(each.exam_id, each.student_id): each for each in results},
        final=_final(found, school_class, students),
    )


def _with_shared(own: Any, school_class: SchoolClass) -> Any:
    """These sittings, and of the same exams those of other classes in which a student of this class is or was."""
    people = Enrolment.objects.filter(school_class=school_class).order_by().values("student")
    classes = Enrolment.objects.filter(student__in=people).order_by().values("school_class")
    here = Q(school_class=school_class) | Q(school_class__in=classes)
    return Sitting.objects.filter(here, exam__in=own.order_by().values("exam"))


def _final(found: list[Sitting], school_class: SchoolClass, students: Iterable[int]) -> frozenset[tuple[int, int]]:
    locked = {each.exam_id for each in found if each.is_locked and each.school_class_id != school_class.pk}
    if not locked:
        return frozenset()
    classes = {each.school_class_id for each in found}
    rows = Enrolment.objects.filter(student__in=list(students), school_class__in=classes).order_by()
    spans = spans_of(rows)
    sat = {exam: [each for each in found if each.exam_id == exam] for exam in locked}
    return frozenset((exam, pk) for exam in locked for pk in spans if is_final(sat[exam], spans[pk]))


def spans_of(enrolments: Any) -> dict[int, dict[int, list[Span]]]:
    """By student and class, when they were in it."""
    found: dict[int, dict[int, list[Span]]] = {}
    for student, school_class, *span in enrolments.values_list("student_id", "school_class_id", "starts", "ends"):
        found.setdefault(student, {}).setdefault(school_class, []).append((span[0], span[1]))
    return found


def _people(school_class: SchoolClass, user: Any) -> tuple[dict[int, Student], dict[int, list[Span]]]:
    """Everybody who is or was in the class and whom the person sees, and when they were in it."""
    rows = Enrolment.objects.visible_to(user).filter(school_class=school_class).select_related("student")
    students: dict[int, Student] = {}
    spans: dict[int, list[Span]] = {}
    for row in rows.order_by("student__family_name", "student__given_name", "student_id"):
        students[row.student_id] = row.student
        spans.setdefault(row.student_id, []).append((row.starts, row.ends))
    return students, spans
