"""What was read more kindly than the standard asks, counted: one finding for each kind, file and column, with the first lines."""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from students.importing.findings import FIRST_LINES, Finding, Findings, Severity


@dataclass
class Counted:
    count: int = 0
    value: str = ""
    lines: list[int] = field(default_factory=list)


class Notes:
    """`count` costs little and keeps little; `tell` at the end turns all of it into findings."""

    def __init__(self) -> None:
        self.kinds: dict[tuple[str, str, str], Counted] = {}

    def count(self, code: str, file: str, line: int, column: str = "", value: str = "") -> None:
        kind = self.kinds.setdefault((code, file, column), Counted())
        kind.count += 1
        if len(kind.lines) < FIRST_LINES:
            kind.lines.append(line)
            kind.value = kind.value or value

    def tell(self, findings: Findings) -> None:
        for (code, file, column), kind in self.kinds.items():
            sentence = f"{SENTENCES[code]()} {_often(kind)}"
            findings.add(Finding(code, file, kind.lines[0], column, kind.value, sentence, Severity.NOTE))


def _often(kind: Counted) -> str:
    lines = ", ".join(str(line) for line in kind.lines)
    told = ngettext("Once: line %(lines)s.", "%(count)d times, first in lines %(lines)s.", kind.count)
    return told % {"count": kind.count, "lines": lines}


SENTENCES: dict[str, Callable[[], str]] = {
    # How cells are written.
    "byte_order_mark": lambda: _("The file begins with a byte order mark, which is read over."),
    "blank_lines": lambda: _("Empty lines are read over."),
    "line_break": lambda: _("A line break inside a cell is read as part of its text."),
    "spaces": lambda: _("Spaces around a value are read over."),
    "capitals": lambda: _("The value is written in other capitals or signs than the standard's."),
    "one_or_zero": lambda: _("1 and 0 are read as true and false."),
    "school_year": lambda: _("A span of years is read as the year in which the school year ends."),
    "day_otherwise": lambda: _(
        "The day is written otherwise than 2026-09-01; it is read where only one day can be meant."
    ),
    "day_with_time": lambda: _("The time of day is left away."),
    "day_only": lambda: _("Only the day of the last change is given, without the time."),
    "extension": lambda: _("A value of the system's own (“ext:”) is read as any other."),
    "shortened": lambda: _("The text is longer than our records hold and is shortened."),
    "unknown_grade": lambda: _("This grade is no level from kindergarten to 13; the grade level is left empty."),
    "several_grades": lambda: _("Several grades are given; for a student the first counts, a class has none then."),
    # What belongs to the record's life.
    "filled_status": lambda: _(
        "In a whole snapshot (bulk) status and day of change should be empty; they are read over."
    ),
    "status_inactive": lambda: _("“inactive” is a word of OneRoster 1.0; it is read as “tobedeleted”."),
    "header_only": lambda: _("The file holds the column names only."),
    "stays": lambda: _("The row is marked “tobedeleted”. Records are not deleted by an import; it stays as it is."),
    "marks_stay": lambda: _(
        "The row is marked “tobedeleted”. Marks are never deleted by an import; it stays as it is."
    ),
    "left_school": lambda: _("The row is marked “tobedeleted”: the student leaves the school; records and marks stay."),
    "role_ends": lambda: _("The row is marked “tobedeleted”: the role in the school ends; the account stays."),
    "not_enabled": lambda: _("The source says that this user may not sign in. That is not taken over."),
    # What is left out.
    "other_school": lambda: _("The row belongs to another school of the bundle and is left out."),
    "other_role": lambda: _(
        "Administrators, aides and other staff are left out; a leader gives such roles on the staff page."
    ),
    "no_role_here": lambda: _("The user has no role in this school and is left out."),
    "no_email": lambda: _("Without an e-mail address there can be no account; the person is left out."),
    "bad_email": lambda: _("This is no e-mail address, so there can be no account; the person is left out."),
    "of_left_out": lambda: _("The row is about somebody or something that was left out, and is left out too."),
    "enrolment_role": lambda: _("Only students and teachers are put into classes; other roles are left out."),
    "zero_days": lambda: _("The first day is given as the end too; it is taken for the only day."),
    "not_complete": lambda: _("Rows of this file cannot be read, so nobody leaves a class for not being named in it."),
    "school_unsure": lambda: _(
        "Rows of this file have errors, so it is not certain which school is meant, and nobody leaves a class for not being named."
    ),
    "later_terms": lambda: _("The class runs in several sessions; the first of them is taken for its term."),
    "class_code": lambda: _(
        "Several classes of one subject and term have this title; the class code is put behind it."
    ),
    "one_subject": lambda: _("Courses with the same subject code become one subject."),
    "no_demographics": lambda: _("Protected facts are left out; the school has not switched them on for this import."),
    "not_a_student": lambda: _("Only of students such facts are kept; the row is left out."),
    "agent_left_out": lambda: _("Somebody named here is no guardian in this bundle; the tie is left out."),
    # Marks.
    "rule_left_out": lambda: _("A rule of the profile leaves this line item out, with its results."),
    "no_maximum": lambda: _("A line item whose most points are 0 is no exam; it is left out, with its results."),
    "maximum_missing": lambda: _("The most points are not given; 100 is taken."),
    "min_not_zero": lambda: _("The least points are not 0. Scores are kept as they are and counted from 0."),
    "zero_not_submitted": lambda: _("“not submitted” is kept as such; the score beside it is not read as a mark."),
    "score_of_exempt": lambda: _("“exempt” is kept as such; the score beside it is not read."),
    "not_graded_yet": lambda: _("Results that are not fully graded are left out until they are."),
}
