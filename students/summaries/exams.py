"""The list of exams by time, with what is entered, released and locked in the classes a person keeps marks for."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, Subquery

from portal.accounts.models import User
from portal.kit.figures import plain
from portal.kit.scoping import grants_of
from students.models import Enrolment, Exam, Release, Result, SchoolClass, Sitting, Subject, Term
from students.roles import KEEPERS, Role
from students.summaries.counting import count_of

COMING, TO_MARK, MARKED, ALL = "coming", "to-mark", "marked", "all"
TIMES = (COMING, TO_MARK, MARKED, ALL)
# Who marks an exam does so within weeks; further back a search through every class of a large school would take long.
TO_MARK_DAYS = 42
# One further than is told, so that the page knows whether there are more.
MOST_TOLD = 100
COUNTED_TO = MOST_TOLD + 1
# An exam of a whole year group is told in one figure; its page tells it class by class.
MOST_IN_DETAIL = 12
MOST_MARKS = 1000


class Bounded(Subquery):
    """How many rows, counted no further than the slice goes."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS bounded)"


@dataclass(frozen=True, slots=True)
class SittingState:
    """`students` were in the class on the day of the exam and have an entry or are still there."""

    school_class: SchoolClass
    entered: int
    missing: int
    is_released: bool
    is_locked: bool

    @property
    def students(self) -> int:
        return self.entered + self.missing


@dataclass(frozen=True, slots=True)
class ExamRow:
    """`others` counts classes that sit it too and are not told of: not this person's, or of an exam sat by very many."""

    exam: Exam
    sittings: tuple[SittingState, ...]
    others: int
    is_held: bool
    all_marks: int = 0

    @property
    def is_wide(self) -> bool:
        return not self.sittings

    @property
    def has_more_marks(self) -> bool:
        return self.is_wide and self.all_marks == MOST_MARKS

    @property
    def entered(self) -> int:
        return self.all_marks if self.is_wide else sum(each.entered for each in self.sittings)

    @property
    def students(self) -> int:
        return sum(each.students for each in self.sittings)

    @property
    def weight(self) -> str:
        return plain(self.exam.weight)

    @property
    def is_complete(self) -> bool:
        return self.entered == self.students > 0

    @property
    def released(self) -> int:
        return sum(each.is_released for each in self.sittings)

    @property
    def locked(self) -> int:
        return sum(each.is_locked for each in self.sittings)


def own_classes(user: Any, *, on: date) -> Any:
    """Classes this person keeps marks for: all of a school they lead or keep the office of, else those they teach."""
    grants = grants_of(user)
    kept = grants.of(KEEPERS)
    taught_in = grants.of((Role.TEACHER,)) - kept
    if not taught_in:
        return SchoolClass.objects.filter(school__in=sorted(kept))
    taught = SchoolClass.objects.taught_by(user, on).filter(school__in=sorted(taught_in)).order_by().values("pk")
    if not kept:
        return SchoolClass.objects.filter(pk__in=taught)
    whole = SchoolClass.objects.filter(school__in=sorted(kept)).order_by().values("pk")
    return SchoolClass.objects.filter(pk__in=taught.union(whole))


def exams_of(user: Any, *, but_not: Iterable[int] = ()) -> Any:
    """Exams this person may work on. `but_not` leaves out schools that are not in view."""
    return Exam.objects.editable_by(user).exclude(school__in=sorted(but_not))


def at_time(exams: Any, time: str, *, user: Any, on: date) -> Any:
    """Those that lie ahead (today's too), those held lately with marks missing, those held and complete, or all."""
    if time == COMING:
        return exams.filter(day__gte=on)
    if time == TO_MARK:
        return exams.filter(day__range=(on - timedelta(days=TO_MARK_DAYS), on - timedelta(days=1))).filter(
            _lacks(user, on)
        )
    if time == MARKED:
        held = exams.filter(day__lt=on)
        if grants_of(user).of(KEEPERS):  # over a whole school, to see that nothing is lacking takes seconds
            return held.filter(Exists(Result.objects.filter(exam=OuterRef("pk"))))
        return held.exclude(_lacks(user, on))
    return exams


