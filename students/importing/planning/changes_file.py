"""Every change, ending, removal and conflict of a plan, one row for each field: for the page's examples and as a CSV file."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from io import TextIOWrapper
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from portal.kit.spreadsheets import BYTE_ORDER_MARK, harmless
from students.importing.incoming import Array, Table
from students.importing.plan import Alterations
from students.importing.planning.desk import Desk, Left
from students.importing.planning.naming import Names
from students.importing.planning.words import field_label, table_label

AT_ONCE = 2_000
NO_FILE = -1


@dataclass(frozen=True, slots=True)
class Line:
    """One field of one record; of removals no field."""

    action: str
    table: Table
    who: str
    key: int
    attr: str
    before: str
    after: str
    file: str
    line: int


def lines_of(desk: Desk, table: Table, most: int = 0) -> Iterator[Line]:
    """All lines of a table; `most`: of the first so many records of each action only."""
    step, names = desk.steps[table], Names(desk)
    for action, altered in (("changed", step.changed), ("ended", step.ended)):
        yield from _altered(desk, names, table, action, altered, most)
    yield from _removed(names, table, step.removed.keys, most)
    for left in desk.left:
        if left.table == table:
            yield from _left(desk, names, left, most)


def _stretches(rows: int, most: int) -> Iterator[slice]:
    rows = min(rows, most) if most else rows
    for start in range(0, rows, AT_ONCE):
        yield slice(start, min(start + AT_ONCE, rows))


def _altered(
    desk: Desk, names: Names, table: Table, action: str, altered: Alterations, most: int
) -> Iterator[Line]:  # fmt: skip
    files = desk.files[table, action]
    for part in _stretches(len(altered), most):
        keys, who = altered.keys[part].tolist(), names.who(table, altered.keys[part])
        texts = {
            attr: (names.values(table, attr, altered.before[attr][part]), names.values(table, attr, column[part]))
            for attr, column in altered.after.items()
        }
        for row, key in enumerate(keys):
            place = (file_named(desk, files[part][row]), int(altered.lines[part][row]))
            for attr, (before, after) in texts.items():
                if altered.differs[attr][part][row]:
                    yield Line(action, table, who[row], key, attr, before[row], after[row], *place)


def _removed(names: Names, table: Table, keys: Array, most: int) -> Iterator[Line]:
    for part in _stretches(len(keys), most):
        for key, who in zip(keys[part].tolist(), names.who(table, keys[part]), strict=True):
            yield Line("removed", table, who, key, "", "", "", "", 0)


def _left(desk: Desk, names: Names, left: Left, most: int) -> Iterator[Line]:
    for part in _stretches(len(left.keys), most):
        who = names.who(left.table, left.keys[part])
        mine, theirs = (names.values(left.table, left.attr, column[part]) for column in (left.mine, left.theirs))
        for row, key in enumerate(left.keys[part].tolist()):
            file, line = file_named(desk, left.files[part][row]), int(left.lines[part][row])
            yield Line("kept", left.table, who[row], key, left.attr, mine[row], theirs[row], file, line)


def file_named(desk: Desk, number: Any) -> str:
    return "" if number == NO_FILE else desk.incoming.files[int(number)]


def count_lines(desk: Desk) -> int:
    """Rows of the file, without making them."""
    made = sum(len(left.keys) for left in desk.left)
    for step in desk.steps.values():
        made += len(step.removed)
        made += sum(int(np.sum(mark)) for each in (step.changed, step.ended) for mark in each.differs.values())
    return made


def write_lines(desk: Desk, out: Any) -> None:
    """As CSV into an open binary file."""
    words = {"changed": _("changed"), "ended": _("ended"), "removed": _("removed"), "kept": _("kept as typed")}
    heads = [
        _("action"), _("table"), _("who"), _("id"), _("field"), _("before"), _("after"), _("file"), _("line"),
    ]  # fmt: skip
    text = TextIOWrapper(out, encoding="utf-8", newline="", write_through=False)
    text.write(BYTE_ORDER_MARK)
    writer = csv.writer(text)
    writer.writerow(heads)
    for table in desk.steps:
        label = table_label(table)
        for each in lines_of(desk, table):
            row = (
                words[each.action], label, each.who, each.key, field_label(each.attr) if each.attr else "",
                each.before, each.after, each.file, each.line or "",
            )  # fmt: skip
            writer.writerow([harmless(cell) for cell in row])
    text.flush()
    text.detach()
