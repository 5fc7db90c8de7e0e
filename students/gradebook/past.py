"""What one cell was before: each entry, correction and removal, with who and when, the newest first."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from portal.audit.models import Change
from students.marksheet import CODES, points, shown
from students.models import Exam, Result, ResultStatus, Student


@dataclass(frozen=True, slots=True)
class Step:
    by: str
    at: datetime
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Past:
    """`steps` may not reach back to the beginning: a mark that was imported was not typed here."""

    now: str
    maximum: str
    steps: tuple[Step, ...]


def past_of(exam: Exam, student: Student) -> Past:
    """Two queries."""
    now = Result.objects.filter(exam=exam, student=student).first()
    rows = Change.objects.filter(model=Result._meta.label, student_id=student.pk).select_related("actor")
    found = list(rows.order_by("-pk"))
    keys = {row.record_id for row in found if exam.pk in (row.after.get("exam"), row.before.get("exam"))}
    own = keys | ({now.pk} if now else set())
    maximum = points(exam.maximum) if now and now.score is not None else ""
    return Past(shown(now), maximum, tuple(_told(row for row in found if row.record_id in own)))


def _told(rows: Iterable[Change]) -> Iterable[Step]:
    for row in rows:
        before, after = _text(row.before), _text(row.after)
        if before != after:
            yield Step(row.actor.name if row.actor else "", row.at, before, after)


def _text(facts: dict[str, Any]) -> str:
    """Of a correction only the changed fields are kept: a score without a status stayed scored."""
    status = facts.get("status", ResultStatus.SCORED)
    if status != ResultStatus.SCORED:
        return CODES[ResultStatus(status)]
    score = facts.get("score")
    return "" if score is None else points(Decimal(score))
