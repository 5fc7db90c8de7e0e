"""The columns of a spreadsheet as a form: one line for each use of a column, from a mapping and back to it. Knows no page."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.conf import settings
from django.http import QueryDict
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from students.importing.mapping import LINE_NUMBER, DayOrder, Doubles, ExamColumn, Layout, Mapping
from students.web.import_forms import ExamForm, RulesForm, day_text, words_of
from students.web.import_words import NEEDED, NO_STUDENT, uses_for

EXAM = "exam"
OPENING = ("sheet", "head", "encoding", "delimiter")
WORDS = ("missing", "absent", "exempt", "not_submitted")
FACTS = ("subject", "title", "on", "maximum", "kind", "target")
# Each column with the fields of an exam sends seven values, and a form may send 5,000 (DATA_UPLOAD_MAX_NUMBER_FIELDS): in
# wider files only columns that are exams already carry them, as many as there is room for. What a line does not carry stays as it was.
MOST_WITH_FACTS = 400
FIELDS_OF_EXAM, FIELDS_ELSEWHERE = 7, 400  # the rules, and exams that are chosen on the page
MOST_SHOWN = 2000


@dataclass
class ColumnLine:
    """`name` begins the names of its fields. `facts` are those of an exam as typed, `faults` sentences by field. `is_too_many`: an exam
    whose facts have no room in the form, so they stay what the mapping says.
    """

    name: str
    head: str
    samples: Sequence[str] = ()
    reason: str = ""
    use: str = ""
    facts: dict[str, str] = field(default_factory=dict)
    has_facts: bool = True
    is_too_many: bool = False
    faults: dict[str, str] = field(default_factory=dict)
    options: SafeString = SafeString()  # noqa: RUF009  # nothing yet, and never changed in place

    @property
    def is_exam(self) -> bool:
        return self.use == EXAM


@dataclass(frozen=True)
class Seen:
    """A column of the file: its head, cells of its first rows, and why it was taken for what it was taken for."""

    head: str
    samples: Sequence[str]
    reason: str = ""


def without_reasons(lines: Sequence[ColumnLine], guess: Mapping) -> None:
    """Why a column was taken for something says nothing where somebody chose something else."""
    uses = _uses(guess)
    for line in lines:
        if line.use not in (uses.get(line.head) or [""]):
            line.reason = ""


def lines_of(seen: Sequence[Seen], mapping: Mapping) -> list[ColumnLine]:
    """As a mapping says. A column that it uses twice has two lines, so that nothing is lost on the way back."""
    uses = _uses(mapping)
    lines = []
    for number, column in enumerate(seen):
        for turn, use in enumerate(uses.get(column.head) or [""]):
            name = f"c{number}" if not turn else f"c{number}-{turn}"
            lines.append(
                ColumnLine(name, column.head, column.samples, column.reason, use, _facts(mapping, column.head))
            )
    return _narrowed(lines)


def _uses(mapping: Mapping) -> dict[str, list[str]]:
    uses: dict[str, list[str]] = {}
    for group, facts in (("student", mapping.student), ("row", mapping.row)):
        for fact, head in facts.items():
            uses.setdefault(head, []).append(f"{group}.{fact}")
    for head in mapping.exams:
        uses.setdefault(head, []).append(EXAM)
    for head, kind in mapping.indicators.items():
        uses.setdefault(head, []).append(f"indicator.{kind}")
    return uses


def _facts(mapping: Mapping, head: str) -> dict[str, str]:
    exam = mapping.exams.get(head)
    if exam is None:
        return {"subject": mapping.subject, "title": head, "on": "", "maximum": "100", "kind": "test", "target": ""}
    return {
        "subject": exam.subject, "title": exam.title, "on": day_text(exam.on), "maximum": f"{exam.maximum.normalize():f}",
        "kind": exam.kind, "target": "on" if exam.target else "",
    }  # fmt: skip


def _narrowed(lines: list[ColumnLine]) -> list[ColumnLine]:
    """Of a very wide file not every line can carry all fields."""
    lines = lines[:MOST_SHOWN] + [line for line in lines[MOST_SHOWN:] if line.use]
    if len(lines) > MOST_WITH_FACTS:
        room = (settings.DATA_UPLOAD_MAX_NUMBER_FIELDS - FIELDS_ELSEWHERE - len(lines)) // (FIELDS_OF_EXAM - 1)
        carrying = {line.name for line in [line for line in lines if line.is_exam][: max(room, 0)]}
        for line in lines:
            line.has_facts = line.name in carrying
            line.is_too_many = line.is_exam and not line.has_facts
    return lines


def sent_lines(lines: list[ColumnLine], sent: QueryDict) -> list[ColumnLine]:
    """The same lines as somebody filled them in."""
    for line in lines:
        line.use = sent.get(f"{line.name}-use", "")
        if f"{line.name}-title" in sent:
            line.facts = {fact: sent.get(f"{line.name}-{fact}", "").strip() for fact in FACTS}
        line.is_too_many = line.is_too_many and line.is_exam
        line.has_facts = line.has_facts or (line.is_exam and not line.is_too_many)
    return lines


def mapping_of(lines: Sequence[ColumnLine], rules: Mapping) -> Mapping:
    """The rules with what the columns are. What cannot be becomes a fault of its line."""
    student: dict[str, str] = {}
    row: dict[str, str] = {}
    indicators: dict[str, str] = {}
    exams: dict[str, ExamColumn] = {}
    known = {value for _label, uses in uses_for(rules.layout) for value, _name in uses}
    for line in lines:
        group, _dot, fact = line.use.partition(".")
        facts = {"student": student, "row": row}.get(group)
        if line.use and line.use not in known:
            line.faults["use"] = _("Choose again: this does not fit what each row of the file is.")
        elif facts is not None and fact in facts:
            line.faults["use"] = _("“%s” was chosen for this already. Only one column can be it.") % facts[fact]
        elif facts is not None:
            facts[fact] = line.head
        elif group == "indicator":
            indicators[line.head] = fact
        elif line.is_exam:
            exams |= _exam(line, rules)
    if rules.student.get("external_id") == LINE_NUMBER:
        student.setdefault("external_id", LINE_NUMBER)
    return replace(rules, student=student, row=row, exams=exams, indicators=indicators)


def _exam(line: ColumnLine, rules: Mapping) -> dict[str, ExamColumn]:
    form = ExamForm(line.facts)
    if not form.is_valid():
        line.has_facts = True
        line.faults |= {name: str(faults[0]) for name, faults in form.errors.items()}
        return {}
    given = form.cleaned_data
    return {line.head: ExamColumn(**given)}


def wants(mapping: Mapping) -> Iterator[str]:
    """What is still missing before a row says anything, in sentences."""
    student = mapping.student
    if not ({"external_id", "name"} & set(student) or {"given_name", "family_name"} <= set(student)):
        yield str(NO_STUDENT)
    said = {f"row.{fact}" for fact in mapping.row} | {f"student.{fact}" for fact in student}
    for choices, sentence in NEEDED[mapping.layout]:
        if not said & set(choices):
            yield str(sentence)
    if mapping.layout == Layout.RESULTS and "day" not in mapping.row and mapping.on is None:
        yield _("Say which column holds the day of the exam, or fill in the day for all rows.")
    if mapping.layout == Layout.RESULTS and "subject" not in mapping.row and not mapping.subject:
        yield _("Say which column names the subject, or fill in the subject of all marks.")


def rules_initial(mapping: Mapping) -> dict[str, Any]:
    """What the form of the rules starts with."""
    words = {name: ", ".join(filter(None, getattr(mapping, name))) for name in WORDS}
    return {
        **words,
        "layout": mapping.layout.value, "days": mapping.days.value, "decimal": mapping.decimal,
        "doubles": mapping.doubles.value, "subject": mapping.subject, "on": mapping.on,
        "school_class": mapping.school_class,
        "numbered": mapping.student.get("external_id") == LINE_NUMBER,
        "attendance": "\n".join(f"{code} = {meaning}" for code, meaning in mapping.attendance.items()),
        "source": mapping.source,
        "sheet": mapping.sheet, "head": mapping.head or None, "encoding": mapping.encoding, "delimiter": mapping.delimiter,
    }  # fmt: skip


def rules_of(given: dict[str, Any], mapping: Mapping) -> Mapping:
    """The mapping with the rules as the form has them; what the form does not ask stays, columns are not rules."""
    return replace(
        mapping, layout=Layout(given["layout"]), source=given["source"], decimal=given["decimal"],
        days=DayOrder(given["days"]), doubles=Doubles(given["doubles"]), attendance=given["attendance"],
        on=given["on"], subject=given["subject"], student={"external_id": LINE_NUMBER} if given["numbered"] else {},
        missing=("", *words_of(given["missing"])), absent=words_of(given["absent"]), exempt=words_of(given["exempt"]),
        not_submitted=words_of(given["not_submitted"]), school_class=given["school_class"], **{name: given[name] for name in OPENING},
    )  # fmt: skip


def opened_as(mapping: Mapping, sent: QueryDict, sheets: Sequence[str] = ()) -> Mapping:
    """The mapping, its file opened as somebody chose; what cannot be read of that is left to the form to tell."""
    form = RulesForm(sent, sheets=sheets or [sent.get("sheet", "")])
    form.is_valid()
    return replace(mapping, **{name: form.cleaned_data[name] for name in OPENING if name in form.cleaned_data})


def choices_of(layout: Layout) -> SafeString:
    """The options of the select of every line, made once: a wide file has tens of thousands of them."""
    groups = (
        format_html('<optgroup label="{}">{}</optgroup>', label, format_html_join("", '<option value="{}">{}</option>', uses))
        for label, uses in uses_for(layout)
    )  # fmt: skip
    leave_out = format_html('<option value="">{}</option>', _("leave out"))
    return mark_safe(leave_out + "".join(groups))  # noqa: S308  # every part of it was escaped


def chosen_in(choices: SafeString, use: str) -> SafeString:
    mark = f'value="{escape(use)}"'
    return mark_safe(choices.replace(f"{mark}>", f"{mark} selected>", 1))  # noqa: S308  # a value that is not among them changes nothing
