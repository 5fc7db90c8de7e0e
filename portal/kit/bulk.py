"""Many rows in quickly, given as columns: binary COPY on PostgreSQL, batches on SQLite, one interface.

Writers come here with plain columns and explicit keys; history and signals are theirs to think of (audit/history.py).
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from django.db import connection, models
from numpy.typing import NDArray

from portal.kit.copying import little, packed

BATCH = 20_000
Array = NDArray[Any]


@dataclass(frozen=True)
class Coded:
    """A column of few different values (a status, a kind): a code per row, and what each code stands for."""

    codes: Array
    values: Sequence[Any]


# One value for every row, an array, a list of texts, or a Coded. An array of two dimensions fills a BinaryField: each of
# its rows goes in as the bytes of its numbers, little endian, and comes out through np.frombuffer.
Column = Any


def write(model: type[models.Model], columns: Mapping[str, Column]) -> int:
    """Write rows given as columns by attribute name (`student_id`). Returns how many. Arrays may hold NaN or NaT for null."""
    sizes = {
        len(column.codes if isinstance(column, Coded) else column) for column in columns.values() if _is_long(column)
    }
    if len(sizes) != 1:
        raise ValueError(f"{model.__name__}: columns of different lengths {sorted(sizes)}")
    rows = sizes.pop()
    if rows and connection.vendor == "postgresql":
        has_texts = any(isinstance(column, list) for column in columns.values())
        with connection.wrap_database_errors:  # Django wraps what it executes itself, and copying is psycopg's own
            (_copy_rows if has_texts else _copy_blocks)(model, columns, rows)
    elif rows:
        _insert(model, columns, rows)
    return rows


def next_key(model: type[models.Model]) -> int:
    """The first key that is free; the caller hands out keys from here on and calls `keys_taken` at the end."""
    return (model._base_manager.aggregate(top=models.Max("pk"))["top"] or 0) + 1


def take_keys(model: type[models.Model], count: int) -> Array:
    """So many keys that nobody else gets, whoever saves a record at the same moment. Keys of records that are gone are not
    among them: history still speaks of those. On SQLite inside a transaction, of which there is one at a time.
    """
    take = _from_sequence if connection.vendor == "postgresql" else _after_the_last
    return take(model, count) if count else np.empty(0, dtype=np.int64)


def _from_sequence(model: type[models.Model], count: int) -> Array:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT string_agg(int8send(key), '') FROM (SELECT nextval(pg_get_serial_sequence(%s, %s)) AS key"
            " FROM generate_series(1, %s)) AS taken",
            [model._meta.db_table, model._meta.pk.column, count],
        )
        return np.frombuffer(bytes(cursor.fetchone()[0]), dtype=">i8").astype(np.int64)


def _after_the_last(model: type[models.Model], count: int) -> Array:
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute("SELECT COALESCE(MAX(seq), 0) FROM sqlite_sequence WHERE name = %s", [table])
        last = max(cursor.fetchone()[0], next_key(model) - 1)
        cursor.execute("UPDATE sqlite_sequence SET seq = %s WHERE name = %s", [last + count, table])
        if cursor.rowcount == 0:
            cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, last + count])
    return np.arange(last + 1, last + count + 1)


def keys_taken(*written: type[models.Model]) -> None:
    """Let the database hand out keys above those that were written explicitly."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        for model in written:
            table, key = model._meta.db_table, model._meta.pk.column
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence(%s, %s), GREATEST((SELECT MAX({key}) FROM {table}), 1))",  # noqa: S608
                [table, key],
            )


def _field(model: type[models.Model], name: str) -> Any:
    return model._meta.get_field(name)


def _is_long(column: Column) -> bool:
    return isinstance(column, Coded | np.ndarray | list)


def _copy_rows(model: type[models.Model], columns: Mapping[str, Column], rows: int) -> None:
    """Free texts differ in length from row to row, so their tables go in as text, row by row."""
    names = ", ".join(f'"{_field(model, name).column}"' for name in columns)
    with connection.cursor() as cursor, cursor.copy(f'COPY "{model._meta.db_table}" ({names}) FROM STDIN') as copy:
        for start in range(0, rows, BATCH):
            lists = [values_of(column, start, min(start + BATCH, rows)) for column in columns.values()]
            for row in zip(*lists, strict=True):
                copy.write_row(row)


