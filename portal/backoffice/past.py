"""The history page: who changed what of one record, and when. Read from our own table of changes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import ForeignKey, Model

from portal.audit.history import history_of
from portal.audit.models import Change
from portal.backoffice.rights import rows_for

SHOWN = 100
EMPTY = "–"


@dataclass(frozen=True, slots=True)
class Line:
    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Entry:
    at: datetime
    who: str
    kind: str
    lines: list[Line]


def entries_of(record: Model, user: Any) -> list[Entry]:
    """The newest changes, with names for related records where the reader may see them."""
    changes = list(history_of(record)[:SHOWN])
    names = _names(type(record), changes, user)
    return [_entry(change, type(record), names) for change in changes]


def _entry(change: Change, model: type[Model], names: dict[tuple[str, Any], str]) -> Entry:
    fields = dict.fromkeys([*change.before, *change.after])
    told = [name for name in fields if change.kind == Change.Kind.CHANGED or change.after.get(name) not in (None, "")]
    lines = [
        Line(
            _label(model, name),
            _word(model, name, change.before.get(name), names),
            _word(model, name, change.after.get(name), names),
        )
        for name in told
    ]
    who = str(change.actor) if change.actor else "Foremark"
    return Entry(change.at, who, change.get_kind_display(), lines)


def _field(model: type[Model], name: str) -> Any:
    try:
        return model._meta.get_field(name)
    except FieldDoesNotExist:  # a field that was there when the change was written
        return None


def _label(model: type[Model], name: str) -> str:
    field = _field(model, name)
    return str(field.verbose_name) if field else name


def _word(model: type[Model], name: str, value: Any, names: dict[tuple[str, Any], str]) -> str:
    if value is None or value == "":
        return EMPTY
    field = _field(model, name)
    if isinstance(field, ForeignKey):
        return names.get((name, value), f"no. {value}")
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(dict(field.flatchoices).get(value, value)) if field and field.choices else str(value)


def _names(model: type[Model], changes: Iterable[Change], user: Any) -> dict[tuple[str, Any], str]:
    """One query for each relation that was touched."""
    touched: dict[str, set[Any]] = {}
    for change in changes:
        for name, value in [*change.before.items(), *change.after.items()]:
            if value is not None and isinstance(_field(model, name), ForeignKey):
                touched.setdefault(name, set()).add(value)
    return {(name, key): word for name, keys in touched.items() for key, word in _named(model, name, keys, user)}


def _named(model: type[Model], name: str, keys: set[Any], user: Any) -> list[tuple[Any, str]]:
    related = _field(model, name).related_model
    try:
        rows = rows_for(user, related)
    except LookupError:  # users have no rule of their own: they are named on every page their records stand on
        rows = related._default_manager.all()
    return [(each.pk, str(each)) for each in rows.filter(pk__in=keys)]
