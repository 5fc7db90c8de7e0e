"""Rows that are not there yet go in as columns, each table's at once, with keys of their own and with their history."""

from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from portal.audit.many import note_added
from portal.kit import bulk
from portal.kit.folding import FoldedName, folded
from students.importing.applying import accounts
from students.importing.applying.columns import part, stored
from students.importing.applying.keys import resolved
from students.importing.applying.writing import Writing, model_of
from students.importing.incoming import Array, Table
from students.importing.plan import Additions, Step
from students.models.provenance import Origin

Columns = dict[str, bulk.Column]


def add(writing: Writing, step: Step) -> None:
    added, table = step.added, step.table
    if not len(added):
        return
    model = model_of(table)
    if not model._meta.pk.is_relation:
        writing.keys[table] = bulk.take_keys(model, len(added))
    columns = _columns(writing, table, added)
    keys: Array = np.asarray(columns[model._meta.pk.attname], dtype=np.int64)
    for rows in writing.stretches(len(added), _("adding records")):
        bulk.write(model, {name: part(column, rows) for name, column in columns.items()})
        note_added(model, keys[rows], writing.line)
    writing.count(table, "added", len(added))
    if table == Table.EXAMS:
        writing.touched.exams.update(keys.tolist())
    elif table == Table.SITTINGS:
        writing.touched.exams.update(np.unique(columns["exam_id"]).tolist())
    else:
        writing.touched.note(table, _students(table, columns, keys))


def _students(table: Table, columns: Columns, keys: Array) -> list[int]:
    """Of whom these rows speak."""
    return list(np.unique(keys if table == Table.STUDENTS else np.asarray(columns.get("student_id", []))).tolist())


def _columns(writing: Writing, table: Table, added: Additions) -> Columns:
    """Every column of the table: as planned, and the same for all where the plan does not say."""
    model = model_of(table)
    by_name: Columns = {}
    for name, given in added.columns.items():
        keyed = resolved(writing, given, added.refers[name]) if name in added.refers else given
        by_name[name] = stored(model._meta.get_field(name), keyed)
    if not model._meta.pk.is_relation:
        by_name["id"] = writing.keys[table]
    if table == Table.PEOPLE:
        return accounts.columns(by_name, writing.line.at)
    for field in model._meta.concrete_fields:
        if field.attname not in by_name:
            by_name[field.attname] = _unsaid(field, by_name, writing, len(added))
    return by_name


def _unsaid(field: Any, columns: Columns, writing: Writing, rows: int) -> bulk.Column:
    if isinstance(field, FoldedName):
        return folded(field, columns, rows)
    if field.attname == "known_on":
        return columns.get("day")  # attendance and observations; of a mark nobody knows when it became known
    fixed = {
        "origin": Origin.IMPORT.value,
        "source": writing.plan.source,
        "school_id": writing.plan.school_id,
        "version": 1,
        "created_at": writing.line.at,
        "updated_at": writing.line.at,
        "recorded_at": writing.line.at,
    }
    if field.attname in fixed:
        return fixed[field.attname]
    return "[]" if field.get_internal_type() == "JSONField" else field.get_default()
