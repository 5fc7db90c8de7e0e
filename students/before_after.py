"""Marks before and after help began, beside what coming back to the usual alone would do. Never what the help caused.

Help is given after a bad time, and after a bad time marks mostly rise by themselves, for part of it was chance. How much is
learned from the school's own students without help: their marks in two half-years that follow each other.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import sqrt
from statistics import fmean

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.kit.memory import remembered
from students.models import Enrolment, Intervention, Result, SchoolClass, Sitting

HALF_YEAR = timedelta(days=180)
LEAST_MARKS = 2  # before, and after
LEAST_BESIDE = 5  # marks of a class in an exam, for a mean to stand beside
LEAST_STUDENTS = 10  # fewer could be told apart, and tell nothing
OF_TEN, IN_EIGHT = 10, 1.2816  # eight of ten lie within so many standard deviations
SAMPLED_CLASSES, MOST_MEMBERS = 16, 3000
KEPT_SECONDS = 6 * 3600


@dataclass(frozen=True, slots=True)
class Mark:
    """One mark in points of per cent above or below the mean of the class in the same exam."""

    day: date
    subject: int
    points: float


@dataclass(frozen=True, slots=True)
class Expected:
    """Where the mean after lies without any help: the middle, and where eight of ten students are."""

    middle: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Usual:
    """How marks of students without help hang together over two half-years: how much of their spread lies between
    students, how much between the marks of one student, and how much of the first stays."""

    students: int
    between: float = 0.0
    within: float = 0.0
    lasting: float = 0.0

    @property
    def is_known(self) -> bool:
        return self.students >= LEAST_STUDENTS and self.between > 0

    def share(self, marks: int) -> float:
        """How much of a distance from the class's mean, seen in so many marks, stays in the next half-year."""
        return self.lasting / (self.between + self.within / marks)

    def expected(self, before: float, marks_before: int, marks_after: int) -> Expected:
        """With few marks more of what was seen was chance, so more of it goes, and the range is wider."""
        share = self.share(marks_before)
        spread = sqrt(max(0.0, self.between + self.within / marks_after - share * self.lasting))
        middle = share * before
        return Expected(middle, middle - IN_EIGHT * spread, middle + IN_EIGHT * spread)


@dataclass(frozen=True, slots=True)
class BeforeAfter:
    """`before` and `after` in points above or below the class's mean; None where there are too few marks."""

    before: float | None
    after: float | None
    marks_before: int
    marks_after: int
    usual: Usual
    expected: Expected | None

    @property
    def change(self) -> float | None:
        return None if self.before is None or self.after is None else self.after - self.before

    @property
    def verdict(self) -> str:
        """ "within", "above" or "below" what is usual without help; empty where it cannot be said."""
        if self.expected is None or self.after is None:
            return ""
        if self.after < self.expected.low:
            return "below"
        return "above" if self.after > self.expected.high else "within"

    @property
    def sentence(self) -> str:
        return {
            "within": _("What came after lies within what would be usual without any help."),
            "above": _("What came after lies above what would be usual without any help."),
            "below": _("What came after lies below what would be usual without any help."),
        }.get(self.verdict) or self.missing

    @property
    def missing(self) -> str:
        """What there is too little of."""
        if self.marks_before < LEAST_MARKS:
            return _not_enough(self.marks_before, _("before the help began"))
        if self.marks_after < LEAST_MARKS:
            return _not_enough(self.marks_after, _("since the help began"))
        if not self.usual.is_known:
            return _("Too few students of the school have marks in two half-years to say what is usual without help.")
        return ""


def _not_enough(marks: int, when: str) -> str:
    facts = {"least": LEAST_MARKS, "marks": marks, "when": when}
    told = ngettext(
        "At least %(least)d marks %(when)s are needed; there is %(marks)d.",
        "At least %(least)d marks %(when)s are needed; there are %(marks)d.", marks,
    )  # fmt: skip
    return told % facts


# --- of one, and of many ------------------------------------------------------------------------------------
def before_and_after(intervention: Intervention, *, on: date) -> BeforeAfter:
    """For who may see the intervention. Four queries, and five more when the school was not read for some hours."""
    since, until = _window(intervention, on)
    marks = marks_beside_class([intervention.student_id], since, until, subject=intervention.subject_id)
    return _compared(intervention, marks[intervention.student_id], on)


def many_before_and_after(interventions: Sequence[Intervention], *, on: date) -> list[BeforeAfter]:
    """For figures about many. As many queries for many as for few, beside those about each subject that is new."""
    if not interventions:
        return []
    windows = [_window(each, on) for each in interventions]
    students = {each.student_id for each in interventions}
    marks = marks_beside_class(students, min(first for first, _ in windows), max(last for _, last in windows))
    return [_compared(each, marks[each.student_id], on) for each in interventions]


def _window(intervention: Intervention, on: date) -> tuple[date, date]:
    return intervention.starts - HALF_YEAR, min(on, intervention.starts + HALF_YEAR)


def _compared(intervention: Intervention, marks: Iterable[Mark], on: date) -> BeforeAfter:
    since, until = _window(intervention, on)
    subject, starts = intervention.subject_id, intervention.starts
    own = [each for each in marks if subject in (None, each.subject) and since <= each.day <= until]
    before = [each.points for each in own if each.day < starts]
    after = [each.points for each in own if each.day >= starts]
    if min(len(before), len(after)) < LEAST_MARKS:
        return BeforeAfter(_mean(before), _mean(after), len(before), len(after), Usual(0), None)
    usual = usual_at(intervention.student.school_id, subject, on=on)
    expected = usual.expected(fmean(before), len(before), len(after)) if usual.is_known else None
    return BeforeAfter(fmean(before), fmean(after), len(before), len(after), usual, expected)


