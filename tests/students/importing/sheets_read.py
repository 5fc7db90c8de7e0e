"""A spreadsheet read as an import does, without a database: what came of it, and what was said."""

from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Any

import numpy as np

from students.importing.findings import Finding, Findings, Severity, Unreadable
from students.importing.incoming import COLUMNS, Incoming, Kind, Table
from students.importing.mapping import Mapping
from students.importing.spreadsheet import read_sheet


@dataclass
class Done:
    incoming: Incoming
    findings: Findings

    @property
    def errors(self) -> list[tuple[int, str, str]]:
        """(line, code, value) of each."""
        return [(each.line, each.code, each.value) for each in self.findings.shown[Severity.ERROR]]

    @property
    def notes(self) -> dict[str, Finding]:
        return {each.code: each for each in self.findings.shown[Severity.NOTE]}

    def rows(self, table: Table, *names: str) -> list[Any]:
        """As plain values: tuples of the named columns, or the values of the only one."""
        found = self.incoming.rows(table)
        columns = [[_plain(COLUMNS[table][name], value) for value in found[name].tolist()] for name in names]
        return list(columns[0]) if len(columns) == 1 else list(zip(*columns, strict=True))


def _plain(kind: Kind, value: Any) -> Any:
    if kind is Kind.DAY:
        return value and value.date()
    return None if kind is Kind.NUMBER and np.isnan(value) else value


def read(content: bytes | str, mapping: Mapping, *, on: date = date(2026, 1, 15), **more: Any) -> Done:
    """Raises Unreadable."""
    raw = content.encode() if isinstance(content, str) else content
    findings = Findings()
    name = more.pop("name", "marks.csv")
    progress = more.pop("progress", lambda *_told: None)
    return Done(read_sheet(BytesIO(raw), name, mapping, findings, progress, on=on, **more), findings)


def said_of(content: bytes, name: str, mapping: Mapping, on: date) -> tuple[list[Finding], int]:
    """All that is said of a file, whether it can be read or not, and how many rows of it were left."""
    findings = Findings()
    try:
        incoming = read_sheet(BytesIO(content), name, mapping, findings, lambda *_told: None, on=on)
    except Unreadable as error:
        return [*findings.shown[Severity.ERROR], *findings.shown[Severity.NOTE], error.finding], 0
    rest = sum(incoming.read.values()) - incoming.rows_set_aside
    return [*findings.shown[Severity.ERROR], *findings.shown[Severity.NOTE]], rest