def _copy_blocks(model: type[models.Model], columns: Mapping[str, Column], rows: int) -> None:
    fields = {name: _field(model, name) for name in columns}
    names = ", ".join(f'"{field.column}"' for field in fields.values())
    statement = f'COPY "{model._meta.db_table}" ({names}) FROM STDIN (FORMAT BINARY)'
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        copy.write(b"PGCOPY\n\xff\r\n\0" + bytes(8))
        for part, block in _alike(columns, rows):
            copy.write(packed(fields, part, block))
        copy.write(b"\xff\xff")


def _alike(columns: Mapping[str, Column], rows: int) -> Iterator[tuple[dict[str, Column], int]]:
    """Blocks of rows that have the same texts and the same nulls, so that every row of a block has the same width."""
    marks = np.zeros(rows, dtype=np.int64)
    for column in columns.values():
        if isinstance(column, Coded):
            marks = marks * (len(column.values) + 1) + column.codes
        elif isinstance(column, np.ndarray) and column.ndim == 1 and column.dtype.kind in "fM":
            marks = marks * 2 + np.isnan(column) if column.dtype.kind == "f" else marks * 2 + np.isnat(column)
    for mark in np.unique(marks):
        chosen = np.flatnonzero(marks == mark)
        yield {name: _part(column, chosen) for name, column in columns.items()}, len(chosen)


def _part(column: Column, rows: Array) -> Column:
    if isinstance(column, Coded):
        return column.values[int(column.codes[rows[0]])]
    if not isinstance(column, np.ndarray):
        return column
    part = column[rows]
    if part.ndim > 1:
        return part
    empty = part.dtype.kind in "fM" and bool(np.isnan(part[0]) if part.dtype.kind == "f" else np.isnat(part[0]))
    return None if empty else part


def _insert(model: type[models.Model], columns: Mapping[str, Column], rows: int) -> None:
    fields = [_field(model, name) for name in columns]
    names = ", ".join(f'"{field.column}"' for field in fields)
    places = ", ".join(["%s"] * len(fields))
    statement = f'INSERT INTO "{model._meta.db_table}" ({names}) VALUES ({places})'  # noqa: S608
    with connection.cursor() as cursor:
        for start in range(0, rows, BATCH):
            stop = min(start + BATCH, rows)
            lists = [values_of(column, start, stop) for column in columns.values()]
            cursor.executemany(statement, list(zip(*lists, strict=True)))


def values_of(column: Column, start: int, stop: int) -> list[Any]:
    """A stretch of a column, value by value, as SQLite stores them: days and moments as text, null for what is not known."""
    if isinstance(column, Coded):
        return [column.values[code] for code in column.codes[start:stop].tolist()]
    if isinstance(column, list):
        return column[start:stop]
    if isinstance(column, datetime):
        return [connection.ops.adapt_datetimefield_value(column)] * (stop - start)
    if not isinstance(column, np.ndarray):
        return [column] * (stop - start)
    part = column[start:stop]
    if part.ndim > 1:
        return [row.tobytes() for row in little(part)]
    if part.dtype.kind == "M":
        texts = np.datetime_as_string(part)
        return [None if text == "NaT" else text.replace("T", " ") for text in texts.tolist()]
    if part.dtype.kind == "f":
        return [None if value != value else value for value in part.tolist()]
    return list(part.tolist())


@contextmanager
def lean(*tables: type[models.Model]) -> Iterator[None]:
    """Without foreign keys and secondary indexes while a great many rows come in; both are built again at the end.

    The database then checks each rule once over the whole table instead of once per row. Call it inside a transaction.
    """
    if connection.vendor != "postgresql":
        yield
        return
    names = [model._meta.db_table for model in tables]
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        again = [line for name in names for line in _take_down(cursor, name)]
    yield
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL maintenance_work_mem = '512MB'")
        for statement in again:
            cursor.execute(statement)


def _take_down(cursor: Any, table: str) -> list[str]:
    """Drop what can be built again; returns the statements that do so, unique keys before foreign ones."""
    cursor.execute(
        "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint "
        "WHERE conrelid = %s::regclass AND contype IN ('f', 'u') ORDER BY contype DESC",
        [table],
    )
    rules = cursor.fetchall()
    for name, _ in rules:
        cursor.execute(f'ALTER TABLE "{table}" DROP CONSTRAINT "{name}"')
    cursor.execute(
        "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index "
        "WHERE indrelid = %s::regclass AND NOT indisprimary",
        [table],
    )
    indexes = cursor.fetchall()
    for name, _ in indexes:
        cursor.execute(f"DROP INDEX {name}")
    rebuilt = [f'ALTER TABLE "{table}" ADD CONSTRAINT "{name}" {definition}' for name, definition in rules]
    return [definition for _, definition in indexes] + rebuilt
