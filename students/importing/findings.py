"""What is found in a file: one sentence for each, with its place and what was expected. All are kept, on disk; few in memory."""

import csv
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from io import TextIOWrapper
from tempfile import TemporaryFile
from typing import Any, BinaryIO
from weakref import finalize

from django.utils.translation import gettext as _

from portal.kit.spreadsheets import BYTE_ORDER_MARK, harmless

LONGEST_VALUE = 80
SHOWN = 200  # findings of each severity that a page lists; the file holds all of them
FIRST_LINES = 5
MOST_INDICATORS = 500
EVERY = "*"  # stands for names of indicators beyond that


class Severity(StrEnum):
    """An error keeps its row out, a note says how something was read, a conflict what stays because a person typed it."""

    ERROR = "error"
    NOTE = "note"
    CONFLICT = "conflict"


@dataclass(frozen=True, slots=True)
class Finding:
    """`line` is counted as an editor counts, the head is line 1; 0 where the whole file is meant. `code` is for programs,
    `expected` a whole sentence for a person. `value` is never a password.
    """

    code: str
    file: str
    line: int
    column: str
    value: str
    expected: str
    severity: Severity = Severity.ERROR


class Unreadable(Exception):
    """Nothing of the file can be read: its one finding says why. Caught by importing/batches.py, never shown as a trace."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.expected)
        self.finding = finding


class Findings:
    """Collects them: `add` while reading and planning, then `told` for the page and `write` for the file."""

    def __init__(self) -> None:
        self.counts: Counter[Severity] = Counter()
        self.by_code: Counter[tuple[Severity, str]] = Counter()
        self.firsts: dict[tuple[Severity, str], list[Finding]] = {}
        self.shown: dict[Severity, list[Finding]] = {each: [] for each in Severity}
        self.indicators: set[str] = set()  # names and codes of those whose values were read
        self.reads_protected = False  # whether the reading may tell protected facts
        self._spool: BinaryIO = TemporaryFile()  # noqa: SIM115  # lives as long as this object
        self._text = TextIOWrapper(self._spool, encoding="utf-8", newline="", write_through=False)
        self._writer = csv.writer(self._text)
        finalize(self, self._text.close)

    def __len__(self) -> int:
        return sum(self.counts.values())

    @property
    def errors(self) -> int:
        return self.counts[Severity.ERROR]

    def add(self, finding: Finding) -> None:
        short = finding.value if len(finding.value) <= LONGEST_VALUE else finding.value[: LONGEST_VALUE - 1] + "…"
        self.counts[finding.severity] += 1
        key = (finding.severity, finding.code)
        self.by_code[key] += 1
        firsts = self.firsts.setdefault(key, [])
        if len(firsts) < FIRST_LINES:
            firsts.append(finding)
        if len(self.shown[finding.severity]) < SHOWN:
            self.shown[finding.severity].append(finding)
        row = (
            finding.severity,
            finding.file,
            finding.line or "",
            finding.column,
            short,
            finding.expected,
            finding.code,
        )
        self._writer.writerow([harmless(cell) for cell in row])

    def measure(self, names: Iterable[str]) -> None:
        """Findings may tell values of these indicators."""
        for name in names:
            self.indicators.add(name if len(self.indicators) < MOST_INDICATORS else EVERY)

    def extend(self, findings: Iterable[Finding]) -> None:
        for finding in findings:
            self.add(finding)

    def write(self, out: Any) -> None:
        """As a CSV file with a head, into an open binary file."""
        heads = [_("severity"), _("file"), _("line"), _("column"), _("value"), _("what was expected"), _("code")]
        text = TextIOWrapper(out, encoding="utf-8", newline="", write_through=True)
        text.write(BYTE_ORDER_MARK)
        csv.writer(text).writerow(heads)
        text.detach()
        self._text.flush()
        self._spool.seek(0)
        while block := self._spool.read(1 << 20):
            out.write(block)
        self._spool.seek(0, 2)
