"""What a page tells of an import, as plain facts that are stored with it: the findings, the plan, and what asks for a yes."""

from dataclasses import asdict, dataclass, field
from typing import Any

from students.importing.findings import Finding, Findings, Severity

SMALLEST_CLASS = 5


@dataclass(frozen=True, slots=True)
class FindingTold:
    code: str
    file: str
    line: int
    column: str
    value: str
    expected: str
    severity: str


@dataclass(frozen=True, slots=True)
class KindTold:
    """Findings alike: how many, with the first of them."""

    severity: str
    code: str
    count: int
    first: tuple[FindingTold, ...]


@dataclass(frozen=True, slots=True)
class FindingsTold:
    errors: int = 0
    notes: int = 0
    conflicts: int = 0
    rows_set_aside: int = 0  # rows with errors, and rows that hang on them
    kinds: tuple[KindTold, ...] = ()
    shown: tuple[FindingTold, ...] = ()  # the first of each severity; all of them are in the file
    indicators: tuple[
        str, ...
    ] = ()  # whose values were read; with the next, who may see all of it (importing/protected.py)
    reads_protected: bool = False

    @property
    def count(self) -> int:
        return self.errors + self.notes + self.conflicts


@dataclass(frozen=True, slots=True)
class TableTold:
    """What the plan does to one kind of record."""

    table: str
    label: str
    read: int
    added: int = 0
    changed: int = 0
    ended: int = 0
    removed: int = 0
    unchanged: int = 0
    kept: int = 0  # conflicts: what a person typed stays

    @property
    def does(self) -> int:
        return self.added + self.changed + self.ended + self.removed


@dataclass(frozen=True, slots=True)
class ClassTold:
    """`now` and `after`: students in the class today, and once the plan was applied. `key` is 0 for a new class."""

    key: int
    name: str
    now: int
    added: int
    ended: int
    after: int
    marks: int = 0  # results that are added, changed or removed

    @property
    def is_halved(self) -> bool:
        """Half of it or more would go; in a class smaller than that it is nothing to stop at."""
        return self.now >= SMALLEST_CLASS and self.ended * 2 >= self.now


@dataclass(frozen=True, slots=True)
class FieldTold:
    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ChangeTold:
    """One record that is changed, ended or removed; `who` names it."""

    action: str
    table: str
    who: str
    file: str
    line: int
    fields: tuple[FieldTold, ...] = ()


@dataclass(frozen=True, slots=True)
class GuardTold:
    """Why the plan must not go through unasked."""

    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class PlanTold:
    files: tuple[tuple[str, int], ...] = ()  # each file with the rows read from it
    tables: tuple[TableTold, ...] = ()
    classes: tuple[ClassTold, ...] = ()
    guards: tuple[GuardTold, ...] = ()
    forewarnings: tuple[GuardTold, ...] = ()  # those of the guards that are told while there are errors
    examples: tuple[ChangeTold, ...] = ()  # the first of each table and action; all are in the file of changes
    changes: int = 0  # rows in that file

    @property
    def read(self) -> int:
        return sum(count for _name, count in self.files)

    @property
    def does(self) -> int:
        return sum(table.does for table in self.tables)

    def total(self, action: str) -> int:
        return sum(getattr(table, action) for table in self.tables)


@dataclass(frozen=True, slots=True)
class UndoneTold:
    restored: int = 0
    removed: int = 0
    left: tuple[str, ...] = field(default_factory=tuple)  # the first of them, in sentences
    left_count: int = 0  # all of them


def as_json(told: Any) -> dict[str, Any]:
    return asdict(told)


def tell_findings(findings: Findings, rows_set_aside: int) -> FindingsTold:
    kinds = [
        KindTold(severity, code, count, tuple(map(_told, findings.firsts[severity, code])))
        for (severity, code), count in sorted(findings.by_code.items(), key=lambda item: (item[0][0], -item[1]))
    ]
    shown = tuple(_told(each) for severity in Severity for each in findings.shown[severity])
    counts = findings.counts
    return FindingsTold(
        counts[Severity.ERROR], counts[Severity.NOTE], counts[Severity.CONFLICT], rows_set_aside, tuple(kinds), shown,
        tuple(sorted(findings.indicators)), findings.reads_protected,
    )  # fmt: skip


def _told(finding: Finding) -> FindingTold:
    return FindingTold(
        finding.code, finding.file, finding.line, finding.column, finding.value, finding.expected, finding.severity
    )  # fmt: skip


def read_findings(stored: dict[str, Any]) -> FindingsTold:
    kinds = (
        KindTold(**{**each, "first": tuple(FindingTold(**one) for one in each["first"])})
        for each in stored.get("kinds", ())
    )
    shown = tuple(FindingTold(**each) for each in stored.get("shown", ()))
    indicators = tuple(stored.get("indicators", ()))
    return FindingsTold(**{**stored, "kinds": tuple(kinds), "shown": shown, "indicators": indicators})


def read_plan(stored: dict[str, Any]) -> PlanTold:
    examples = (
        ChangeTold(**{**each, "fields": tuple(FieldTold(**one) for one in each["fields"])})
        for each in stored.get("examples", ())
    )
    return PlanTold(
        files=tuple((name, count) for name, count in stored.get("files", ())),
        tables=tuple(TableTold(**each) for each in stored.get("tables", ())),
        classes=tuple(ClassTold(**each) for each in stored.get("classes", ())),
        guards=tuple(GuardTold(**each) for each in stored.get("guards", ())),
        forewarnings=tuple(GuardTold(**each) for each in stored.get("forewarnings", ())),
        examples=tuple(examples),
        changes=stored.get("changes", 0),
    )
