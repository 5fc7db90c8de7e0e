"""What a plan adds, changes, ends and removes, record by record with name, class and line: blocks of rows for the lists of a page."""

from collections.abc import Callable, Iterator
from functools import cached_property

import numpy as np
import pandas as pd

from students.importing.incoming import Array, Table
from students.importing.lists import BLOCK, DEEDS, MOST, Blocks, Listed
from students.importing.plan import NOBODY, Alterations
from students.importing.planning.changes_file import file_named
from students.importing.planning.desk import Desk
from students.importing.planning.naming import TIES, TITLES, Names
from students.importing.planning.shapes import fields_of
from students.importing.told import FieldTold

CLASS = "school_class_id"
SAID_BY_NAME = frozenset({"given_name", "family_name"})
LEFT_ASIDE = frozenset({"known_on"})
CLASSES_NAMED = 3
Columns = Callable[[str], Array]


def lists_of(desk: Desk) -> Iterator[tuple[str, str, Blocks]]:
    lists = Lists(desk)
    for table in desk.steps:
        for deed, blocks in zip(DEEDS, lists.of(table), strict=True):
            yield table.value, deed, blocks


class Lists:
    def __init__(self, desk: Desk) -> None:
        self.desk, self.names = desk, Names(desk)

    def of(self, table: Table) -> tuple[Blocks, Blocks, Blocks, Blocks]:
        """In the order of DEEDS."""
        step = self.desk.steps[table]
        return (
            self._added(table), self._altered(table, "changed", step.changed),
            self._altered(table, "ended", step.ended), self._removed(table),
        )  # fmt: skip

    def _added(self, table: Table) -> Blocks:
        added, files = self.desk.steps[table].added, self.desk.files[table, "added"]
        for part in _stretches(len(added)):
            columns = {attr: column[part] for attr, column in added.columns.items()}
            handles = -1 - np.arange(part.start, part.stop, dtype=np.int64)
            told = {attr: self.names.values(table, attr, columns[attr]) for attr in _facts_of(table, columns)}
            fields = [_told_of_new(told, row) for row in range(len(handles))]
            yield self._rows(table, handles, columns.__getitem__, (files[part], added.lines[part]), fields)

    def _altered(self, table: Table, deed: str, altered: Alterations) -> Blocks:
        files = self.desk.files[table, deed]
        for part in _stretches(len(altered)):
            told = {
                attr: (
                    altered.differs[attr][part],
                    self.names.values(table, attr, altered.before[attr][part]),
                    self.names.values(table, attr, column[part]),
                )
                for attr, column in altered.after.items()
            }
            keys = altered.keys[part]
            fields = [_told_of_changed(told, row) for row in range(len(keys))]
            yield self._rows(table, keys, self._held(table, keys), (files[part], altered.lines[part]), fields)

    def _removed(self, table: Table) -> Blocks:
        for part in _stretches(len(self.desk.steps[table].removed)):
            keys = self.desk.steps[table].removed.keys[part]
            nowhere = (np.full(len(keys), -1), np.zeros(len(keys), dtype=np.int64))
            yield self._rows(table, keys, self._held(table, keys), nowhere, [()] * len(keys))

    def _held(self, table: Table, keys: Array) -> Columns:
        held = self.desk.held[table]
        places = np.searchsorted(held.keys, keys)
        return lambda attr: np.asarray(held.fields[attr][places])

    def _rows(
        self, table: Table, handles: Array, columns: Columns, origin: tuple[Array, Array],
        fields: list[tuple[FieldTold, ...]],
    ) -> list[Listed]:  # fmt: skip
        files = [file_named(self.desk, number) for number in origin[0].tolist()]
        who, classes = self._who(table, handles, columns), self._classes(table, handles, columns)
        return list(map(Listed, who, classes, files, origin[1].tolist(), fields))

    def _who(self, table: Table, handles: Array, columns: Columns) -> list[str]:
        """A record is called by what it ties together; its class stands beside it."""
        ties = [attr for attr in TIES.get(table, ()) if attr != CLASS]
        if not ties:
            return self.names.of(table, handles)
        parts = [self.names.values(table, attr, columns(attr)) for attr in ties]
        return [", ".join(filter(None, each)) for each in zip(*parts, strict=True)]

    def _classes(self, table: Table, handles: Array, columns: Columns) -> list[str]:
        attrs = {field.attr for field in fields_of(table)}
        if CLASS in attrs:
            return self.names.values(table, CLASS, columns(CLASS))
        if table == Table.STUDENTS or "student_id" in attrs:
            students = handles if table == Table.STUDENTS else columns("student_id")
            return [self._class_of.get(student, "") for student in students.tolist()]
        return [""] * len(handles)

    @cached_property
    def _class_of(self) -> dict[int, str]:
        """Where each student will be, or, of who will be in none, is now: the home class, or else the first few."""
        after, now = (
            self._in_force(each[Table.ENROLMENTS].fields) for each in (self.desk.outcomes, self.desk.held)
        )  # fmt: skip
        rolls = pd.concat([after, now[~now["student"].isin(after["student"])]]).drop_duplicates()
        classes = self.desk.outcomes[Table.CLASSES]
        rolls["name"] = self.names.of(Table.CLASSES, rolls["school_class"].to_numpy())
        rolls["is_home"] = classes.look("is_home_class", rolls["school_class"].to_numpy()) == 1
        rolls = rolls[rolls["is_home"] | ~rolls.groupby("student")["is_home"].transform("any")].sort_values("name")
        names: dict[int, list[str]] = {}
        for student, name in zip(rolls["student"].tolist(), rolls["name"].tolist(), strict=True):
            names.setdefault(student, []).append(name)
        return {student: _joined(told) for student, told in names.items()}

    def _in_force(self, fields: dict[str, Array]) -> pd.DataFrame:
        open_ = np.isnat(fields["ends"]) | (fields["ends"] >= self.desk.today)
        open_ &= (fields["student_id"] != NOBODY) & (fields[CLASS] != NOBODY)
        return pd.DataFrame({"student": fields["student_id"][open_], "school_class": fields[CLASS][open_]})


def _stretches(rows: int) -> Iterator[slice]:
    for start in range(0, min(rows, MOST), BLOCK):
        yield slice(start, min(start + BLOCK, rows, MOST))


def _facts_of(table: Table, columns: dict[str, Array]) -> list[str]:
    """What is told of a new record beside its name and class."""
    said = {*TIES.get(table, ()), CLASS, *LEFT_ASIDE}
    said |= SAID_BY_NAME if table == Table.STUDENTS else {TITLES.get(table, "name")}
    fields = [field.attr for field in fields_of(table) if field.attr in columns]
    more = ["external_id"] if "external_id" in columns else []
    return [attr for attr in (*fields, *more) if attr not in said]


def _told_of_new(told: dict[str, list[str]], row: int) -> tuple[FieldTold, ...]:
    return tuple(FieldTold(attr, "", values[row]) for attr, values in told.items() if values[row])


def _told_of_changed(told: dict[str, tuple[Array, list[str], list[str]]], row: int) -> tuple[FieldTold, ...]:
    return tuple(
        FieldTold(attr, before[row], after[row]) for attr, (differs, before, after) in told.items() if differs[row]
    )


def _joined(names: list[str]) -> str:
    distinct = list(dict.fromkeys(names))  # the same name in several subjects is one class to a person
    return ", ".join(distinct[:CLASSES_NAMED]) + ("…" if len(distinct) > CLASSES_NAMED else "")
