"""What a file says, in the school's own words and apart from the database: tables of columns, each row with its file and line.

Readers fill it a block at a time, planning holds it against the records. A reference is the `id` that a row of another table
has in the same file; planning finds out for which record that id stands.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


class Kind(StrEnum):
    """How a column is kept. A text that is not said is "", a day NaT, a number NaN, a whole number or a flag -1."""

    TEXT = "text"
    DAY = "day"
    NUMBER = "number"
    WHOLE = "whole"
    FLAG = "flag"


DTYPES: dict[Kind, Any] = {
    Kind.TEXT: object,
    Kind.DAY: "datetime64[s]",
    Kind.NUMBER: np.float64,
    Kind.WHOLE: np.int64,
    Kind.FLAG: np.int8,
}
NOT_SAID: dict[Kind, Any] = {
    Kind.TEXT: "",
    Kind.DAY: np.datetime64("NaT"),
    Kind.NUMBER: np.nan,
    Kind.WHOLE: -1,
    Kind.FLAG: -1,
}


class Table(StrEnum):
    """In the order in which they are planned and written: a table refers only to those above it, or to itself."""

    TERMS = "terms"
    SUBJECTS = "subjects"
    CLASSES = "classes"
    PEOPLE = "people"
    MEMBERSHIPS = "memberships"
    STUDENTS = "students"
    DEMOGRAPHICS = "demographics"
    GUARDIANSHIPS = "guardianships"
    ENROLMENTS = "enrolments"
    TEACHINGS = "teachings"
    EXAMS = "exams"
    SITTINGS = "sittings"
    RESULTS = "results"
    ATTENDANCE = "attendance"
    INDICATORS = "indicators"
    OBSERVATIONS = "observations"


T, D, N, W, F = Kind.TEXT, Kind.DAY, Kind.NUMBER, Kind.WHOLE, Kind.FLAG
# `id`: how this file's other rows name the row, never empty and once per table. `external_id`: its id in the source, "" where
# the file has none; such a row is found by its natural key (planning says which). `must_exist` = 1: the file only refers to
# the record, which is neither added nor changed by it.
_NAMED = {"id": T, "external_id": T, "must_exist": F}
COLUMNS: dict[Table, dict[str, Kind]] = {
    Table.TERMS: {**_NAMED, "name": T, "kind": T, "starts": D, "ends": D, "parent": T},
    Table.SUBJECTS: {**_NAMED, "code": T, "name": T},
    Table.CLASSES: {**_NAMED, "name": T, "subject": T, "term": T, "grade_level": W, "is_home_class": F},
    Table.PEOPLE: {**_NAMED, "email": T, "name": T},
    Table.MEMBERSHIPS: {"external_id": T, "person": T, "role": T, "starts": D, "ends": D},
    Table.STUDENTS: {
        **_NAMED, "given_name": T, "family_name": T, "preferred_name": T, "birth_date": D, "grade_level": W,
        "status": T, "starts": D, "ends": D,
    },
    Table.DEMOGRAPHICS: {
        "student": T, "gender": T, "ethnicity": T, "parental_education": T, "lunch_programme": T, "home_language": T,
    },
    Table.GUARDIANSHIPS: {"external_id": T, "student": T, "person": T, "relation": T, "starts": D, "ends": D},
    Table.ENROLMENTS: {"external_id": T, "student": T, "school_class": T, "starts": D, "ends": D},
    Table.TEACHINGS: {"external_id": T, "person": T, "school_class": T, "starts": D, "ends": D, "is_lead": F},
    Table.EXAMS: {
        **_NAMED, "title": T, "subject": T, "term": T, "kind": T, "day": D, "maximum": N, "weight": N, "is_target": F,
    },
    Table.SITTINGS: {"exam": T, "school_class": T},
    Table.RESULTS: {"external_id": T, "exam": T, "student": T, "status": T, "score": N, "known_on": D},
    Table.ATTENDANCE: {"student": T, "school_class": T, "day": D, "status": T},
    Table.INDICATORS: {**_NAMED, "code": T, "name": T, "kind": T, "is_protected": F},
    Table.OBSERVATIONS: {"external_id": T, "student": T, "indicator": T, "day": D, "number": N, "category": T},
}  # fmt: skip
REFERENCES: dict[Table, dict[str, Table]] = {
    Table.TERMS: {"parent": Table.TERMS},
    Table.CLASSES: {"subject": Table.SUBJECTS, "term": Table.TERMS},
    Table.MEMBERSHIPS: {"person": Table.PEOPLE},
    Table.DEMOGRAPHICS: {"student": Table.STUDENTS},
    Table.GUARDIANSHIPS: {"student": Table.STUDENTS, "person": Table.PEOPLE},
    Table.ENROLMENTS: {"student": Table.STUDENTS, "school_class": Table.CLASSES},
    Table.TEACHINGS: {"person": Table.PEOPLE, "school_class": Table.CLASSES},
    Table.EXAMS: {"subject": Table.SUBJECTS, "term": Table.TERMS},
    Table.SITTINGS: {"exam": Table.EXAMS, "school_class": Table.CLASSES},
    Table.RESULTS: {"exam": Table.EXAMS, "student": Table.STUDENTS},
    Table.ATTENDANCE: {"student": Table.STUDENTS, "school_class": Table.CLASSES},
    Table.OBSERVATIONS: {"student": Table.STUDENTS, "indicator": Table.INDICATORS},
}


@dataclass(frozen=True)
class Rows:
    """The rows of one table: every column of COLUMNS, and for each row the number of its file and its line."""

    columns: Mapping[str, Array]
    files: Array
    lines: Array

    def __len__(self) -> int:
        return len(self.lines)

    def __getitem__(self, name: str) -> Array:
        return self.columns[name]

    def chosen(self, mask: Array) -> "Rows":
        return Rows({name: column[mask] for name, column in self.columns.items()}, self.files[mask], self.lines[mask])


@dataclass
class Incoming:
    """All tables of one import. `said` are the columns the file has; others are left as they are in the records."""

    source: str
    files: list[str] = field(default_factory=list)
    read: dict[str, int] = field(default_factory=dict)  # rows of each file, left out ones included
    # Tables of which the file is the whole truth: an enrolment or teaching of this source that it does not name has ended.
    complete: set[Table] = field(default_factory=set)
    said: dict[Table, set[str]] = field(default_factory=dict)
    # What a column is called in the file, for sentences: {Table.RESULTS: {"student": "studentSourcedId"}}.
    heads: dict[Table, dict[str, str]] = field(default_factory=dict)
    rows_set_aside: int = 0  # rows of the files that readers and planning left out because of an error
    # Ids of rows that were left out, so that what hangs on them can be told so.
    refused: dict[Table, set[str]] = field(default_factory=dict)
    _blocks: dict[Table, list[Rows]] = field(default_factory=dict)

    def file(self, name: str) -> int:
        """The number of a file, by which rows name it."""
        if name not in self.files:
            self.files.append(name)
            self.read[name] = 0
        return self.files.index(name)

    def add(self, table: Table, file: str, lines: Sequence[int] | Array, **columns: Any) -> None:
        """A block of rows. A column is one value for all of them or one for each; what is not named is not said."""
        rows = len(lines)
        kinds = COLUMNS[table]
        if unknown := set(columns) - set(kinds):
            raise ValueError(f"{table}: no columns {sorted(unknown)}")
        made = {name: _column(kind, columns.get(name, NOT_SAID[kind]), rows) for name, kind in kinds.items()}
        number = np.full(rows, self.file(file), dtype=np.int16)
        self.said.setdefault(table, set()).update(columns)
        self._blocks.setdefault(table, []).append(Rows(made, number, np.asarray(lines, dtype=np.int64)))

    def rows(self, table: Table) -> Rows:
        """All rows of a table; the blocks become one, once."""
        blocks = self._blocks.get(table, [])
        if len(blocks) != 1:
            self._blocks[table] = [_joined(table, blocks)]
        return self._blocks[table][0]

    def keep(self, table: Table, mask: Array) -> None:
        """Leave out the rows that are not marked."""
        self._blocks[table] = [self.rows(table).chosen(mask)]


def _column(kind: Kind, given: Any, rows: int) -> Array:
    if isinstance(given, np.ndarray | list | tuple):
        if len(given) != rows:
            raise ValueError(f"a column of {len(given)} values for {rows} rows")
        if kind == Kind.TEXT:
            made = np.empty(rows, dtype=object)
            made[:] = given
            return made
        return np.asarray(given, dtype=DTYPES[kind])
    return np.full(rows, given, dtype=DTYPES[kind])


def _joined(table: Table, blocks: list[Rows]) -> Rows:
    """Column by column, each block letting go of its part, so that the whole is never held twice."""
    parts = [dict(block.columns) for block in blocks]
    files = np.concatenate([block.files for block in blocks] or [np.empty(0, dtype=np.int16)])
    lines = np.concatenate([block.lines for block in blocks] or [np.empty(0, dtype=np.int64)])
    blocks.clear()
    columns = {}
    for name, kind in COLUMNS[table].items():
        columns[name] = np.concatenate([part.pop(name) for part in parts] or [np.empty(0, dtype=DTYPES[kind])])
    return Rows(columns, files, lines)
