"""Help and notes on screens: the board of a school, what one student has, and what is under way for many students at once."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from django.db.models import Count, Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.accounts.models import User
from portal.kit.scoping import grants_of
from students.models import HelpState, Intervention, Note, School, Student
from students.models.support import state_is
from students.roles import LEADERS

SHOWN = 20  # cards in a column of the board before somebody asks for all of them
MOST_OF_STUDENT = 200
MOST_OWNERS = 100
A_YEAR = timedelta(days=365)  # closed longer ago, help is told on the student's page alone


@dataclass(frozen=True, slots=True)
class Help:
    """One intervention as whoever asked may see it. `may_change`: review, close, correct."""

    intervention: Intervention
    state: HelpState
    may_change: bool

    @property
    def pk(self) -> int:
        return int(self.intervention.pk)

    @property
    def day(self) -> date:
        """Where it stands on a time line."""
        return self.intervention.starts

    @property
    def what(self) -> str:
        """ "tutoring in Mathematics"."""
        kind, subject = self.intervention.get_kind_display(), self.intervention.subject
        return _("%(kind)s in %(subject)s") % {"kind": kind, "subject": subject} if subject else str(kind)

    @property
    def words(self) -> str:
        """What and until when, in a few words: "tutoring until 3 July"."""
        return told_shortly(self.intervention, self.state)


@dataclass(frozen=True, slots=True)
class Remark:
    """One note. `is_mine`: may be corrected; `may_take_back` also holds for leaders."""

    note: Note
    is_mine: bool
    may_take_back: bool

    @property
    def pk(self) -> int:
        return int(self.note.pk)

    @property
    def at(self) -> datetime:
        return self.note.at

    @property
    def day(self) -> date:
        return self.note.at.date()

    @property
    def is_restricted(self) -> bool:
        return self.note.is_restricted


@dataclass(frozen=True)
class StudentHelp:
    """All help and notes about one student, the newest first. `is_cut`: there is more than is read."""

    student: Student
    interventions: tuple[Help, ...]
    notes: tuple[Remark, ...]
    is_cut: bool = False

    @property
    def open(self) -> tuple[Help, ...]:
        return tuple(each for each in self.interventions if each.state != HelpState.CLOSED)

    @property
    def closed(self) -> tuple[Help, ...]:
        return tuple(each for each in self.interventions if each.state == HelpState.CLOSED)

    @cached_property
    def in_time_order(self) -> tuple[Help | Remark, ...]:
        """Both on one line of time, the oldest first; each has a `day`."""
        return tuple(sorted((*self.interventions, *self.notes), key=lambda each: each.day))


@dataclass(frozen=True, slots=True)
class BoardWish:
    """What a board is narrowed to; empty values narrow nothing."""

    owner: int | None = None
    kind: str = ""
    grade: int | None = None
    mine: bool = False
    column: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    state: HelpState
    count: int
    cards: tuple[Help, ...]

    @property
    def more(self) -> int:
        return self.count - len(self.cards)


@dataclass(frozen=True, slots=True)
class Board:
    """Four columns: planned, running, to review, closed."""

    columns: tuple[Column, ...]

    @property
    def count(self) -> int:
        return sum(column.count for column in self.columns)


# What comes first in each column: what begins next, what is reviewed next, what waits longest, what ended last.
ORDERS = {
    HelpState.PLANNED: ("starts", "pk"),
    HelpState.RUNNING: ("review_on", "pk"),
    HelpState.TO_REVIEW: ("review_on", "pk"),
    HelpState.CLOSED: ("-closed_on", "-pk"),
}


def help_board(school: School | int, *, user: Any, on: date, filters: BoardWish = BoardWish()) -> Board:
    """The help at a school that this person sees. At most seven queries, whatever the number of students."""
    rows = wanted(school, user=user, filters=filters).order_by()
    still_open = [state for state in HelpState if state != HelpState.CLOSED]
    counts = rows.still_open().aggregate(**{each.value: Count("pk", filter=state_is(each, on)) for each in still_open})
    counts[HelpState.CLOSED.value] = in_column(rows, HelpState.CLOSED, on).count()
    found = {
        state: list(framed(in_column(rows, state, on)).order_by(*ORDERS[state])[:SHOWN])
        for state in HelpState
        if counts[state.value]
    }
    changeable = _changeable([each for cards in found.values() for each in cards], user)
    return Board(
        tuple(Column(state, counts[state.value], _dressed(found.get(state, ()), on, changeable)) for state in HelpState)
    )


def in_column(rows: Any, state: str, on: date) -> Any:
    """Those that stand in a column of the board on that day; of closed help those of the last year."""
    found = rows.in_state(state, on)
    return found.filter(closed_on__gt=on - A_YEAR) if state == HelpState.CLOSED else found


def wanted(school: School | int, *, user: Any, filters: BoardWish) -> Any:
    """The interventions of a school that this person sees and asks for; not yet read."""
    rows = Intervention.objects.visible_to(user).filter(student__school=school)
    if filters.mine:
        rows = rows.filter(Q(owner=user) | Q(created_by=user))
    if filters.owner:
        rows = rows.filter(owner=filters.owner)
    if filters.kind:
        rows = rows.filter(kind=filters.kind)
    if filters.grade is not None:
        rows = rows.filter(student__grade_level=filters.grade)
    return rows


def owners_of(school: School | int, *, user: Any) -> Any:
    """Who owns open help that this person sees: as many as one chooses from in a list. One query."""
    rows = wanted(school, user=user, filters=BoardWish()).still_open().order_by()
    keys = list(rows.exclude(owner=None).values_list("owner", flat=True).distinct()[:MOST_OWNERS])
    return User.objects.filter(pk__in=keys).order_by("name", "pk")


def framed(rows: Any) -> Any:
    """With all that a card names."""
    return rows.select_related("student", "subject", "owner")


def as_help(rows: Iterable[Intervention], *, user: Any, on: date) -> tuple[Help, ...]:
    """Rows that were read within this person's rights, as cards. One query, or none."""
    listed = list(rows)
    return _dressed(listed, on, _changeable(listed, user))


