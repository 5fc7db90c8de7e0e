"""What rows refer to and the bundle does not bring: records that must be there already. Told to planning as such."""

import numpy as np

from students.importing.incoming import REFERENCES, Incoming, Table
from students.importing.oneroster.desk import Desk

# Where the rows of these tables come from.
NAMED = {
    Table.TERMS: "academicSessions", Table.SUBJECTS: "courses", Table.CLASSES: "classes", Table.PEOPLE: "users",
    Table.STUDENTS: "users", Table.EXAMS: "lineItems",
}  # fmt: skip


def add_outside(desk: Desk) -> None:
    """A row for each, at the line that first refers to it. Those that were refused are told by planning, and so are those
    that may be: the file that should bring them has a row whose id cannot be read.
    """
    incoming = desk.incoming
    found: dict[Table, dict[str, tuple[str, int]]] = {table: {} for table in NAMED}
    for table, columns in REFERENCES.items():
        for column, target in columns.items():
            if target in found:
                _collect(incoming, table, column, found[target], _there(incoming, target))
    for target, rows in found.items():
        if NAMED[target] in desk.lost and desk.is_whole(NAMED[target]):
            incoming.refused.setdefault(target, set()).update(rows)
            continue
        for file in sorted({file for file, _line in rows.values()}):
            ids = [key for key, place in rows.items() if place[0] == file]
            lines = [rows[key][1] for key in ids]
            said = set(incoming.said.get(target, ()))
            incoming.add(target, file, lines, id=ids, external_id=ids, must_exist=1)
            incoming.said[target] = said | {"id", "external_id"}


def _there(incoming: Incoming, target: Table) -> set[str]:
    return set(incoming.rows(target)["id"].tolist()) | incoming.refused.get(target, set()) | {""}


def _collect(incoming: Incoming, table: Table, column: str, found: dict[str, tuple[str, int]], there: set[str]) -> None:
    rows = incoming.rows(table)
    ids, firsts = np.unique(rows[column].astype(str), return_index=True)
    for key, row in zip(ids.tolist(), firsts.tolist(), strict=True):
        if key not in there:
            found.setdefault(key, (incoming.files[rows.files[row]], int(rows.lines[row])))
