"""Earlier marks in the subject of an exam: for the small line beside a name, and for the class's last exam."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from students.models import Exam, Result, Student

BACK = timedelta(days=800)  # older marks are no part of the small line
Key = tuple[int, int]  # student and subject


@dataclass(frozen=True, slots=True)
class Mark:
    exam: int
    title: str
    percent: float


Marks = Mapping[Key, Sequence[Mark]]


def marks_of(students: Sequence[Student], exams: Sequence[Exam], *, user: Any, on: date) -> Marks:
    """Oldest first; those of the exams themselves are left out. One query."""
    rows = Result.objects.visible_to(user).scored().filter(
        student__in=[each.pk for each in students],
        exam__subject__in={each.subject_id for each in exams},
        exam__day__range=(on - BACK, on),
    ).exclude(exam__in=[each.pk for each in exams])  # fmt: skip
    found: defaultdict[Key, list[Mark]] = defaultdict(list)
    columns = ("student_id", "exam__subject_id", "exam_id", "exam__title", "score", "exam__maximum")
    for student, subject, exam, title, score, maximum in rows.order_by("exam__day", "exam_id").values_list(*columns):
        found[student, subject].append(Mark(exam, title, float(100 * score / maximum)))
    return found


def last_exam(marks: Marks) -> tuple[str, float] | None:
    """The newest exam in which half of those with marks have one, with their mean; None where there is none."""
    sat = Counter(mark.exam for held in marks.values() for mark in held)
    often = {exam for exam, count in sat.items() if 2 * count >= len(marks)}
    newest = Counter(next((mark.exam for mark in reversed(held) if mark.exam in often), 0) for held in marks.values())
    exam = next((each for each, _count in newest.most_common() if each), None)
    found = [mark for held in marks.values() for mark in held if mark.exam == exam]
    return (found[0].title, sum(mark.percent for mark in found) / len(found)) if found else None
