"""A list of classes by what one does with them: who is in them, who teaches, what is missing, what comes next."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q

from portal.kit.scoping import grants_of
from students.models import Enrolment, Result, Sitting, Student, Teaching
from students.roles import KEEPERS, STAFF, Role
from students.summaries.counting import THERE, count_of, daily_marks, day_of, for_list, rate


@dataclass(frozen=True, slots=True)
class ClassLine:
    """`students` is None for families; `attendance` and `missing` for who does not see the whole class.

    `is_part` says that only the students whom the person counsels are counted.
    """

    school_class: Any
    teachers: tuple[str, ...]
    students: int | None
    attendance: float | None
    missing: int | None
    may_record: bool
    is_running: bool
    has_ended: bool
    is_part: bool

    @property
    def pk(self) -> int:
        return int(self.school_class.pk)


@dataclass(frozen=True, slots=True)
class Facet:
    """How many classes there are of one term, subject and grade level."""

    term: int
    subject: int
    grade: int | None
    term_name: str
    subject_name: str
    starts: date
    ends: date
    classes: int


def class_facets(classes: Any, words: str = "") -> list[Facet]:
    """One query, from which a page makes its filters and their counts.

    What may be chosen does not depend on the words, only how many classes fit.
    """
    fits = Q(name__icontains=words) if words else None
    rows = classes.order_by().values_list(
        "term_id", "subject_id", "grade_level", "term__name", "subject__name", "term__starts", "term__ends"
    )
    return [Facet(*row) for row in rows.annotate(classes=Count("pk", filter=fits))]


def class_lines(classes: Any, *, user: Any, on: date) -> list[ClassLine]:
    """Four queries for the classes of one page, which the person sees."""
    grants = grants_of(user)
    rows = list(_counted(for_list(classes, on), user, on))
    teachings = _teachings(rows)
    counselled = grants.of((Role.COUNSELLOR,))
    taught = grants.of((Role.TEACHER,))
    own = {
        row.pk
        for row in rows
        if row.school_id in taught
        and any(each.teacher_id == user.pk and _holds(each, on) for each in teachings[row.pk])
    }
    kept, staff = grants.of(KEEPERS), grants.of(STAFF)
    open_to = {row.pk for row in rows if row.school_id in kept or row.pk in own}
    places = _places(open_to, on)
    running = {row.pk for row in rows if row.term.starts <= on <= row.term.ends}
    presence = _presence({student for each in open_to & running for student in places.get(each, ())}, on)
    return [
        ClassLine(
            school_class=row,
            teachers=tuple(
                dict.fromkeys(each.teacher.name for each in teachings[row.pk] if _holds(each, day_of(row, on)))
            ),
            students=_students(row, places if row.pk in open_to else None) if row.school_id in staff else None,
            attendance=_rate(places.get(row.pk, ()), presence) if row.pk in running else None,
            missing=sum(places.get(row.pk, {}).values()) if row.pk in open_to else None,
            may_record=row.pk in open_to,
            is_running=row.pk in running,
            has_ended=row.term.ends < on,
            is_part=row.school_id in counselled and row.pk not in open_to,
        )
        for row in rows
    ]


def _counted(classes: Any, user: Any, on: date) -> Any:
    """A counsellor's classes with how many students of theirs are in each, not how many there are."""
    if not grants_of(user).of((Role.COUNSELLOR,)):
        return classes
    seen = Student.objects.visible_to(user).order_by().values("pk")
    return classes.annotate(
        students=count_of(Enrolment.objects.active(on).filter(school_class=OuterRef("pk"), student__in=seen))
    )


def _students(row: Any, places: dict[int, dict[int, int]] | None) -> int | None:
    """Of a class that is not open to the person only who is in it today is counted: nothing once it has ended."""
    return len(places.get(row.pk, ())) if places is not None else row.students or None


def _rate(students: Iterable[int], presence: dict[int, tuple[int, int]]) -> float | None:
    days = [presence.get(student, (0, 0)) for student in students]
    return rate(sum(there for _, there in days), sum(marked for marked, _ in days))


def _teachings(rows: Sequence[Any]) -> defaultdict[int, list[Teaching]]:
    found: defaultdict[int, list[Teaching]] = defaultdict(list)
    for each in Teaching.objects.filter(school_class__in=[row.pk for row in rows]).select_related("teacher"):
        found[each.school_class_id].append(each)
    return found


def _holds(teaching: Teaching, on: date) -> bool:
    return teaching.starts <= on and (teaching.ends is None or teaching.ends >= on)


def _places(classes: set[int], on: date) -> dict[int, dict[int, int]]:
    """By class, who is in it and how many exams were held while they were, without an entry for them.

    A class that ended counts as on its last day, one ahead as on its first.
    """
    starts, ends = F("school_class__term__starts"), F("school_class__term__ends")
    begun = Q(starts__lte=ends) & (Q(starts__lte=on) | Q(starts__lte=starts))
    not_over = Q(ends=None) | Q(ends__gte=ends) | (Q(ends__gte=on) & Q(ends__gte=starts))
    entered = Result.objects.filter(exam=OuterRef("exam"), student=OuterRef(OuterRef("student")))
    held = Sitting.objects.filter(
        school_class=OuterRef("school_class"), exam__day__lt=on, exam__day__gte=OuterRef("starts")
    )
    rows = Enrolment.objects.filter(begun, not_over, school_class__in=classes).order_by()
    counted = rows.annotate(missing=count_of(held.filter(~Exists(entered))))
    found: defaultdict[int, dict[int, int]] = defaultdict(dict)
    for school_class, student, missing in counted.values_list("school_class_id", "student_id", "missing"):
        found[school_class][student] = max(missing, found[school_class].get(student, 0))
    return found


def _presence(students: set[int], on: date) -> dict[int, tuple[int, int]]:
    """Days marked and days there of the last weeks, by student: as on the register, by the roll of the home class."""
    recent = daily_marks(on).filter(student__in=students).order_by()
    counted = recent.values_list("student").annotate(marked=Count("pk"), there=Count("pk", filter=Q(status__in=THERE)))
    return {student: (marked, there) for student, marked, there in counted} if students else {}
