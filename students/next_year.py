"""The move to the next school year as a plan: what would happen to classes, enrolments and grade levels. Writes nothing."""

import re
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from portal.kit.errors import DomainError, NotReady
from students.models import Enrolment, School, SchoolClass, Student, StudentStatus, Term

NOT_BEFORE = timedelta(days=60)  # before the year's last day: grade levels change at once


@dataclass(frozen=True)
class Wish:
    """What the person chose."""

    school: School
    year: Term
    target: Term
    top_grade: int
    classes_follow: bool = True
    teachers_follow: bool = False


def wish_of(ids: dict[str, Any]) -> Wish:
    """The wish again from what `as_ids` made of it."""
    school = School.objects.get(pk=ids["school"])
    year, target = (Term.objects.get(pk=ids[name]) for name in ("year", "target"))
    return Wish(school, year, target, ids["top_grade"], ids["classes_follow"], ids["teachers_follow"])


def as_ids(wish: Wish) -> dict[str, Any]:
    plain = {"school": wish.school.pk, "year": wish.year.pk, "target": wish.target.pk, "top_grade": wish.top_grade}
    return {**plain, "classes_follow": wish.classes_follow, "teachers_follow": wish.teachers_follow}


@dataclass(frozen=True, slots=True)
class NewClass:
    old: SchoolClass
    name: str
    grade_level: int | None
    term: Term


@dataclass(frozen=True, slots=True)
class GradeLine:
    grade: int
    students: int
    leaves: bool

    @property
    def next_grade(self) -> int:
        return self.grade + 1


@dataclass(frozen=True, slots=True)
class Plan:
    wish: Wish
    grades: list[GradeLine]
    classes: list[NewClass]
    ending: int
    fingerprint: str

    @property
    def leaving(self) -> int:
        return sum(line.students for line in self.grades if line.leaves)

    @property
    def staying(self) -> int:
        return sum(line.students for line in self.grades if not line.leaves)


def next_name(name: str, grade: int | None) -> str:
    """`Mathematics 9B` becomes `Mathematics 10B`; a name without its grade level stays."""
    return name if grade is None else re.sub(rf"(?<!\d){grade}(?!\d)", str(grade + 1), name, count=1)


def plan(wish: Wish, *, on: date) -> Plan:
    """What would happen, and a fingerprint of all it was read from. Writes nothing."""
    check(wish, on)
    grades = Counter(students_of(wish).values_list("grade_level", flat=True))
    lines = [GradeLine(grade, grades[grade], grade >= wish.top_grade) for grade in sorted(grades)]
    return Plan(wish, lines, _new_classes(wish), ending_of(wish).count(), _fingerprint(wish))


# --- what it rests on ---------------------------------------------------------------------------------------
def check(wish: Wish, on: date) -> None:
    if {wish.year.school_id, wish.target.school_id} != {wish.school.pk}:
        raise DomainError(_("Both years must be this school's."))
    if wish.target.starts <= wish.year.ends:
        raise DomainError(
            _("%(later)s must begin after the last day of %(year)s.") % {"later": wish.target, "year": wish.year}
        )
    if on < wish.year.ends - NOT_BEFORE:
        first = wish.year.ends - NOT_BEFORE
        days = {"ends": date_format(wish.year.ends, "d M Y"), "first": date_format(first, "d M Y")}
        told = _("%(year)s ends on %(ends)s. Move on from %(first)s, not earlier.")
        raise NotReady(told % {"year": wish.year, **days})


def students_of(wish: Wish) -> Any:
    return Student.objects.filter(
        school=wish.school, status=StudentStatus.ENROLLED, starts__lte=wish.year.ends
    ).order_by("pk")


def classes_of(wish: Wish) -> Any:
    of_year = Q(term=wish.year) | Q(term__parent=wish.year) | Q(term__parent__parent=wish.year)
    return SchoolClass.objects.filter(of_year, school=wish.school).select_related("term", "subject").order_by("pk")


def ending_of(wish: Wish) -> Any:
    lasting = Q(ends__isnull=True) | Q(ends__gt=wish.year.ends)
    return Enrolment.objects.filter(lasting, school_class__in=classes_of(wish), starts__lte=wish.year.ends).order_by(
        "pk"
    )


def _terms(wish: Wish) -> dict[int, Term]:
    """This year's terms and those in the same place of the next."""
    found = {wish.year.pk: wish.target}
    for kind in (Term.Kind.TERM, Term.Kind.PERIOD):
        old, new = (_parts(year, kind) for year in (wish.year, wish.target))
        found |= dict(zip([each.pk for each in old], new, strict=False))
    return found


def _parts(year: Term, kind: str) -> list[Term]:
    within = Q(parent=year) | Q(parent__parent=year)
    return list(Term.objects.filter(within, kind=kind).order_by("starts", "pk"))


def _new_classes(wish: Wish) -> list[NewClass]:
    """A class for each of this year that has a grade to go to, unless one of that name is there already."""
    terms = _terms(wish)
    taken = set(SchoolClass.objects.filter(school=wish.school).values_list("term_id", "subject_id", "name"))
    found = []
    for old in classes_of(wish):
        grade = None if old.grade_level is None else old.grade_level + 1
        if grade is not None and grade > wish.top_grade:
            continue
        new = NewClass(old, next_name(old.name, old.grade_level), grade, terms.get(old.term_id, wish.target))
        mark = (new.term.pk, old.subject_id, new.name)
        if mark not in taken:
            taken.add(mark)
            found.append(new)
    return found


def _fingerprint(wish: Wish) -> str:
    marks = sha256(
        repr((wish.year.pk, wish.target.pk, wish.top_grade, wish.classes_follow, wish.teachers_follow)).encode()
    )
    asked = (
        students_of(wish).values_list("pk", "version", "grade_level"),
        classes_of(wish).values_list("pk", "version", "name", "grade_level"),
        ending_of(wish).values_list("pk", "version"),
        SchoolClass.objects.filter(school=wish.school, term__starts__gte=wish.target.starts)
        .order_by("pk")
        .values_list("pk"),
        Term.objects.filter(school=wish.school).order_by("pk").values_list("pk", "version"),
    )
    for rows in asked:
        for row in rows.iterator(chunk_size=2000):
            marks.update(repr(row).encode())
    return marks.hexdigest()
