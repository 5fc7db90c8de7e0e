"""A family asks a person to look again: thirty days to answer, told to the teachers of the class and the leaders."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.audit.models import AuditEvent
from portal.audit.record import record
from portal.kit.errors import Conflict, DomainError, NotAllowed, NotReady
from portal.kit.scoping import in_force
from predictions import review_mails
from predictions.models import Prediction, PredictionRelease, ReviewRequest
from students.looking import family_of
from students.models import Exam, Membership, School, SchoolClass, Student, Teaching
from students.roles import Role

CLOCK = timedelta(days=30)
REMINDED = timedelta(days=7)  # before the last day
LONGEST_TEXT = 1000


@transaction.atomic
def ask(student: Student, exam: Exam, text: str, *, by: User, now: datetime) -> ReviewRequest:
    """Raises NotAllowed for who is not the family, NotReady where nothing is released, Conflict where one is open."""
    if student.pk not in family_of(by):
        raise NotAllowed(_("Only the student and their guardians ask for a review here."))
    if not told_to(by, student, exam):
        raise NotReady(_("Nothing was released here that could be reviewed."), code="not_released")
    if ReviewRequest.objects.open().filter(exam=exam, student=student, by=by).exists():
        raise _already()
    asked = ReviewRequest(
        exam=exam, student=student, by=by, text=_checked(text, _("Write what you would like looked at.")),
        asked_at=now, due_on=day_there(student.school, now) + CLOCK,
    )  # fmt: skip
    try:
        with transaction.atomic():
            asked.save()
    except IntegrityError:  # sent twice at once
        raise _already() from None
    record(by, "review asked", asked, school_id=student.school_id, exam=exam.pk)
    transaction.on_commit(lambda: review_mails.send("asked", asked, staff_for(asked, now=now)), robust=True)
    return asked


@transaction.atomic
def answer(asked: ReviewRequest, text: str, *, by: User, now: datetime) -> ReviewRequest:
    """Told to who asked. Raises NotAllowed, or Conflict where somebody answered before."""
    if asked.by_id == by.pk or asked.student_id in family_of(by):
        raise NotAllowed(_("Nobody answers a request about the own child. Ask a colleague or a leader."))
    if not ReviewRequest.objects.editable_by(by).filter(pk=asked.pk).exists():
        raise NotAllowed(_("A teacher of the student, the counsellor or a leader answers this."))
    said = _checked(text, _("Write an answer for the family."))
    held = ReviewRequest.objects.open().select_for_update(of=("self",)).filter(pk=asked.pk).first()
    if held is None:
        raise Conflict(_("This was answered already."), code="answered")
    held.answer, held.answered_at, held.answered_by = said, now, by
    held.save(update_fields=["answer", "answered_at", "answered_by"])
    record(by, "review answered", held, school_id=held.student.school_id, exam=held.exam_id)
    if ReviewRequest.objects.visible_to(held.by).filter(pk=held.pk).exists():
        transaction.on_commit(lambda: review_mails.send("answered", held, [held.by]), robust=True)
    return held


def remind(now: datetime) -> int:
    """Of each request once when a week is left and once when its last day is over. How many were told of.

    What was told stands in the audit, so a second turn tells nobody twice, and a missed one is made up for.
    """
    return sum(_remind_in(school, day_there(school, now), now) for school in _schools_with_open())


def _remind_in(school: School, today: date, now: datetime) -> int:
    rows = ReviewRequest.objects.open().filter(student__school=school, due_on__lte=today + REMINDED)
    waiting = rows.select_related("student__school", "exam", "by")
    return sum(_remind_once(each, "overdue" if each.due_on < today else "due", now) for each in waiting)


@transaction.atomic
def _remind_once(asked: ReviewRequest, what: str, now: datetime) -> int:
    held = ReviewRequest.objects.open().select_for_update(of=("self",)).filter(pk=asked.pk).first()
    verb = f"review {what}"
    told = AuditEvent.objects.filter(target_type=asked._meta.label, target_id=asked.pk, verb=verb)
    if held is None or told.exists():
        return 0
    record(None, verb, asked, school_id=asked.student.school_id, exam=asked.exam_id)
    transaction.on_commit(lambda: review_mails.send(what, asked, staff_for(asked, now=now)), robust=True)
    return 1


def told_to(user: Any, student: Student, exam: Exam) -> bool:
    """Whether this exam's prediction of the own child was given to the family: asked of the release, not of the roles
    a person may have beside.
    """
    shown = Prediction.objects.visible_to(user).current().filter(student=student, exam=exam)
    return shown.exists() and bool(releasing_classes(student, exam, student.school.today()))


def releasing_classes(student: Student, exam: Exam, on: date) -> list[int]:
    """The student's classes of that day to which this exam was released."""
    rows = PredictionRelease.objects.filter(
        in_force("school_class__enrolments", on), exam=exam, school_class__enrolments__student=student
    )
    return list(rows.values_list("school_class_id", flat=True).distinct())


def staff_for(asked: ReviewRequest, *, now: datetime) -> list[User]:
    """The teachers of the classes in which the student sits this exam, and the leaders of the school; never who asked."""
    school, today = asked.student.school, day_there(asked.student.school, now)
    classes = SchoolClass.objects.filter(
        in_force("enrolments", today), enrolments__student=asked.student, sittings__exam=asked.exam
    )
    posts = Membership.objects.filter(in_force("", today), school=school, user__is_active=True).order_by()
    leading = posts.filter(role=Role.LEADER).values("user")
    teaching = Teaching.objects.active(today).filter(school_class__in=classes.values("pk"))
    teachers = posts.filter(role=Role.TEACHER, user__in=teaching.values("teacher")).values("user")
    return list(User.objects.filter(pk__in=leading.union(teachers)).exclude(pk=asked.by_id).order_by("pk"))


def field_of(refusal: DomainError) -> str | None:
    """Whether a refusal is about the words, for a form that has a field for them."""
    return "text" if refusal.code in ("no_text", "too_long") else None


def day_there(school: School, now: datetime) -> date:
    return now.astimezone(ZoneInfo(school.timezone)).date()


def _schools_with_open() -> list[School]:
    waiting = ReviewRequest.objects.open().annotate(school=F("student__school")).order_by().values("school")
    return list(School.objects.filter(pk__in=waiting).order_by("pk"))


def _checked(text: str, missing: str) -> str:
    told = text.strip()
    if not told:
        raise DomainError(missing, code="no_text")
    if len(told) > LONGEST_TEXT:
        raise DomainError(
            _("At most %(most)s letters, please; these are %(count)s.") % {"most": LONGEST_TEXT, "count": len(told)},
            code="too_long",
        )
    return told


def _already() -> Conflict:
    return Conflict(_("You have asked about this already; the school’s answer is under way."), code="open")
