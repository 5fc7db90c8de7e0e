"""The move to the next school year, done exactly as it was planned and shown; and taken back within thirty days."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.audit import history
from portal.audit.models import AuditEvent
from portal.audit.record import record
from portal.audit.undo import Undone, undo
from portal.kit.errors import Conflict, NotAllowed, NotReady
from portal.kit.scoping import grants_of
from students.enrolment import tell
from students.models import Enrolment, School, SchoolClass, Student, StudentStatus, Teaching
from students.next_year import Plan, Wish, ending_of, plan, students_of
from students.roles import KEEPERS

MOVED = "moved to next year"
TAKEN_BACK = "took back the move to next year"
UNDO_WITHIN = timedelta(days=30)
CHUNK = 500
Progress = Callable[[int, int, str], Any]


def silent(done: int, total: int, sentence: str) -> None:
    """For those who need not be told."""


def may_move(user: Any, school: School) -> bool:
    is_school = school.kind == School.Kind.SCHOOL
    return is_school and (user.is_superuser or school.pk in grants_of(user).of(KEEPERS))


@transaction.atomic
def carry_out(wish: Wish, fingerprint: str, *, by: User, on: date, progress: Progress = silent) -> UUID:
    """Do what the plan said. Raises Conflict if anything it rests on has changed since. Returns the batch's mark."""
    _begin(wish.school, by)
    found = plan(wish, on=on)
    if found.fingerprint != fingerprint:
        raise Conflict(_("The roll changed since this preview. Look at the new one and confirm again."))
    batch = uuid4()
    total = found.staying + found.leaving + found.ending
    progress(0, total, _("making the classes of the new year"))
    made = _make_classes(found, by, batch)
    progress(0, total, _("ending this year's enrolments"))
    moving = _end_enrolments(wish, by, batch)
    progress(found.ending, total, _("raising grade levels"))
    _raise_grades(wish, by, batch)
    if wish.classes_follow:
        _enrol(wish, moving, made, by, batch)
    facts = {
        "batch": str(batch),
        "stay": found.staying,
        "leave": found.leaving,
        "classes": len(made),
        "ended": found.ending,
    }
    record(by, MOVED, wish.target, school_id=wish.school.pk, **facts)
    told = _("%(stay)s students moved up, %(leave)s left, %(classes)s classes made")
    progress(total, total, told % facts)
    tell(wish.school.pk, list(Student.objects.filter(school=wish.school).values_list("pk", flat=True)))
    return batch


def _begin(school: School, by: User) -> None:
    if not may_move(by, school):
        raise NotAllowed(_("Only the office and the leaders of %s move it to the next year.") % school)
    School.objects.select_for_update().get(pk=school.pk)  # one move at a time


def last_move(school: School) -> AuditEvent | None:
    """The move that can still be taken back."""
    events = AuditEvent.objects.filter(school_id=school.pk, verb__in=(MOVED, TAKEN_BACK))
    newest = events.filter(at__gte=timezone.now() - UNDO_WITHIN).first()
    return newest if newest and newest.verb == MOVED else None


@transaction.atomic
def take_back(school: School, batch: UUID, *, by: User) -> Undone:
    """Undo the school's last move. What was edited since stays and is listed."""
    _begin(school, by)
    move = last_move(school)
    if move is None or move.facts.get("batch") != str(batch):
        raise NotReady(_("Only the last move can be taken back, and only within 30 days."))
    done = undo(batch, by=by)
    facts = {"batch": str(batch), "restored": done.restored, "removed": done.removed, "left": len(done.left)}
    record(by, TAKEN_BACK, school, school_id=school.pk, **facts)
    tell(school.pk, list(Student.objects.filter(school=school).values_list("pk", flat=True)))
    return done


def _make_classes(found: Plan, by: User, batch: UUID) -> dict[int, SchoolClass]:
    """The new class of each old one, by the old one's key."""
    school = found.wish.school
    made = {
        new.old.pk: SchoolClass(
            school=school, subject=new.old.subject, term=new.term, name=new.name,
            grade_level=new.grade_level, is_home_class=new.old.is_home_class,
        )
        for new in found.classes
    }  # fmt: skip
    SchoolClass.objects.bulk_create(made.values(), batch_size=CHUNK)
    history.note_added(made.values(), by=by, batch=batch)
    if found.wish.teachers_follow:
        _carry_teachers(found.wish, made, by, batch)
    return made


def _carry_teachers(wish: Wish, made: dict[int, SchoolClass], by: User, batch: UUID) -> None:
    rows = [
        Teaching(
            teacher_id=old.teacher_id,
            school_class=made[old.school_class_id],
            starts=wish.target.starts,
            is_lead=old.is_lead,
        )
        for old in Teaching.objects.active(wish.year.ends).filter(school_class__in=made)
    ]
    Teaching.objects.bulk_create(rows, batch_size=CHUNK)
    history.note_added(rows, by=by, batch=batch, school_id=wish.school.pk)


def _end_enrolments(wish: Wish, by: User, batch: UUID) -> list[tuple[int, int]]:
    """Returns who was in which class to the end: (student, old class)."""
    moving: list[tuple[int, int]] = []
    keys = list(ending_of(wish).values_list("pk", flat=True))
    for chunk in (keys[at : at + CHUNK] for at in range(0, len(keys), CHUNK)):
        rows = list(Enrolment.objects.filter(pk__in=chunk))
        before = [history.facts_of(each)["ends"] for each in rows]
        for each in rows:
            each.ends, each.version = wish.year.ends, each.version + 1
        Enrolment.objects.bulk_update(rows, ["ends", "version"])
        pairs = [(each, {"ends": old}) for each, old in zip(rows, before, strict=True)]
        history.note_changed(pairs, by=by, batch=batch, school_id=wish.school.pk)
        moving += [(each.student_id, each.school_class_id) for each in rows]
    return moving


def _raise_grades(wish: Wish, by: User, batch: UUID) -> None:
    keys = list(students_of(wish).values_list("pk", flat=True))
    for chunk in (keys[at : at + CHUNK] for at in range(0, len(keys), CHUNK)):
        pairs = [(each, _moved_up(each, wish)) for each in Student.objects.filter(pk__in=chunk)]
        rows = [each for each, _ in pairs]
        Student.objects.bulk_update(rows, ["grade_level", "status", "ends", "version"])
        history.note_changed(pairs, by=by, batch=batch)


def _moved_up(student: Student, wish: Wish) -> dict[str, Any]:
    """Change the student in memory; returns the fields as they were."""
    facts = history.facts_of(student)
    student.version += 1
    if student.grade_level < wish.top_grade:
        student.grade_level += 1
        return {"grade_level": facts["grade_level"]}
    student.status = StudentStatus.LEFT
    student.ends = wish.year.ends
    return {"status": facts["status"], "ends": facts["ends"]}


def _enrol(
    wish: Wish, moving: list[tuple[int, int]], made: dict[int, SchoolClass], by: User, batch: UUID
) -> None:  # fmt: skip
    staying = set(students_of(wish).values_list("pk", flat=True))
    pairs = {(student, made[old].pk): made[old] for student, old in moving if old in made and student in staying}
    rows = [
        Enrolment(student_id=student, school_class=new, starts=max(new.term.starts, wish.target.starts))
        for (student, _), new in pairs.items()
    ]
    Enrolment.objects.bulk_create(rows, batch_size=CHUNK)
    history.note_added(rows, by=by, batch=batch, school_id=wish.school.pk)
