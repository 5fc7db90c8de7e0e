"""A student's marks over time, by subject: what is drawn, and what the table behind the drawing says."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from portal.kit.charts.lines import Point
from portal.kit.figures import plain
from students.models import Release, Result, Student
from students.summaries.counting import weighted_mean
from students.summaries.profile.frame import Scale, SchoolFrame
from students.summaries.profile.rows import all_results_of, since

# More than any student gathers in a school; a page is no archive.
MOST = 600
# Rows of the table of results before somebody asks for all.
SHOWN = 10


@dataclass(frozen=True, slots=True)
class SubjectMarks:
    """`latest` is the newest mark in percent; `average` is of this school year, whatever is drawn; `scale` what its
    grades are, where the school has said so."""

    pk: int
    name: str
    points: tuple[Point, ...]
    average: float | None
    scale: Scale | None

    @property
    def latest(self) -> Point | None:
        return self.points[-1] if self.points else None


@dataclass(frozen=True, slots=True)
class Marks:
    """`span` is shared by all drawings; `chosen` is the one subject that was asked for."""

    results: tuple[Any, ...]
    subjects: tuple[SubjectMarks, ...]
    average: float | None
    chosen: SubjectMarks | None
    span: tuple[date, date]
    since: date | None
    has_unreleased: bool
    is_short: bool
    own: tuple[SubjectMarks, ...] = ()
    own_average: float | None = None

    @property
    def others(self) -> tuple[SubjectMarks, ...]:
        return tuple(each for each in self.subjects if each not in self.own)

    @property
    def listed(self) -> tuple[Any, ...]:
        """The rows of the table: the last few, unless all were asked for."""
        return self.shown[:SHOWN] if self.is_short else self.shown

    @property
    def is_cut(self) -> bool:
        return len(self.listed) < len(self.shown)

    @property
    def shown(self) -> tuple[Any, ...]:
        """Of the chosen subject, or all."""
        if self.chosen is None:
            return self.results
        return tuple(each for each in self.results if each.exam.subject_id == self.chosen.pk)

    @property
    def scored(self) -> int:
        return sum(len(subject.points) for subject in self.subjects)

    @property
    def latest(self) -> Any | None:
        return next((each for each in self.results if each.percent is not None), None)


def marks_of(
    student: Student, frame: SchoolFrame, *, user: Any, on: date, subject: str, earlier: bool, whole: bool
) -> Marks:
    """One query. `released` on a row says that its family has been shown it."""
    told = Release.objects.filter(exam=OuterRef("exam"), school_class__enrolments__student=OuterRef("student"))
    rows = all_results_of([student.pk], user, on).annotate(released=Exists(told))
    bound = None if earlier else since(on)
    results = list(rows[:MOST] if bound is None else rows.filter(exam__day__gt=bound)[:MOST])
    subjects = by_subject(results, frame, on)
    return Marks(
        results=tuple(results),
        subjects=subjects,
        average=weighted_mean(_within(results, frame.period(on))),
        chosen=next((each for each in subjects if str(each.pk) == subject), None),
        span=span_of(results, on),
        since=bound,
        has_unreleased=any(not each.released for each in results),
        is_short=not (earlier or whole),
    )


def led_by(marks: Marks, names: Collection[str], frame: SchoolFrame, on: date) -> Marks:
    """The same, with the subjects of these names first: those that whoever looks teaches this student."""
    own = tuple(each for each in marks.subjects if each.name in names)
    if not own or len(own) == len(marks.subjects):
        return marks
    keys = {each.pk for each in own}
    taught = [each for each in marks.results if each.exam.subject_id in keys]
    return replace(
        marks,
        subjects=(*own, *(each for each in marks.subjects if each.pk not in keys)),
        own=own,
        own_average=weighted_mean(_within(taught, frame.period(on))),
    )


def _within(results: Iterable[Result], period: tuple[date, date]) -> list[Result]:
    return [each for each in results if period[0] <= each.exam.day <= period[1]]


def by_subject(results: Sequence[Result], frame: SchoolFrame, on: date) -> tuple[SubjectMarks, ...]:
    """By name; oldest mark first within each subject, as a line is read."""
    groups: defaultdict[int, list[Result]] = defaultdict(list)
    for result in reversed(results):
        if result.percent is not None:
            groups[result.exam.subject_id].append(result)
    found = [_subject(group, frame, on) for group in groups.values()]
    return tuple(sorted(found, key=lambda subject: subject.name))


def _subject(group: list[Result], frame: SchoolFrame, on: date) -> SubjectMarks:
    subject = group[0].exam.subject
    return SubjectMarks(
        pk=subject.pk,
        name=subject.name,
        points=tuple(_point(each) for each in group),
        average=weighted_mean(_within(group, frame.period(on))),
        scale=frame.scale_of(subject.grade_scale_id),
    )


def _point(result: Result) -> Point:
    exam = result.exam
    told = _("%(exam)s, %(day)s: %(score)s of %(most)s points, %(percent)s %%") % {
        "exam": exam.title,
        "day": date_format(exam.day, "j F Y"),
        "score": plain(result.score or 0),
        "most": plain(exam.maximum),
        "percent": f"{result.percent:.0f}",
    }
    return Point(exam.day, float(result.percent or 0), told)


def span_of(results: Sequence[Result], on: date) -> tuple[date, date]:
    """From the first mark to today, and at least a quarter, so that two marks of one week do not stand at both ends."""
    first = min((each.exam.day for each in results), default=on)
    return min(first, on - timedelta(days=90)), on
