"""Many rows altered or found again by their keys: arrays on PostgreSQL, batches on SQLite, one interface."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
from django.db import connection, models
from numpy.typing import NDArray

from portal.kit.bulk import Column, values_of

BATCH = 20_000
Array = NDArray[Any]


@dataclass(frozen=True)
class Seen:
    """What somebody saw before deciding: only rows that are still so are altered. Nothing said, nothing asked."""

    versions: Array | None = None
    values: Mapping[str, Column] = field(default_factory=dict)


def among(keys: Any) -> tuple[str, Any]:
    """A condition for a key's column, with its one parameter, however many keys there are."""
    plain = np.asarray(keys, dtype=np.int64).tolist()
    if connection.vendor == "postgresql":
        return "= ANY(%s::bigint[])", plain
    return "IN (SELECT value FROM json_each(%s))", json.dumps(plain)


def rewrite(
    model: type[models.Model], keys: Array, columns: Mapping[str, Column], *, at: datetime, seen: Seen | None = None
) -> int:
    """Give the rows with these keys new values, by attribute name. Each is a version further. Returns how many there were."""
    seen = seen or Seen()
    asked = dict(seen.values) | ({} if seen.versions is None else {"version": seen.versions})
    alter = _alter_by_arrays if connection.vendor == "postgresql" else _alter_one_by_one
    done = 0
    with connection.cursor() as cursor:
        for start in range(0, len(keys), BATCH):
            stop = min(start + BATCH, len(keys))
            lists = [values_of(column, start, stop) for column in (*columns.values(), *asked.values())]
            done += alter(cursor, model, (keys[start:stop].tolist(), lists), (list(columns), list(asked)), at)
    return done


def check_references_now() -> None:
    """PostgreSQL otherwise looks at references when a transaction ends, where nobody can be told; SQLite always does."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")


Given = tuple[list[int], list[list[Any]]]
Names = tuple[list[str], list[str]]


def _alter_by_arrays(cursor: Any, model: type[models.Model], given: Given, names: Names, at: datetime) -> int:
    keys, lists = given
    changed, asked = names
    places = [f"v{place}" for place in range(len(lists))]
    kinds = [_kind(model, name) for name in (*changed, *asked)]
    arrays = ", ".join(f"%s::{kind}[]" for kind in ("bigint", *kinds))
    news = [f'"{_column(model, name)}" = given.{place}' for name, place in zip(changed, places, strict=False)]
    same = [
        f' AND kept."{_column(model, name)}" IS NOT DISTINCT FROM given.{place}'
        for name, place in zip(asked, places[len(changed) :], strict=True)
    ]
    more, values = _bookkeeping(model, at)
    cursor.execute(
        f'UPDATE "{model._meta.db_table}" AS kept SET {", ".join([*news, *more])}'  # noqa: S608  # names of our own
        f" FROM unnest({arrays}) AS given({', '.join(['key', *places])})"
        f' WHERE kept."{model._meta.pk.column}" = given.key{"".join(same)}',
        [*values, keys, *lists],
    )
    return int(cursor.rowcount)


def _alter_one_by_one(cursor: Any, model: type[models.Model], given: Given, names: Names, at: datetime) -> int:
    keys, lists = given
    changed, asked = names
    news = [f'"{_column(model, name)}" = %s' for name in changed]
    same = [f' AND "{_column(model, name)}" IS %s' for name in asked]
    more, values = _bookkeeping(model, at)
    statement = (
        f'UPDATE "{model._meta.db_table}" SET {", ".join([*more, *news])}'  # noqa: S608  # names of our own
        f' WHERE "{model._meta.pk.column}" = %s{"".join(same)}'
    )
    first, last = lists[: len(changed)], lists[len(changed) :]
    rows = zip(*[[value] * len(keys) for value in values], *first, keys, *last, strict=True)
    cursor.executemany(statement, list(rows))
    return int(cursor.rowcount)


def _bookkeeping(model: type[models.Model], at: datetime) -> tuple[list[str], list[Any]]:
    names = {each.name for each in model._meta.concrete_fields}
    further = ['"version" = "version" + 1'] if "version" in names else []
    if connection.vendor == "postgresql":
        further = [each.replace('= "version"', '= kept."version"') for each in further]
    if "updated_at" not in names:
        return further, []
    return [*further, '"updated_at" = %s'], [connection.ops.adapt_datetimefield_value(at)]


def _column(model: type[models.Model], name: str) -> str:
    return str(model._meta.get_field(name).column)  # type: ignore[union-attr]  # concrete fields only


def _kind(model: type[models.Model], name: str) -> str:
    """The type of a column without its length: a value that is too long shall be refused and not be cut."""
    stored: Any = model._meta.get_field(name)
    return str(stored.db_type(connection)).partition("(")[0]
