"""Predictions dressed for people: with marks, chances, reasons, what changed, estimates and help. Rows of any mix of exams."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, prefetch_related_objects
from django.utils.translation import gettext as _

from predictions import judging
from predictions.groups import Group
from predictions.models import Judgement, ModelVersion, Prediction
from predictions.outlooks.averages import Average, averages_for, base_and_reasons, known_groups
from predictions.outlooks.contract import Grade, Moved, OutlookRow, Scale
from predictions.outlooks.marks import Marks, marks_of
from predictions.outlooks.moves import moves_of
from predictions.outlooks.qualities import quality_of
from predictions.outlooks.scales import scales_for
from predictions.packing import unpacked
from predictions.wording import cause_in_words
from students.looking import roles_towards
from students.models import Exam, Student
from students.summaries.support import under_way

MOST_MARKS = 8
FRAMED = ("student", "exam__school", "exam__subject__grade_scale__boundaries", "run__version")
Key = tuple[int, int]  # student and exam


@dataclass(frozen=True, slots=True)
class Asked:
    """One row to dress; without a prediction it says so."""

    student: Student
    exam: Exam
    prediction: Prediction | None


@dataclass(frozen=True)
class Known:
    """What whoever asks has read already: averages by prediction, marks by student and subject."""

    averages: Mapping[int, Average]
    marks: Marks


@dataclass(frozen=True)
class Around:
    """What is read once for all rows."""

    scales: Mapping[int, Scale]
    roles: Mapping[int, str]
    marks: Marks
    moves: Mapping[int, Moved]
    averages: Mapping[int, Average]
    estimates: Mapping[Key, tuple[Judgement, ...]]
    help: Mapping[int, str]
    groups: Mapping[int, Sequence[Group]]  # by version
    user: Any


def dressed(predictions: Sequence[Prediction], *, user: Any, on: date) -> list[OutlookRow]:
    """In their order. At most 15 queries, however many rows and exams; fewer where students, exams and runs were read.

    `predictions` are those that the person may see; everything beside them is asked for within their rights.
    """
    rows = list(predictions)
    prefetch_related_objects(rows, *FRAMED)
    asked = [Asked(each.student, each.exam, each) for each in rows]
    known = Known(averages_for(rows, user=user, on=on), marks_of(*_distinct(asked), user=user, on=on))
    return dress(asked, known, user=user, on=on)


def row_of(student: Student, exam: Exam, *, user: Any, on: date) -> OutlookRow:
    """One student and exam, with or without a prediction."""
    shown = Prediction.objects.visible_to(user).current().filter(student=student, exam=exam)
    prediction = shown.select_related("run__version__school", "run__version__subject").first()
    if prediction is None:
        asked = [Asked(student, exam, None)]
        return dress(asked, Known({}, marks_of([student], [exam], user=user, on=on)), user=user, on=on)[0]
    prediction.student, prediction.exam = student, exam
    return dressed([prediction], user=user, on=on)[0]


def dress(asked: Sequence[Asked], known: Known, *, user: Any, on: date) -> list[OutlookRow]:
    """Three queries, and one or more for who has several roles. Students, exams with subjects, runs and versions were
    read before.
    """
    if not asked:
        return []
    students, exams = _distinct(asked)
    around = Around(
        scales=scales_for(exams),
        roles=roles_towards(user, students),
        marks=known.marks,
        moves=moves_of([each.prediction for each in asked if each.prediction], user=user),
        averages=known.averages,
        estimates=_estimates(students, exams, user=user, on=on),
        help=under_way(students, user=user, on=on),
        groups={version.pk: known_groups(version) for version in _versions(asked)},
        user=user,
    )
    return [_row(each, around) for each in asked]


def _distinct(asked: Sequence[Asked]) -> tuple[list[Student], list[Exam]]:
    students = {each.student.pk: each.student for each in asked}
    return list(students.values()), list({each.exam.pk: each.exam for each in asked}.values())


def _versions(asked: Sequence[Asked]) -> set[ModelVersion]:
    return {each.prediction.run.version for each in asked if each.prediction}


def _row(asked: Asked, around: Around) -> OutlookRow:
    prediction, scale = asked.prediction, around.scales[asked.exam.pk]
    estimates = around.estimates.get((asked.student.pk, asked.exam.pk), ())
    told: dict[str, Any] = {}
    if prediction is not None:
        average = around.averages.get(prediction.pk)
        base, reasons = base_and_reasons(prediction, average, around.groups[prediction.run.version_id])
        passing, chances = _chances(prediction, scale)
        told = {
            "passing": passing,
            "chances": chances,
            "base": base,
            "reasons": reasons,
            "versus": average.name if average else "",
            "moved": around.moves.get(prediction.pk),
            "quality": quality_of(prediction),
        }
    sentence, remedy = _why_none(prediction)
    return OutlookRow(
        student=asked.student,
        exam=asked.exam,
        scale=scale,
        prediction=prediction,
        role=around.roles.get(asked.student.pk, ""),
        marks=_percents(around.marks, asked),
        estimate=next((each for each in estimates if each.by_id == around.user.pk), None),
        estimates=estimates,
        help=around.help.get(asked.student.pk, ""),
        sentence=sentence,
        remedy=remedy,
        **told,
    )


def _percents(marks: Marks, asked: Asked) -> tuple[float, ...]:
    held = marks.get((asked.student.pk, asked.exam.subject_id), ())
    return tuple(mark.percent for mark in held[-MOST_MARKS:])


def _why_none(prediction: Prediction | None) -> tuple[str, str]:
    if prediction is None:
        return _("No prediction was made yet."), _(
            "The next scoring, at the latest tonight, will look at this student."
        )
    return ("", "") if prediction.score is not None else cause_in_words(prediction)


def _chances(prediction: Prediction, scale: Scale) -> tuple[float | None, tuple[tuple[Grade, float], ...]]:
    """Of passing, and of each grade; what the scoring did not ask for cannot be told."""
    bounds = prediction.run.boundaries.get(str(prediction.exam_id), ())
    told = unpacked(prediction.chances).tolist()
    if prediction.score is None or len(told) != len(bounds):
        return None, ()
    reaching = dict(zip(bounds, told, strict=True))
    passing = 1.0 if scale.pass_mark <= 0 else reaching.get(scale.pass_mark)
    at_least = [1.0 if grade.least is None else reaching.get(grade.least) for grade in scale.grades]
    if not at_least or None in at_least:
        return passing, ()
    above = [*at_least[1:], 0.0]
    shares = [
        max(0.0, low - high) for low, high in zip(at_least, above, strict=True) if low is not None and high is not None
    ]
    return passing, tuple(zip(scale.grades, shares, strict=True))


def _estimates(
    students: Sequence[Student], exams: Sequence[Exam], *, user: Any, on: date
) -> dict[Key, tuple[Judgement, ...]]:
    """In force, the newest first. One query. Once the exam is there only one's own: who was nearer is told to nobody else."""
    rows = Judgement.objects.visible_to(user).filter(
        Q(exam__day__gt=on) | Q(by=user),
        exam__in=[each.pk for each in exams],
        student__in=[each.pk for each in students],
    )
    found: defaultdict[Key, list[Judgement]] = defaultdict(list)
    for each in judging.in_force(rows.select_related("by"), on):
        found[each.student_id, each.exam_id].append(each)
    return {key: tuple(held) for key, held in found.items()}
