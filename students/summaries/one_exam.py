"""One exam: who is entered in each class, what the marks say, and how the classes did before."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import fmean, median, pstdev
from typing import Any

from django.db.models import Avg, Count, F, FloatField, Q
from django.db.models.functions import Cast
from django.utils.translation import gettext

from portal.kit.charts.distribution import Distribution, distribution
from portal.kit.figures import plain
from students.models import Enrolment, Exam, GradeScale, Release, Result, SchoolClass, Sitting
from students.models.exams import ResultStatus
from students.summaries.counting import rate
from students.summaries.exams import own_classes

# Fewer marks say nothing about a class, and too much about a student.
FEWEST = 5
# So many exams back a class is compared with itself.
BACK = 6


@dataclass(frozen=True, slots=True)
class GradeShare:
    grade: str
    count: int
    share: float


@dataclass(frozen=True, slots=True)
class Statistics:
    """In percent of the points; `passed` is the share at or above the pass mark, None without a scale."""

    marks: int
    mean: float
    median: float
    spread: float
    least: float
    most: float
    passed: float | None
    grades: tuple[GradeShare, ...]


@dataclass(frozen=True, slots=True)
class ClassState:
    """`others` are exempt or have not submitted. `before` are the means of earlier exams, the oldest first."""

    school_class: SchoolClass
    sitting: Sitting
    release: Release | None
    students: int
    scored: int
    absent: int
    others: int
    missing: int
    figures: Statistics | None
    before: tuple[float, ...]

    @property
    def entered(self) -> int:
        return self.scored + self.absent + self.others

    @property
    def gaps(self) -> str:
        """Who has no mark and why, as one would say it."""
        told = (
            (self.missing, gettext("{n} missing")),
            (self.absent, gettext("{n} absent")),
            (self.others, gettext("{n} exempt or not submitted")),
        )
        return ", ".join(words.format(n=number) for number, words in told if number)

    @property
    def line(self) -> tuple[float, ...]:
        return (*self.before, self.figures.mean) if self.figures else self.before

    @property
    def mean_before(self) -> float | None:
        return fmean(self.before) if self.before else None

    @property
    def change(self) -> int | None:
        """Of the figures as they are shown, so that nobody has to wonder about the difference."""
        return round(self.figures.mean) - round(fmean(self.before)) if self.figures and self.before else None


@dataclass(frozen=True, slots=True)
class ExamSummary:
    exam: Exam
    classes: tuple[ClassState, ...]
    others: int
    scale: GradeScale | None
    figures: Statistics | None
    chart: Distribution | None
    is_held: bool

    @property
    def maximum(self) -> str:
        return plain(self.exam.maximum)

    @property
    def weight(self) -> str:
        return plain(self.exam.weight)

    @property
    def students(self) -> int:
        return sum(each.students for each in self.classes)

    @property
    def entered(self) -> int:
        return sum(each.entered for each in self.classes)

    @property
    def is_to_release(self) -> bool:
        """Complete, and some families still wait."""
        return bool(self.entered) and not self.missing and any(each.release is None for each in self.classes)

    @property
    def is_released(self) -> bool:
        """To the families of every class that is told of."""
        return bool(self.classes) and all(each.release for each in self.classes)

    @property
    def scored(self) -> int:
        return sum(each.scored for each in self.classes)

    @property
    def missing(self) -> int:
        return sum(each.missing for each in self.classes)


def exam_summary(exam: Exam, *, user: Any, on: date, is_compared: bool = False) -> ExamSummary:
    """Only the classes this person keeps marks for. Seven queries whatever their number; with what was before, nine."""
    every = list(exam.sittings.select_related("locked_by").order_by("pk"))
    own = own_classes(user, on=on).filter(pk__in=[each.school_class_id for each in every])
    classes = list(own.order_by("name", "pk"))
    sittings = {each.school_class_id: each for each in every}
    scale = _scale(exam)
    learners = _learners(classes, exam, on)
    results = _results(exam, user)
    released = {each.school_class_id: each for each in exam.releases.select_related("by")}
    before = _before(exam, classes, user) if is_compared else {}
    states = tuple(
        _state(each, sittings[each.pk], released.get(each.pk), _entries(learners[each.pk], results), scale, before.get(each.pk, ()))
        for each in classes
    )  # fmt: skip
    percents = [value for each in classes for value in _percents(_entries(learners[each.pk], results))]
    figures = statistics_of(percents, scale)
    return ExamSummary(
        exam=exam,
        classes=states,
        others=len(every) - len(classes),
        scale=scale,
        figures=figures,
        chart=_chart(percents, scale) if figures else None,
        is_held=exam.day < on,
    )


def statistics_of(percents: Sequence[float], scale: GradeScale | None) -> Statistics | None:
    """None where there are too few. Reads the boundaries of the scale, which are to be loaded already."""
    if len(percents) < FEWEST:
        return None
    passed = None if scale is None else rate(sum(value >= scale.pass_mark for value in percents), len(percents))
    return Statistics(
        marks=len(percents),
        mean=fmean(percents),
        median=median(percents),
        spread=pstdev(percents),
        least=min(percents),
        most=max(percents),
        passed=passed,
        grades=_grades(percents, scale),
    )


def _grades(percents: Sequence[float], scale: GradeScale | None) -> tuple[GradeShare, ...]:
    boundaries = list(scale.boundaries.all()) if scale else []
    found = Counter(next((each.grade for each in boundaries if value >= each.least), "") for value in percents)
    return tuple(
        GradeShare(each.grade, found[each.grade], 100 * found[each.grade] / len(percents)) for each in boundaries
    )


def _chart(percents: Sequence[float], scale: GradeScale | None) -> Distribution:
    if scale is None:
        return distribution(percents)
    grades = [(each.grade, float(each.least)) for each in scale.boundaries.all()]
    return distribution(percents, pass_mark=float(scale.pass_mark), grades=grades)


def _scale(exam: Exam) -> GradeScale | None:
    """The subject's own, else the school's usual one."""
    wanted = Q(pk=exam.subject.grade_scale_id) if exam.subject.grade_scale_id else Q(is_default=True)
    return GradeScale.objects.filter(wanted, school=exam.school_id).prefetch_related("boundaries").first()


def _learners(classes: Iterable[SchoolClass], exam: Exam, on: date) -> dict[int, dict[int, bool]]:
    """By class the students who were in it on the day of the exam, each with whether they still are."""
    found: dict[int, dict[int, bool]] = {each.pk: {} for each in classes}
    rows = Enrolment.objects.active(exam.day).filter(school_class__in=list(found)).order_by()
    for school_class, student, ends in rows.values_list("school_class", "student", "ends"):
        found[school_class][student] = ends is None or ends >= on
    return found


def _results(exam: Exam, user: Any) -> dict[int, tuple[str, float | None]]:
    rows = Result.objects.visible_to(user).filter(exam=exam).order_by().values_list("student_id", "status", "score")
    most = float(exam.maximum)
    return {student: (status, None if score is None else 100 * float(score) / most) for student, status, score in rows}


def _entries(learners: dict[int, bool], results: dict[int, tuple[str, float | None]]) -> list[tuple[str, float | None]]:
    """One for each learner; those who left without an entry are nobody's gap."""
    return [
        results.get(student, ("", None)) for student, is_there in learners.items() if is_there or student in results
    ]


