"""How help went at a school, kind by kind, for its leaders: goals reached, and marks beside what is usual without help."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import fmean
from typing import Any

from portal.kit.memory import remembered
from portal.kit.scoping import grants_of
from students.before_after import BeforeAfter, many_before_and_after
from students.models import HelpKind, HelpOutcome, Intervention
from students.roles import LEADERS

LEAST_STUDENTS = 10
A_YEAR = timedelta(days=365)
MOST_READ, MOST_COMPARED = 5000, 60
KEPT_SECONDS = 1800


@dataclass(frozen=True, slots=True)
class KindWent:
    """Of at least ten students; the changes, in points, of those with marks before and after, if they are ten too."""

    kind: HelpKind
    students: int
    closed: int
    reached: int
    partly: int
    compared: int
    change: float | None
    usual_change: float | None


@dataclass(frozen=True, slots=True)
class Went:
    kinds: tuple[KindWent, ...]
    too_few: tuple[HelpKind, ...]


def help_went(school_id: int, *, user: Any, on: date) -> Went | None:
    """Of the last year. None for who does not lead the school. Few queries, and none when asked within half an hour."""
    if school_id not in grants_of(user).of(LEADERS):
        return None
    return remembered(f"help-went:{school_id}:{on}", KEPT_SECONDS, lambda: _read(school_id, on))


def _read(school_id: int, on: date) -> Went:
    closed = Intervention.objects.filter(student__school=school_id, closed_on__gt=on - A_YEAR, closed_on__lte=on)
    newest = closed.order_by("-closed_on", "-pk")
    groups: defaultdict[str, list[tuple[int, str]]] = defaultdict(list)
    for kind, student, outcome in newest.values_list("kind", "student_id", "outcome")[:MOST_READ]:
        groups[kind].append((student, outcome))
    large = {kind for kind, rows in groups.items() if len({student for student, _ in rows}) >= LEAST_STUDENTS}
    told = _compared(newest.filter(kind__in=large), on) if large else {}
    kinds = [_kind(kind, groups[kind], told.get(kind, [])) for kind in HelpKind if kind in large]
    return Went(tuple(kinds), tuple(kind for kind in HelpKind if kind in groups and kind not in large))


def _compared(rows: Any, on: date) -> dict[str, list[tuple[int, BeforeAfter]]]:
    """The newest of each kind: enough to say something, few enough to be read at once."""
    found: dict[str, list[tuple[int, BeforeAfter]]] = {}
    newest = list(rows.select_related("student").order_by("-closed_on", "-pk")[: MOST_COMPARED * 5])
    for kind in {each.kind for each in newest}:
        own = [each for each in newest if each.kind == kind][:MOST_COMPARED]
        pairs = zip(own, many_before_and_after(own, on=on), strict=True)
        found[kind] = [(each.student_id, told) for each, told in pairs if told.expected is not None]
    return found


def _kind(kind: HelpKind, rows: Iterable[tuple[int, str]], told: list[tuple[int, BeforeAfter]]) -> KindWent:
    students, outcomes = {student for student, _ in rows}, [outcome for _, outcome in rows]
    compared = len({student for student, _ in told})
    is_enough = compared >= LEAST_STUDENTS
    return KindWent(
        kind=kind,
        students=len(students),
        closed=len(outcomes),
        reached=outcomes.count(HelpOutcome.REACHED),
        partly=outcomes.count(HelpOutcome.PARTLY),
        compared=compared,
        change=fmean(each.change or 0.0 for _, each in told) if is_enough else None,
        usual_change=_usual_change(told) if is_enough else None,
    )


def _usual_change(told: list[tuple[int, BeforeAfter]]) -> float:
    return fmean(each.expected.middle - (each.before or 0.0) for _, each in told if each.expected is not None)
