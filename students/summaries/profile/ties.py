"""What holds from a day to a day about one student, read in one query: classes, clubs and sports, guardians, counsellors."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import (
    BooleanField,
    CharField,
    DateField,
    Exists,
    Field,
    IntegerField,
    OuterRef,
    Value,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast

from students.models import Caseload, Enrolment, Guardianship, Participation, SchoolClass, Student
from students.models.people import Relation

COLUMNS = ("tie", "ref", "title", "detail", "note", "first", "last", "until", "flag", "opens")
CLASS, ACTIVITY, GUARDIAN, COUNSELLOR = "class", "activity", "guardian", "counsellor"


@dataclass(frozen=True, slots=True)
class Tie:
    """`until` is the end of a class's term; `flag` is its home class, or a first contact; `opens` says that its page may
    be opened by who asked."""

    tie: str
    ref: int
    title: str
    detail: str
    note: str
    first: date
    last: date | None
    until: date | None
    flag: bool
    opens: bool

    def holds(self, on: date) -> bool:
        ends = [day for day in (self.last, self.until) if day]
        return self.first <= on <= min(ends, default=on)

    @property
    def relation(self) -> str:
        return str(Relation(self.detail).label)


@dataclass(frozen=True, slots=True)
class Ties:
    classes: tuple[Tie, ...]
    other_classes: tuple[Tie, ...]
    activities: tuple[Tie, ...]
    past_activities: tuple[Tie, ...]
    guardians: tuple[Tie, ...]
    counsellors: tuple[Tie, ...]

    @property
    def taught(self) -> frozenset[str]:
        """The subjects whose classes are open to who looks; nobody's own where all of them are."""
        opened = {tie.detail for tie in self.classes if tie.opens}
        return frozenset(opened) if not all(tie.opens for tie in self.classes) else frozenset()

    @property
    def home_class(self) -> str:
        return next((tie.title for tie in self.classes if tie.flag), "")


def ties_of(student: Student, *, user: Any, on: date) -> Ties:
    """One query; each part of it scoped by its own rule."""
    parts = [
        part(user, student).order_by().values_list(*COLUMNS)
        for part in (_classes, _activities, _guardians, _counsellors)
    ]
    rows = [Tie(*row) for row in parts[0].union(*parts[1:], all=True)]
    rows.sort(key=lambda tie: (not tie.flag, -(tie.until or tie.first).toordinal(), tie.title))
    of = {what: [tie for tie in rows if tie.tie == what] for what in (CLASS, ACTIVITY, GUARDIAN, COUNSELLOR)}
    return Ties(
        classes=tuple(tie for tie in of[CLASS] if tie.holds(on)),
        other_classes=tuple(tie for tie in of[CLASS] if not tie.holds(on)),
        activities=tuple(tie for tie in of[ACTIVITY] if tie.holds(on)),
        past_activities=tuple(tie for tie in of[ACTIVITY] if not tie.holds(on)),
        guardians=tuple(tie for tie in of[GUARDIAN] if tie.holds(on)),
        counsellors=tuple(tie for tie in of[COUNSELLOR] if tie.holds(on)),
    )


def _columns(tie: str, **named: Combinable | str) -> dict[str, Combinable]:
    """Every part of a UNION needs the same columns of the same types, said aloud for PostgreSQL."""
    usual: dict[str, tuple[Any, Field[Any, Any]]] = {
        "tie": (Value(tie), CharField(max_length=20)),
        "ref": (Value(0), IntegerField()),
        "title": (Value(""), CharField(max_length=200)),
        "detail": (Value(""), CharField(max_length=200)),
        "note": (Value(""), CharField(max_length=200)),
        "first": ("starts", DateField()),
        "last": ("ends", DateField()),
        "until": (Value(None), DateField()),
        "flag": (Value(False), BooleanField()),
        "opens": (Value(False), BooleanField()),
    }
    return {name: Cast(named.get(name, value), field) for name, (value, field) in usual.items()}


def _classes(user: Any, student: Student) -> Any:
    own = SchoolClass.objects.visible_to(user).filter(pk=OuterRef("school_class"))
    return (
        Enrolment.objects.visible_to(user)
        .filter(student=student)
        .annotate(
            **_columns(
                CLASS, ref="school_class_id", title="school_class__name", detail="school_class__subject__name",
                note="school_class__term__name", until="school_class__term__ends",
                flag="school_class__is_home_class", opens=Exists(own),
            )
        )
    )  # fmt: skip


def _activities(user: Any, student: Student) -> Any:
    rows = Participation.objects.visible_to(user).filter(student=student)
    return rows.annotate(**_columns(ACTIVITY, title="activity", detail="kind", note="level"))


def _guardians(user: Any, student: Student) -> Any:
    rows = Guardianship.objects.visible_to(user).filter(student=student)
    named = _columns(
        GUARDIAN, ref="guardian_id", title="guardian__name", detail="relation", note="guardian__email",
        flag="is_first_contact",
    )  # fmt: skip
    return rows.annotate(**named)


def _counsellors(user: Any, student: Student) -> Any:
    rows = Caseload.objects.visible_to(user).filter(student=student)
    return rows.annotate(**_columns(COUNSELLOR, ref="counsellor_id", title="counsellor__name"))