def _percents(entries: Iterable[tuple[str, float | None]]) -> list[float]:
    return [percent for _, percent in entries if percent is not None]


def _state(
    school_class: SchoolClass,
    sitting: Sitting,
    release: Release | None,
    entries: list[tuple[str, float | None]],
    scale: GradeScale | None,
    before: tuple[float, ...],
) -> ClassState:
    found = Counter(status for status, _ in entries)
    return ClassState(
        school_class=school_class,
        sitting=sitting,
        release=release,
        students=len(entries),
        scored=found[ResultStatus.SCORED],
        absent=found[ResultStatus.ABSENT],
        others=found[ResultStatus.EXEMPT] + found[ResultStatus.NOT_SUBMITTED],
        missing=found[""],
        figures=statistics_of(_percents(entries), scale),
        before=before,
    )


def _before(exam: Exam, classes: Iterable[SchoolClass], user: Any) -> dict[int, tuple[float, ...]]:
    """Means of the last exams of each class before this one, of those with marks enough."""
    means: dict[int, list[float]] = {each.pk: [] for each in classes}
    there = Q(student__enrolments__ends__isnull=True) | Q(student__enrolments__ends__gte=F("exam__day"))
    rows = Result.objects.visible_to(user).scored().filter(
        there,
        exam__in=_earlier(exam, list(means)),
        student__enrolments__school_class__in=list(means),
        student__enrolments__starts__lte=F("exam__day"),
        exam__sittings__school_class=F("student__enrolments__school_class"),
    )  # fmt: skip
    percent = 100.0 * Cast("score", FloatField()) / Cast("exam__maximum", FloatField())
    grouped = rows.order_by("exam__day", "exam_id").values("exam_id", "exam__day", "student__enrolments__school_class")
    for row in grouped.annotate(mean=Avg(percent), marks=Count("pk")):
        if row["marks"] >= FEWEST:
            means[row["student__enrolments__school_class"]].append(row["mean"])
    return {pk: tuple(values[-BACK:]) for pk, values in means.items()}


def _earlier(exam: Exam, classes: list[int]) -> list[int]:
    """The last exams before it that any of the classes sat; several classes rarely sit the same ones, hence the factor."""
    rows = Sitting.objects.filter(school_class__in=classes, exam__day__lt=exam.day).order_by("-exam__day", "-exam_id")
    return list(dict.fromkeys(rows.values_list("exam_id", flat=True)[: BACK * max(1, len(classes))]))
