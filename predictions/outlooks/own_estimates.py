"""A person's own estimates after the exams, for that person alone: how often they were nearer than the model."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from predictions.judging import in_force
from predictions.models import Judgement
from predictions.outlooks.exam_right import said_before
from predictions.summaries.words import points
from students.models import Exam, Student
from students.summaries.counting import figure_told

SAME = 0.05  # points: both are told in whole points, and nearer by less is not nearer
MOST_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Estimate:
    """One own estimate beside the score and the result; percentages of the exam's maximum. `sees_exam`: the exam's page
    is open to the person, who may have estimated it for a student of another class.
    """

    student: Student
    exam: Exam
    own: float
    score: float
    actual: float
    sees_exam: bool

    @property
    def gain(self) -> float:
        """Points by which the person was nearer than the model."""
        return abs(self.actual - self.score) - abs(self.actual - self.own)

    @property
    def is_tie(self) -> bool:
        return abs(self.gain) <= SAME

    @property
    def is_nearer(self) -> bool:
        return self.gain > SAME

    @property
    def own_told(self) -> str:
        return figure_told(self.own)

    @property
    def score_told(self) -> str:
        return figure_told(self.score)

    @property
    def actual_told(self) -> str:
        return figure_told(self.actual)

    @property
    def off(self) -> str:
        return points(abs(self.actual - self.own))


@dataclass(frozen=True, slots=True)
class OwnEstimates:
    """`rows`, the newest exam first; `waiting` have no result yet."""

    rows: tuple[Estimate, ...]
    waiting: int

    @property
    def shown(self) -> tuple[Estimate, ...]:
        return self.rows[:MOST_SHOWN]

    @property
    def nearer(self) -> int:
        return sum(each.is_nearer for each in self.rows)

    @property
    def ties(self) -> int:
        return sum(each.is_tie for each in self.rows)

    @property
    def sentences(self) -> list[str]:
        if not self.rows:
            return []
        own, model = (
            float(np.mean([abs(each.actual - value(each)) for each in self.rows])) for value in (_own, _score)
        )
        told = {
            "nearer": self.nearer,
            "count": len(self.rows),
            "ties": self.ties,
            "own": points(own),
            "model": points(model),
        }
        count = len(self.rows)
        found = [
            ngettext(
                "Your estimate was nearer than the model’s score in %(nearer)s of %(count)s.",
                "Your estimates were nearer than the model’s scores in %(nearer)s of %(count)s.",
                count,
            )
            % told
        ]
        if self.ties:
            found.append(ngettext("%(ties)s was equally near.", "%(ties)s were equally near.", self.ties) % told)
        found.append(
            _("You were off by %(own)s points on average, the model by %(model)s on the same students.") % told
        )
        return found


def _own(each: Estimate) -> float:
    return each.own


def _score(each: Estimate) -> float:
    return each.score


def own_estimates(user: Any, *, on: date) -> OwnEstimates:
    """Only the person's own, of students they still see; the last before each exam counts. Three queries."""
    made = Judgement.objects.visible_to(user).filter(by=user, exam__day__lte=on)
    held = _counted(list(made.select_related("exam__school", "exam__subject", "student")))
    wanted = {(each.exam_id, each.student_id): each for each in held}
    by_exam = {exam for exam, _student in wanted}
    told = said_before(user).filter(exam__in=by_exam, student__in={student for _exam, student in wanted})
    seen = set(Exam.objects.visible_to(user).filter(pk__in=by_exam).values_list("pk", flat=True))
    rows = [
        Estimate(mine.student, mine.exam, float(mine.percent), score, float(came), exam in seen)
        for exam, student, score, came in told.values_list("exam_id", "student_id", "score", "came")
        if (mine := wanted.get((exam, student))) is not None
    ]
    rows.sort(key=lambda each: (-each.exam.day.toordinal(), each.student.name, each.student.pk))
    return OwnEstimates(tuple(rows), len(wanted) - len(rows))


def _counted(made: Sequence[Judgement]) -> list[Judgement]:
    """Of each exam and student the last that was made before the exam's day began there, and had not run out by then."""
    by_exam: dict[int, list[Judgement]] = {}
    for each in made:
        start = datetime.combine(each.exam.day, time(), tzinfo=ZoneInfo(each.exam.school.timezone))
        if each.at < start:
            by_exam.setdefault(each.exam_id, []).append(each)
    return [row for rows in by_exam.values() for row in in_force(rows, rows[0].exam.day)]
