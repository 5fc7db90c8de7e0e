"""One student's outlook for one exam, put together for the page: each part is read by the file that knows it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db.models import prefetch_related_objects

from predictions import registry
from predictions.models import Prediction
from predictions.outlooks.averages import averages_for
from predictions.outlooks.contract import OutlookRow, Scale, Trust
from predictions.outlooks.marks import Mark, marks_of
from predictions.outlooks.rows import FRAMED, Asked, Known, dress
from predictions.outlooks.student_changes import History, history_of
from predictions.outlooks.student_exams import exams_ahead
from predictions.outlooks.student_hints import Hint, hints_of
from predictions.outlooks.student_line import Line, line_of, results_in
from predictions.outlooks.student_needed import Needed, needed
from predictions.outlooks.student_past import PastOutlook, past_of
from predictions.outlooks.student_similar import Similar, similar
from predictions.outlooks.student_supposing import Answer, Knob, knobs_of
from predictions.outlooks.student_why import Why, why
from predictions.outlooks.trust import trust_of
from students.models import Exam, Result, Student
from students.models.people import StudentStatus
from students.summaries.counting import told_percent
from students.summaries.profile.frame import frame_of
from students.summaries.support import StudentHelp, help_of


@dataclass(frozen=True, slots=True)
class Earlier:
    """What is loaded after the page, or with it where it is asked for whole."""

    past: PastOutlook
    similar: Similar | None


@dataclass(frozen=True, slots=True)
class StudentOutlook:
    """`exams`: those ahead, the next one first. `result`: what came of an exam that is over, and `sees_exam`: whether its
    own page is the person's to open. `earlier` is None where it is still to be loaded.
    """

    student: Student
    exam: Exam
    exams: tuple[Exam, ...]
    on: date
    row: OutlookRow
    trust: Trust
    line: Line
    help: StudentHelp
    history: History
    needed: Needed
    why: Why | None = None
    knobs: tuple[Knob, ...] = ()
    hints: tuple[Hint, ...] = ()
    answer: Answer | None = None
    result: Result | None = None
    earlier: Earlier | None = None
    has_model: bool = True
    sees_exam: bool = False

    @property
    def scale(self) -> Scale:
        return self.row.scale

    @property
    def cannot_explain(self) -> bool:
        """There is a score, and the stored model that said it cannot be opened."""
        return self.row.has_score and self.why is None

    @property
    def has_left(self) -> bool:
        return self.student.status == StudentStatus.LEFT

    @property
    def is_over(self) -> bool:
        return self.exam.day < self.on

    @property
    def subjects(self) -> list[Exam]:
        """The next exam ahead of each subject."""
        return next_of_each(self.exams)

    @property
    def of_subject(self) -> tuple[Exam, ...]:
        return tuple(each for each in self.exams if each.subject_id == self.exam.subject_id)

    @property
    def days_left(self) -> int:
        return (self.exam.day - self.on).days

    @property
    def bounds(self) -> tuple[float, float]:
        """Of the small line of scores."""
        return (0.0, 100.0)

    @property
    def result_told(self) -> str:
        if self.result is None or self.result.percent is None:
            return ""
        return told_percent(float(self.result.percent), self.scale.pass_mark)


def student_outlook(student: Student, exam: Exam, *, user: Any, on: date, whole: bool = False) -> StudentOutlook:
    """As many queries for a long history as for a short one; `whole` adds what is loaded later otherwise."""
    prediction = shown_of(student, [exam], user=user).get(exam.pk)
    version = prediction.run.version if prediction else registry.champion(student.school, exam.subject)
    average = averages_for([prediction], user=user, on=on).get(prediction.pk) if prediction else None
    averages = {prediction.pk: average} if prediction and average else {}
    results = results_in(student, exam, user=user, on=on)
    known = Known(averages, {(student.pk, exam.subject_id): _marks(results, exam)})
    (row,) = dress([Asked(student, exam, prediction)], known, user=user, on=on)
    help = help_of(student, user=user, on=on)
    page = StudentOutlook(
        student=student,
        exam=exam,
        exams=tuple(exams_ahead(student, user=user, on=on)),
        on=on,
        row=row,
        trust=trust_of(version, student.school),
        line=line_of(exam, row, results, help, row.scale, on),
        help=help,
        history=history_of(student, exam, user=user, pass_mark=row.scale.pass_mark),
        needed=needed(exam, prediction, row.scale, _of_year(student, results, on))
        if exam.day >= on
        else Needed((), ()),
        result=next((each for each in results if each.exam_id == exam.pk), None),
        earlier=earlier_of(student, prediction, row.scale, user=user, on=on) if whole else None,
        has_model=version is not None,
        sees_exam=exam.day < on and Exam.objects.visible_to(user).filter(pk=exam.pk).exists(),
    )
    return _explained(page, prediction, average)


def _explained(page: StudentOutlook, prediction: Prediction | None, average: Any) -> StudentOutlook:
    if prediction is None:
        return page
    told = replace(page, why=why(prediction, average))
    return told if page.is_over else replace(told, knobs=knobs_of(prediction), hints=hints_of(prediction))


def _marks(results: Sequence[Result], exam: Exam) -> list[Mark]:
    """As rows of other outlooks know them."""
    return [
        Mark(each.exam_id, each.exam.title, float(each.percent))
        for each in results
        if each.percent is not None and each.exam_id != exam.pk
    ]


def _of_year(student: Student, results: Sequence[Result], on: date) -> list[Result]:
    starts, ends = frame_of(student.school, on).period(on)
    return [each for each in results if starts <= each.exam.day <= ends]


def earlier_of(student: Student, prediction: Prediction | None, scale: Scale, *, user: Any, on: date) -> Earlier:
    """Five queries, and those for scales."""
    near = similar(prediction, scale, on=on) if prediction is not None else None
    return Earlier(past_of(student, user=user, on=on), near)


def shown_of(student: Student, exams: Sequence[Exam], *, user: Any) -> dict[int, Prediction]:
    """What is shown of these exams, by exam. Two queries."""
    rows = Prediction.objects.visible_to(user).current().filter(student=student, exam__in=[each.pk for each in exams])
    found = {row.exam_id: row for row in rows.select_related("run__version")}
    for exam in exams:
        if exam.pk in found:
            found[exam.pk].exam, found[exam.pk].student = exam, student
    return found


def next_of_each(exams: Sequence[Exam]) -> list[Exam]:
    """Of each subject the first."""
    firsts: dict[int, Exam] = {}
    for each in exams:
        firsts.setdefault(each.subject_id, each)
    return list(firsts.values())


def outlook_rows(student: Student, *, user: Any, on: date, only_next: bool = False) -> list[OutlookRow]:
    """One row for each exam ahead that is to be predicted, or for the next one of each subject; the next one first.

    As many queries for many as for one.
    """
    exams = exams_ahead(student, user=user, on=on)
    exams = next_of_each(exams) if only_next else exams
    prefetch_related_objects(exams, *(name.removeprefix("exam__") for name in FRAMED if name.startswith("exam__")))
    shown = shown_of(student, exams, user=user)
    asked = [Asked(student, exam, shown.get(exam.pk)) for exam in exams]
    known = Known(averages_for(list(shown.values()), user=user, on=on), marks_of([student], exams, user=user, on=on))
    return dress(asked, known, user=user, on=on)
