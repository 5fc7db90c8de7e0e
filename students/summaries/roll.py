"""The roll of one class on one day: who stands how, what the days before say, and who took it."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from students.models import AttendanceMark, AttendanceStatus, SchoolClass, Student
from students.roll_days import on_the_roll, school_days_before, why_unusual
from students.summaries.roll_past import Taking, takings
from students.summaries.rolls_due import gaps_of

BACK_DAYS = 28
AWAY = (AttendanceStatus.ABSENT, AttendanceStatus.EXCUSED)
OFTEN_LATE, OF_LAST = 3, 10
Past = list[tuple[date, str]]


@dataclass(frozen=True, slots=True)
class RollRow:
    """`hint` says in a few words what the last days were like; empty where nothing is to be said."""

    student: Student
    status: str
    hint: str


@dataclass(frozen=True, slots=True)
class ClassRoll:
    school_class: SchoolClass
    day: date
    today: date
    rows: tuple[RollRow, ...]
    taking: Taking | None
    unusual: str
    gaps: tuple[date, ...]
    previous: date | None
    next: date | None

    @property
    def students(self) -> list[Student]:
        return [row.student for row in self.rows]

    @property
    def tally(self) -> list[tuple[str, str, int]]:
        """Letter, word and how many stand so."""
        found = Counter(row.status for row in self.rows)
        return [(letter, str(word), found[letter]) for letter, word in AttendanceStatus.choices]

    @property
    def unmarked(self) -> int:
        return sum(not row.status for row in self.rows)

    @property
    def other_gaps(self) -> list[date]:
        return [gap for gap in self.gaps if gap != self.day]

    @property
    def is_begun(self) -> bool:
        return any(row.status for row in self.rows)

    @property
    def is_today(self) -> bool:
        return self.day == self.today


def class_roll(school_class: SchoolClass, day: date, *, user: Any, on: date) -> ClassRoll:
    """Eight queries. Only the students this person sees; who may take the roll is asked by the door and the room."""
    students = list(on_the_roll(school_class, day, user=user))
    rows = AttendanceMark.objects.filter(school_class=school_class, day__range=(day - timedelta(days=BACK_DAYS), day))
    marks = list(rows.order_by("-day").values_list("student_id", "day", "status"))
    now = {student: status for student, then, status in marks if then == day}
    past: defaultdict[int, Past] = defaultdict(list)
    for student, then, status in marks:
        if then < day:
            past[student].append((then, status))
    return ClassRoll(
        school_class=school_class,
        day=day,
        today=on,
        rows=tuple(RollRow(each, now.get(each.pk, ""), hint(past[each.pk], day, on)) for each in students),
        taking=takings([school_class], day).get(school_class.pk),
        unusual=why_unusual(school_class, day),
        gaps=gaps_of([school_class], on).get(school_class.pk, ()) if school_class.is_home_class else (),
        **_neighbours(school_class, day, on),
    )


def _neighbours(school_class: SchoolClass, day: date, on: date) -> dict[str, date | None]:
    """The school day before, and the one after as long as it has come."""
    before = school_days_before(day, 1, since=school_class.term.starts)
    last = min(on, school_class.term.ends)
    ahead = (day + timedelta(days=step) for step in range(1, 4))
    return {"previous": before[0] if before else None, "next": next((d for d in ahead if _is_open(d, last)), None)}


def _is_open(day: date, last: date) -> bool:
    return day <= last and (day.weekday() < 5 or day == last)


def hint(past: Sequence[tuple[date, str]], day: date, today: date) -> str:
    """In a few words what the marks before that day, the newest first, tell whoever calls the roll."""
    away = _unbroken(past)
    if len(away) > 1:
        return _since(away, day)
    if away:
        said = _("Absent %s") if away[0][1] == AttendanceStatus.ABSENT else _("Excused %s")
        return said % day_words(away[0][0], day, today)
    late = [then for then, status in past[:OF_LAST] if status == AttendanceStatus.LATE]
    if len(late) >= OFTEN_LATE:
        return _("Late %(times)s times in the last %(days)s") % {"times": len(late), "days": len(past[:OF_LAST])}
    if late and late[0] == past[0][0]:
        return _("Late %s") % day_words(late[0], day, today)
    return ""


def _unbroken(past: Iterable[tuple[date, str]]) -> Past:
    """The marks of the stretch of absence that reaches up to the last roll."""
    found: Past = []
    for then, status in past:
        if status not in AWAY:
            break
        found.append((then, status))
    return found


def _since(away: Past, day: date) -> str:
    kinds = {status for _then, status in away}
    words: Mapping[bool, str] = {
        True: _("Absent since %(day)s"),
        False: _("Excused since %(day)s") if kinds == {AttendanceStatus.EXCUSED} else _("Away since %(day)s"),
    }
    first = away[-1][0]
    named = date_format(first, "l" if (day - first).days < 7 else "j F")
    days = ngettext("%d roll", "%d rolls in a row", len(away)) % len(away)
    return f"{words[kinds == {AttendanceStatus.ABSENT}] % {'day': named}}, {days}"


def day_words(then: date, day: date, today: date) -> str:
    """A day as somebody would say it on the day of the roll."""
    if day == today and then == today - timedelta(days=1):
        return _("yesterday")
    return _("on %s") % date_format(then, "l" if (day - then).days < 7 else "j F")
