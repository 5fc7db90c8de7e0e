"""What all parts of the reading share: the bundle, where its rows go, and which ids each of its files names."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from students.importing.findings import Finding, Findings
from students.importing.incoming import Incoming
from students.importing.mapping import Mapping
from students.importing.oneroster.catalogue import VERSIONS, FileKind
from students.importing.oneroster.heads import Head
from students.importing.oneroster.manifest import Manifest, Mode
from students.importing.oneroster.notes import Notes
from students.importing.oneroster.package import Package
from students.importing.oneroster.strict import CELL

Progress = Callable[..., Any]


@dataclass
class Desk:
    package: Package
    manifest: Manifest
    heads: dict[str, Head]
    mapping: Mapping
    incoming: Incoming
    findings: Findings
    progress: Progress
    on: date
    with_protected: bool
    notes: Notes = field(default_factory=Notes)
    # File -> the ids of its rows, those with errors included: what refers to them refers to something.
    ids: dict[str, dict[str, str]] = field(default_factory=dict)
    lost: set[str] = field(default_factory=set)  # files with a row whose id could not be told
    faulty: set[str] = field(default_factory=set)  # files with a row that was set aside
    total: int = 0
    done: int = 0

    def kind(self, name: str) -> FileKind:
        return VERSIONS[self.manifest.version][name]

    def has(self, name: str) -> bool:
        return name in self.heads

    def is_whole(self, name: str) -> bool:
        """What refers to this file finds its row in it, or it is wrong. Otherwise the row may be in the records."""
        return self.manifest.modes.get(name) == Mode.BULK and self.has(name)

    def is_delta(self, name: str) -> bool:
        return self.manifest.modes.get(name) == Mode.DELTA

    def refuse_row(self, name: str, line: int, code: str, value: str, column: str = "") -> None:
        """An error of a row that was read before; its file counted it as good."""
        self.findings.add(Finding(code, f"{name}.csv", line, column, value, CELL[code]()))
        self.incoming.rows_set_aside += 1

    def has_read(self, name: str, rows: int) -> None:
        self.done += rows
        self.progress(self.done, max(self.total, self.done), _("Reading %(file)s") % {"file": f"{name}.csv"})
