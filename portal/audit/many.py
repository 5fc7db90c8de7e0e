"""The history of a great many records at once: their facts are made in SQL, and no record is a Python object."""

import json
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection, models

from portal.audit.history import NOT_TOLD
from portal.audit.models import Change
from portal.kit.rewriting import among

PLAIN = frozenset(
    {"AutoField", "BigAutoField", "BigIntegerField", "IntegerField", "PositiveIntegerField", "SmallIntegerField",
     "PositiveSmallIntegerField", "CharField", "SlugField", "TextField", "DateField"}
)  # fmt: skip
# How Django's JSON tells a moment: in UTC, with thousandths only where there are parts of a second.
MOMENT_POSTGRESQL = (
    "to_char({0} AT TIME ZONE 'UTC', CASE WHEN date_trunc('second', {0}) = {0} "
    'THEN \'YYYY-MM-DD"T"HH24:MI:SS"Z"\' ELSE \'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"\' END)'
)
MOMENT_SQLITE = (
    "replace(substr({0}, 1, 19), ' ', 'T') || "
    "CASE WHEN CAST(substr({0}, 21, 6) AS INTEGER) > 0 AND substr({0}, 20, 1) = '.' THEN substr({0}, 20, 4) ELSE '' END"
    " || 'Z'"
)
UUID_SQLITE = " || '-' || ".join(
    f"substr({{0}}, {at}, {long})" for at, long in ((1, 8), (9, 4), (13, 4), (17, 4), (21, 12))
)
FORMS: dict[str, dict[str, str]] = {
    "postgresql": {
        "DecimalField": "{0}::text", "DateTimeField": MOMENT_POSTGRESQL, "UUIDField": "{0}::text", "JSONField": "{0}",
        "BooleanField": "{0}", "FloatField": "{0}",
    },
    "sqlite": {
        "DecimalField": "CASE WHEN {0} IS NOT NULL THEN printf('%%.{places}f', {0}) END",
        "DateTimeField": MOMENT_SQLITE, "UUIDField": UUID_SQLITE, "JSONField": "json({0})",
        "BooleanField": "json(CASE {0} WHEN 1 THEN 'true' WHEN 0 THEN 'false' END)",
        "FloatField": "json(CASE WHEN {0} IS NOT NULL THEN printf('%%!.17g', {0}) END)",
    },
}  # fmt: skip


@dataclass(frozen=True)
class Line:
    """What all these changes have in common."""

    by: Any
    at: datetime
    school_id: int | None
    batch: UUID | None = None

    def values(self, kind: str) -> list[Any]:
        batch: Any = Change._meta.get_field("batch")
        return [
            connection.ops.adapt_datetimefield_value(self.at),
            kind,
            getattr(self.by, "pk", None),
            self.school_id,
            batch.get_db_prep_value(self.batch, connection),
        ]


@dataclass(frozen=True)
class Images:
    """Records as they were: for each key its facts as JSON, and the student it is about where there is one."""

    keys: list[int]
    students: list[int | None]
    facts: list[str]

    def by_key(self) -> dict[int, dict[str, Any]]:
        return {key: json.loads(facts) for key, facts in zip(self.keys, self.facts, strict=True)}

    @property
    def of_students(self) -> set[int]:
        return {each for each in self.students if each is not None}


def read(
    model: type[models.Model], keys: Any, names: Collection[str] | None = None, *, is_locking: bool = False
) -> Images:
    """The facts of these records, as `history.facts_of` tells them; of only some fields, if these are named."""
    found, asked = among(keys)
    lock = " FOR UPDATE" if is_locking and connection.vendor == "postgresql" else ""
    facts = facts_in_sql(model, names)
    text = f"{facts}::text" if connection.vendor == "postgresql" else facts
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {_key(model)}, {_student(model)}, {text} FROM {_table(model)} AS kept"  # noqa: S608  # names of our own
            f" WHERE {_key(model)} {found} ORDER BY 1{lock}",
            [asked],
        )
        rows = cursor.fetchall()
    columns = [list(column) for column in zip(*rows, strict=True)] or [[], [], []]
    return Images(*columns)


