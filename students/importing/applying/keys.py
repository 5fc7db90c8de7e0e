"""From handles to keys: a row that was added a moment ago is known by the key it was given, a record that is there by its own."""

import numpy as np
from django.db import connection

from portal.kit.rewriting import among
from students.importing.applying.refusing import stale
from students.importing.applying.writing import Writing, model_of
from students.importing.incoming import Array, Table
from students.importing.plan import NOBODY, Additions, Alterations, Step


def resolved(writing: Writing, handles: Array, table: Table) -> Array:
    """Keys for handles; NOBODY stays."""
    found = np.asarray(handles, dtype=np.int64).copy()
    new = (found < 0) & (found != NOBODY)
    if new.any():
        found[new] = writing.keys[table][-1 - found[new]]
    return found


def check_references(writing: Writing, step: Step) -> None:
    """What the plan points to is still there, and in this school."""
    for part in (step.added, step.changed, step.ended):
        for name, table in part.refers.items():
            if name in (columns := _columns(part)):
                handles = np.unique(np.asarray(columns[name], dtype=np.int64))
                _check_there(writing, handles[handles >= 0], table)


def _columns(part: Additions | Alterations) -> dict[str, Array]:
    return part.columns if isinstance(part, Additions) else part.after


def _check_there(writing: Writing, keys: Array, table: Table) -> None:
    model = model_of(table)
    has_school = any(each.name == "school" for each in model._meta.concrete_fields)
    condition, asked = among(keys)
    own = " AND school_id = %s" if has_school else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT COUNT(*) FROM "{model._meta.db_table}" WHERE "{model._meta.pk.column}" {condition}{own}',  # noqa: S608
            [asked, *([writing.plan.school_id] if has_school else [])],
        )
        if cursor.fetchone()[0] != len(keys):
            raise stale()
