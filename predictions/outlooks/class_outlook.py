"""A class before one of its exams: every student the person sees, the class as one, and how far all of it can be trusted."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils.translation import ngettext

from portal.jobs.models import ENDED
from portal.kit.scoping import grants_of
from predictions import registry
from predictions.models import CurrentPrediction, ModelVersion, Prediction, ScoringRun, Touched
from predictions.outlooks.averages import Average, average_of, averages_for, of_rows
from predictions.outlooks.contract import ClassOutlook, OutlookRow, Summary
from predictions.outlooks.marks import Marks, last_exam, marks_of
from predictions.outlooks.rows import Asked, Known, dress
from predictions.outlooks.scales import scale_for
from predictions.outlooks.summing import spread_of, summary_of
from predictions.outlooks.trust import figures_of, trust_of
from students.models import Enrolment, Exam, SchoolClass, Student
from students.roles import STAFF
from students.standing import may_keep
from students.summaries.counting import count_of, day_of

TOLD = ("run__version__school", "run__version__subject")


def target_exams(school_class: SchoolClass, *, user: Any, on: date) -> list[Exam]:
    """Exams to be predicted that the class still has to sit, the next one first; each knows whether one is being scored.
    One query.
    """
    return list(framed_exams(school_class, user).filter(is_target=True, day__gte=on).order_by("day", "pk"))


def framed_exams(school_class: SchoolClass, user: Any) -> Any:
    running = ScoringRun.objects.filter(school=OuterRef("school"), is_shown=True).exclude(job__state__in=ENDED)
    rows = Exam.objects.visible_to(user).of_class(school_class).select_related("school", "subject__grade_scale")
    return rows.annotate(is_scoring=Exists(running))


def is_being_scored(exam: Exam, shown: int) -> dict[str, bool]:
    """Whether a scoring of this exam is under way, and whether a later one than run `shown` has moved what is seen.
    Two queries.
    """
    runs = ScoringRun.objects.filter(school=exam.school_id, is_shown=True).exclude(job__state__in=ENDED)
    newer = CurrentPrediction.objects.filter(exam=exam, run_id__gt=shown)
    return {
        "is_scoring": any(exam.pk in exams for exams in runs.values_list("exams", flat=True)),
        "is_newer": newer.exists(),
    }


def class_outlook(
    school_class: SchoolClass, exam: Exam, *, user: Any, on: date, exams: Sequence[Exam] | None = None
) -> ClassOutlook:
    """Seven queries, one less where the `exams` ahead were read before; a few more when the school was not asked about for
    some minutes. Who does not see the whole class is told no summary of it.
    """
    ahead = target_exams(school_class, user=user, on=on) if exams is None else exams
    exam = next((each for each in ahead if each.pk == exam.pk), exam)
    students = _students(school_class, user, day_of(school_class, on))
    shown = _shown(exam, students, user)
    asked = [Asked(each, exam, shown.get(each.pk)) for each in students]
    is_whole = may_keep(user, school_class) or any(each.everybody == len(students) for each in students)
    marks = marks_of(students, [exam], user=user, on=on) if students else {}
    averages = _averages(school_class, list(shown.values()), is_whole, user=user, on=on)
    rows = tuple(_at_work(dress(asked, Known(averages, marks), user=user, on=on)))
    version = _version(exam, rows)
    return ClassOutlook(
        school_class=school_class,
        exam=exam,
        exams=tuple(ahead),
        scale=scale_for(exam),
        rows=rows,
        summary=_summary(rows, marks, version, exam) if is_whole else Summary(0, 0),
        trust=trust_of(version, exam.school),
        as_of=max((each.run.as_of for each in shown.values()), default=None),
        is_whole=is_whole,
        may_judge=exam.day > on and school_class.school_id in grants_of(user).of(STAFF),
        waits=_waits(students),
        version=version,
        is_scoring=bool(getattr(exam, "is_scoring", False)),
    )


def _students(school_class: SchoolClass, user: Any, on: date) -> list[Any]:
    """By name; with the number of everybody in the class, and whether something new became known since the last scoring."""
    enrolled = Enrolment.objects.active(on).filter(school_class=school_class)
    touched = Touched.objects.filter(school_id=school_class.school_id, student_id=OuterRef("pk"))
    rows = Student.objects.visible_to(user).filter(pk__in=enrolled.order_by().values("student"))
    return list(rows.annotate(everybody=count_of(enrolled, "student_id", distinct=True), touched=Exists(touched)))


def _at_work(rows: Sequence[OutlookRow]) -> Sequence[OutlookRow]:
    """Whoever works at the school sees no row as a parent here: an own child's outlook stands on the family's page."""
    return [row for row in rows if row.role in STAFF]


def _shown(exam: Exam, students: Sequence[Student], user: Any) -> dict[int, Prediction]:
    """By student, what is shown of the exam."""
    rows = Prediction.objects.visible_to(user).current().filter(exam=exam, student__in=students)
    return {row.student_id: row for row in rows.select_related(*TOLD)}


def _averages(
    school_class: SchoolClass, shown: Sequence[Prediction], is_whole: bool, *, user: Any, on: date
) -> dict[int, Average]:
    if is_whole:
        return of_rows(average_of(school_class, shown), shown)
    return averages_for(shown, user=user, on=on)


def _version(exam: Exam, rows: Sequence[OutlookRow]) -> ModelVersion | None:
    """That of the newest prediction; where there is none yet, the one that serves."""
    told = [row.prediction for row in rows if row.prediction]
    if told:
        return max(told, key=lambda each: (each.run.as_of, each.run_id)).run.version
    return registry.champion(exam.school, exam.subject)


def _summary(rows: Sequence[OutlookRow], marks: Marks, version: ModelVersion | None, exam: Exam) -> Summary:
    figures = figures_of(version, exam.school) if version else None
    return summary_of(rows, spread_of(version, exam.school), figures, last_exam(marks))


def _waits(students: Sequence[Any]) -> tuple[str, ...]:
    count = sum(each.touched for each in students)
    if not count:
        return ()
    told = ngettext(
        "Something new became known about %(count)s student since; the score follows within a few minutes.",
        "Something new became known about %(count)s students since; their scores follow within a few minutes.",
        count,
    )
    return (told % {"count": count},)
