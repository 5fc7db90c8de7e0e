"""What rows refer to: school years, subjects, classes, exams, indicators. Each stands in Incoming once, under a speaking id."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from students.importing.incoming import NOT_SAID, Incoming, Kind, Table
from students.importing.mapping import ExamColumn
from students.importing.spreadsheet.synonyms import says_protected

FIRST_MONTH = 8  # a school year begins on 1 August


def year_of(day: date) -> int:
    return day.year if day.month >= FIRST_MONTH else day.year - 1


def named(kind: str, *parts: str) -> str:
    """The id of a row of Incoming; the same whatever else the file holds."""
    return f"{kind}:{'|'.join(part.replace('|', '||') for part in parts)}"


@dataclass
class Gathered:
    """Rows of one table, each once; capitals aside, so that maths and Maths are one."""

    table: Table
    columns: tuple[str, ...]
    rows: dict[str, tuple[str, int, tuple[Any, ...]]] = field(default_factory=dict)

    def once(self, key: str, line: int, *values: Any) -> str:
        """The id under which the row stands: the one of its first spelling."""
        folded = key.casefold()
        if folded not in self.rows:
            self.rows[folded] = (key, line, values)
        return self.rows[folded][0]

    def pour(self, incoming: Incoming, file: str) -> None:
        if self.rows:
            ids, lines, values = zip(*self.rows.values(), strict=True)
            columns = dict(zip(self.columns, map(list, zip(*values, strict=True)), strict=True))
            incoming.add(self.table, file, list(lines), id=list(ids), **columns)


class Naming:
    def __init__(self) -> None:
        self._terms = Gathered(Table.TERMS, ("must_exist", "name", "kind", "starts", "ends"))
        self._subjects = Gathered(Table.SUBJECTS, ("name",))
        self._classes = Gathered(Table.CLASSES, ("must_exist", "term", "subject", "name", "grade_level"))
        self._exams = Gathered(
            Table.EXAMS, ("title", "subject", "term", "kind", "day", "maximum", "weight", "is_target")
        )  # fmt: skip
        self._indicators = Gathered(Table.INDICATORS, ("must_exist", "code", "name", "kind", "is_protected"))
        self._sittings: dict[tuple[str, str], int] = {}

    def year(self, day: date, line: int) -> str:
        """A school year from August to July. Planning takes a term of the school in its place, where there is one."""
        first = year_of(day)
        name = f"{first}-{first + 1}"
        starts, ends = date(first, FIRST_MONTH, 1), date(first + 1, FIRST_MONTH - 1, 31)
        return self._terms.once(named("year", name), line, 0, name, "year", starts, ends)

    def term(self, name: str, line: int) -> str:
        return self._terms.once(named("term", name), line, 1, name, "", None, None)

    def subject(self, name: str, line: int) -> str:
        return self._subjects.once(named("subject", name), line, name) if name else ""

    def school_class(self, term: str, subject: str, name: str, line: int, *, grade: int = -1, must_exist: bool) -> str:
        """Without a subject no class can be made, so one of this name has to be there."""
        key = named("class", term.partition(":")[2], subject, name)
        is_old = int(must_exist or not subject)
        return self._classes.once(key, line, is_old, term, self.subject(subject, line), name, grade)

    def exam(self, exam: ExamColumn, line: int, *, maximum: Decimal | None, kind: str, is_whole: bool) -> str:
        """`is_whole`: weight and whether it is a target are said as well."""
        key = named("exam", exam.subject, exam.title, exam.on.isoformat())
        subject, year = self.subject(exam.subject, line), self.year(exam.on, line)
        weight, target = (float(exam.weight), int(exam.target)) if is_whole else (float("nan"), -1)
        most = float("nan") if maximum is None else float(maximum)
        return self._exams.once(key, line, exam.title, subject, year, kind, exam.on, most, weight, target)

    def indicator(self, name: str, line: int, *, code: str = "", kind: str = "") -> str:
        """Of a kind that is not said one of this name has to be there. What is called as a protected fact is one, whatever
        a mapping makes of it; of all else nothing is said.
        """
        protected = 1 if kind and says_protected(name) else NOT_SAID[Kind.FLAG]
        return self._indicators.once(named("indicator", code or name), line, int(not kind), code, name, kind, protected)

    def sits(self, exam: str, school_class: str, line: int) -> None:
        self._sittings.setdefault((exam, school_class), line)

    def pour(self, incoming: Incoming, file: str) -> None:
        for gathered in (self._terms, self._subjects, self._classes, self._exams, self._indicators):
            gathered.pour(incoming, file)
        if self._sittings:
            exams, classes = map(list, zip(*self._sittings, strict=True))
            incoming.add(Table.SITTINGS, file, list(self._sittings.values()), exam=exams, school_class=classes)
