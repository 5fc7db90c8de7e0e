"""Enter, correct and remove the marks of a class: any number of cells at once, each judged for itself."""

from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.audit import history
from portal.audit.record import record
from portal.kit.errors import Conflict
from students.gradebook.conflicts import name_the_others
from students.gradebook.outcomes import Cell, Outcome, State
from students.gradebook.reading import Entry, read
from students.marksheet import AHEAD, LOCKED, NOT_ENROLLED, Sheet, read_sheet, shown, token
from students.models import Result, SchoolClass
from students.signals import evidence_changed
from students.standing import check_may_record

# Two people who fill the same empty cell at once: the second finds the row on the next try.
TRIES = 3


@dataclass(slots=True)
class Plan:
    """What a block of cells comes to, before anything is written."""

    outcomes: list[Outcome] = field(default_factory=list)
    added: list[Result] = field(default_factory=list)
    changed: list[tuple[Result, dict[str, Any]]] = field(default_factory=list)
    removed: list[Result] = field(default_factory=list)

    @property
    def touched(self) -> list[Result]:
        return [*self.added, *(each for each, _before in self.changed), *self.removed]


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of each cell, in the order they were sent, and the sheet as it is now."""

    outcomes: list[Outcome]
    sheet: Sheet

    def counted(self, *states: str) -> int:
        return sum(1 for each in self.outcomes if each.state in states)


def record_cells(
    school_class: SchoolClass, cells: Sequence[Cell], *, by: User, on: date, at: datetime
) -> Recorded:  # fmt: skip
    """All good cells in one transaction; the others come back with a sentence and leave what was there."""
    check_may_record(by, school_class, on=on)
    for _try in range(TRIES):
        with suppress(IntegrityError):
            return _recorded(school_class, cells, by=by, on=on, at=at)
    raise Conflict(_("Somebody else is entering the same marks. Load the page again and compare."), code="stale")


@transaction.atomic
def _recorded(school_class: SchoolClass, cells: Sequence[Cell], *, by: User, on: date, at: datetime) -> Recorded:
    sheet = read_sheet(school_class, user=by, on=on, exams={cell.exam for cell in cells}, is_locking=True)
    plan = Plan()
    for cell in cells:
        plan.outcomes.append(_judge(cell, sheet, plan))
    _sign(plan, by, on, at)
    _write(plan, by, school_class)
    _update(sheet, plan)
    outcomes = name_the_others([_settled(each, sheet) for each in plan.outcomes], sheet)
    return Recorded(outcomes, sheet)


def _judge(cell: Cell, sheet: Sheet, plan: Plan) -> Outcome:
    if sentence := _refusal(cell, sheet):
        return Outcome(cell, State.REFUSED, sentence)
    stored = sheet.results.get((cell.exam, cell.student))
    entry = read(cell.text, sheet.exam(cell.exam).maximum)
    if cell.text.strip() == shown(stored) or _holds(stored, entry):
        return Outcome(cell, State.SAVED)
    if isinstance(entry, str):
        return Outcome(cell, State.INVALID, entry)
    if cell.seen != token(stored):
        return Outcome(cell, State.CONFLICT)
    _plan(entry, stored, cell, plan)
    return Outcome(cell, State.SAVED)


def _refusal(cell: Cell, sheet: Sheet) -> str:
    if cell.exam not in sheet.sittings:
        return _("This class does not sit that exam.")
    if cell.student not in sheet.students:
        return _("That student is not in this class.")
    why = sheet.why_fixed(cell.exam, cell.student)
    return {
        AHEAD: _("This exam lies ahead. Its marks can be entered from its day on."),
        LOCKED: _("The marks of this exam are locked. A leader or the office opens them again."),
        NOT_ENROLLED: _("The student was not in this class on the day of the exam, or has left it."),
    }.get(why, "")


def _holds(stored: Result | None, entry: Entry | str) -> bool:
    """Somebody wrote the same already; then it does not matter who was first."""
    if isinstance(entry, str):
        return False
    return (stored.status, stored.score) == (entry.status, entry.score) if stored else entry.status is None


def _plan(entry: Entry, stored: Result | None, cell: Cell, plan: Plan) -> None:
    if entry.status is None:
        if stored is not None:
            plan.removed.append(stored)
    elif stored is None:
        made = Result(exam_id=cell.exam, student_id=cell.student, status=entry.status, score=entry.score)
        plan.added.append(made)
    else:
        before = history.facts_of(stored)
        stored.status, stored.score = entry.status, entry.score
        stored.version += 1
        plan.changed.append((stored, before))


def _sign(plan: Plan, by: User, on: date, at: datetime) -> None:
    """A mark counts as known from the day on which it was typed."""
    for each in (*plan.added, *(result for result, _before in plan.changed)):
        each.recorded_by, each.recorded_at, each.known_on, each.updated_at = by, at, on, at


def _write(plan: Plan, by: User, school_class: SchoolClass) -> None:
    """A few statements for each kind of change, and one line that counts them."""
    school_id = school_class.school_id
    if plan.removed:
        history.note_removed(plan.removed, by=by, school_id=school_id)
        Result.objects.filter(pk__in=[each.pk for each in plan.removed]).delete()
    if plan.changed:
        _rewrite([each for each, _before in plan.changed])
        history.note_changed([_difference(*pair) for pair in plan.changed], by=by, school_id=school_id)
    if plan.added:
        Result.objects.bulk_create(plan.added, batch_size=500)
        history.note_added(plan.added, by=by, school_id=school_id)
    if plan.touched:
        counts = {"added": len(plan.added), "changed": len(plan.changed), "removed": len(plan.removed)}
        record(by, "marks entered", school_class, exams=sorted({each.exam_id for each in plan.touched}), **counts)
        _tell(school_id, {each.student_id for each in plan.touched})


def _rewrite(results: list[Result]) -> None:
    """What is the same for all of them goes in one plain statement: a case for each row and field is far slower."""
    one = results[0]
    signed = {"recorded_by": one.recorded_by, "recorded_at": one.recorded_at, "known_on": one.known_on}
    rows = Result.objects.filter(pk__in=[each.pk for each in results])
    rows.update(**signed, updated_at=one.updated_at, version=F("version") + 1)
    Result.objects.bulk_update(results, ("status", "score"), batch_size=500)


def _difference(result: Result, before: dict[str, Any]) -> tuple[Result, dict[str, Any]]:
    now = history.facts_of(result)
    return result, {name: value for name, value in before.items() if now[name] != value}


def _tell(school_id: int, students: Collection[int]) -> None:
    facts: dict[str, Any] = {"school_id": school_id, "student_ids": sorted(students), "kind": "marks"}
    transaction.on_commit(lambda: evidence_changed.send(Result, **facts), robust=True)


def _update(sheet: Sheet, plan: Plan) -> None:
    for gone in plan.removed:
        del sheet.results[gone.exam_id, gone.student_id]
    for made in plan.added:
        sheet.results[made.exam_id, made.student_id] = made


def _settled(outcome: Outcome, sheet: Sheet) -> Outcome:
    """With what is stored now; for what could not be stored, the typed text stays."""
    stored = sheet.results.get((outcome.cell.exam, outcome.cell.student))
    return outcome.with_stored(shown(stored), token(stored))