def help_of(student: Student, *, user: Any, on: date) -> StudentHelp:
    """All help and notes about a student that this person sees. Three queries at most; families are shown none."""
    rows = Intervention.objects.visible_to(user).filter(student=student)
    found = list(framed(rows).order_by("-starts", "-pk")[: MOST_OF_STUDENT + 1])
    notes = Note.objects.visible_to(user).filter(student=student).select_related("by", "intervention")
    remarks = list(notes.order_by("-at", "-pk")[: MOST_OF_STUDENT + 1])
    is_cut = max(len(found), len(remarks)) > MOST_OF_STUDENT
    shown = as_help(found[:MOST_OF_STUDENT], user=user, on=on)
    return StudentHelp(student, shown, as_remarks(remarks[:MOST_OF_STUDENT], student, user=user), is_cut)


def as_remarks(notes: Iterable[Note], student: Student, *, user: Any) -> tuple[Remark, ...]:
    """No query: who wrote a note and still sees it may correct it, and leaders may take any back."""
    leads = student.school_id in grants_of(user).of(LEADERS)
    return tuple(Remark(each, each.by_id == user.pk, leads or each.by_id == user.pk) for each in notes)


def under_way(students: Collection[Student | int], *, user: Any, on: date) -> dict[int, str]:
    """For each student with open help a few words, "tutoring until 3 July"; more than one are counted. One query."""
    keys = [each if isinstance(each, int) else each.pk for each in students]
    if not keys:
        return {}
    rows = Intervention.objects.visible_to(user).still_open().filter(student__in=keys)
    found: dict[int, list[Intervention]] = {}
    for row in rows.order_by("review_on", "pk"):
        found.setdefault(row.student_id, []).append(row)
    return {key: _told_all(sorted(held, key=lambda each: each.starts > on), on) for key, held in found.items()}


def _told_all(held: list[Intervention], on: date) -> str:
    first = told_shortly(held[0], held[0].state(on))
    if len(held) == 1:
        return first
    more = len(held) - 1
    return ngettext("%(first)s, and %(more)d more", "%(first)s, and %(more)d more", more) % {
        "first": first,
        "more": more,
    }


def told_shortly(each: Intervention, state: HelpState) -> str:
    """ "tutoring until 3 July", "tutoring from 3 July", "tutoring, to review", "tutoring, closed"."""
    if state == HelpState.PLANNED:
        return _("%(kind)s from %(day)s") % {"kind": each.get_kind_display(), "day": date_format(each.starts, "j F")}
    if state == HelpState.RUNNING:
        return _("%(kind)s until %(day)s") % {
            "kind": each.get_kind_display(),
            "day": date_format(each.review_on, "j F"),
        }
    return f"{each.get_kind_display()}, {state.label}"


def _changeable(rows: Collection[Intervention], user: Any) -> set[int]:
    keys = [each.pk for each in rows]
    return (
        set(Intervention.objects.editable_by(user).filter(pk__in=keys).order_by().values_list("pk", flat=True))
        if keys
        else set()
    )


def _dressed(rows: Iterable[Intervention], on: date, changeable: set[int]) -> tuple[Help, ...]:
    return tuple(Help(each, each.state(on), each.pk in changeable) for each in rows)
