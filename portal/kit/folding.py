"""A folded name beside the real one, and the question whether it has a text in it: trigrams on PostgreSQL and on SQLite."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection, models
from django.db.models import Q
from django.db.models.expressions import RawSQL

from portal.kit.bulk import Column, values_of
from portal.kit.names import fold

# Trigrams know nothing of shorter pieces; with the space before a word, two letters of its beginning are enough.
TRIGRAM = 3


class FoldedName(models.CharField):
    """Worked out from other fields whenever the record is written, one by one or many at once."""

    def __init__(self, *args: Any, of: tuple[str, ...] = (), **kwargs: Any) -> None:
        super().__init__(*args, **{"editable": False, "default": "", **kwargs})
        self.of = of

    def deconstruct(self) -> Any:
        """For migrations a plain text column."""
        name, _, args, kwargs = super().deconstruct()
        kwargs.pop("default", None)
        return name, "django.db.models.CharField", args, kwargs

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        folded = fold(*(getattr(model_instance, name) for name in self.of))[: self.max_length]
        setattr(model_instance, self.attname, folded)
        return folded


def folded(field: FoldedName, columns: Mapping[str, Column], rows: int) -> list[str]:
    """For rows given as columns. Folding is slow and names are many, so that each different one is folded once."""
    names = [values_of(columns.get(name, ""), 0, rows) for name in field.of]
    known: dict[tuple[str, ...], str] = {}
    made = []
    for row in zip(*names, strict=True):
        if row not in known:
            known[row] = fold(*row)[: field.max_length]
        made.append(known[row])
    return made


def folded_anew(model: type[models.Model], keys: Sequence[int], columns: Mapping[str, Column]) -> dict[str, list[str]]:
    """The folded names of records of which these columns are about to change, made of the new parts and of those that stay."""
    again = {}
    for field in model._meta.concrete_fields:
        if isinstance(field, FoldedName) and set(field.of) & set(columns):
            rows = {row[0]: row[1:] for row in model._base_manager.filter(pk__in=keys).values_list("pk", *field.of)}
            now = zip(*(rows.get(key, ("",) * len(field.of)) for key in keys), strict=True)
            names = {name: list(column) for name, column in zip(field.of, now, strict=True)}
            again[field.attname] = folded(field, {**names, **columns}, len(keys))
    return again


def has_in_name(model: type[models.Model], piece: str) -> Q:
    """Rows whose folded name has this piece in it. PostgreSQL reads its trigram index, SQLite its full-text table."""
    if connection.vendor == "postgresql":
        return Q(search_name__contains=piece)
    table = f"{model._meta.db_table}_search"
    # The table's name is the model's own; what a person typed goes in as a parameter, and folding left no wildcards.
    return Q(pk__in=RawSQL(f"SELECT rowid FROM {table} WHERE search_name LIKE %s", [f"%{piece}%"]))  # noqa: S608, S611
