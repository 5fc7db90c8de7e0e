"""Marks that a truncating import no longer names are removed; history keeps what they were."""

import numpy as np
from django.db import connection
from django.utils.translation import gettext as _

from portal.audit.many import note_removed
from portal.kit.rewriting import among
from students.importing.applying.refusing import stale
from students.importing.applying.writing import Writing, model_of
from students.importing.incoming import Array, Table
from students.importing.plan import Step


def remove(writing: Writing, step: Step) -> None:
    removed = step.removed
    for rows in writing.stretches(len(removed), _("removing marks")):
        _remove(writing, step.table, removed.keys[rows], removed.versions[rows])
    writing.count(step.table, "removed", len(removed))


def _remove(writing: Writing, table: Table, keys: Array, versions: Array) -> None:
    model = model_of(table)
    condition, asked = among(keys)
    has_version = any(each.name == "version" for each in model._meta.concrete_fields)
    lock = " FOR UPDATE" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id, {'version' if has_version else '0'}, student_id"  # noqa: S608  # names of our own
            f' FROM "{model._meta.db_table}" WHERE id {condition}{lock}',
            [asked],
        )
        rows = cursor.fetchall()
        there = {key: version for key, version, _student in rows}
        if there != dict(
            zip(keys.tolist(), versions.tolist() if has_version else np.zeros_like(keys).tolist(), strict=True)
        ):
            raise stale()
        note_removed(model, keys, writing.line)
        cursor.execute(f'DELETE FROM "{model._meta.db_table}" WHERE id {condition}', [asked])  # noqa: S608
    writing.touched.note(table, {student for _key, _version, student in rows})
