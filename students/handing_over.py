"""Who teaches a class and who looks after a student, as it changes: other days, an end, or over to somebody else."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.audit import history
from portal.audit.models import AuditEvent
from portal.audit.record import record
from portal.audit.undo import Undone, undo
from portal.kit.errors import Conflict, DomainError, NotAllowed, NotReady
from portal.kit.scoping import grants_of
from students import staffing
from students.models import Caseload, Membership, School, SchoolClass, Student, StudentStatus, Teaching
from students.roles import KEEPERS, Role

DAY = timedelta(days=1)
UNDO_WITHIN = timedelta(days=7)
TAKEN, ENDED, MOVED = "caseload taken by many", "caseload ended for many", "caseload handed over"
TAKEN_BACK = "took back a change of caseload"


# --- a post -------------------------------------------------------------------------------------------------
@transaction.atomic
def end_role(membership: Membership, *, by: User, on: date, with_duties: bool = False) -> None:
    """The role holds through `on`; with its duties, the classes taught and the caseload end on that day too."""
    staffing.end_role(membership, by=by, on=on)
    school, person = membership.school, membership.user
    if with_duties and membership.role == Role.TEACHER:
        lasting = open_teachings(person, school, on + DAY).filter(school_class__term__ends__gt=on)
        for teaching in lasting.select_related("school_class", "teacher"):
            if teaching.starts > on:
                call_off(teaching, by=by, today=on)
            else:
                end_teaching(teaching, by=by, on=on)
    if with_duties and membership.role == Role.COUNSELLOR:
        begun = open_caseload(person, school, on + DAY).filter(starts__lte=on)
        end_caseload(begun, person, school=school, by=by, on=on)


def open_teachings(teacher: User, school: School, on: date) -> Any:
    """What this person teaches there on that day or will teach later."""
    return still(Teaching.objects.filter(teacher=teacher, school_class__school=school), on)


def open_by_class(school_class: SchoolClass, on: date) -> Any:
    """Who teaches this class on that day."""
    rows = Teaching.objects.active(on).filter(school_class=school_class, school_class__term__ends__gte=on)
    return rows.select_related("teacher", "school_class__school", "school_class__term")


# --- classes ------------------------------------------------------------------------------------------------
@transaction.atomic
def change_teaching(teaching: Teaching, *, by: User) -> None:
    """Save corrected days, or who leads the class. New days lie within the term."""
    before = Teaching.objects.select_related("school_class__school", "school_class__term").get(pk=teaching.pk)
    changed = [new for new, old in ((teaching.starts, before.starts), (teaching.ends, before.ends)) if new != old]
    staffing.check_within_term(before.school_class, *changed)
    _change_teaching(teaching, by)


def _change_teaching(teaching: Teaching, by: User) -> None:
    """Raises Conflict where the days would meet another time of the same."""
    before = Teaching.objects.select_related("school_class__school", "teacher").get(pk=teaching.pk)
    if teaching.starts != before.starts:
        staffing.check_holds(before.teacher, before.school_class.school, Role.TEACHER, teaching.starts)
    _check_days(teaching)
    others = Teaching.objects.filter(teacher=before.teacher_id, school_class=before.school_class_id)
    if others.exclude(pk=teaching.pk).filter(staffing.overlapping(teaching.starts, teaching.ends)).exists():
        told = _("%(person)s teaches %(class)s within these days already.")
        raise Conflict(told % {"person": before.teacher, "class": before.school_class}, code=staffing.DAYS)
    _keep_teaching(teaching, before.school_class.school_id, by, "teaching changed")


@transaction.atomic
def end_teaching(teaching: Teaching, *, by: User, on: date) -> None:
    """`on` is the last day with the class."""
    teaching.ends = on
    _change_teaching(teaching, by)


@transaction.atomic
def call_off(teaching: Teaching, *, by: User, today: date) -> None:
    """Take back an assignment that has not begun. What has begun is ended, so that the past stays as it was."""
    if teaching.starts <= today:
        raise Conflict(_("%s teaches this class already. Set a last day instead.") % teaching.teacher)
    school_id = teaching.school_class.school_id
    record(by, "teaching called off", teaching, school_id=school_id, teacher=teaching.teacher_id)
    history.remove(teaching, by=by, school_id=school_id)


@transaction.atomic
def hand_over_class(teaching: Teaching, to: User, *, by: User, on: date) -> Teaching:
    """From `on` the other person teaches the class; the day before is the last one of who teaches it now."""
    staffing.check_within_term(teaching.school_class, on)
    if not teaching.starts < on or (teaching.ends is not None and teaching.ends < on - DAY):
        told = _("%(person)s teaches the class %(days)s; the day before must be one of these.")
        days = staffing.told_days(teaching.starts, teaching.ends)
        raise DomainError(told % {"person": teaching.teacher, "days": days}, code=staffing.DAYS)
    if to == teaching.teacher:
        raise Conflict(_("%s has the class already.") % to)
    last = teaching.school_class.term.ends
    until = min(teaching.ends, last) if teaching.ends is not None and teaching.ends >= on else None
    end_teaching(teaching, by=by, on=on - DAY)
    facts: dict[str, Any] = {"starts": on, "ends": until, "is_lead": teaching.is_lead}
    return staffing.assign(to, teaching.school_class, by=by, **facts)


def _check_days(dated: Any) -> None:
    if dated.ends is not None and dated.ends < dated.starts:
        raise DomainError(_("The last day lies before the first."), code=staffing.DAYS)


def _keep_teaching(teaching: Teaching, school_id: int, by: User, verb: str) -> None:
    if history.save(teaching, by=by, school_id=school_id):
        record(by, verb, teaching, school_id=school_id, teacher=teaching.teacher_id)


# --- caseloads ----------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Sorted:
    """Who will be looked after by somebody (else), and who stays as they are, with the reason."""

    ready: list[Student]
    left_out: list[tuple[Student, str]]


@dataclass(frozen=True, slots=True)
class Moving:
    """Which rows of a caseload go, and who stays as they are, with the reason."""

    ready: list[Caseload]
    left_out: list[tuple[Student, str]]


@dataclass(frozen=True, slots=True)
class Done:
    count: int
    left_out: int
    batch: UUID


def open_caseload(counsellor: User, school: School, on: date) -> Any:
    """What this person has on that day or will have later."""
    return still(Caseload.objects.filter(counsellor=counsellor, student__school=school), on)


def still(rows: Any, on: date) -> Any:
    """Those that are not over on that day."""
    return rows.filter(Q(ends__isnull=True) | Q(ends__gte=on))


def sort(students: Iterable[Student], counsellor: User, school: School, on: date) -> Sorted:
    """What `take_on` and `hand_over_caseload` would do. One query."""
    rows = list(students)
    with_them = set(open_caseload(counsellor, school, on).values_list("student_id", flat=True))
    reasons = {each.pk: _reason(each, counsellor, school, with_them) for each in rows}
    ready = [each for each in rows if not reasons[each.pk]]
    return Sorted(ready, [(each, reasons[each.pk]) for each in rows if reasons[each.pk]])


def _reason(student: Student, counsellor: User, school: School, with_them: Collection[int]) -> str:
    if student.school_id != school.pk:
        return _("belongs to another school")
    if student.pk in with_them:
        return _("is with %s already") % counsellor
    return _("has left the school") if student.status == StudentStatus.LEFT else ""


def sort_rows(rows: Iterable[Caseload], counsellor: User, to: User | None, school: School, on: date) -> Moving:
    """What goes from that day on: over `to` somebody, or just off the caseload. Pages show it, the rooms below do it."""
    chosen = list(rows)
    reasons = {each.pk: _not_with(each, counsellor, on) for each in chosen}
    if to is not None:
        found = sort([each.student for each in chosen], to, school, on)
        with_them = {student.pk: reason for student, reason in found.left_out}
        reasons = {each.pk: reasons[each.pk] or with_them.get(each.student_id, "") for each in chosen}
    ready = [each for each in chosen if not reasons[each.pk]]
    return Moving(ready, [(each.student, reasons[each.pk]) for each in chosen if reasons[each.pk]])


def _not_with(row: Caseload, counsellor: User, on: date) -> str:
    if row.starts > on:
        told, day = _("is with %(name)s only from %(day)s"), row.starts
    elif row.ends is not None and row.ends < on:
        told, day = _("is with %(name)s only until %(day)s"), row.ends
    else:
        return ""
    return told % {"name": counsellor, "day": date_format(day, "j F Y")}


@transaction.atomic
def take_on(students: Iterable[Student], counsellor: User, *, school: School, by: User, on: date) -> Done:
    """Put all who can be on the caseload from that day; those who cannot are left as they are."""
    _begin(by, school, counsellor, on)
    found = sort(students, counsellor, school, on)
    batch = uuid4()
    _add([(each.pk, on, None) for each in found.ready], counsellor, school, by, batch)
    return _told(TAKEN, school, by, Done(len(found.ready), len(found.left_out), batch), counsellor)


@transaction.atomic
def end_caseload(rows: Any, counsellor: User, *, school: School, by: User, on: date) -> Done:
    """`on` is the last day of these; who came only on the day after leaves after that one day. The rest stay."""
    _begin(by, school)
    found = sort_rows(_locked(rows, counsellor, school), counsellor, None, school, on + DAY)
    batch = uuid4()
    _end(found.ready, on, school, by, batch)
    return _told(ENDED, school, by, Done(len(found.ready), len(found.left_out), batch), counsellor)


@transaction.atomic
def hand_over_caseload(rows: Any, counsellor: User, to: User, *, school: School, by: User, on: date) -> Done:
    """From `on` the other person looks after these students. Whoever is with both already stays as they are."""
    _begin(by, school, to, on)
    if to == counsellor:
        raise Conflict(_("%s looks after them already.") % to)
    found = sort_rows(_locked(rows, counsellor, school), counsellor, to, school, on)
    earlier = [each for each in found.ready if each.starts < on]
    onward = [(each.student_id, on, each.ends) for each in earlier]
    batch = uuid4()
    _end(earlier, on - DAY, school, by, batch)
    _give([each for each in found.ready if each.starts == on], to, school, by, batch)
    _add(onward, to, school, by, batch)
    return _told(MOVED, school, by, Done(len(found.ready), len(found.left_out), batch), to)


@transaction.atomic
def take_back(batch: UUID, *, school: School, by: User) -> Undone:
    """Undo one of these three. What was edited since stays and is counted."""
    _begin(by, school)
    School.objects.select_for_update().get(pk=school.pk)  # one at a time, so that nothing is taken back twice
    events = AuditEvent.objects.filter(school_id=school.pk, at__gte=timezone.now() - UNDO_WITHIN)
    verbs = set(events.filter(facts__batch=str(batch)).values_list("verb", flat=True))
    if not verbs & {TAKEN, ENDED, MOVED} or TAKEN_BACK in verbs:
        raise NotReady(_("That was taken back already, or is more than a week old."))
    done = undo(batch, by=by)
    facts = {"batch": str(batch), "restored": done.restored, "removed": done.removed, "left": len(done.left)}
    record(by, TAKEN_BACK, school, school_id=school.pk, **facts)
    return done


def _begin(by: User, school: School, counsellor: User | None = None, on: date | None = None) -> None:
    if not by.is_superuser and school.pk not in grants_of(by).of(KEEPERS):
        raise NotAllowed(_("Only the office and the leaders of %s decide who looks after whom.") % school)
    if counsellor is not None and on is not None:
        staffing.check_holds(counsellor, school, Role.COUNSELLOR, on)


def _locked(rows: Any, counsellor: User, school: School) -> Any:
    own = rows.filter(counsellor=counsellor, student__school=school).select_related("student")
    return own.order_by("pk").select_for_update(of=("self",))


def _add(wanted: Iterable[tuple[int, date, date | None]], to: User, school: School, by: User, batch: UUID) -> None:
    rows = [Caseload(student_id=pk, counsellor=to, starts=starts, ends=ends) for pk, starts, ends in wanted]
    Caseload.objects.bulk_create(rows, batch_size=500)
    history.note_added(rows, by=by, batch=batch, school_id=school.pk)


def _end(rows: list[Caseload], on: date, school: School, by: User, batch: UUID) -> None:
    pairs = [(each, {"ends": history.facts_of(each)["ends"]}) for each in rows]
    for each in rows:
        each.ends = max(on, each.starts)
    _save(pairs, "ends", school, by, batch)


def _give(rows: list[Caseload], to: User, school: School, by: User, batch: UUID) -> None:
    """What begins on the very day has no day before to end on: it was the other's from the first."""
    pairs = [(each, {"counsellor": history.facts_of(each)["counsellor"]}) for each in rows]
    for each in rows:
        each.counsellor = to
    _save(pairs, "counsellor", school, by, batch)


def _save(pairs: list[tuple[Any, dict[str, Any]]], field: str, school: School, by: User, batch: UUID) -> None:
    rows = [row for row, _before in pairs]
    for each in rows:
        each.version += 1
    Caseload.objects.bulk_update(rows, [field, "version"], batch_size=500)
    history.note_changed(pairs, by=by, batch=batch, school_id=school.pk)


def _told(verb: str, school: School, by: User, done: Done, counsellor: User) -> Done:
    facts = {"count": done.count, "left_out": done.left_out, "counsellor": counsellor.pk}
    record(by, verb, school, school_id=school.pk, batch=str(done.batch), **facts)
    return done
