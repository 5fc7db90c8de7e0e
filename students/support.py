"""Help for students and remarks about them: plan, review, close; write, correct, take back."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.audit import history
from portal.audit.record import record
from portal.kit.errors import Conflict, DomainError, NotAllowed
from portal.kit.scoping import grants_of
from students import access
from students.looking import reached
from students.models import HelpKind, HelpOutcome, Intervention, Note, NoteKind, Student, StudentStatus, Subject
from students.roles import KEEPERS

LONGEST_GOAL, LONGEST_WENT, LONGEST_NOTE = 200, 2000, 4000


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpPlan:
    """What help is to be: everything a person chooses about it."""

    kind: str
    goal: str
    owner: User
    starts: date
    review_on: date
    subject: Subject | None = None


# --- help ---------------------------------------------------------------------------------------------------
@transaction.atomic
def plan(student: Student, wish: HelpPlan, *, by: User, on: date) -> Intervention:
    """Plan help for a student. Raises NotAllowed for who does not see the student as staff, DomainError with a reason."""
    _check_is_staff(by, student)
    if student.status == StudentStatus.LEFT:
        raise Conflict(_("%s has left the school.") % student, code="left")
    if wish.review_on < on:
        raise DomainError(_("The day of review lies in the past."), code="review_on")
    made = Intervention(student=student, created_by=by)
    _fill(made, wish)
    _check_owner(made)
    return _keep(made, by=by, verb="help planned", kind=made.kind)


@transaction.atomic
def change(intervention: Intervention, wish: HelpPlan, *, by: User) -> Intervention:
    """Save what was planned otherwise. Closed help is opened again first."""
    _check_may_change(by, intervention)
    _check_open(intervention)
    before = intervention.owner_id
    _fill(intervention, wish)
    if intervention.owner_id != before:
        _check_owner(intervention)
    return _keep(intervention, by=by, verb="help changed")


@transaction.atomic
def start(intervention: Intervention, *, by: User, on: date) -> Intervention:
    """Planned help begins today."""
    _check_may_change(by, intervention)
    _check_open(intervention)
    if intervention.starts <= on:
        raise Conflict(_("This help has begun already."), code="begun")
    intervention.starts = on
    return _keep(intervention, by=by, verb="help begun")


@transaction.atomic
def review(intervention: Intervention, review_on: date, *, by: User, on: date) -> Intervention:
    """It was looked at and goes on, until it is looked at again on that day."""
    _check_may_change(by, intervention)
    _check_open(intervention)
    if review_on <= on:
        raise DomainError(_("Choose a day of review after today."), code="review_on")
    intervention.review_on = review_on
    return _keep(intervention, by=by, verb="help reviewed")


@transaction.atomic
def close(intervention: Intervention, outcome: str, went: str = "", *, by: User, on: date) -> Intervention:
    """It is over, and this is how it went. Help that never began can only be stopped."""
    _check_may_change(by, intervention)
    _check_open(intervention)
    if outcome not in HelpOutcome.values:
        raise DomainError(_("Say how it went."), code="outcome")
    if intervention.starts > on and outcome != HelpOutcome.STOPPED:
        raise DomainError(_("This help has not begun; it can only be stopped."), code="outcome")
    intervention.outcome, intervention.closed_on = outcome, on
    intervention.went = _text(went, LONGEST_WENT, "went", may_be_empty=True)
    return _keep(intervention, by=by, verb="help closed", outcome=outcome)


@transaction.atomic
def reopen(intervention: Intervention, *, by: User) -> Intervention:
    """Take its end back. The words about how it went stay, until it is closed anew."""
    _check_may_change(by, intervention)
    if intervention.closed_on is None:
        raise Conflict(_("This help is open."), code="open")
    intervention.outcome, intervention.closed_on = "", None
    return _keep(intervention, by=by, verb="help reopened")


# --- notes --------------------------------------------------------------------------------------------------
@transaction.atomic
def write_note(
    student: Student, text: str, *, by: User, at: datetime, is_restricted: bool = False, about: Intervention | None = None
) -> Note:  # fmt: skip
    """Write down a remark. A restricted one is read by leaders, the student's counsellors and its author alone."""
    _check_is_staff(by, student)
    if about is not None and about.student_id != student.pk:
        raise DomainError(_("That help is not for this student."), code="about")
    note = Note(student=student, by=by, at=at, intervention=about, text=_text(text, LONGEST_NOTE, "text"))
    note.kind = NoteKind.RESTRICTED if is_restricted else NoteKind.NORMAL
    return _keep(note, by=by, verb="note written", kind=note.kind)


