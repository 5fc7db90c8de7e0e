"""What taking back left as it is: a sentence about each record, with its name for the first of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from django.core.exceptions import ObjectDoesNotExist
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext as _

NAMED = 200  # a page lists no more, and each name is read from the database


class Why(StrEnum):
    CHANGED = "changed"
    HELD = "held"
    IN_USE = "in use"
    GONE = "gone"
    CLASHES = "clashes"
    TAKEN = "taken"


@dataclass(frozen=True)
class Left:
    key: int
    why: Why
    holder: type[models.Model] | None = None


def told(
    model: type[models.Model], records: Iterable[Left], already: int, unsaved: dict[int, models.Model]
) -> list[str]:
    """`unsaved`: records that are not in the table, by their keys."""
    rows = list(records)
    names = _names(model, [each.key for each in rows[: max(NAMED - already, 0)]], unsaved)
    return [_sentence(model, each, names.get(each.key, "")) for each in rows]


def _names(model: type[models.Model], keys: list[int], unsaved: dict[int, models.Model]) -> dict[int, str]:
    if not keys:
        return {}
    relations = [each.name for each in model._meta.concrete_fields if each.is_relation]
    records = {each.pk: each for each in model._base_manager.filter(pk__in=keys).select_related(*relations)}
    return {key: _name(record) for key in keys if (record := records.get(key) or unsaved.get(key))}


def _name(record: models.Model) -> str:
    try:
        return str(record)
    except ObjectDoesNotExist:
        return ""  # what it belongs to is gone as well


def _sentence(model: type[models.Model], left: Left, name: str) -> str:
    record = capfirst(str(model._meta.verbose_name))
    facts = {
        "record": f"{record} “{name}”"
        if name
        else _("%(record)s no. %(number)s") % {"record": record, "number": left.key},
        "others": left.holder._meta.verbose_name_plural if left.holder else "",
    }
    return {
        Why.CHANGED: _("%(record)s was changed since and stays as it is."),
        Why.HELD: _("%(record)s stays, because something was added to it since (%(others)s)."),
        Why.IN_USE: _("%(record)s is in use and stays."),
        Why.GONE: _("%(record)s was removed since and stays so."),
        Why.CLASHES: _("%(record)s stays as it is, because as it was before it would clash with another record."),
        Why.TAKEN: _("%(record)s does not come back, because its place is taken or what it belonged to is gone."),
    }[left.why] % facts
