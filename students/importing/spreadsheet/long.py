"""A table with a row for each result, attendance mark, observation or enrolment, whose students are on record already."""

from typing import Any, Protocol

import numpy as np

from students.importing.incoming import Array, Table
from students.importing.mapping import Doubles, Layout
from students.importing.spreadsheet.doubles import Sameness
from students.importing.spreadsheet.enrolments import EnrolmentRows
from students.importing.spreadsheet.frame import Block
from students.importing.spreadsheet.naming import Naming
from students.importing.spreadsheet.people import People
from students.importing.spreadsheet.registers import AttendanceRows, ObservationRows
from students.importing.spreadsheet.results import ResultRows
from students.importing.spreadsheet.run import Run

KINDS: dict[Layout, Any] = {
    Layout.RESULTS: ResultRows,
    Layout.ATTENDANCE: AttendanceRows,
    Layout.OBSERVATIONS: ObservationRows,
    Layout.ENROLMENTS: EnrolmentRows,
}
STEP = 1 << 32  # keys of doubles: a student's place times this, and what the row is about


class RowsOf(Protocol):
    """What is told apart from layout to layout. First `read`, which marks faults; then the others about what is left."""

    table: Table

    @property
    def double(self) -> str: ...
    def read(self, block: Block) -> None: ...
    def skipped(self, block: Block) -> Array: ...
    def made(self, block: Block, rows: Array) -> tuple[Array, dict[str, Array]]: ...


class Long:
    def __init__(self, run: Run) -> None:
        self.run = run
        self.naming, self.people, self.sameness = Naming(), People(run), Sameness()
        self.rows: RowsOf = KINDS[run.mapping.layout](run, self.naming)

    def take(self, block: Block) -> None:
        self._leave_closed(block)
        who = self.people.take(block)
        self.rows.read(block)
        rows = np.flatnonzero(block.good & ~self.rows.skipped(block))
        if not len(rows):
            return
        self.people.list_referred(block, who, rows)
        things, columns = self.rows.made(block, rows)
        self.sameness.add(who.places[rows] * STEP + things, block.lines[rows])
        self.run.incoming.add(self.rows.table, self.run.file, block.lines[rows], student=who.ids[rows], **columns)

    def _leave_closed(self, block: Block) -> None:
        if self.run.closed is None or not isinstance(self.rows, ObservationRows):
            return
        closed = self.rows.closed(block)
        self.run.problems.note_rows("protected_left_out", block.lines[closed], self.rows.heads["indicator"])
        block.leave_out(closed)

    def finish(self) -> int:
        """How many rows are set aside because they say twice what may be said once."""
        incoming, rule, double = self.run.incoming, self.run.mapping.doubles, self.rows.double

        def told(key: int) -> tuple[str, str]:
            return self.people.ids[key // STEP].partition(":")[2], double

        lines, _keys = self.sameness.settle(rule, self.run.problems, self.people.head, told)
        if len(lines):
            incoming.keep(self.rows.table, ~np.isin(incoming.rows(self.rows.table).lines, lines))
            left = set(incoming.rows(self.rows.table)["student"].tolist())
            mentioned = incoming.rows(Table.STUDENTS)["id"].tolist()
            incoming.keep(Table.STUDENTS, np.array([each in left for each in mentioned], dtype=bool))
        self.naming.pour(incoming, self.run.file)
        return len(lines) if rule == Doubles.REFUSE else 0
