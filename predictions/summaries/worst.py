"""Where a model erred most, case by case for who sees the student anyway; of others no more than how many there were."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from predictions.models import TrainingRun
from predictions.specs import schools_of
from predictions.summaries.words import points
from students.models import Exam, Student


@dataclass(frozen=True, slots=True)
class Case:
    student: Student
    exam: str
    day: date | None
    ahead: str
    said: str
    span: str
    came: str
    off: str


@dataclass(frozen=True, slots=True)
class Worst:
    """`unseen`: cases of students whom this person does not see. Exam and result would say whose they are."""

    cases: tuple[Case, ...]
    unseen: int

    @property
    def shown(self) -> list[Student]:
        """The students whose names are told, each once."""
        return list(dict.fromkeys(case.student for case in self.cases))


def worst(run: TrainingRun, *, user: Any) -> Worst:
    """Three queries, however many cases."""
    told = (run.report or {}).get("worst", [])
    people, exams = _keys(told, "student"), _keys(told, "exam")
    students = {str(each.pk): each for each in Student.objects.visible_to(user).filter(pk__in=people)}
    found = Exam.objects.filter(pk__in=exams, school__in=schools_of(run.school))
    titles = {str(each.pk): each for each in found.select_related("subject")}
    cases = [
        _case(each, students[each["student"]], titles.get(each["exam"])) for each in told if each["student"] in students
    ]
    return Worst(tuple(cases), len(told) - len(cases))


def _keys(told: list[dict[str, Any]], name: str) -> set[int]:
    return {int(each[name]) for each in told if str(each[name]).isascii() and str(each[name]).isdigit()}


def _case(each: dict[str, Any], student: Student, exam: Exam | None) -> Case:
    return Case(
        student=student,
        exam=f"{exam.title}, {exam.subject}" if exam else _("an exam that is no longer there"),
        day=exam.day if exam else None,
        ahead=ngettext("%(n)s day", "%(n)s days", each["lead"]) % {"n": each["lead"]},
        said=points(each["predicted"]),
        span=f"{points(each['low_80'], 0)}–{points(each['high_80'], 0)}",
        came=points(each["actual"]),
        off=points(abs(each["predicted"] - each["actual"])),
    )
