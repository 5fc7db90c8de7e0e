"""Who took a roll and when, and what was said about one student on one day before it was corrected."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.audit.models import AuditEvent, Change
from students.models import AttendanceMark, AttendanceStatus, School, SchoolClass, Student
from students.roll_days import CORRECTED, NO_MARK, TAKEN, check_in_term

MARK, CLASS = AttendanceMark._meta.label, SchoolClass._meta.label


@dataclass(frozen=True, slots=True)
class Said:
    """By whom and when; one or both may no longer be known."""

    by: str
    at: datetime | None

    def when(self, school: School) -> str:
        """“at 08:12”, with the date unless it is today's; empty where it is not known."""
        if self.at is None:
            return ""
        zone = ZoneInfo(school.timezone)
        then, now = self.at.astimezone(zone), timezone.now().astimezone(zone)
        facts = {"time": date_format(then, "H:i"), "day": date_format(then, "j F")}
        return (_("at %(time)s") if then.date() == now.date() else _("on %(day)s at %(time)s")) % facts


@dataclass(frozen=True, slots=True)
class Taking:
    """A roll that was taken, at least in part. `known_on` is the day of its latest mark."""

    counts: dict[str, int]
    by: str
    when: str
    corrected_by: str
    corrected_when: str
    known_on: date

    @property
    def marked(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class Step:
    """One word said about a student's day: `before` and `after` are letters, empty for no mark."""

    by: str
    at: datetime | None
    known_on: date | None
    before: str
    after: str
    when: str = ""

    @property
    def before_label(self) -> str:
        return label(self.before)

    @property
    def after_label(self) -> str:
        return label(self.after)


def label(status: str) -> str:
    return str(AttendanceStatus(status).label) if status in AttendanceStatus.values else ""


def takings(classes: Sequence[SchoolClass], day: date) -> dict[int, Taking]:
    """By class, for those that have a mark on that day. Three queries; the caller has seen to who may see the classes."""
    marks = AttendanceMark.objects.filter(school_class__in=[each.pk for each in classes], day=day)
    counts: defaultdict[int, Counter[str]] = defaultdict(Counter)
    known: dict[int, date] = {}
    takers: defaultdict[int, set[int]] = defaultdict(set)
    rows = marks.order_by().values_list("school_class_id", "status", "known_on", "taken_by_id")
    for pk, status, known_on, taken_by in rows:
        counts[pk][status] += 1
        known[pk] = max(known_on, known.get(pk, known_on))
        if taken_by:
            takers[pk].add(taken_by)
    events = _events([each.pk for each in classes], day) if counts else []
    names = _names({event.actor_id for event in events} | {pk for group in takers.values() for pk in group})
    return {
        each.pk: _taking(
            each.school, counts[each.pk], known[each.pk], takers[each.pk],
            [event for event in events if event.target_id == each.pk], names,
        )
        for each in classes
        if each.pk in counts
    }  # fmt: skip


def _taking(
    school: School, counts: Counter[str], known_on: date, takers: set[int], events: list[AuditEvent], names: Any
) -> Taking:
    first = next((event for event in events if event.verb == TAKEN), None)
    last = next((event for event in reversed(events) if event.verb == CORRECTED), None)
    took, mended = _said(first, names), _said(last, names)
    if mended.by == took.by:  # who mends a slip of the thumb has still only taken the roll
        mended = Said("", None)
    return Taking(
        counts={status: counts[status] for status in AttendanceStatus.values},
        by=took.by or ", ".join(sorted(names[pk] for pk in takers if pk in names)),
        when=took.when(school),
        corrected_by=mended.by,
        corrected_when=mended.when(school),
        known_on=known_on,
    )


def said_last(school_class: SchoolClass, day: date) -> dict[int, Said]:
    """Who touched each student's mark last, as far as rolls tell it. Two queries."""
    events = _events([school_class.pk], day)
    names = _names({event.actor_id for event in events})
    return {
        student: _said(event, names)
        for event in events
        for name in ("added", "changed", "removed")
        for student in event.facts.get(name, ())
    }


def _events(classes: Iterable[int], day: date) -> list[AuditEvent]:
    """Oldest first. A roll is not taken ahead, so nothing before its day is read."""
    since = datetime.combine(day - timedelta(days=1), time.min, tzinfo=ZoneInfo("UTC"))
    rows = AuditEvent.objects.filter(target_type=CLASS, target_id__in=classes, at__gte=since)
    return list(rows.filter(verb__in=(TAKEN, CORRECTED), facts__day=day.isoformat()).order_by("at", "pk"))


def _names(people: set[Any]) -> dict[int, str]:
    wanted = people - {None}
    return dict(User.objects.filter(pk__in=wanted).values_list("pk", "name")) if wanted else {}


def _said(event: AuditEvent | None, names: dict[int, str]) -> Said:
    if event is None:
        return Said("", None)
    return Said(names.get(event.actor_id or 0, _("somebody who is no longer here")), event.at)


def past_of(student: Student, school_class: SchoolClass, day: date) -> list[Step]:
    """Everything that was said about that day, the newest first. Five queries. Raises for a day that has no roll.

    The records of a day are the mark that stands and those that were taken away; each began with a first word, which
    has no line of its own: what it was stands in the first change after it, or in the mark if there was none.
    """
    check_in_term(school_class, day)
    gone = Change.objects.filter(student_id=student.pk, model=MARK, kind=Change.Kind.REMOVED)
    removed = gone.filter(before__day=day.isoformat(), before__school_class=school_class.pk)
    mark = AttendanceMark.objects.filter(student=student, school_class=school_class, day=day).first()
    records = sorted(removed.values_list("record_id", flat=True)) + ([mark.pk] if mark else [])
    changes: defaultdict[int, list[Change]] = defaultdict(list)
    for change in Change.objects.filter(model=MARK, record_id__in=records).order_by("pk"):
        changes[change.record_id].append(change)
    events = [each for each in _events([school_class.pk], day) if student.pk in each.facts.get("added", ())]
    names = _names(_people(changes, events, mark))
    steps: list[Step] = []
    for record in records:
        since = steps[-1].at if steps else None
        steps += _steps(changes[record], mark if mark and mark.pk == record else None, events, names, since)
    dated = (replace(step, when=Said(step.by, step.at).when(school_class.school)) for step in reversed(steps))
    return list(dated)


def _people(changes: dict[int, list[Change]], events: list[AuditEvent], mark: AttendanceMark | None) -> set[Any]:
    told = [change for group in changes.values() for change in group]
    found = {change.actor_id for change in told} | {change.before.get("taken_by") for change in told}
    return found | {event.actor_id for event in events} | {mark.taken_by_id if mark else None}


def _steps(
    changes: list[Change], mark: AttendanceMark | None, events: list[AuditEvent], names: dict[int, str], since: Any
) -> list[Step]:
    status = NO_MARK
    steps: list[Step] = []
    if not changes or changes[0].kind != Change.Kind.ADDED:
        first = _first(changes, mark, events, names, since)
        steps, status = [first], first.after
    for change in changes:
        after = change.after.get("status", NO_MARK if change.kind == Change.Kind.REMOVED else status)
        known_on = change.after.get("known_on")
        known = date.fromisoformat(known_on) if known_on else None
        steps.append(Step(names.get(change.actor_id or 0, ""), change.at, known, status, after))
        status = after
    return steps


def _first(
    changes: list[Change], mark: AttendanceMark | None, events: list[AuditEvent], names: dict[int, str], since: Any
) -> Step:
    """The word that has no line of its own, put together from what followed it and from the audit line of the roll."""
    stored: dict[str, Any] = {}
    for change in reversed(changes):
        stored |= change.before
    if mark is not None:
        known = {"status": mark.status, "known_on": mark.known_on.isoformat(), "taken_by": mark.taken_by_id}
        stored = known | stored
    before = changes[0].at if changes else None
    fitting = [each for each in events if (not since or each.at > since) and (not before or each.at < before)]
    by = names.get(stored.get("taken_by") or 0, "")
    at = fitting[-1].at if fitting else None
    return Step(by, at, date.fromisoformat(stored["known_on"]), NO_MARK, stored["status"])
