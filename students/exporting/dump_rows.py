"""The rows of a dump as data frames, a stretch at a time: read as plain values, keys replaced, in an order that tells nothing."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import numpy as np
import pandas as pd
from django.db.models import Q

from students.exporting.added import all_tables
from students.exporting.dictionary import Described, Kind, described, kind_of
from students.exporting.dump_tables import Field, Records, Words
from students.exporting.pseudonyms import Pseudonyms
from students.exporting.wishes import DumpWish
from students.models import Student

STUDENTS_AT_ONCE = 300
ROWS_AT_ONCE = 20_000
CATEGORIES_DIVIDED_BY = "|"


@dataclass
class Dumped:
    """What all tables of one dump share: the wish, and the numbers that stand for people. `students` are in their order."""

    wish: DumpWish
    people: Pseudonyms
    pupils: Pseudonyms
    students: list[int] = field(default_factory=list)

    @classmethod
    def of(cls, wish: DumpWish) -> "Dumped":
        keys = Student.objects.filter(school=wish.school).order_by().values_list("pk", flat=True)
        pupils = Pseudonyms(plainly=wish.with_names)
        return cls(wish, Pseudonyms(plainly=wish.with_names), pupils, pupils.ordered(keys))

    def blocks(self) -> Iterator[list[int]]:
        """Students who stand side by side in the files, some at a time."""
        keys = iter(self.students)
        while some := list(islice(keys, STUDENTS_AT_ONCE)):
            yield some


@dataclass(frozen=True)
class DumpTable:
    """One file: how its columns are described, and its rows."""

    name: str
    meaning: Words
    columns: tuple[Described, ...]
    frames: Callable[[Dumped], Iterator[pd.DataFrame]]


def tables_of(wish: DumpWish) -> list[DumpTable]:
    return [_table(each, wish) for each in all_tables() if each.protected != "" or wish.protected]


def _table(records: Records, wish: DumpWish) -> DumpTable:
    fields = [each for each in records.fields if wish.with_names or not each.only_with_names]
    columns = tuple(described(records, each) for each in fields)
    return DumpTable(records.name, records.meaning, columns, lambda dumped: _frames(records, fields, dumped))


def _frames(records: Records, fields: list[Field], dumped: Dumped) -> Iterator[pd.DataFrame]:
    rows = records.model.objects.filter(_chosen(records, dumped.wish)).order_by("pk")
    values = rows.values_list(*(each.path for each in fields))
    kinds = {each.name: kind_of(records, each) for each in fields}
    if not records.by_student:
        found = values.iterator(chunk_size=ROWS_AT_ONCE)
        while some := list(islice(found, ROWS_AT_ONCE)):
            yield framed(some, kinds, dumped)
        return
    student = "pk__in" if records.model is Student else "student__in"
    for keys in dumped.blocks():
        if some := list(values.filter(**{student: keys})):
            made = framed(some, kinds, dumped)
            yield (
                made
                if dumped.wish.with_names
                else made.sort_values(list(made.columns), kind="stable", ignore_index=True)
            )


def _chosen(records: Records, wish: DumpWish) -> Q:
    chosen = Q(**{records.school: wish.school.pk}, **dict(records.only))
    if records.protected and not wish.protected:
        chosen &= Q(**{records.protected: False})
    return chosen


def framed(rows: list[tuple[Any, ...]], kinds: dict[str, Kind], dumped: Dumped) -> pd.DataFrame:
    """Rows of plain values as typed columns; what is not known is empty."""
    columns = zip(*rows, strict=True) if rows else ([] for _name in kinds)
    return pd.DataFrame(
        {name: _column(list(column), kind, dumped) for (name, kind), column in zip(kinds.items(), columns, strict=True)}
    )


def _column(values: list[Any], kind: Kind, dumped: Dumped) -> Any:
    if kind in (Kind.STUDENT, Kind.PERSON):
        numbers = dumped.pupils if kind == Kind.STUDENT else dumped.people
        return pd.array([None if key is None else numbers.of(key) for key in values], dtype="Int64")
    if kind in (Kind.KEY, Kind.WHOLE):
        return pd.array(values, dtype="Int64")
    if kind == Kind.NUMBER:
        return np.array([np.nan if each is None else float(each) for each in values], dtype=np.float64)
    if kind == Kind.DAY:
        return pd.to_datetime(pd.Series(values, dtype=object)).astype("datetime64[ns]")
    if kind == Kind.FLAG:
        return np.array(values, dtype=bool)
    return pd.Series(
        [CATEGORIES_DIVIDED_BY.join(map(str, each)) if isinstance(each, list) else each for each in values], dtype=str
    )
