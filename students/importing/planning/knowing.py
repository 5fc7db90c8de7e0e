"""The records that are there already, as narrow columns sorted by key; one query for each table, whatever its size."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from django.db.models import BigIntegerField, BooleanField, Case, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce

from portal.kit.bulk import Coded
from portal.kit.reading import Letter, columns, joined
from students.importing.incoming import Array, Kind, Table
from students.importing.plan import NOBODY
from students.importing.planning.shapes import SCHOOL_OF, WITHOUT_IDS, WITHOUT_PROVENANCE, Field, fields_of, model_of
from students.models import Origin, School

NONE = -1
BY_HAND = ord(Origin.HAND.value[0])
IMPORTED = ord(Origin.IMPORT.value[0])
DAY = "datetime64[s]"
AT_ONCE = 4_096  # students, whose marks of some years are read as one string of bytes


@dataclass
class Known:
    """Records of one table, in the order of their keys. `ours`: they came from the source that is being imported."""

    keys: Array
    versions: Array
    origin: Array
    ours: Array
    external: Array
    fields: dict[str, Array] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.keys)


def nothing(table: Table) -> Known:
    """For tables of which the school has no record that matters."""
    none = np.empty(0, dtype=np.int64)
    made = {each.attr: np.empty(0, dtype=_dtype(each)) for each in fields_of(table)}
    return Known(none, none, none.astype(np.uint8), none.astype(bool), none.astype(object), made)


def records(table: Table, school: School) -> "QuerySet[Any, Any]":
    found: QuerySet[Any, Any] = model_of(table)._default_manager.filter(**{SCHOOL_OF.get(table, "school"): school.pk})
    return found


def known(
    table: Table, rows: "QuerySet[Any, Any]", source: str, students: Array | None = None, **extra: Any
) -> Known:  # fmt: skip
    """`extra`: further columns, beside those that a file can say. `students`: the keys of all students of the school, by
    which a great table is read in stretches.
    """
    wanted: dict[str, Any] = {"key": "pk"}
    if table not in WITHOUT_PROVENANCE:
        ours = Case(When(Q(source=source), then=True), default=False, output_field=BooleanField())
        wanted |= {"version": "version", "origin": Letter("origin"), "ours": ours}
    if table not in WITHOUT_IDS:
        wanted["external"] = "external_id"
    told = fields_of(table)
    wanted |= {f"f_{each.attr}": _asked(each) for each in told}
    wanted |= {f"f_{name}": asked for name, asked in extra.items()}
    read = joined(columns(rows.filter(stretch), **wanted) for stretch in _stretches(students))
    order = np.argsort(read["key"], kind="stable")
    return _sorted(read, order, told, tuple(extra))


def _stretches(students: Array | None) -> list[Q]:
    if students is None or len(students) <= AT_ONCE:
        return [Q()]
    pieces = [students[start : start + AT_ONCE] for start in range(0, len(students), AT_ONCE)]
    return [Q(student__gte=int(piece[0]), student__lte=int(piece[-1])) for piece in pieces]


def known_ids(rows: "QuerySet[Any, Any]", owner: str) -> tuple[Array, Array]:
    """Whose the records are, and which ids they have in their source."""
    read = columns(rows, owner=owner, external="external_id")
    return read["owner"].astype(np.int64), _plain(read["external"])


def _sorted(read: dict[str, Any], order: Array, told: tuple[Field, ...], extra: tuple[str, ...]) -> Known:
    rows = len(order)

    def taken(name: str, otherwise: Any, dtype: Any) -> Array:
        column = read.pop(name, None)
        if column is None:  # the same for all of them takes no room
            return np.broadcast_to(np.array(otherwise, dtype=dtype), rows)
        return _plain(column)[order].astype(dtype, copy=False)

    made = Known(
        taken("key", 0, np.int64), taken("version", 0, np.int64), taken("origin", IMPORTED, np.uint8),
        taken("ours", False, bool), taken("external", "", object),
    )  # fmt: skip
    for each in told:
        made.fields[each.attr] = _value(each, _plain(read.pop(f"f_{each.attr}"))[order])
    for name in extra:
        made.fields[name] = _plain(read.pop(f"f_{name}"))[order]
    return made


def _asked(each: Field) -> Any:
    if each.refers:
        return Coalesce(each.attr, Value(NONE), output_field=BigIntegerField())
    if each.kind == Kind.WHOLE:
        return Coalesce(each.attr, Value(NONE), output_field=IntegerField())
    return Letter(each.attr) if _by_letter(each) else each.attr


def _by_letter(each: Field) -> bool:
    letters = {choice[0] for choice in each.choices}
    return bool(each.choices) and len(letters) == len(each.choices)


def _value(each: Field, column: Array) -> Array:
    if each.refers:
        keys = column.astype(np.int64)
        return np.where(keys == NONE, NOBODY, keys)
    if _by_letter(each):
        words = np.full(256, "", dtype=object)
        for choice in each.choices:
            words[ord(choice[0])] = choice
        return np.asarray(words[column])
    return column.astype(_dtype(each))


def _dtype(each: Field) -> Any:
    if each.refers:
        return np.int64
    kinds = {Kind.TEXT: object, Kind.DAY: DAY, Kind.NUMBER: np.float64, Kind.WHOLE: np.int64, Kind.FLAG: np.int8}
    return kinds[each.kind]


def _plain(column: Any) -> Array:
    if isinstance(column, Coded):
        values = np.empty(len(column.values), dtype=object)
        values[:] = column.values
        return np.asarray(values[column.codes]) if len(values) else np.empty(0, dtype=object)
    return np.asarray(column)