def holds(model: type[models.Model], now: dict[str, Any], facts: dict[str, Any]) -> bool:
    """Whether a record still says what it said then. Fields that the table no longer has are not asked for."""
    return all(
        now[name] == value or _is_same(model, name, now[name], value) for name, value in facts.items() if name in now
    )


def _is_same(model: type[models.Model], name: str, now: Any, then: Any) -> bool:
    """A number that was told before it was stored may lack the zeros that the table adds."""
    is_number = model._meta.get_field(name).get_internal_type() == "DecimalField"
    return is_number and None not in (now, then) and Decimal(str(now)) == Decimal(str(then))


def note_added(model: type[models.Model], keys: Any, line: Line) -> None:
    """For records that have just been written."""
    _note(model, keys, line.values(Change.Kind.ADDED), (_nothing(), facts_in_sql(model)))


def note_removed(model: type[models.Model], keys: Any, line: Line) -> None:
    """For records that are about to be deleted."""
    _note(model, keys, line.values(Change.Kind.REMOVED), (facts_in_sql(model), _nothing()))


@contextmanager
def changing(model: type[models.Model], keys: Any, names: Collection[str], line: Line) -> Iterator[Images]:
    """Around an UPDATE of these fields of these records: what they held before and hold afterwards goes into history."""
    before = read(model, keys, names, is_locking=True)
    yield before
    images, given = _given(before)
    rest = f" JOIN {images} ON images.key = {_key(model)}"
    _insert(model, ("images.facts", facts_in_sql(model, names)), rest, [*line.values(Change.Kind.CHANGED), *given])


def _note(model: type[models.Model], keys: Any, values: list[Any], sides: tuple[str, str]) -> None:
    found, asked = among(keys)
    _insert(model, sides, f" WHERE {_key(model)} {found}", [*values, asked])


def _insert(model: type[models.Model], sides: tuple[str, str], rest: str, values: list[Any]) -> None:
    label = model._meta.label
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {_table(Change)} (at, kind, actor_id, school_id, batch, model, record_id, student_id, before, after)"  # noqa: S608
            f" SELECT %s, %s, %s, %s, %s, '{label}', {_key(model)}, {_student(model)}, {sides[0]}, {sides[1]}"
            f" FROM {_table(model)} AS kept{rest} ORDER BY {_key(model)}",
            values,
        )


def _nothing() -> str:
    return "'{}'::jsonb" if connection.vendor == "postgresql" else "'{}'"


def _given(before: Images) -> tuple[str, list[Any]]:
    """What was read, handed back as a table."""
    if connection.vendor == "postgresql":
        return "unnest(%s::bigint[], %s::jsonb[]) AS images(key, facts)", [before.keys, before.facts]
    rows = "SELECT json_extract(value, '$[0]') AS key, json_extract(value, '$[1]') AS facts FROM json_each(%s)"
    return f"({rows}) AS images", [json.dumps(list(zip(before.keys, before.facts, strict=True)))]


def facts_in_sql(model: type[models.Model], names: Collection[str] | None = None) -> str:
    """An expression that gives the facts of a row of `kept`."""
    fields = [each for each in model._meta.concrete_fields if each.name not in NOT_TOLD]
    told = [each for each in fields if names is None or each.name in names]
    make = "jsonb_build_object" if connection.vendor == "postgresql" else "json_object"
    return f"{make}({', '.join(f'{chr(39)}{each.name}{chr(39)}, {_form(each)}' for each in told)})"


def _form(field: Any) -> str:
    column, stored = f'kept."{field.column}"', field
    while stored.is_relation:
        stored = stored.target_field
    kind = stored.get_internal_type()
    form = "{0}" if kind in PLAIN else FORMS[connection.vendor].get(kind)
    if form is None:
        raise TypeError(f"{field}: history does not know how to tell a {kind}")
    return form.format(column, places=getattr(stored, "decimal_places", 0))


def _table(model: type[models.Model]) -> str:
    return f'"{model._meta.db_table}"'


def _key(model: type[models.Model]) -> str:
    return f'kept."{model._meta.pk.column}"'


def _student(model: type[models.Model]) -> str:
    """The column that names the student of a record, as history.py finds it."""
    if model._meta.label == "students.Student":
        return _key(model)
    has_one = any(each.attname == "student_id" for each in model._meta.concrete_fields)
    return 'kept."student_id"' if has_one else "NULL"
