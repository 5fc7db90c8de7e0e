"""How the back office writes a record for which no room has a verb of its own: history, and a line in the audit."""

from collections.abc import Iterable
from typing import Any

from django.db import models, transaction
from django.http import HttpRequest

from portal.audit import history
from portal.audit.record import record as write


def school_of(record: Any, school_path: str) -> int | None:
    """The school's id by a path like `student__school`; an empty path says the record is the school."""
    *steps, last = school_path.split("__")
    for step in steps:
        record = getattr(record, step)
    return record.pk if not last else getattr(record, f"{last}_id")


@transaction.atomic
def keep(record: Any, by: Any, *, adding: bool, school_path: str, fields: Iterable[str] = ()) -> None:
    """Save with the record's history. Raises Conflict when somebody else saved it in the meantime."""
    school = None if adding and not school_path else school_of(record, school_path)
    if history.save(record, by=by, school_id=school):
        done = "added" if adding else "changed"
        write(by, f"{record._meta.verbose_name} {done}", record, school_id=school or record.pk, fields=[*fields])


@transaction.atomic
def remove(record: Any, by: Any, *, school_path: str, parts: Iterable[str] = ()) -> None:
    school = school_of(record, school_path)
    for part in parts:
        for each in getattr(record, part).all():
            history.remove(each, by=by, school_id=school)
    write(by, f"{record._meta.verbose_name} removed", record, school_id=school)
    history.remove(record, by=by, school_id=school)


def hangs_on(request: HttpRequest, record: models.Model) -> bool:
    """Whether records that protect this one exist, so that it cannot be deleted; asked once per page."""
    memory = request.__dict__.setdefault("_rights", {})
    mark = (type(record), record.pk, "protected")
    if mark not in memory:
        memory[mark] = any(_has_any(relation, record) for relation in _protecting(type(record)))
    return bool(memory[mark])


def _protecting(model: type[models.Model]) -> list[Any]:
    relations = (field for field in model._meta.get_fields(include_hidden=True) if field.auto_created)
    return [each for each in relations if getattr(each, "on_delete", None) is models.PROTECT]


def _has_any(relation: Any, record: models.Model) -> bool:
    return bool(relation.related_model._base_manager.filter(**{relation.field.name: record}).exists())