def _mean(values: Sequence[float]) -> float | None:
    return fmean(values) if len(values) >= LEAST_MARKS else None


# --- what is usual ------------------------------------------------------------------------------------------
def usual_at(school_id: int, subject_id: int | None, *, on: date) -> Usual:
    """Learned from at most some hundred students, kept for hours. Five queries where it was not asked before."""
    key = f"usual-without-help:{school_id}:{subject_id or 0}:{on}"
    return remembered(key, KEPT_SECONDS, lambda: _read_usual(school_id, subject_id, on))


def _read_usual(school_id: int, subject_id: int | None, on: date) -> Usual:
    since, turn = on - 2 * HALF_YEAR, on - HALF_YEAR
    students = _sampled(school_id, subject_id, since, on)
    helped = Intervention.objects.filter(student__in=students, starts__lte=on, review_on__gte=since)
    students -= set(helped.values_list("student_id", flat=True))
    found = marks_beside_class(students, since, on, subject=subject_id, is_sample=True)
    halves = []
    for marks in found.values():
        own = [each for each in marks if subject_id in (None, each.subject)]
        halves.append(([m.points for m in own if m.day < turn], [m.points for m in own if m.day >= turn]))
    return usual_of(halves)


def usual_of(halves: Iterable[tuple[Sequence[float], Sequence[float]]]) -> Usual:
    """From each student's marks in one half-year and the next, in points beside the class."""
    kept = [(first, then) for first, then in halves if min(len(first), len(then)) >= LEAST_MARKS]
    if len(kept) < LEAST_STUDENTS:
        return Usual(len(kept))
    groups = [group for pair in kept for group in pair]
    within = sum(_squares(group) for group in groups) / sum(len(group) - 1 for group in groups)
    firsts, thens = ([fmean(pair[side]) for pair in kept] for side in (0, 1))
    by_chance = within * fmean(1 / len(group) for group in groups)
    spread = (_squares(firsts) + _squares(thens)) / (2 * (len(kept) - 1))
    mean_first, mean_then = fmean(firsts), fmean(thens)
    together = sum((a - mean_first) * (b - mean_then) for a, b in zip(firsts, thens, strict=True)) / (len(kept) - 1)
    between = max(spread - by_chance, together, 0.0)
    return Usual(len(kept), between, within, max(0.0, together))


def _squares(values: Sequence[float]) -> float:
    mean = fmean(values)
    return sum((each - mean) ** 2 for each in values)


def _sampled(school_id: int, subject_id: int | None, since: date, on: date) -> set[int]:
    """The students of some classes spread over the school: of the subject, or those that take the daily roll."""
    rows = SchoolClass.objects.filter(school=school_id, term__starts__lte=on, term__ends__gte=since).order_by("pk")
    narrowed = rows.filter(subject=subject_id) if subject_id else rows.filter(is_home_class=True)
    keys = list(narrowed.values_list("pk", flat=True)) or list(rows.values_list("pk", flat=True))
    step = -(-len(keys) // SAMPLED_CLASSES) or 1
    return set(Enrolment.objects.filter(school_class__in=keys[::step]).values_list("student_id", flat=True))


# --- marks beside the class ---------------------------------------------------------------------------------
def marks_beside_class(
    students: Collection[int], since: date, until: date, *, subject: int | None = None, is_sample: bool = False
) -> defaultdict[int, list[Mark]]:
    """For each student the marks of these days less the class's mean in the same exam. Four narrow queries.

    In a sample the class's mean is that of its sampled students, so that no others need be read.
    """
    enrolled = Enrolment.objects.filter(student__in=students)
    own = _spans(enrolled.filter(school_class__subject=subject) if subject else enrolled)
    classes = {school_class for school_class, _, _, _ in own}
    columns = ("exam_id", "school_class_id", "exam__subject_id", "exam__day", "exam__maximum")
    sittings = Sitting.objects.filter(school_class__in=classes, exam__day__gte=since, exam__day__lte=until)
    held = {
        (exam, group): (subject, day, float(most)) for exam, group, subject, day, most in sittings.values_list(*columns)
    }
    spans = own if is_sample else _spans(Enrolment.objects.filter(school_class__in=classes))
    wanted = set(students)
    others = {student for _, student, _, _ in spans} - wanted
    percents = _percents({exam for exam, _ in held}, [*sorted(wanted), *sorted(others)])
    by_class: defaultdict[int, list[tuple[int, date, date | None]]] = defaultdict(list)
    for school_class, student, starts, ends in spans:
        by_class[school_class].append((student, starts, ends))
    found: defaultdict[int, list[Mark]] = defaultdict(list)
    for (exam, school_class), (subject, day, most) in held.items():
        sat = {each for each, first, last in by_class[school_class] if first <= day and (last is None or day <= last)}
        marks = {each: 100 * percents[exam, each] / most for each in sat if (exam, each) in percents}
        if len(marks) >= LEAST_BESIDE:
            mean = fmean(marks.values())
            for student in marks.keys() & wanted:
                found[student].append(Mark(day, subject, marks[student] - mean))
    return found


def _spans(enrolments: QuerySet[Enrolment, Enrolment]) -> list[tuple[int, int, date, date | None]]:
    columns = enrolments.order_by().values_list("school_class_id", "student_id", "starts", "ends")
    return list(columns[: 20 * MOST_MEMBERS])


def _percents(exams: Collection[int], students: Sequence[int]) -> dict[tuple[int, int], float]:
    """Of the first so many students: whose marks are asked for come first."""
    rows = Result.objects.scored().filter(exam__in=exams, student__in=students[:MOST_MEMBERS]).order_by()
    columns = rows.values_list("exam_id", "student_id", "score")
    return {(exam, student): float(score or 0) for exam, student, score in columns}
