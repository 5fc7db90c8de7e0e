"""The letters of one class before an exam: whose they are, and what stands in each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from predictions import releasing
from predictions.outlooks.class_outlook import class_outlook
from predictions.outlooks.contract import OutlookRow
from predictions.outlooks.family import FamilyOutlook
from predictions.reports.letter import letter_data, letters_pdf
from students.models import Exam, SchoolClass, Student, Teaching


@dataclass(frozen=True)
class ClassLetters:
    """One page for each student whom the person sees, by name."""

    school_class: SchoolClass
    exam: Exam
    students: tuple[Student, ...]
    letters: tuple[dict[str, Any], ...]

    @property
    def title(self) -> str:
        return f"{self.school_class.name}: {self.exam.title}"

    def pdf(self, on: date) -> bytes:
        return letters_pdf(self.letters, title=self.title, school=self.exam.school, on=on)


def class_letters(
    school_class: SchoolClass, exam: Exam, *, user: Any, on: date, only: int | None = None
) -> ClassLetters:  # fmt: skip
    """Of the whole class, or of the one student `only`. Two queries beside those of the class outlook."""
    outlook = class_outlook(school_class, exam, user=user, on=on)
    rows = [row for row in outlook.rows if only in (None, row.student.pk)]
    release = releasing.released(outlook.exam, school_class)
    names = _teachers(school_class, user, on)
    letters = [
        letter_data(
            FamilyOutlook(row, release, exam.day < on, trust="", comment=release.comment if release else ""),
            trust=outlook.trust, class_name=school_class.name, teachers=names,
        )
        for row in rows
    ]  # fmt: skip
    return ClassLetters(school_class, outlook.exam, _students(rows), tuple(letters))


def _students(rows: Sequence[OutlookRow]) -> tuple[Student, ...]:
    return tuple(row.student for row in rows)


def _teachers(school_class: SchoolClass, user: Any, on: date) -> list[str]:
    rows = Teaching.objects.visible_to(user).active(on).filter(school_class=school_class)
    return list(rows.order_by("teacher__name", "pk").values_list("teacher__name", flat=True).distinct())
