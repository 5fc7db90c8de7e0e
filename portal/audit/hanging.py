"""What hangs on a record: rows of other tables that point to it, and would be lost or left pointing at nothing without it.

A model whose rows are only worked out from others says `is_derived = True`: such rows go with the record. One whose
records stay for reasons of their own says so by `stays_when`, a condition.
"""

from collections.abc import Collection, Iterator
from functools import cache
from typing import Any

from django.db import models

Model = type[models.Model]
Path = tuple[Model, str]  # a model, and how one gets from it to the record


@cache
def holders(model: Model) -> tuple[Path, ...]:
    """Whose rows keep a record of this model: those that point to it, or to something derived from it."""
    found: list[Path] = []
    for other, name in _pointing(model):
        if _is_derived(other):
            found += [(holder, f"{path}__{name}") for holder, path in holders(other)]
        else:
            found.append((other, name))
    return tuple(found)


@cache
def derived(model: Model) -> tuple[Path, ...]:
    """Whose rows go with a record of this model, those that hang on others first."""
    found: list[Path] = []
    for other, name in _pointing(model):
        if _is_derived(other):
            found += [*((deeper, f"{path}__{name}") for deeper, path in derived(other)), (other, name)]
    return tuple(sorted(found, key=lambda each: -each[1].count("__")))


def kept(model: Model, keys: Collection[int]) -> dict[int, Model]:
    """Which of these records something hangs on that is not among them, and what."""
    found: dict[int, Model] = {}
    for holder, path in holders(model):
        if holder is not model:
            pointed = holder._base_manager.filter(**{f"{path}__in": keys}).order_by().values_list(path, flat=True)
            found.update(dict.fromkeys(pointed.distinct(), holder))
    stays = getattr(model, "stays_when", None)
    if stays is not None:
        found.update(dict.fromkeys(model._base_manager.filter(stays, pk__in=keys).values_list("pk", flat=True), model))
    return _with_those_above(model, set(keys), found)


def delete(model: Model, keys: Collection[int]) -> None:
    """These records, on which nothing hangs but what is derived from them."""
    if keys:
        for other, path in derived(model):
            _raw(other, {f"{path}__in": keys})
        _raw(model, {"pk__in": keys})


def _with_those_above(model: Model, keys: set[int], found: dict[int, Model]) -> dict[int, Model]:
    """A record of the same kind that stays keeps the one it belongs to."""
    pairs = [
        pair
        for holder, path in holders(model)
        if holder is model
        for pair in model._base_manager.filter(**{f"{path}__in": keys}).values_list("pk", path)
    ]
    while above := {up for down, up in pairs if down not in keys or down in found} - set(found):
        found.update(dict.fromkeys(above, model))
    return found


def _pointing(model: Model) -> Iterator[Path]:
    for relation in model._meta.get_fields(include_hidden=True):
        told: Any = relation
        points = told.auto_created and not told.concrete and (told.one_to_many or told.one_to_one)
        if points and told.on_delete is not models.DO_NOTHING:
            yield told.related_model, told.field.name


def _is_derived(model: Model) -> bool:
    return bool(getattr(model, "is_derived", False))


def _raw(model: Model, where: dict[str, Any]) -> None:
    rows: Any = models.QuerySet(model).filter(**where)
    rows._raw_delete(rows.db)
