"""What is known of how a file is to be read: which column is which fact, and the rules for days, numbers and codes.

The same facts stand in a mapping file (TOML, kept in git by whoever likes), in a profile of the school (JSON), and on the
mapping page.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

LINE_NUMBER = "#row"  # in place of a column: the row's number, counted from 1 without the head


class Layout(StrEnum):
    """What a row of the file is."""

    STUDENTS = "students"  # one student: attributes, and any number of exams and indicators as columns
    RESULTS = "results"  # one result
    ATTENDANCE = "attendance"  # one attendance mark
    OBSERVATIONS = "observations"  # one value of an indicator
    ENROLMENTS = "enrolments"  # one student in one class


class DayOrder(StrEnum):
    YEAR_FIRST = "ymd"
    DAY_FIRST = "dmy"
    MONTH_FIRST = "mdy"


class Doubles(StrEnum):
    """What happens to two rows about the same thing (student and exam, student and day)."""

    REFUSE = "refuse"
    FIRST = "first"
    LAST = "last"


# Facts of a student that a column may hold. `name` is a whole name, `school_class` the class's name. The last five are
# protected: read only where the school switched that on and the person has the right to them.
STUDENT_FACTS = (
    "external_id", "name", "given_name", "family_name", "preferred_name", "birth_date", "grade_level", "school_class",
    "starts", "ends", "gender", "ethnicity", "parental_education", "lunch_programme", "home_language",
)  # fmt: skip
PROTECTED_FACTS = STUDENT_FACTS[-5:]
# Facts of a row in the long layouts, beside those of the student.
ROW_FACTS: dict[Layout, tuple[str, ...]] = {
    Layout.STUDENTS: (),
    Layout.RESULTS: ("exam", "subject", "day", "maximum", "score", "status", "kind", "school_class", "external_id"),
    Layout.ATTENDANCE: ("day", "status", "school_class"),
    Layout.OBSERVATIONS: ("indicator", "day", "value"),
    Layout.ENROLMENTS: ("school_class", "subject", "term", "starts", "ends", "grade_level"),
}


@dataclass(frozen=True)
class ExamColumn:
    """A column that holds the marks of one exam."""

    subject: str
    title: str
    on: date
    maximum: Decimal = Decimal(100)
    target: bool = False
    kind: str = "test"
    weight: Decimal = Decimal(1)


@dataclass(frozen=True)
class ExamRule:
    """Which line items of a OneRoster bundle are exams of which kind; the first rule that fits decides. Texts are found
    anywhere in the title, capitals aside; an empty one fits all.
    """

    category: str = ""
    title: str = ""
    course: str = ""
    kind: str = "test"
    target: bool = False
    leave_out: bool = False


@dataclass(frozen=True)
class Mapping:
    """Everything. `row` maps a fact to a column's head; `student` the facts of the student a row is about."""

    layout: Layout = Layout.STUDENTS
    source: str = ""
    delimiter: str = ""  # empty: found by itself, as are encoding and the row of the heads
    encoding: str = ""
    head: int = 0
    sheet: str = ""
    decimal: str = ""  # "." or ","; empty: both are understood where only one is meant
    days: DayOrder = DayOrder.YEAR_FIRST
    missing: tuple[str, ...] = ("", "-", "NA", "N/A", "n/a", "NULL", "null", "None")
    absent: tuple[str, ...] = ("abs", "absent", "A", "fehlt", "gefehlt")
    exempt: tuple[str, ...] = ("ex", "exempt", "entschuldigt")
    not_submitted: tuple[str, ...] = ("ns", "not submitted", "nicht geschrieben")
    attendance: dict[str, str] = field(default_factory=dict)  # code in the file -> P, L, A or E
    doubles: Doubles = Doubles.REFUSE
    student: dict[str, str] = field(default_factory=dict)
    row: dict[str, str] = field(default_factory=dict)
    exams: dict[str, ExamColumn] = field(default_factory=dict)
    indicators: dict[str, str] = field(default_factory=dict)  # column -> number, category or yes/no
    on: date | None = None  # the day of indicators of a wide table, and of results without a day of their own
    subject: str = ""  # of results without a subject of their own
    school_class: str = ""  # of a wide table without a column for it; empty: one named after each subject
    # OneRoster only.
    org: str = ""
    exam_rules: tuple[ExamRule, ...] = ()
