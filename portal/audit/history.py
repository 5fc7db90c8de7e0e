"""What a record was before: rooms and bulk writers save through here, and read its history here."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.utils.translation import gettext as _

from portal.audit.models import Change
from portal.kit.errors import Conflict

# Derived or bookkeeping fields: they change with every save and say nothing to a person.
NOT_TOLD = frozenset({"id", "version", "created_at", "updated_at", "search_name", "password", "last_login"})
_plain = DjangoJSONEncoder()


def facts_of(instance: models.Model) -> dict[str, Any]:
    """The stored fields of a record as plain JSON values."""
    fields = (field for field in instance._meta.concrete_fields if field.name not in NOT_TOLD)
    return {field.name: _json(field.value_from_object(instance)) for field in fields}


def _json(value: Any) -> Any:
    return (
        value if value is None or isinstance(value, bool | int | float | str | list | dict) else _plain.default(value)
    )


def _change(
    kind: str, instance: models.Model, by: Any, before: dict[str, Any], after: dict[str, Any], **more: Any
) -> Change:
    student = instance.pk if instance._meta.label == "students.Student" else getattr(instance, "student_id", None)
    return Change(
        kind=kind,
        actor_id=getattr(by, "pk", None),
        model=instance._meta.label,
        record_id=instance.pk,
        student_id=student,
        before=before,
        after=after,
        school_id=more.pop("school_id", None) or getattr(instance, "school_id", None),
        **more,
    )


@transaction.atomic
def save(instance: models.Model, *, by: Any, batch: UUID | None = None, school_id: int | None = None) -> bool:
    """Save one record with its history line. Returns whether anything changed.

    The changes feed is read by school: `school_id` is given where the record knows its school only by another.

    Raises Conflict when somebody else saved the record since it was read (records that carry a `version`).
    """
    if instance._state.adding:
        instance.save(force_insert=True)
        _change(Change.Kind.ADDED, instance, by, {}, facts_of(instance), batch=batch, school_id=school_id).save()
        return True
    stored = type(instance)._base_manager.select_for_update().get(pk=instance.pk)
    before, after = facts_of(stored), facts_of(instance)
    changed = [name for name in after if after[name] != before[name]]
    if not changed:
        return False
    if hasattr(instance, "version"):
        if stored.version != instance.version:  # type: ignore[attr-defined]
            raise Conflict(_("Somebody else changed this in the meantime. Load it again and compare."), code="stale")
        instance.version += 1
    instance.save()
    old, new = ({name: facts[name] for name in changed} for facts in (before, after))
    _change(Change.Kind.CHANGED, instance, by, old, new, batch=batch, school_id=school_id).save()
    return True


@transaction.atomic
def remove(instance: models.Model, *, by: Any, school_id: int | None = None) -> None:
    """Delete one record, keeping what it was."""
    _change(Change.Kind.REMOVED, instance, by, facts_of(instance), {}, school_id=school_id).save()
    instance.delete()


def note_added(
    instances: Iterable[models.Model], *, by: Any, batch: UUID | None = None, school_id: int | None = None
) -> None:
    """History for rows a bulk writer has just created (their keys are set)."""
    more: dict[str, Any] = {"batch": batch, "school_id": school_id}
    rows = [_change(Change.Kind.ADDED, each, by, {}, facts_of(each), **more) for each in instances]
    Change.objects.bulk_create(rows, batch_size=1000)


def note_changed(
    pairs: Sequence[tuple[models.Model, dict[str, Any]]],
    *,
    by: Any,
    batch: UUID | None = None,
    school_id: int | None = None,
) -> None:
    """History for rows a bulk writer has just updated: each with the fields it had before."""
    more: dict[str, Any] = {"batch": batch, "school_id": school_id}
    rows = []
    for instance, before in pairs:
        now = facts_of(instance)
        after = {name: now[name] for name in before}
        rows.append(_change(Change.Kind.CHANGED, instance, by, before, after, **more))
    Change.objects.bulk_create(rows, batch_size=1000)


def note_removed(
    instances: Iterable[models.Model], *, by: Any, batch: UUID | None = None, school_id: int | None = None
) -> None:
    """History for rows a bulk writer is about to delete."""
    more: dict[str, Any] = {"batch": batch, "school_id": school_id}
    rows = [_change(Change.Kind.REMOVED, each, by, facts_of(each), {}, **more) for each in instances]
    Change.objects.bulk_create(rows, batch_size=1000)


def history_of(instance: models.Model) -> models.QuerySet[Any, Any]:
    """All changes of one record, the newest first, with who made them."""
    return Change.objects.filter(model=instance._meta.label, record_id=instance.pk).select_related("actor")
