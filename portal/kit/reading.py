"""Rows of a narrow query as NumPy columns: one string of bytes on PostgreSQL, batches on SQLite, one interface.

Bytes are made in SQL by the functions with which PostgreSQL sends values, so that a whole column is one array and no
row is a Python object. Keys, days and numbers are narrow; texts come as codes.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from django.core.exceptions import EmptyResultSet
from django.db import connection, models
from numpy.typing import NDArray

from portal.kit.bulk import Coded
from portal.kit.copying import EPOCH_DAYS

BATCH = 50_000
HEADER = 19  # of binary COPY: signature, flags, and the length of nothing
NARROW = np.iinfo(np.int32)
DAY = 86_400
NO_DAY = "0001-01-01"  # stands for a day that is not known; no record of a school is so old
Array = NDArray[Any]
Columns = dict[str, Any]  # an array for each name; of texts a Coded


class LetterField(models.SmallIntegerField):
    """Sent as one byte."""

    def get_internal_type(self) -> str:
        return "LetterField"


class Letter(models.Func):
    """The first letter of a text as its code: enough to tell a status, and of fixed width. The letter is a plain one."""

    output_field = LetterField()

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, template="UNICODE(%(expressions)s)", **extra)

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, template='%(expressions)s::"char"', **extra)


@dataclass(frozen=True, slots=True)
class Kind:
    """How values are sent by each database, and how many bytes PostgreSQL sends; `{}` is the column."""

    postgresql: str
    sqlite: str
    sent: str


WHOLE = Kind("int8send({}::int8)", "{}", ">i8")
SHORT = Kind("int4send({}::int4)", "{}", ">i4")
LETTER = Kind("charsend({})", "{}", "u1")
FLAG = Kind("boolsend({})", "CAST({} AS INTEGER)", "?")
NUMBER = Kind("float8send(COALESCE({}::float8, 'NaN'))", "CAST({} AS REAL)", ">f8")
DAYS = Kind(
    f"date_send(COALESCE({{}}, DATE '{NO_DAY}'))",
    f"CAST(julianday(COALESCE({{}}, '{NO_DAY}')) - 2440587.5 AS INTEGER)",
    ">i4",
)
MOMENT = Kind("timestamptz_send({})", "CAST(strftime('%%s', {}) AS INTEGER)", ">i8")
TEXT = Kind("string_agg(convert_to({}, 'UTF8'), '\\x00'::bytea)", "{}", "")
KINDS = {
    "AutoField": WHOLE,
    "BigAutoField": WHOLE,
    "BigIntegerField": WHOLE,
    "IntegerField": SHORT,
    "PositiveIntegerField": SHORT,
    "PositiveSmallIntegerField": SHORT,
    "SmallIntegerField": SHORT,
    "LetterField": LETTER,
    "BooleanField": FLAG,
    "DecimalField": NUMBER,
    "FloatField": NUMBER,
    "DateField": DAYS,
    "DateTimeField": MOMENT,
    "CharField": TEXT,
    "SlugField": TEXT,
    "TextField": TEXT,
}


def columns(rows: "models.QuerySet[Any, Any]", **wanted: Any) -> Columns:
    """One query. `wanted`: for each column a field's name or an expression; the rows come in any order.

    Days and moments are datetime64[s], numbers float64 with NaN for null, keys the narrowest whole numbers that hold
    them. A null of any other kind must be replaced by the expression. The result should stay below a gigabyte: a big
    table is read in stretches, which `joined` puts together.
    """
    named = {f"c{place}": _expression(asked) for place, asked in enumerate(wanted.values())}
    query = rows.order_by().annotate(**named).values_list(*named).query
    kinds = {name: _kind(query.annotations[place].output_field) for name, place in zip(wanted, named, strict=True)}
    try:
        inner, values = query.sql_with_params()
    except EmptyResultSet:
        return {name: _made(kind, _together(kind, [])) for name, kind in kinds.items()}
    read = _sent if connection.vendor == "postgresql" else _fetched
    return {name: _made(kinds[name], column) for name, column in read(inner, values, kinds).items()}


def joined(parts: Iterable[Columns]) -> Columns:
    """Stretches of one table as one; each part is let go of column by column, so that the whole is never held twice."""
    held = [dict(part) for part in parts]
    return {name: _concatenated([part.pop(name) for part in held]) for name in list(held[0])}


def _concatenated(parts: list[Any]) -> Any:
    if not isinstance(parts[0], Coded):
        return np.concatenate(parts)
    places: dict[Any, int] = {}
    for part in parts:
        for value in part.values:
            places.setdefault(value, len(places))
    lookups = [np.array([places[value] for value in part.values], dtype=np.int32) for part in parts]
    codes = [lookup[part.codes] if len(lookup) else part.codes for lookup, part in zip(lookups, parts, strict=True)]
    return Coded(np.concatenate(codes), list(places))


def _expression(asked: Any) -> Any:
    return models.F(asked) if isinstance(asked, str) else asked


def _kind(field: Any) -> Kind:
    """A foreign key is sent as the key it points to."""
    return _kind(field.target_field) if field.is_relation else KINDS[field.get_internal_type()]


def _sent(inner: str, values: Any, kinds: dict[str, Kind]) -> Columns:
    """One row, in which the fixed columns of all rows are one string of bytes and each text column is another."""
    places = {name: f"c{place}" for place, name in enumerate(kinds)}
    fixed = [name for name, kind in kinds.items() if kind is not TEXT]
    texts = [name for name, kind in kinds.items() if kind is TEXT]
    record = " || ".join(kinds[name].postgresql.format(places[name]) for name in fixed)
    asked = ["int8send(COUNT(*))", *([f"string_agg({record}, '')"] if fixed else [])]
    asked += [TEXT.postgresql.format(places[name]) for name in texts]
    with connection.cursor() as cursor:
        told: Any = cursor  # psycopg's own, whose methods Django hands on but does not declare
        statement = told.mogrify(
            f"COPY (SELECT {', '.join(asked)} FROM ({inner}) AS part({', '.join(places.values())}))"  # noqa: S608
            " TO STDOUT (FORMAT BINARY)",
            values,
        )
        with _uncompiled(), told.copy(statement) as copy:
            count, *fields = _fields(b"".join(copy))
    rows = int.from_bytes(count, "big")
    block = np.frombuffer(fields.pop(0), dtype=[(name, kinds[name].sent) for name in fixed]) if fixed else None
    words = {name: bytes(field).split(b"\0") if rows else [] for name, field in zip(texts, fields, strict=True)}
    told_of = [len(column) for column in words.values()] + ([] if block is None else [len(block)])
    if any(length != rows for length in told_of):
        raise ValueError(f"{', '.join(kinds)}: a null that is neither a day nor a number must be replaced")
    return {name: words[name] if block is None or name in words else block[name] for name in kinds}


@contextmanager
def _uncompiled() -> Iterator[None]:
    """Compiling such a statement takes longer than it saves: with it, reading a large school took nearly twice as long.

    Outside of Django's cursor, for it is no query; after an error the transaction or nobody takes it back.
    """
    raw: Any = connection.connection
    raw.execute("SET jit = off")
    yield
    raw.execute("RESET jit")


def _fields(sent: bytes) -> list[memoryview]:
    """The fields of the only row of a binary COPY; a null, which is what nothing adds up to, is empty."""
    whole = memoryview(sent)
    fields, place = [], HEADER + 2
    for _ in range(int.from_bytes(whole[HEADER:place], "big")):
        length = int.from_bytes(whole[place : place + 4], "big", signed=True)
        fields.append(whole[place + 4 : place + 4 + max(length, 0)])
        place += 4 + max(length, 0)
    return fields


def _fetched(inner: str, values: Any, kinds: dict[str, Kind]) -> Columns:
    places = [f"c{place}" for place in range(len(kinds))]
    asked = ", ".join(kind.sqlite.format(place) for kind, place in zip(kinds.values(), places, strict=True))
    parts: dict[str, list[Any]] = {name: [] for name in kinds}
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {asked} FROM ({inner})", values)  # noqa: S608
        while rows := cursor.fetchmany(BATCH):
            for (name, kind), column in zip(kinds.items(), zip(*rows, strict=True), strict=True):
                if None in column and kind is not NUMBER:
                    raise ValueError(f"{name}: a null that is neither a day nor a number must be replaced")
                parts[name].append(column if kind is TEXT else np.array(column, dtype=_held(kind)))
    return {name: _together(kind, parts[name]) for name, kind in kinds.items()}


def _held(kind: Kind) -> Any:
    return np.dtype(kind.sent).newbyteorder("=")


def _together(kind: Kind, parts: list[Any]) -> Any:
    if kind is TEXT:
        return [text for part in parts for text in part]
    return np.concatenate(parts) if parts else np.empty(0, dtype=_held(kind))


def _made(kind: Kind, column: Any) -> Any:
    if kind is TEXT:
        return _coded(column)
    if kind is DAYS:
        return _days(column)
    if kind is MOMENT:
        return _moments(column)
    if kind is WHOLE:
        fits = not len(column) or (column.min() >= NARROW.min and column.max() <= NARROW.max)
        return column.astype(np.int32 if fits else np.int64)
    return column.astype(_held(kind))


def _days(column: Array) -> Array:
    """PostgreSQL counts from 2000, SQLite was asked to count from 1970."""
    shift = EPOCH_DAYS if connection.vendor == "postgresql" else 0
    days = column.astype(np.int64) + shift
    seconds = (days * DAY).view("datetime64[s]")
    seconds[days == np.datetime64(NO_DAY, "D").astype(np.int64)] = np.datetime64("NaT")
    return seconds


def _moments(column: Array) -> Array:
    """PostgreSQL sends microseconds since 2000, SQLite was asked for seconds since 1970."""
    if connection.vendor == "postgresql":
        return (column.astype(np.int64) // 1_000_000 + EPOCH_DAYS * DAY).view("datetime64[s]")
    return column.astype(np.int64).view("datetime64[s]")


def _coded(texts: Sequence[Any]) -> Coded:
    codes, values = pd.factorize(np.array(texts, dtype=object))
    return Coded(codes, [value.decode() if isinstance(value, bytes) else value for value in values])
