"""Plans made by hand, small enough to be read: what would be added, changed, ended and removed at Lakeside."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

import numpy as np
from django.db import models, transaction
from django.utils import timezone

from portal.accounts.models import User
from students.importing.applying import Written, write_plan
from students.importing.incoming import REFERENCES, Table
from students.importing.plan import MODELS, NOBODY, Additions, Alterations, Plan, Removals, Step
from students.importing.told import PlanTold
from students.models import School
from tests import make

SOURCE = "sims"
NUMBERS = {"score", "maximum", "weight", "number"}
NAMES = {"person": ("user_id", "guardian_id", "teacher_id"), "school_class": ("school_class_id",)}


def silent(done: int, total: int, sentence: str) -> None:
    """Nobody is told."""


def column(name: str, values: list[Any]) -> Any:
    """As planning hands it over: days as datetime64, numbers as float64, flags as int8, texts as objects."""
    if name in NUMBERS:
        return np.array([np.nan if each is None else each for each in values], dtype=np.float64)
    known = [each for each in values if each is not None]
    if known and isinstance(known[0], date):
        return np.array([np.datetime64("NaT") if each is None else np.datetime64(each) for each in values]).astype(
            "datetime64[s]"
        )
    if known and isinstance(known[0], bool):
        return np.array(values, dtype=np.int8)
    if known and isinstance(known[0], int):
        return np.array([NOBODY if each is None else each for each in values], dtype=np.int64)
    if not known:
        return np.full(len(values), np.datetime64("NaT"), dtype="datetime64[s]")
    made = np.empty(len(values), dtype=object)
    made[:] = values
    return made


def references(table: Table, names: Any) -> dict[str, Table]:
    """Which columns of the model are handles, and of which table."""
    found = {}
    for name, other in REFERENCES.get(table, {}).items():
        for attname in NAMES.get(name, (f"{name}_id",)):
            if attname in names:
                found[attname] = other
    return found


def additions(table: Table, rows: list[dict[str, Any]]) -> Additions:
    names = list(rows[0]) if rows else []
    columns = {name: column(name, [row[name] for row in rows]) for name in names}
    return Additions(columns, references(table, names), np.arange(2, 2 + len(rows)))


def alterations(table: Table, records: list[Any], **after: list[Any]) -> Alterations:
    """What these records become; a field differs where its value does."""
    before = {name: [getattr(each, name) for each in records] for name in after}
    before = {
        name: [float(each) if hasattr(each, "quantize") else each for each in values] for name, values in before.items()
    }
    differs = {
        name: np.array([old != new for old, new in zip(before[name], after[name], strict=True)]) for name in after
    }
    return Alterations(
        keys=np.array([each.pk for each in records], dtype=np.int64),
        versions=np.array([getattr(each, "version", 0) for each in records], dtype=np.int64),
        before={name: column(name, values) for name, values in before.items()},
        after={name: column(name, values) for name, values in after.items()},
        differs=differs,
        refers=references(table, after),
        lines=np.arange(2, 2 + len(records)),
    )


def removals(records: list[Any]) -> Removals:
    keys = np.array([each.pk for each in records], dtype=np.int64)
    return Removals(keys, np.array([getattr(each, "version", 0) for each in records], dtype=np.int64))


@dataclass
class Draft:
    """A plan in the making, a table at a time."""

    school: School
    steps: dict[Table, Step] = field(default_factory=dict)

    def step(self, table: Table) -> Step:
        return self.steps.setdefault(table, Step(table))

    def add(self, table: Table, *rows: dict[str, Any]) -> "Draft":
        self.step(table).added = additions(table, list(rows))
        return self

    def change(self, table: Table, records: list[Any], **after: list[Any]) -> "Draft":
        self.step(table).changed = alterations(table, records, **after)
        return self

    def end(self, table: Table, records: list[Any], **after: list[Any]) -> "Draft":
        self.step(table).ended = alterations(table, records, **after)
        return self

    def remove(self, table: Table, *records: Any) -> "Draft":
        self.step(table).removed = removals(list(records))
        return self

    def plan(self) -> Plan:
        return Plan(self.school.pk, SOURCE, make.TODAY, self.steps, PlanTold(), "fingerprint")

    def write(self, by: User | None, mark: UUID | None = None, progress: Any = silent) -> Written:
        with transaction.atomic():
            return write_plan(self.plan(), by=by, at=timezone.now(), mark=mark or uuid4(), progress=progress)


Stand = dict[str, dict[int, dict[str, Any]]]
BOOKKEEPING = {"created_at", "updated_at", "version", "password"}


def stand() -> Stand:
    """Every record of the tables an import writes, field by field."""
    tables: list[type[models.Model]] = [User, *MODELS.values()]
    return {model._meta.label: {row["pk"]: row for row in _rows(model)} for model in tables}


def _rows(model: type[models.Model]) -> Any:
    names = [each.attname for each in model._meta.concrete_fields if each.name not in BOOKKEEPING]
    return [{name: _told(value) for name, value in row.items()} for row in model._base_manager.values("pk", *names)]


def _told(value: Any) -> Any:
    """Moments as history tells them, which is in thousandths of a second."""
    return value.replace(microsecond=value.microsecond // 1000 * 1000) if isinstance(value, datetime) else value
