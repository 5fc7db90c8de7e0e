"""A mapping held against the heads of a file: what it names and the file does not have, and what is missing to read it."""

from collections.abc import Iterator, Sequence
from itertools import islice

from django.utils.translation import gettext as _

from students.importing.mapping import LINE_NUMBER, ROW_FACTS, Layout, Mapping
from students.importing.spreadsheet.mapping_file import columns_of
from students.importing.spreadsheet.mapping_parts import nearest

MOST_COLUMNS_TOLD = 50  # for each the nearest of thousands of heads is looked for
# Facts without which a row of a layout says nothing.
NEEDED: dict[Layout, tuple[str, ...]] = {
    Layout.STUDENTS: (),
    Layout.RESULTS: ("exam",),
    Layout.ATTENDANCE: ("day", "status"),
    Layout.OBSERVATIONS: ("indicator", "value"),
    Layout.ENROLMENTS: ("school_class",),
}


def faults_of(mapping: Mapping, heads: Sequence[str]) -> list[str]:
    """Sentences; none where the file can be read by this mapping."""
    return [*islice(_columns(mapping, heads), MOST_COLUMNS_TOLD), *_students(mapping), *_rows(mapping)]


def _columns(mapping: Mapping, heads: Sequence[str]) -> Iterator[str]:
    there = set(heads)
    for path, column in columns_of(mapping):
        if column == LINE_NUMBER:
            if path != "student.external_id":
                yield _("%(path)s: the number of the row can only be the id of a student.") % {"path": path}
        elif column not in there:
            told = {"path": path, "column": column, "near": nearest(column, heads), "heads": ", ".join(heads[:8])}
            if told["near"]:
                yield _("%(path)s: the file has no column “%(column)s”. Is “%(near)s” meant?") % told
            else:
                yield _("%(path)s: the file has no column “%(column)s”. It has: %(heads)s.") % told


def _students(mapping: Mapping) -> Iterator[str]:
    facts = mapping.student
    by_id = facts.get("external_id", "")
    is_named = bool({"name", "family_name"} & set(facts))
    if not by_id and not is_named:
        yield _("Nothing says which student a row is about: name the column of an id, or of the name.")
    elif by_id == LINE_NUMBER and mapping.layout != Layout.STUDENTS and not is_named:
        yield _("student.external_id: rows are not students here, so their numbers say nothing of whom they are about.")


def _rows(mapping: Mapping) -> Iterator[str]:
    layout = mapping.layout
    for fact in NEEDED[layout]:
        if fact not in mapping.row:
            yield _("row.%(fact)s: a file of %(layout)s needs a column for it.") % {"fact": fact, "layout": layout}
    for fact in mapping.row:
        if fact not in ROW_FACTS[layout]:
            yield _("row.%(fact)s: a file of %(layout)s has no such fact.") % {"fact": fact, "layout": layout}
    if layout == Layout.RESULTS:
        yield from _results(mapping)
    if layout != Layout.STUDENTS and mapping.exams:
        yield _("exams: columns of marks stand only in a file with a row for each student.")


def _results(mapping: Mapping) -> Iterator[str]:
    if "score" not in mapping.row and "status" not in mapping.row:
        yield _("row.score: nothing says what mark a row holds.")
    if "day" not in mapping.row and mapping.on is None:
        yield _("row.day: nothing says on which day an exam was. Name a column, or one day for all of them (on).")
    if "subject" not in mapping.row and not mapping.subject:
        yield _(
            "row.subject: nothing says in which subject an exam was. Name a column, or one subject for all of them."
        )