@transaction.atomic
def correct_note(note: Note, text: str, *, by: User, is_restricted: bool) -> Note:
    """Put one's own words right. What they were stays in the history."""
    if note.by_id != by.pk or not _may_change(by, note):
        raise NotAllowed(_("Only who wrote a note corrects it."))
    note.text = _text(text, LONGEST_NOTE, "text")
    note.kind = NoteKind.RESTRICTED if is_restricted else NoteKind.NORMAL
    return _keep(note, by=by, verb="note corrected", kind=note.kind)


@transaction.atomic
def take_back_note(note: Note, *, by: User) -> None:
    """One's own note, or as a leader anybody's. What it was stays in the history."""
    if not _may_change(by, note):
        raise NotAllowed(_("Only who wrote a note, or a leader, takes it back."))
    school_id = note.student.school_id
    record(by, "note taken back", note, school_id=school_id, student=note.student_id)
    history.remove(note, by=by, school_id=school_id)


# --- what must hold -----------------------------------------------------------------------------------------
def may_plan(user: Any, student: Student) -> bool:
    """Staff who see the student: its teachers, its counsellors, leaders and the office. A query a personal role."""
    if student.school_id in grants_of(user).of(KEEPERS):
        return True
    return bool(reached(user, (access.TAUGHT, access.LOOKED_AFTER), among={student.pk}))


def _check_is_staff(by: User, student: Student) -> None:
    if not may_plan(by, student):
        raise NotAllowed(_("Help and notes are for staff who see the student."))


def _check_owner(intervention: Intervention) -> None:
    """Whoever is to help must see the student. Raises DomainError."""
    owner, student = intervention.owner, intervention.student
    if owner is None or not owner.is_active or not may_plan(owner, student):
        facts = {"person": owner or _("Nobody"), "student": student}
        told = _("%(person)s does not see %(student)s, so they cannot be asked to help. Choose somebody who does.")
        raise DomainError(told % facts, code="owner")


def _may_change(by: User, each: Intervention | Note) -> bool:
    return type(each).objects.editable_by(by).filter(pk=each.pk).exists()


def _check_may_change(by: User, intervention: Intervention) -> None:
    if not _may_change(by, intervention):
        told = _("Help is changed by who does it, who planned it, the student's counsellor, or a leader.")
        raise NotAllowed(told)


def _check_open(intervention: Intervention) -> None:
    if intervention.closed_on is not None:
        raise Conflict(_("This help is closed. Open it again first."), code="closed")


def _fill(intervention: Intervention, wish: HelpPlan) -> None:
    if wish.kind not in HelpKind.values:
        raise DomainError(_("Choose a kind of help."), code="kind")
    if wish.review_on < wish.starts:
        raise DomainError(_("The day of review lies before the first day."), code="review_on")
    if wish.subject is not None and wish.subject.school_id != intervention.student.school_id:
        raise DomainError(_("That subject belongs to another school."), code="subject")
    intervention.kind, intervention.subject = wish.kind, wish.subject
    intervention.goal = _text(wish.goal, LONGEST_GOAL, "goal")
    intervention.owner, intervention.starts, intervention.review_on = wish.owner, wish.starts, wish.review_on


def _text(text: str, longest: int, code: str, *, may_be_empty: bool = False) -> str:
    told = text.strip()
    if not told and not may_be_empty:
        raise DomainError(_("Write a few words."), code=code)
    if len(told) > longest:
        raise DomainError(_("That is longer than %d characters.") % longest, code=code)
    if "\x00" in told:
        raise DomainError(_("There is a character in it that cannot be stored."), code=code)
    return told


def _keep(each: Any, *, by: User, verb: str, **facts: Any) -> Any:
    school_id = each.student.school_id
    if history.save(each, by=by, school_id=school_id):
        record(by, verb, each, school_id=school_id, student=each.student_id, **facts)
    return each
