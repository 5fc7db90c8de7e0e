"""Changed records are set back to what they were, and removed ones come back, as long as their place is free."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db import IntegrityError, connection, models, transaction
from django.db.models import Count

from portal.audit import many
from portal.audit.left import Left, Why
from portal.audit.models import Change
from portal.kit.folding import folded_anew
from portal.kit.rewriting import rewrite


@dataclass(frozen=True)
class Returning:
    model: type[models.Model]
    line: many.Line

    def fields(self, facts: dict[str, Any]) -> list[Any]:
        """The stored fields these facts are about. A field that the table no longer has is no fact any more."""
        return [each for each in self.model._meta.concrete_fields if each.name in facts]


def set_back(returning: Returning, changes: list[Change]) -> list[Left]:
    """What was edited since, or would clash with what is there by now, is left."""
    model = returning.model
    now = many.read(model, [each.record_id for each in changes], is_locking=True).by_key()
    left = [Left(each.record_id, Why.GONE) for each in changes if each.record_id not in now]
    there = [each for each in changes if each.record_id in now]
    same = {each.pk: each for each in there if many.holds(model, now[each.record_id], each.after)}
    left += [Left(each.record_id, Why.CHANGED) for each in there if each.pk not in same]
    lost = _pointing_at_nothing(returning, list(same.values()))
    groups: defaultdict[tuple[str, ...], list[Change]] = defaultdict(list)
    for each in same.values():
        if each.record_id not in lost:
            groups[tuple(field.name for field in returning.fields(each.before))].append(each)
    clashing = set(lost)
    for names, alike in groups.items():
        refused = _as_many_as_go(alike, lambda some, names=names: _rewrite(returning, some, names))  # type: ignore[misc]  # a lambda with a default
        clashing |= {each.record_id for each in refused}
    return [*left, *(Left(key, Why.CLASHES) for key in sorted(clashing))]


def bring_back(returning: Returning, changes: list[Change]) -> tuple[list[Left], dict[int, models.Model]]:
    """Under the keys they had. Returns the others, and how each would have been."""
    model = returning.model
    made = {each.record_id: _made(returning, each) for each in changes}
    taken = set(model._base_manager.filter(pk__in=made).values_list("pk", flat=True))
    taken |= _pointing_at_nothing(returning, changes) | _without_place(model, made)
    _version(model, made)
    refused = _as_many_as_go([key for key in made if key not in taken], lambda some: _insert(returning, made, some))
    left = taken | set(refused)
    return [Left(key, Why.TAKEN) for key in sorted(left)], {key: made[key] for key in left}


def _rewrite(returning: Returning, changes: list[Change], names: tuple[str, ...]) -> None:
    keys = np.array([each.record_id for each in changes], dtype=np.int64)
    columns: dict[str, Any] = {}
    for name in names:
        stored: Any = returning.model._meta.get_field(name)
        values = (stored.to_python(each.before[name]) for each in changes)
        columns[stored.attname] = [stored.get_db_prep_save(value, connection) for value in values]
    with many.changing(returning.model, keys, names, returning.line):
        again = folded_anew(returning.model, keys.tolist(), columns)
        rewrite(returning.model, keys, {**columns, **again}, at=returning.line.at)


def _insert(returning: Returning, made: dict[int, models.Model], keys: list[int]) -> None:
    returning.model._base_manager.bulk_create([made[key] for key in keys], batch_size=500)
    many.note_added(returning.model, keys, returning.line)


def _made(returning: Returning, change: Change) -> models.Model:
    facts = {each.attname: each.to_python(change.before[each.name]) for each in returning.fields(change.before)}
    return returning.model(**{**facts, "pk": change.record_id})


def _version(model: type[models.Model], made: dict[int, models.Model]) -> None:
    """Further than any it had: who still looks at the record as it once was does not overwrite it unawares."""
    if not any(each.name == "version" for each in model._meta.concrete_fields):
        return
    lines = Change.objects.filter(model=model._meta.label, record_id__in=made).order_by().values("record_id")
    for row in lines.annotate(count=Count("pk")):
        made[row["record_id"]].version = row["count"] + 1  # type: ignore[attr-defined]  # every kept record has one


def _pointing_at_nothing(returning: Returning, changes: list[Change]) -> set[int]:
    """Records whose old facts name another one that is gone."""
    lost: set[int] = set()
    for field in returning.model._meta.concrete_fields:
        other = field.related_model
        if other is None:
            continue
        pointing = [(each.record_id, each.before[field.name]) for each in changes if each.before.get(field.name)]
        known = other._base_manager.filter(pk__in={key for _record, key in pointing})
        there = set(known.values_list("pk", flat=True)) if pointing else set()
        lost |= {record for record, key in pointing if key not in there}
    return lost


def _without_place(model: type[models.Model], made: dict[int, models.Model]) -> set[int]:
    """Found in one query for each rule; what rules with conditions say, the database says when it is tried."""
    found: set[int] = set()
    for rule in model._meta.constraints:
        if not isinstance(rule, models.UniqueConstraint) or rule.condition is not None or not rule.fields:
            continue
        names = [model._meta.get_field(name).attname for name in rule.fields]  # type: ignore[union-attr]  # concrete fields only
        places = {key: tuple(getattr(each, name) for name in names) for key, each in made.items()}
        asked = {f"{name}__in": {place[at] for place in places.values()} for at, name in enumerate(names)}
        taken = set(model._base_manager.filter(**asked).values_list(*names))
        found |= {key for key, place in places.items() if place in taken}
    return found


def _as_many_as_go(items: list[Any], deed: Callable[[list[Any]], None]) -> list[Any]:
    """All of them at once, or else each half for itself; returns those that the rules of the table refuse."""
    if not items:
        return []
    try:
        with transaction.atomic():
            deed(items)
    except IntegrityError:
        if len(items) == 1:
            return items
        half = len(items) // 2
        return [*_as_many_as_go(items[:half], deed), *_as_many_as_go(items[half:], deed)]
    return []
