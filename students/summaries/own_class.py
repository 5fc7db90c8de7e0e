"""One class as a family sees it: each child's own marks in it, and how they went."""

from dataclasses import dataclass
from datetime import date

from students.models import Result
from students.roles import STAFF
from students.summaries.profile.frame import frame_of
from students.summaries.profile.marks import SubjectMarks, by_subject, span_of
from students.summaries.register import ClassRegister, RegisterRow


@dataclass(frozen=True, slots=True)
class OwnMarks:
    """`results` are in this class, the newest first; `subject` draws them, and is None before the first mark."""

    row: RegisterRow
    results: tuple[Result, ...]
    subject: SubjectMarks | None
    span: tuple[date, date]


def is_of_family(register: ClassRegister) -> bool:
    """Somebody who is here for their own child or for themselves alone."""
    return bool(register.rows) and not register.may_record and all(row.role not in STAFF for row in register.rows)


def own_marks(register: ClassRegister) -> list[OwnMarks]:
    """No query beyond the register's own."""
    return [_own(row, register) for row in register.rows]


def _own(row: RegisterRow, register: ClassRegister) -> OwnMarks:
    frame = frame_of(register.school_class.school, register.on)
    results = row.results[::-1]
    for result in results:
        result.exam.subject = register.school_class.subject
    drawn = by_subject(results, frame, register.on)
    return OwnMarks(row, results, drawn[0] if drawn else None, span_of(results, register.on))
