"""What the facts of a file are called on the pages of imports: for choosing what a column is, and for showing what was read."""

from dataclasses import replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from students.importing.incoming import Table
from students.importing.mapping import PROTECTED_FACTS, ROW_FACTS, STUDENT_FACTS, Layout
from students.importing.planning.words import table_label
from students.importing.told import TableTold
from students.models import AttendanceStatus, Result, Student

STUDENT: dict[str, Any] = {
    "external_id": _("id in that system"),
    "name": _("whole name"),
    "given_name": _("first name"),
    "family_name": _("family name"),
    "preferred_name": _("name to be called by"),
    "birth_date": _("date of birth"),
    "grade_level": _("grade"),
    "school_class": _("class"),
    "starts": _("first day at the school"),
    "ends": _("last day at the school"),
    "gender": _("gender"),
    "ethnicity": _("ethnicity"),
    "parental_education": _("parents' education"),
    "lunch_programme": _("lunch programme"),
    "home_language": _("language at home"),
}
ROW: dict[str, Any] = {
    "exam": _("exam"),
    "subject": _("subject"),
    "term": _("term"),
    "day": _("day"),
    "maximum": _("most points"),
    "score": _("points"),
    "status": _("status"),
    "kind": _("kind of exam"),
    "school_class": _("class"),
    "external_id": _("id of the row"),
    "indicator": _("what is measured"),
    "value": _("value"),
    "starts": _("first day"),
    "ends": _("last day"),
    "grade_level": _("grade of the class"),
}
MEASURES = {
    "number": _("measured: a number"),
    "category": _("measured: one of a few words"),
    "yes/no": _("measured: yes or no"),
}
GROUPS = {
    "student": _("About the student"),
    "protected": _("Protected, read only where allowed"),
    "row": _("About this row"),
    "value": _("Values"),
}
# Without these a row says nothing; each group needs one of its choices, and a choice all of its facts.
NEEDED: dict[Layout, tuple[tuple[tuple[str, ...], Any], ...]] = {
    Layout.STUDENTS: (),
    Layout.RESULTS: (
        (("row.exam",), _("Say which column names the exam.")),
        (("row.score", "row.status"), _("Say which column holds the points.")),
    ),
    Layout.ATTENDANCE: (
        (("row.day",), _("Say which column holds the day.")),
        (("row.status",), _("Say which column says whether the student was there.")),
    ),
    Layout.OBSERVATIONS: (
        (("row.indicator",), _("Say which column names what is measured.")),
        (("row.value",), _("Say which column holds the value.")),
    ),
    Layout.ENROLMENTS: ((("row.school_class",), _("Say which column names the class.")),),
}
NO_STUDENT = _("Say which column tells the students apart: their id, or their name.")
# What a preview tells of each line, in this order.
PREVIEWED = (
    Table.STUDENTS, Table.DEMOGRAPHICS, Table.ENROLMENTS, Table.RESULTS, Table.ATTENDANCE, Table.OBSERVATIONS,
)  # fmt: skip
STATUSES: dict[str, Any] = {
    **{status.value: status.label for status in AttendanceStatus},
    **{status.value: status.label for status in Result.Status},
    **{status.value: status.label for status in Student.Status},
}


def uses_for(layout: Layout) -> list[tuple[Any, list[tuple[str, Any]]]]:
    """What a column may be, in groups as a select shows them. Exams and measures stand side by side only in wide tables."""
    plain = [(f"student.{fact}", STUDENT[fact]) for fact in STUDENT_FACTS if fact not in PROTECTED_FACTS]
    protected = [(f"student.{fact}", STUDENT[fact]) for fact in PROTECTED_FACTS]
    groups = [(GROUPS["student"], plain)]
    if ROW_FACTS[layout]:
        groups.insert(0, (GROUPS["row"], [(f"row.{fact}", ROW[fact]) for fact in ROW_FACTS[layout]]))
    else:
        measures = [(f"indicator.{kind}", label) for kind, label in MEASURES.items()]
        groups.append((GROUPS["value"], [("exam", _("marks of one exam")), *measures]))
    return [*groups, (GROUPS["protected"], protected)]


# What happens to records: while it is planned, and once it was done.
DEEDS = {
    "added": (_("To add"), _("Added")),
    "changed": (_("To change"), _("Changed")),
    "ended": (_("To end"), _("Ended")),
    "removed": (_("To remove"), _("Removed")),
}


def deed_label(deed: str, *, is_done: bool) -> Any:
    return DEEDS[deed][is_done]


def in_own_words(told: TableTold) -> TableTold:
    """In the language of who looks: it is stored in the language of who ordered the plan."""
    return replace(told, label=table_label(Table(told.table)))


# Columns of what was read that say nothing to a person who looks at a preview.
LEFT_ASIDE = frozenset({"id", "must_exist", "weight", "code", "is_home_class", "known_on", "term"})
_OTHERS: dict[str, Any] = {
    "student": _("student"),
    "title": _("title"),
    "is_target": _("to be predicted"),
    "number": _("number"),
    "category": _("word"),
    "is_protected": _("protected"),
}


def label_of(table: Table, name: str) -> Any:
    """What a column of Incoming is called above a preview."""
    if table in (Table.STUDENTS, Table.DEMOGRAPHICS) and name in STUDENT:
        return STUDENT[name]
    return _OTHERS.get(name) or ROW.get(name) or STUDENT.get(name) or name
