"""What planning has before it while it goes from table to table: the file, the school, and what became of the tables above."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any
from uuid import UUID

import numpy as np

from students.importing.findings import Finding, Findings, Severity
from students.importing.incoming import Array, Incoming, Table
from students.importing.plan import NOBODY, Step
from students.importing.planning.knowing import Known
from students.models import ImportBatch, School


@dataclass
class Outcome:
    """A table as it stands once the plan was applied: the records by key, behind them those that are added."""

    keys: Array
    fields: dict[str, Array]

    def __len__(self) -> int:
        return len(next(iter(self.fields.values())))

    def places(self, handles: Array) -> Array:
        """Where the record of each handle stands. Handles of nobody stand anywhere: ask for them first."""
        among = np.searchsorted(self.keys, np.maximum(handles, 0))
        added = len(self.keys) - 1 - np.where(handles == NOBODY, -1, handles)
        last = max(len(self) - 1, 0)
        return np.clip(np.where(handles < 0, added, among), 0, last)

    def look(self, name: str, handles: Array) -> Array:
        column = self.fields[name]
        return np.asarray(column[self.places(handles)] if len(column) else np.resize(_void(column), len(handles)))

    @property
    def handles(self) -> Array:
        added = len(self) - len(self.keys)
        return np.concatenate([self.keys, -1 - np.arange(added, dtype=np.int64)])


def _void(column: Array) -> Array:
    return np.array(["" if column.dtype == object else 0]).astype(column.dtype)


@dataclass
class Left:
    """What stays as a person typed it: one field of some records of one table."""

    table: Table
    attr: str
    keys: Array
    mine: Array  # what stands in the records
    theirs: Array  # what the file says
    files: Array
    lines: Array


@dataclass
class Desk:
    incoming: Incoming
    school: School
    on: date
    findings: Findings
    truncate: bool = False
    with_protected: bool = False
    handles: dict[Table, dict[str, int]] = field(default_factory=dict)
    left_out: dict[Table, set[str]] = field(default_factory=dict)  # ids of rows that a note, no error, keeps out
    steps: dict[Table, Step] = field(default_factory=dict)
    outcomes: dict[Table, Outcome] = field(default_factory=dict)
    left: list[Left] = field(default_factory=list)
    # The file of each line of a step, beside `lines`: {(table, "added"): …}.
    files: dict[tuple[Table, str], Array] = field(default_factory=dict)
    # Rows of the files, by file and line: a row may become several of several tables.
    lines_refused: set[int] = field(default_factory=set)  # of which an error is told
    lines_set_aside: list[Array] = field(default_factory=list)
    held: dict[Table, Known] = field(default_factory=dict)  # what was on record before
    of_source: dict[Table, int] = field(default_factory=dict)  # marks of the source, where some may be removed
    # Rows with errors under ids of no record: of each table that is ended, for they may speak of records that end by it.
    unread: dict[Table, int] = field(default_factory=dict)
    doubles: int = 0  # new students with the name of somebody on record
    refused: dict[Table, set[str]] = field(init=False)  # ids of rows that an error keeps out

    def __post_init__(self) -> None:
        self.refused = {table: set(ids) for table, ids in self.incoming.refused.items()}

    @property
    def rows_set_aside(self) -> int:
        return len(np.unique(np.concatenate(self.lines_set_aside))) if self.lines_set_aside else 0

    @property
    def today(self) -> Any:
        return np.datetime64(self.on, "s")

    @cached_property
    def marks(self) -> list[UUID]:
        """By which the history tells changes of imports, undone ones included, from those of people."""
        pairs = ImportBatch.objects.filter(school=self.school).values_list("mark", "undo_mark")
        return [mark for pair in pairs for mark in pair]

    def head(self, table: Table, column: str) -> str:
        return self.incoming.heads.get(table, {}).get(column, column)

    def report(self, table: Table, file: int, line: int, said: tuple[str, str, str], value: str, **more: Any) -> None:
        """`said`: code, column and the sentence."""
        code, column, sentence = said
        name = self.incoming.files[file] if self.incoming.files else ""
        severity = more.get("severity", Severity.ERROR)
        self.findings.add(Finding(code, name, line, column and self.head(table, column), value, sentence, severity))


Judge = Callable[[Any], None]
