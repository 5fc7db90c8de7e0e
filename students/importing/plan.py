"""What applying an import would do, table by table: columns of rows to add, to change, to end, to remove. Written as it stands.

A reference to a record is a handle: its key, or -1 - n for the n-th row to be added to the table it points to, or NOBODY.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np

from students import models
from students.importing.incoming import Array, Table
from students.importing.told import PlanTold

NOBODY = np.iinfo(np.int64).min
MODELS: dict[Table, Any] = {
    Table.TERMS: models.Term,
    Table.SUBJECTS: models.Subject,
    Table.CLASSES: models.SchoolClass,
    Table.MEMBERSHIPS: models.Membership,
    Table.STUDENTS: models.Student,
    Table.DEMOGRAPHICS: models.Demographics,
    Table.GUARDIANSHIPS: models.Guardianship,
    Table.ENROLMENTS: models.Enrolment,
    Table.TEACHINGS: models.Teaching,
    Table.EXAMS: models.Exam,
    Table.SITTINGS: models.Sitting,
    Table.RESULTS: models.Result,
    Table.ATTENDANCE: models.AttendanceMark,
    Table.INDICATORS: models.Indicator,
    Table.OBSERVATIONS: models.Observation,
}  # PEOPLE are accounts: portal.accounts.models.User, which carry neither source nor version
Progress = Callable[..., Any]


@dataclass
class Additions:
    """Rows that are not there yet. Columns by attribute name of the model (`student_id`), references as handles."""

    columns: dict[str, Array] = field(default_factory=dict)
    refers: dict[str, Table] = field(default_factory=dict)  # which columns are handles, and of which table
    lines: Array = field(default_factory=lambda: np.empty(0, dtype=np.int64))

    def __len__(self) -> int:
        return len(self.lines)


@dataclass
class Alterations:
    """Records whose fields become others. For each field its values before and after, and a mark where they differ."""

    keys: Array = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    # The `version` that was read; who finds another one in the table was overtaken. Of models without one all are 0.
    versions: Array = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    before: dict[str, Array] = field(default_factory=dict)
    after: dict[str, Array] = field(default_factory=dict)
    differs: dict[str, Array] = field(default_factory=dict)
    refers: dict[str, Table] = field(default_factory=dict)
    lines: Array = field(default_factory=lambda: np.empty(0, dtype=np.int64))

    def __len__(self) -> int:
        return len(self.keys)


@dataclass
class Removals:
    """Marks of this source that a truncating import does not name any more. Of no other table anything is removed."""

    keys: Array = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    versions: Array = field(default_factory=lambda: np.empty(0, dtype=np.int64))

    def __len__(self) -> int:
        return len(self.keys)


@dataclass
class Step:
    """One table. Endings are changes of the last day (of students also of the status), kept apart because guards count them."""

    table: Table
    read: int = 0
    added: Additions = field(default_factory=Additions)
    changed: Alterations = field(default_factory=Alterations)
    ended: Alterations = field(default_factory=Alterations)
    removed: Removals = field(default_factory=Removals)
    unchanged: int = 0
    kept: int = 0
    set_aside: int = 0  # rows with an error, and rows that hang on one
    left_out: int = 0  # rows that a note keeps out


@dataclass
class Plan:
    """All steps in the order of Table. The same file, records and day give the same fingerprint."""

    school_id: int
    source: str
    on: date
    steps: dict[Table, Step]
    told: PlanTold
    fingerprint: str
    rows_set_aside: int = 0
    # Writes every change, ending, removal and conflict as CSV into an open binary file.
    write_changes: Callable[[Any], None] = lambda out: None
    # Writes every record that is added, changed, ended or removed, as importing/lists.py reads them.
    write_lists: Callable[[Any], None] = lambda out: None

    @property
    def does(self) -> int:
        return self.told.does
