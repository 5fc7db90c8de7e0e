"""What a mapping asks of a file, before a row is read: that its columns are there, that it does not contradict itself."""

from collections import Counter
from collections.abc import Iterator

from django.utils.translation import gettext as _

from students.importing.mapping import LINE_NUMBER, PROTECTED_FACTS, Layout, Mapping
from students.importing.spreadsheet.cells import Cells
from students.importing.spreadsheet.indicators import codes_for
from students.importing.spreadsheet.refusing import unreadable
from students.importing.spreadsheet.run import Run

NEEDED = {
    Layout.RESULTS: ("exam",),
    Layout.ATTENDANCE: ("day", "status"),
    Layout.OBSERVATIONS: ("indicator", "value"),
    Layout.ENROLMENTS: ("school_class",),
}
SHOWN = 20


def columns_of(mapping: Mapping) -> Iterator[str]:
    """Every column that is read, as often as it is."""
    for head in (*mapping.student.values(), *mapping.row.values()):
        if head != LINE_NUMBER:
            yield head
    if mapping.layout == Layout.STUDENTS:
        yield from mapping.exams
        yield from mapping.indicators


def check(mapping: Mapping, cells: Cells) -> None:
    """Raises Unreadable."""
    for code, sentence, value in (
        *_missing(mapping, cells), *_facts_twice(mapping), *_exams_twice(mapping), *_not_enough(mapping),
    ):  # fmt: skip
        raise unreadable(code, cells.name, sentence, line=cells.head_line, value=value)


def _missing(mapping: Mapping, cells: Cells) -> Iterator[tuple[str, str, str]]:
    missing = [head for head in dict.fromkeys(columns_of(mapping)) if head not in cells.heads]
    if missing:
        told = _("The mapping names columns that the file does not have: {missing}. It has: {heads}.")
        yield "column_missing", told.format(missing=_listed(missing), heads=_listed(cells.heads)), ", ".join(missing)


def _listed(heads: list[str]) -> str:
    shown = ", ".join(f"“{head}”" for head in heads[:SHOWN])
    return shown if len(heads) <= SHOWN else _("{first} and {count} more").format(first=shown, count=len(heads) - SHOWN)


def _facts_twice(mapping: Mapping) -> Iterator[tuple[str, str, str]]:
    told = _("The mapping says “{fact}” twice, by {columns}; expected one column for it.")
    both = set(mapping.student) & set(mapping.row) - {"external_id"}
    names = {"given_name", "family_name"} & set(mapping.student)
    if "name" in mapping.student and names:
        columns = [mapping.student[fact] for fact in ("name", *sorted(names))]
        yield "fact_twice", told.format(fact="name", columns=_listed(columns)), "name"
    for fact in sorted(both):
        yield "fact_twice", told.format(fact=fact, columns=_listed([mapping.student[fact], mapping.row[fact]])), fact


def _exams_twice(mapping: Mapping) -> Iterator[tuple[str, str, str]]:
    if mapping.layout != Layout.STUDENTS:
        return
    keys = {head: (exam.subject.casefold(), exam.title.casefold(), exam.on) for head, exam in mapping.exams.items()}
    counts = Counter(keys.values())
    double = [head for head, key in keys.items() if counts[key] > 1]
    if double:
        told = _("The mapping has one exam twice: {columns} have the same subject, title and day.")
        yield "exam_twice", told.format(columns=_listed(double)), ", ".join(double)


def _not_enough(mapping: Mapping) -> Iterator[tuple[str, str, str]]:
    facts = set(mapping.student)
    if not facts & {"external_id", "name", "family_name"}:
        yield "no_student", _("Expected a column with each student's id or name; the mapping has none."), ""
    if LINE_NUMBER in (*mapping.student.values(), *mapping.row.values()) and (
        mapping.layout != Layout.STUDENTS or mapping.student.get("external_id") != LINE_NUMBER
    ):
        yield (
            "no_student",
            _("The number of a row stands for a student only in a table with a row for each student."),
            LINE_NUMBER,
        )
    said = {
        **mapping.row,
        **({"day": "on"} if mapping.on else {}),
        **({"subject": "subject"} if mapping.subject else {}),
    }
    needed = NEEDED.get(mapping.layout, ())
    if mapping.layout == Layout.RESULTS:
        needed = (*needed, "subject", "day", *(() if "status" in mapping.row else ("score",)))
    for fact in needed:
        if fact not in said:
            told = _("Expected a column for “%s”; the mapping has none.") % fact
            yield "fact_missing", told, fact


def note_left_out(run: Run) -> None:
    """One note for each column that is not read, and for each that may not be."""
    used = set(columns_of(run.mapping))
    line = run.cells.head_line
    for head in run.cells.heads:
        if head not in used:
            run.problems.left_out(
                "column_left_out", line, head, _("This column is left out; the mapping does not name it.")
            )
    if run.with_protected:
        return
    told = _("This column is left out: protected facts may not be read by this import.")
    for head in _protected(run):
        run.problems.left_out("protected_left_out", line, head, told)


def _protected(run: Run) -> Iterator[str]:
    for fact in PROTECTED_FACTS:
        if fact in run.mapping.student:
            yield run.mapping.student[fact]
    if run.mapping.layout == Layout.STUDENTS:
        for head, code in codes_for(list(run.mapping.indicators)).items():
            if run.is_closed(head, code):
                yield head
