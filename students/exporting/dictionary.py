"""The data dictionary of a dump: of each column its type, unit, meaning and allowed values, asked of the records themselves."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db import models
from django.utils.text import format_lazy
from django.utils.translation import gettext as _

from students.exporting.dump_tables import Field, Records, Words
from students.models import Student


class Kind(StrEnum):
    """What a column holds."""

    STUDENT = "student"
    PERSON = "person"
    KEY = "key"
    DAY = "day"
    WHOLE = "whole"
    NUMBER = "number"
    FLAG = "flag"
    TEXT = "text"


@dataclass(frozen=True)
class Described:
    """One line of the dictionary. `allowed` is empty where any value of the type may stand."""

    name: str
    type: Kind
    meaning: Words
    unit: Words = ""
    allowed: Words = ""


HEAD = ("file", "column", "type", "unit", "meaning", "allowed values")
OF_TRANSFORM = {"year": Kind.WHOLE, "date": Kind.DAY}
# The first that fits; a JSON field is a list of texts here.
OF_FIELD: tuple[tuple[type[Any], Kind], ...] = (
    (models.AutoField, Kind.KEY),
    (models.BigAutoField, Kind.KEY),
    (models.DateField, Kind.DAY),
    (models.DecimalField, Kind.NUMBER),
    (models.FloatField, Kind.NUMBER),
    (models.BooleanField, Kind.FLAG),
    (models.IntegerField, Kind.WHOLE),
    (models.CharField, Kind.TEXT),
    (models.JSONField, Kind.TEXT),
)


def field_of(model: Any, path: str) -> tuple[Any, str]:
    """The model's field a path leads to, and the transform behind it or ""."""
    first, _sep, rest = path.partition("__")
    field = model._meta.pk if first == "pk" else model._meta.get_field(first)
    if not rest:
        return field, ""
    return field_of(field.related_model, rest) if field.is_relation else (field, rest)


def kind_of(records: Records, column: Field) -> Kind:
    field, transform = field_of(records.model, column.path)
    if transform:
        return OF_TRANSFORM[transform]
    if field.is_relation:
        label = field.related_model._meta.label
        return {"students.Student": Kind.STUDENT, "accounts.User": Kind.PERSON}.get(label, Kind.KEY)
    if column.path == "pk" and records.model is Student:
        return Kind.STUDENT
    return next(kind for of, kind in OF_FIELD if isinstance(field, of))


def described(records: Records, column: Field) -> Described:
    """What the model says of the field in its help is said as well."""
    field, transform = field_of(records.model, column.path)
    help_text = "" if transform or field.is_relation else field.help_text
    meaning = format_lazy("{}. {}", column.meaning, help_text) if help_text else column.meaning
    allowed = "" if transform else _allowed(field)
    return Described(column.name, kind_of(records, column), meaning, column.unit, allowed)


def _allowed(field: Any) -> str:
    if choices := getattr(field, "choices", None):
        return "; ".join(f"{value}: {label}" for value, label in choices)
    if isinstance(field, models.BooleanField):
        return "true; false"
    bounds = [each for each in field.validators if hasattr(each, "limit_value")]
    told = {each.code: each.limit_value for each in bounds}
    least, most = told.get("min_value"), told.get("max_value")
    if isinstance(field, models.PositiveSmallIntegerField):
        least = 0
    said = [_("from %s") % least] if least is not None else []
    said += [_("up to %s") % most] if most is not None and "max_value" in told and not _is_size(field, most) else []
    return " ".join(said)


def _is_size(field: Any, most: Any) -> bool:
    """What the database can hold says nothing about the value."""
    return isinstance(field, models.IntegerField) and most > 1_000


def type_told(kind: Kind) -> str:
    """The type as who reads the files should take it."""
    return {
        Kind.STUDENT: _("whole number (key)"),
        Kind.PERSON: _("whole number (key)"),
        Kind.KEY: _("whole number (key)"),
        Kind.DAY: _("day, as 2026-09-01"),
        Kind.WHOLE: _("whole number"),
        Kind.NUMBER: _("number"),
        Kind.FLAG: _("true or false"),
        Kind.TEXT: _("text"),
    }[kind]
