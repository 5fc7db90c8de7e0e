"""Exams of one or several classes: schedule one, change it, call it off."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.audit import history
from portal.audit.record import record
from portal.kit.errors import Conflict, DomainError
from students.marksheet import hold_sittings
from students.models import Enrolment, Exam, Release, Result, SchoolClass, Sitting
from students.signals import evidence_changed
from students.standing import Check, check_may_record

MOST_POINTS, MOST_WEIGHT = Decimal(10000), Decimal(100)
# Points in percent, the weight in an average, the day of a mark and the average it counts in change with these.
BEARS_ON_MARKS = frozenset({"day", "maximum", "weight", "subject", "term"})

PLACE = frozenset({"subject", "term"})
# What is asked of a model about an exam that lies ahead changes with these.
BEARS_ON_PREDICTION = frozenset({"day", "kind", "subject", "is_target"})


@transaction.atomic
def schedule(
    exam: Exam, classes: Sequence[SchoolClass], *, by: User, on: date, check: Check = check_may_record
) -> Exam:  # fmt: skip
    """Save a new exam for these classes, which give it school, subject and term. Raises DomainError with the reason."""
    check_classes(classes)
    for each in classes:
        check(by, each, on=on)
    first = classes[0]
    exam.school, exam.subject, exam.term = first.school, first.subject, first.term
    check_facts(exam)
    history.save(exam, by=by)
    _add(exam, classes, by)
    record(by, "exam scheduled", exam, classes=[each.pk for each in classes])
    _tell_of_plan(exam, on)
    return exam


@transaction.atomic
def change(
    exam: Exam, classes: Sequence[SchoolClass], *, by: User, on: date, check: Check = check_may_record
) -> bool:  # fmt: skip
    """Save corrected facts and exactly these classes. Returns whether anything changed.

    `exam.version` is the one the person saw. Raises Conflict (code "stale") when it is not the stored one any more.
    """
    stored = _hold(exam)
    before = {each.school_class_id: each for each in exam.sittings.select_related("school_class__school")}
    added = [each for each in classes if each.pk not in before]
    removed = [each for pk, each in before.items() if pk not in {one.pk for one in classes}]
    changed = _changed(stored, exam)
    if not (changed or added or removed):
        return False
    if stored.version != exam.version:
        raise Conflict(_("Somebody else changed this exam in the meantime."), code="stale")
    _check_place([*classes, *(each.school_class for each in before.values())], exam if changed & PLACE else None)
    bears = bool(changed & BEARS_ON_MARKS)
    touched = before.values() if bears and has_results(exam) else removed
    for each in [*added, *(sitting.school_class for sitting in touched)]:
        check(by, each, on=on)
    check_facts(exam)
    if bears:
        _check_unlocked(before.values(), code="locked_facts")
    _check_marks_allow(stored, exam)
    _remove(removed, by, on_day=exam.day, kept=[each.pk for each in classes])
    _add(exam, added, by)
    if not history.save(exam, by=by):
        Exam.objects.filter(pk=exam.pk).update(version=F("version") + 1)
    removed_keys = [each.school_class_id for each in removed]
    record(by, "exam changed", exam, fields=sorted(changed), added=[each.pk for each in added], removed=removed_keys)
    if changed & BEARS_ON_MARKS:
        _tell(exam)
    if added or removed or changed & BEARS_ON_PREDICTION:
        _tell_of_plan(exam, on, removed)
    return True


@transaction.atomic
def call_off(exam: Exam, *, by: User, on: date, check: Check = check_may_record) -> None:
    """Delete an exam nobody has a result in. What it was stays in the history."""
    _hold(exam)
    sittings = list(exam.sittings.select_related("school_class__school"))
    for each in sittings:
        check(by, each.school_class, on=on)
    if has_results(exam):
        raise Conflict(_("This exam has results already, so it cannot be called off."), code="has_results")
    _check_unlocked(sittings)
    releases = list(Release.objects.filter(exam=exam))
    history.note_removed(sittings, by=by, school_id=exam.school_id)
    history.note_removed(releases, by=by, school_id=exam.school_id)
    record(by, "exam called off", exam, classes=[each.school_class_id for each in sittings])
    history.remove(exam, by=by)


def _hold(exam: Exam) -> Exam:
    """The sittings first and then the exam, as who enters marks takes them: so nobody waits for the other forever."""
    list(hold_sittings(Sitting.objects.filter(exam=exam.pk)).values_list("pk"))
    held: Exam = Exam.objects.select_for_update().get(pk=exam.pk)
    return held


def has_results(exam: Exam) -> bool:
    return Result.objects.filter(exam=exam.pk).exists()


def check_classes(classes: Iterable[SchoolClass]) -> None:
    """One exam is of one school, subject and term, and for somebody."""
    found = list(classes)
    if not found:
        raise DomainError(_("Choose at least one class."), code="no_class")
    if len({(each.school_id, each.subject_id, each.term_id) for each in found}) > 1:
        raise DomainError(_("All classes of one exam share school, subject and term."), code="mixed_classes")


def _check_place(classes: Sequence[SchoolClass], exam: Exam | None) -> None:
    """Where subject or term of the exam itself are corrected, they must still be those of its classes."""
    check_classes(classes)
    first = classes[0]
    if exam is not None and (exam.subject_id, exam.term_id) != (first.subject_id, first.term_id):
        raise DomainError(_("Subject and term of an exam are those of its classes."), code="mixed_classes")


def check_facts(exam: Exam) -> None:
    """What must be true of an exam, whoever asks."""
    if not exam.term.starts <= exam.day <= exam.term.ends:
        raise DomainError(outside_of(exam.term), code="outside_term")
    if not (exam.maximum.is_finite() and 0 < exam.maximum <= MOST_POINTS):
        raise DomainError(_("The maximum lies between 0 and 10,000 points."), code="maximum")
    if not (exam.weight.is_finite() and 0 < exam.weight <= MOST_WEIGHT):
        raise DomainError(_("The weight lies between 0 and 100."), code="weight")


def outside_of(term: Any) -> str:
    first, last = (date_format(day, "j F Y") for day in (term.starts, term.ends))
    return _("The day lies outside {term}, which runs from {first} to {last}.").format(
        term=term, first=first, last=last
    )


def _changed(stored: Exam, exam: Exam) -> set[str]:
    for name in ("weight", "maximum"):
        if getattr(exam, name) == getattr(stored, name):  # 1 and 1.000 are the same weight, and no change to tell of
            setattr(exam, name, getattr(stored, name))
    before, after = history.facts_of(stored), history.facts_of(exam)
    return {name for name in after if after[name] != before[name]}


def _check_marks_allow(stored: Exam, exam: Exam) -> None:
    if not has_results(exam):
        return
    if stored.maximum != exam.maximum:
        sentence = _("There are marks out of {points} points already, so the maximum stays.")
        raise Conflict(sentence.format(points=f"{stored.maximum.normalize():f}"), code="maximum")
    if stored.day != exam.day and exam.day > exam.school.today():
        raise Conflict(_("There are marks already, so the exam cannot lie ahead."), code="day")


def _add(exam: Exam, classes: Sequence[SchoolClass], by: User) -> None:
    rows = [Sitting(exam=exam, school_class=each) for each in classes]
    Sitting.objects.bulk_create(rows)
    history.note_added(rows, by=by, school_id=exam.school_id)


def _remove(sittings: Sequence[Sitting], by: User, *, on_day: date, kept: list[int]) -> None:
    """Raises Conflict where a student of the class has a result, unless another class that stays brought it about."""
    _check_unlocked(sittings)
    elsewhere = Enrolment.objects.active(on_day).filter(school_class__in=kept).order_by().values("student")
    for each in sittings:
        learners = Enrolment.objects.filter(school_class=each.school_class_id).order_by().values("student")
        results = Result.objects.filter(exam=each.exam_id, student__in=learners).exclude(student__in=elsewhere)
        if results.exists():
            sentence = _("{school_class} has results in this exam, so it cannot be taken out.")
            raise Conflict(sentence.format(school_class=each.school_class), code="has_results")
        for release in Release.objects.filter(exam=each.exam_id, school_class=each.school_class_id):
            history.remove(release, by=by, school_id=each.school_class.school_id)
        history.remove(each, by=by, school_id=each.school_class.school_id)


def _check_unlocked(sittings: Iterable[Sitting], code: str = "locked") -> None:
    locked = [str(each.school_class) for each in sittings if each.is_locked]
    if locked:
        raise Conflict(_("The marks of {names} are locked.").format(names=", ".join(locked)), code=code)


def _tell(exam: Exam) -> None:
    """After commit: what the marks of these students mean has changed."""
    students = sorted(Result.objects.filter(exam=exam.pk).order_by().values_list("student_id", flat=True))
    if students:
        word = {"school_id": exam.school_id, "student_ids": students, "kind": "marks"}
        transaction.on_commit(lambda: evidence_changed.send(Exam, **word), robust=True)


def _tell_of_plan(exam: Exam, on: date, removed: Sequence[Sitting] = ()) -> None:
    """After commit: these students have an exam ahead that is to be predicted, or another one than before, or no longer."""
    if not exam.is_target or exam.day <= on:
        return
    of_classes = Q(school_class__sittings__exam=exam) | Q(school_class__in=[each.school_class_id for each in removed])
    enrolled = Enrolment.objects.active(on).filter(of_classes).order_by()
    students = sorted(set(enrolled.values_list("student_id", flat=True)))
    word = {"school_id": exam.school_id, "student_ids": students, "kind": "plans"}
    transaction.on_commit(lambda: evidence_changed.send(Exam, **word), robust=True)