def _lacks(user: Any, on: date) -> Exists:
    """Sitting by sitting, so that each look goes along an index: joined in one step it took ten seconds on 20,000 exams."""
    there = Enrolment.objects.filter(
        Q(ends__isnull=True) | Q(ends__gte=on),  # which is later than the exam, for only held ones are asked about
        school_class=OuterRef("school_class"),
        starts__lte=OuterRef(OuterRef("day")),
    )
    entered = Result.objects.filter(exam=OuterRef(OuterRef("exam")), student=OuterRef("student"))
    sittings = Sitting.objects.filter(Exists(there.filter(~Exists(entered))), exam=OuterRef("pk"))
    if grants_of(user).of((Role.TEACHER,)):
        sittings = sittings.filter(school_class__in=own_classes(user, on=on).order_by().values("pk"))
    return Exists(sittings)


def counts_by_time(exams: Any, *, user: Any, on: date) -> dict[str, int]:
    """How many exams each view of the list holds, counted to just above a hundred. One query."""
    columns = {
        time.replace("-", "_"): Bounded(at_time(exams, time, user=user, on=on).order_by().values("pk")[:COUNTED_TO])
        for time in TIMES
    }
    row: Mapping[str, Any] = dict(User.objects.filter(pk=user.pk).values(**columns).get())
    # Where nobody may see anything the database is not even asked for that figure.
    return {time: row[time.replace("-", "_")] or 0 for time in TIMES}


def exam_rows(exams: Iterable[Exam], *, user: Any, on: date) -> list[ExamRow]:
    """Two queries for all of them."""
    shown = list(exams)
    sizes = _sizes([exam.pk for exam in shown])
    is_keeper = bool(grants_of(user).of(KEEPERS))
    told = [exam.pk for exam in shown if not is_keeper or sizes[exam.pk][0] <= MOST_IN_DETAIL]
    states: defaultdict[int, list[SittingState]] = defaultdict(list)
    for each in _sittings(told, user, on):
        state = SittingState(each.school_class, each.entered, each.missing, each.is_released, each.is_locked)
        states[each.exam_id].append(state)
    return [
        ExamRow(
            exam=exam,
            sittings=tuple(states[exam.pk]),
            others=sizes[exam.pk][0] - len(states[exam.pk]),
            is_held=exam.day < on,
            all_marks=sizes[exam.pk][1],
        )
        for exam in shown
    ]


def _sizes(exams: list[int]) -> dict[int, tuple[int, int]]:
    """For each exam how many classes sit it, and how many entries it has, counted no further than is told."""
    sittings = count_of(Sitting.objects.filter(exam=OuterRef("pk")))
    entries = Bounded(Result.objects.filter(exam=OuterRef("pk")).order_by().values("pk")[:MOST_MARKS])
    rows = Exam.objects.filter(pk__in=exams).order_by().values_list("pk", sittings, entries)
    return {pk: (classes, marks) for pk, classes, marks in rows}


def _sittings(exams: list[int], user: Any, on: date) -> Any:
    """Those of this person's own classes."""
    then = Enrolment.objects.filter(
        Q(ends__isnull=True) | Q(ends__gte=OuterRef("exam__day")),
        school_class=OuterRef("school_class"),
        starts__lte=OuterRef("exam__day"),
    )
    has_entry = Exists(Result.objects.filter(exam=OuterRef(OuterRef("exam")), student=OuterRef("student")))
    released = Release.objects.filter(exam=OuterRef("exam"), school_class=OuterRef("school_class"))
    own = Sitting.objects.filter(exam__in=exams, school_class__in=own_classes(user, on=on).order_by().values("pk"))
    return (
        own.select_related("school_class")
        .order_by("school_class__name", "pk")
        .annotate(
            entered=count_of(then.filter(has_entry)),
            missing=count_of(then.filter(Q(ends__isnull=True) | Q(ends__gte=on)).filter(~has_entry)),
            is_released=Exists(released),
        )
    )


@dataclass(frozen=True, slots=True)
class Choices:
    """What the list can be narrowed to, as key and name; `classes` is empty for who sees too many to choose from."""

    subjects: tuple[tuple[int, str], ...]
    terms: tuple[tuple[int, str], ...]
    classes: tuple[tuple[int, str], ...]


def choices_for(user: Any, *, on: date, but_not: Iterable[int] = ()) -> Choices:
    """Two queries for leaders and the office, three for a teacher."""
    left_out = sorted(but_not)
    subjects = Subject.objects.visible_to(user).exclude(school__in=left_out)
    terms = Term.objects.visible_to(user).exclude(school__in=left_out).order_by("-starts", "name")
    classes = () if grants_of(user).of(KEEPERS) else own_classes(user, on=on).values_list("pk", "name")
    return Choices(tuple(subjects.values_list("pk", "name")), tuple(terms.values_list("pk", "name")), tuple(classes))
