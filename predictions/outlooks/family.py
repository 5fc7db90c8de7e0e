"""What a family sees of a prediction that was released to it; page, preview for staff and letter take it from here.

Asked is the release itself and the family tie, not only what a person may see: a teacher or leader whose own child is at the
school sees here what other families see, no more.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from portal.kit.scoping import grants_of
from predictions.models import Prediction, PredictionRelease
from predictions.outlooks.contract import OutlookRow
from predictions.outlooks.family_range import Drawn, drawn
from predictions.outlooks.family_words import (
    came_told,
    chance_told,
    range_told,
    trust_told,
    what_goes_well,
    what_helps,
)
from predictions.outlooks.rows import dressed
from predictions.outlooks.trust import trust_of
from students.access import RELEASED_TO_CLASS
from students.looking import family_of
from students.models import Enrolment, Exam, Result, SchoolClass, Student
from students.roles import Role

FAMILY_ROLES = frozenset({Role.STUDENT, Role.GUARDIAN})
Pair = tuple[int, int]  # student, exam


@dataclass(frozen=True, slots=True)
class FamilyOutlook:
    """`came`: the sentence about the result, once that is released too. Without `release` it is a preview."""

    row: OutlookRow
    release: PredictionRelease | None
    is_over: bool
    trust: str
    comment: str = ""
    came: str = ""

    @property
    def student(self) -> Student:
        return self.row.student

    @property
    def exam(self) -> Exam:
        return self.row.exam

    @property
    def school_class(self) -> SchoolClass | None:
        """The class through which it was released."""
        return self.release.school_class if self.release else None

    @property
    def drawn(self) -> Drawn | None:
        return drawn(self.row)

    @property
    def range_sentence(self) -> str:
        return range_told(self.row, is_over=self.is_over)

    @property
    def chance_sentence(self) -> str:
        return "" if self.is_over else chance_told(self.row)

    @property
    def helps(self) -> tuple[str, ...]:
        return () if self.is_over else what_helps(self.row.reasons)

    @property
    def well(self) -> tuple[str, ...]:
        return () if self.is_over else what_goes_well(self.row.reasons)


@dataclass(frozen=True, slots=True)
class ChildOutlooks:
    student: Student
    ahead: tuple[FamilyOutlook, ...]
    over: tuple[FamilyOutlook, ...]


def is_family(user: Any) -> bool:
    """Whether these pages are for them at all. No query."""
    return bool(grants_of(user).of(FAMILY_ROLES))


def told_to_family(
    row: OutlookRow, *, on: date, release: PredictionRelease | None = None, comment: str = "", came: float | None = None
) -> FamilyOutlook:
    """One row as a family reads it. Shown to staff as a preview with the comment they are about to send."""
    return FamilyOutlook(
        row=row,
        release=release,
        is_over=row.exam.day < on,
        trust=trust_told(trust_of(row.prediction.run.version, row.exam.school)) if row.prediction else "",
        comment=release.comment if release else comment,
        came=came_told(row, came),
    )


def family_outlooks(*, user: Any) -> list[ChildOutlooks]:
    """Each child of theirs, by name, with what was released of exams ahead (the next first) and of those that are over."""
    students = _children(user)
    told: defaultdict[int, list[FamilyOutlook]] = defaultdict(list)
    for each in _outlooks(user, students):
        told[each.student.pk].append(each)
    return [
        ChildOutlooks(
            student=student,
            ahead=tuple(each for each in told[student.pk] if not each.is_over),
            over=tuple(each for each in reversed(told[student.pk]) if each.is_over),
        )
        for student in students
    ]


def family_outlook(*, user: Any, student: int, exam: int) -> FamilyOutlook | None:
    """None where the child is not theirs or nothing of it was released to them."""
    students = [each for each in _children(user) if each.pk == student]
    return next(iter(_outlooks(user, students, exam)), None)


def _children(user: Any) -> list[Student]:
    rows = Student.objects.visible_to(user).filter(pk__in=sorted(family_of(user)))
    return list(rows.select_related("school"))


def _outlooks(user: Any, students: list[Student], exam: int | None = None) -> list[FamilyOutlook]:
    """By the exam's day. As many queries for many children as for one, where they go to one school."""
    days = {each.pk: each.school.today() for each in students}
    given = _given(user, days, exam)
    rows = _rows(user, given, days)
    came = _came(user, given)
    found = [
        told_to_family(
            row,
            on=days[row.student.pk],
            release=given[row.student.pk, row.exam.pk],
            came=came.get((row.student.pk, row.exam.pk)),
        )
        for row in rows
    ]
    return sorted(found, key=lambda each: (each.exam.day, each.exam.pk))


def _given(user: Any, days: dict[int, date], exam: int | None) -> dict[Pair, PredictionRelease]:
    """By student and exam: what was released to a class in which the student is today."""
    if not days:
        return {}
    held = Enrolment.objects.visible_to(user).filter(student__in=days)
    classes: defaultdict[int, list[int]] = defaultdict(list)
    for each in held.only("student_id", "school_class_id", "starts", "ends"):
        if each.starts <= days[each.student_id] and (each.ends is None or each.ends >= days[each.student_id]):
            classes[each.school_class_id].append(each.student_id)
    released = PredictionRelease.objects.visible_to(user).filter(school_class__in=classes)
    if exam is not None:
        released = released.filter(exam__pk=exam)
    rows = released.select_related("by", "school_class").order_by("at")
    return {(student, each.exam_id): each for each in rows for student in classes[each.school_class_id]}


def _rows(user: Any, given: dict[Pair, PredictionRelease], days: dict[int, date]) -> Iterable[OutlookRow]:
    shown = Prediction.objects.visible_to(user).current().filter(exam__in={exam for _, exam in given})
    framed = shown.filter(student__in={student for student, _ in given}).select_related(
        "student__school", "exam__school", "exam__subject", "run__version"
    )
    told = [each for each in framed if (each.student_id, each.exam_id) in given]
    return dressed(told, user=user, on=min(days.values())) if told else []


def _came(user: Any, given: dict[Pair, PredictionRelease]) -> dict[Pair, float]:
    """Results in per cent, as far as they are released to families as well."""
    own = {"student__in": {student for student, _ in given}, "exam__in": {exam for _, exam in given}}
    rows = Result.objects.visible_to(user).filter(RELEASED_TO_CLASS, **own).select_related("exam")
    return {(each.student_id, each.exam_id): float(each.percent) for each in rows if each.percent is not None}
