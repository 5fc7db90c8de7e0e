"""A mapping as TOML, for a file that is kept in git, and as JSON, for a profile. Reading tells all faults at once."""

import tomllib
from collections.abc import Iterator, Sequence
from collections.abc import Mapping as AnyMapping
from dataclasses import MISSING, fields
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from portal.kit.errors import DomainError
from students.importing.limits import LONGEST_CELL
from students.importing.mapping import (
    LINE_NUMBER,
    ROW_FACTS,
    STUDENT_FACTS,
    DayOrder,
    Doubles,
    ExamColumn,
    ExamRule,
    Layout,
    Mapping,
)  # fmt: skip
from students.importing.spreadsheet import mapping_parts as parts
from students.importing.spreadsheet.sniffing import DELIMITERS, python_name
from students.importing.spreadsheet.toml import as_toml
from students.models import AttendanceStatus, ExamKind

LONGEST_FILE = 1 << 20
MOST_TOLD = 200
MOST_DOTS = 100  # in a line: Python reads a key of very many parts for hours
INDICATOR_KINDS = ("number", "category", "yes/no")
ALL_ROW_FACTS = tuple(dict.fromkeys(fact for facts in ROW_FACTS.values() for fact in facts))


class MappingFaults(DomainError):
    """What is wrong with a mapping: all of it, a sentence each, as far as anybody reads."""

    code = "mapping"

    def __init__(self, sentences: Sequence[str]) -> None:
        self.sentences = tuple(sentences[:MOST_TOLD])
        super().__init__(" ".join(self.sentences))


def _encoding(value: Any, path: str, faults: parts.Faults) -> str | None:
    if isinstance(value, str) and (not value or python_name(value)):
        return value
    faults.expected(path, _("an encoding such as utf-8, utf-16, cp1252 or latin-1"), value)
    return None


COLUMN, EXAM_KIND = parts.text(LONGEST_CELL, least=1), parts.one_of(ExamKind.values)
EXAM = {
    "subject": parts.text(80, least=1), "title": parts.text(120, least=1), "on": parts.day,
    "maximum": parts.number(above=0, under=100_000, places=2), "target": parts.flag, "kind": EXAM_KIND,
    "weight": parts.number(least=0, under=1000, places=3),
}  # fmt: skip
RULE = {
    "category": parts.text(), "title": parts.text(), "course": parts.text(), "kind": EXAM_KIND, "target": parts.flag,
    "leave_out": parts.flag,
}  # fmt: skip
KEYS: dict[str, parts.Part] = {
    "layout": parts.one_of(Layout), "source": parts.text(40), "delimiter": parts.one_of(("", *DELIMITERS), repr),
    "encoding": _encoding, "head": parts.line, "sheet": parts.text(), "decimal": parts.one_of(("", ".", ",")),
    "days": parts.one_of(DayOrder), "missing": parts.texts, "absent": parts.texts, "exempt": parts.texts,
    "not_submitted": parts.texts, "doubles": parts.one_of(Doubles), "on": parts.day, "subject": parts.text(80),
    "school_class": parts.text(80),
    "org": parts.text(), "attendance": parts.table_of(parts.one_of(AttendanceStatus.values)),
    "student": parts.table_of(COLUMN, STUDENT_FACTS), "row": parts.table_of(COLUMN, ALL_ROW_FACTS),
    "exams": parts.table_of(parts.record_of(ExamColumn, EXAM, ("subject", "title", "on"))),
    "indicators": parts.table_of(parts.one_of(INDICATOR_KINDS)),
    "exam_rules": parts.list_of(parts.record_of(ExamRule, RULE)),
}  # fmt: skip


def from_toml(text: str | bytes) -> Mapping:
    """Raises MappingFaults."""
    try:
        told = text.decode("utf-8-sig") if isinstance(text, bytes) else text
        if len(told) > LONGEST_FILE:
            raise MappingFaults([_("The mapping file is too large; expected less than a million letters.")])
        if any(line.count(".") > MOST_DOTS for line in told.splitlines()):
            raise MappingFaults([_("A line of the mapping file has more than %d points in it.") % MOST_DOTS])
        return from_json(tomllib.loads(told, parse_float=Decimal))
    except UnicodeDecodeError as error:
        raise MappingFaults([_("The mapping file is not written in UTF-8.")]) from error
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        raise MappingFaults([_("The mapping file is no TOML: %s") % error]) from error


def from_json(stored: AnyMapping[str, Any]) -> Mapping:
    """Of plain facts, those of TOML too. What is not said is as usual. Raises MappingFaults."""
    faults = parts.Faults()
    facts = parts.record_of(dict, KEYS)(stored, "", faults)
    if facts is not None:
        mapping = Mapping(**facts)
        faults.extend(_twice(mapping))
    if faults:
        raise MappingFaults(faults)
    return mapping


def to_toml(mapping: Mapping) -> str:
    return as_toml(_plain(mapping))


def as_json(mapping: Mapping) -> dict[str, Any]:
    return {name: _in_json(each) for name, each in _plain(mapping).items()}


def _plain(mapping: Mapping) -> dict[str, Any]:
    """What differs from the usual, as texts, numbers, days, lists and tables."""
    facts = dict(_unusual(mapping))
    if mapping.exams:
        facts["exams"] = {column: dict(_unusual(exam)) for column, exam in mapping.exams.items()}
    if mapping.exam_rules:
        facts["exam_rules"] = [dict(_unusual(rule)) for rule in mapping.exam_rules]
    return facts


def _unusual(made: Any) -> Iterator[tuple[str, Any]]:
    for each in fields(made):
        value = getattr(made, each.name)
        usual = each.default_factory() if each.default_factory is not MISSING else each.default
        if usual is MISSING or value != usual:
            yield each.name, list(value) if isinstance(value, tuple) else value


def _in_json(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _in_json(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_in_json(each) for each in value]
    if isinstance(value, date | Decimal):
        return value.isoformat() if isinstance(value, date) else format(value, "f")
    return str(value) if isinstance(value, str) else value


def columns_of(mapping: Mapping) -> Iterator[tuple[str, str]]:
    """Every column that a mapping names, with the path where it does."""
    yield from ((f"student.{fact}", column) for fact, column in mapping.student.items())
    yield from ((f"row.{fact}", column) for fact, column in mapping.row.items())
    yield from ((f"exams.{column}", column) for column in mapping.exams)
    yield from ((f"indicators.{column}", column) for column in mapping.indicators)


def _twice(mapping: Mapping) -> Iterator[str]:
    """A column is one thing; only the same fact of student and row may share one."""
    seen: dict[str, str] = {}
    for path, column in columns_of(mapping):
        before = seen.setdefault(column, path)
        same = before.partition(".")[2] == path.partition(".")[2] and path.startswith("row.")
        if before != path and not same and column != LINE_NUMBER:
            told = {"path": path, "column": column, "before": before}
            yield _("%(path)s: the column “%(column)s” is used by %(before)s already.") % told
