"""The first rows of a spreadsheet: as they stand, and as they will be understood. The same reader as for all of it says the latter."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from io import BytesIO, TextIOWrapper
from typing import Any

import numpy as np
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from portal.kit.figures import plain
from students.importing import intake, spreadsheet
from students.importing.closed import ProtectedIndicators
from students.importing.findings import Findings, Severity, Unreadable
from students.importing.incoming import COLUMNS, REFERENCES, Incoming, Kind, Table
from students.importing.mapping import Layout, Mapping
from students.importing.spreadsheet.looking import SheetLook
from students.importing.told import FindingTold, tell_findings
from students.models import ImportBatch
from students.web.import_columns import Seen
from students.web.import_words import LEFT_ASIDE, PREVIEWED, STATUSES, label_of

SAMPLES = 3
HIDDEN = "•••"  # in place of a cell that this person may not see
NAMES = ("given_name", "family_name", "title", "name")
ROWS = 6


@dataclass(frozen=True)
class Look:
    """What the file shows at first sight; `refusal` says why it shows nothing."""

    heads: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()
    columns: Sequence[Seen] = ()
    count: int | None = None
    on: date = date.min
    refusal: str = ""
    seen: SheetLook | None = None

    @property
    def sheets(self) -> Sequence[str]:
        return self.seen.sheets if self.seen else ()

    @property
    def guess(self) -> Mapping:
        return self.seen.guess if self.seen else Mapping()


def look_of(batch: ImportBatch, mapping: Mapping) -> Look:
    """`mapping` says which sheet, which line of heads, which encoding; what it does not say is found."""
    today = batch.school.today()
    try:
        with intake.opened(batch.path) as file:
            seen = spreadsheet.look_at(file, batch.file_name, today, mapping)
    except Unreadable as refusal:
        return Look(refusal=refusal.finding.expected)
    columns = [
        Seen(head, samples_of(seen.rows, number), seen.reasons.get(head, "")) for number, head in enumerate(seen.heads)
    ]
    return Look(seen.heads, seen.rows, columns, seen.count, today, seen=seen)


def samples_of(rows: Sequence[Sequence[str]], number: int) -> list[str]:
    """The first cells that say something, each once."""
    cells = (row[number].strip() for row in rows if number < len(row))
    return list(dict.fromkeys(cell for cell in cells if cell not in ("", HIDDEN)))[:SAMPLES]


@dataclass(frozen=True)
class PreviewRow:
    line: int
    cells: Sequence[str]


@dataclass(frozen=True)
class Preview:
    """One row for each line of the file, with what was understood of it; and the exams that its columns became."""

    heads: Sequence[str] = ()
    rows: Sequence[PreviewRow] = ()
    exams: Sequence[Sequence[str]] = ()
    findings: Sequence[FindingTold] = ()
    refusal: str = ""


def preview_of(look: Look, mapping: Mapping, *, closed: ProtectedIndicators | None) -> Preview:
    """Read as all of the file will be, only that these rows are written as CSV first. `closed` indicators and
    protected facts are left out; None, if this person may have them read.
    """
    findings = Findings()
    with BytesIO() as made:
        text = TextIOWrapper(made, encoding="utf-8", newline="", write_through=True)
        csv.writer(text).writerows([look.heads, *look.rows[:ROWS]])
        text.detach()
        made.seek(0)
        as_made = replace(mapping, delimiter=",", encoding="utf-8", head=1, sheet="")
        try:
            incoming = spreadsheet.read_sheet(
                made,
                "preview.csv",
                as_made,
                findings,
                _silent,
                on=look.on,
                with_protected=closed is None,
                closed=closed,
            )
        except Unreadable as refusal:
            return Preview(refusal=refusal.finding.expected)
    told = tell_findings(findings, 0)
    serious = [each for each in told.shown if each.severity != Severity.NOTE][:ROWS]
    return _preview(incoming, is_wide=mapping.layout == Layout.STUDENTS, findings=serious)


def _silent(*_told: Any, **_facts: Any) -> None:
    """A few rows need no progress."""


def _preview(incoming: Incoming, *, is_wide: bool, findings: Sequence[FindingTold]) -> Preview:
    lines: dict[int, dict[str, str]] = {}
    for table in PREVIEWED:
        rows = incoming.rows(table)
        for place, line in enumerate(rows.lines.tolist()):
            cells = lines.setdefault(line, {})
            for label, cell in _understood(incoming, table, place, is_wide=is_wide):
                if cell:
                    cells.setdefault(label, cell)
    heads = list(dict.fromkeys(label for line in sorted(lines) for label in lines[line]))
    shown = [PreviewRow(line, [lines[line].get(head, "") for head in heads]) for line in sorted(lines)[:ROWS]]
    exams = _exams(incoming) if is_wide else ()
    return Preview(heads, shown, exams, findings)


def _exams(incoming: Incoming) -> list[list[str]]:
    rows = incoming.rows(Table.EXAMS)
    names = ("title", "subject", "day", "maximum", "is_target")
    return [[_cell(incoming, Table.EXAMS, name, rows[name][place]) for name in names] for place in range(len(rows))]


def _understood(incoming: Incoming, table: Table, place: int, *, is_wide: bool) -> Iterator[tuple[str, str]]:
    """The parts of one row by what a person calls them; in a wide table each exam and measure is a column of its own."""
    told = {
        name: _cell(incoming, table, name, incoming.rows(table)[name][place])
        for name in COLUMNS[table]
        if name in incoming.said.get(table, ()) and name not in LEFT_ASIDE and not (is_wide and name == "student")
    }
    if is_wide and table == Table.RESULTS:
        yield told["exam"], told.get("score") or told.get("status", "")
    elif is_wide and table == Table.OBSERVATIONS:
        yield told["indicator"], told.get("number") or told.get("category", "")
    else:
        yield from ((str(label_of(table, name)), cell) for name, cell in told.items())


def _said(kind: Kind, cell: Any) -> bool:
    if kind == Kind.DAY:
        return not np.isnat(cell)
    if kind == Kind.NUMBER:
        return not np.isnan(cell)
    return bool(cell != "") if kind == Kind.TEXT else bool(cell >= 0)


def _cell(incoming: Incoming, table: Table, name: str, cell: Any) -> str:
    kind = COLUMNS[table][name]
    if not _said(kind, cell):
        return ""
    if kind == Kind.DAY:
        return date_format(cell.astype("datetime64[D]").astype(object), "j F Y")
    if kind == Kind.NUMBER:
        return plain(float(cell))
    if kind == Kind.FLAG:
        return _("yes") if cell else _("no")
    if name == "status":
        return str(STATUSES.get(str(cell), cell))
    return _named(incoming, REFERENCES.get(table, {}).get(name), str(cell))


def _named(incoming: Incoming, table: Table | None, told: str) -> str:
    """Of a reference the name of what it refers to, where the file tells it."""
    if table is None or not told:
        return told
    rows = incoming.rows(table)
    found = np.flatnonzero(rows["id"] == told)
    if not len(found):
        return told
    names = [rows[name][found[0]] for name in NAMES if name in COLUMNS[table]]
    return " ".join(str(name) for name in names if name) or told
