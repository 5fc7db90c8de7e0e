"""Records whose fields become others: only those fields, and only while each record is still as it was planned for."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from portal.audit.many import changing
from portal.kit.folding import folded_anew
from portal.kit.rewriting import Seen, rewrite
from students.importing.applying.adding import Columns
from students.importing.applying.columns import part, stored
from students.importing.applying.keys import resolved
from students.importing.applying.refusing import stale
from students.importing.applying.writing import Writing, model_of
from students.importing.incoming import Array, Table
from students.importing.plan import Alterations


def alter(writing: Writing, table: Table, altered: Alterations) -> None:
    if not len(altered):
        return
    is_ending = altered is writing.plan.steps[table].ended
    sentence = _("ending records") if is_ending else _("changing records")
    after = {name: _column(writing, table, altered, altered.after, name) for name in altered.after}
    for names, places in _alike(altered):
        for rows in writing.stretches(len(places), sentence):
            chosen = places[rows]
            columns = {name: part(after[name], chosen) for name in names}
            _rewrite(writing, table, altered, chosen, columns)
    writing.count(table, "ended" if is_ending else "changed", len(altered))


def _rewrite(writing: Writing, table: Table, altered: Alterations, chosen: Array, columns: Columns) -> None:
    model, keys = model_of(table), altered.keys[chosen]
    told = [model._meta.get_field(name).name for name in columns]
    with changing(model, keys, told, writing.line) as before:
        again = folded_anew(model, keys.tolist(), columns)
        seen = _seen(writing, table, altered, chosen, list(columns))
        if rewrite(model, keys, {**columns, **again}, at=writing.line.at, seen=seen) != len(keys):
            raise stale()
    if table == Table.EXAMS:
        writing.touched.exams.update(before.keys)
    else:
        writing.touched.note(table, before.of_students)


def _column(writing: Writing, table: Table, altered: Alterations, side: dict[str, Array], name: str) -> Any:
    given = side[name]
    keyed = resolved(writing, given, altered.refers[name]) if name in altered.refers else given
    return stored(model_of(table)._meta.get_field(name), keyed)


def _alike(altered: Alterations) -> Iterator[tuple[list[str], Array]]:
    """Rows of which the same fields differ go in one statement."""
    names = sorted(altered.differs)
    marks = np.zeros(len(altered), dtype=np.int64)
    for place, name in enumerate(names):
        marks |= np.asarray(altered.differs[name], dtype=np.int64) << place
    for mark in np.unique(marks):
        chosen = [name for place, name in enumerate(names) if mark >> place & 1]
        if chosen:
            yield chosen, np.flatnonzero(marks == mark)


def _seen(writing: Writing, table: Table, altered: Alterations, chosen: Array, names: list[str]) -> Seen:
    """The version that was read; of records without one the values that were read."""
    if any(each.name == "version" for each in model_of(table)._meta.concrete_fields):
        return Seen(versions=altered.versions[chosen])
    before = {name: _column(writing, table, altered, altered.before, name) for name in names}
    return Seen(values={name: part(column, chosen) for name, column in before.items()})
