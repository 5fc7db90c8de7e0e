"""From the cells of a spreadsheet to tables in the school's words, a block at a time and on to the end, whatever is found."""

from collections.abc import Callable
from datetime import date
from typing import Any, BinaryIO

from django.utils.translation import gettext as _

from portal.kit.figures import counted
from students.importing.closed import ProtectedIndicators
from students.importing.findings import Findings
from students.importing.incoming import Incoming
from students.importing.mapping import Layout, Mapping
from students.importing.spreadsheet.asking import check, columns_of, note_left_out
from students.importing.spreadsheet.cells import open_cells
from students.importing.spreadsheet.frame import Block
from students.importing.spreadsheet.long import Long
from students.importing.spreadsheet.problems import Problems
from students.importing.spreadsheet.run import Run
from students.importing.spreadsheet.values import Fault
from students.importing.spreadsheet.wide import Wide


def read_sheet(  # noqa: PLR0913  # the parts of one reading
    file: BinaryIO, name: str, mapping: Mapping, findings: Findings, progress: Callable[..., Any], *,
    on: date, with_protected: bool = False, closed: ProtectedIndicators | None = None,
) -> Incoming:  # fmt: skip
    """`on` is the day of the import. Raises Unreadable where nothing can be read; faults of rows are findings. Of `closed`
    indicators nothing is read.
    """
    cells = open_cells(file, name, mapping)
    findings.extend(cells.notes)
    check(mapping, cells)
    incoming = Incoming(mapping.source)
    incoming.file(name)
    run = Run(cells, mapping, incoming, Problems(findings, name, cells.heads), on, with_protected, closed)
    note_left_out(run)
    table = Wide(run) if mapping.layout == Layout.STUDENTS else Long(run)
    for lines, rows in cells.blocks():
        block = Block(lines, rows, cells.heads, incoming.read[name], run.problems)
        _refuse_formulas(run, block)
        table.take(block)
        run.problems.tell()
        incoming.read[name] += len(lines)
        incoming.rows_set_aside += block.short_or_long + int(block.bad.sum())
        progress(incoming.read[name], 0, _("Reading row {count}").format(count=counted(incoming.read[name])))
    incoming.rows_set_aside += table.finish()
    run.problems.tell_notes()
    return incoming


def _refuse_formulas(run: Run, block: Block) -> None:
    """Cells whose formula was never calculated hold nothing that could be read."""
    used = set(columns_of(run.mapping))
    fault = Fault(
        "formula_without_value", _("Expected a value; this formula was never calculated. Save the file again.")
    )
    for line, head in run.cells.formulas:
        if head in used:
            block.refuse(block.lines == line, head, fault)
