"""Take back one batch of changes: each record that nobody has touched since becomes what it was before."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import models, transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from portal.audit import history
from portal.audit.models import Change

CHUNK = 500


@dataclass
class Undone:
    restored: int = 0
    removed: int = 0
    left: list[str] = field(default_factory=list)  # sentences about what was changed since

    @property
    def told_left(self) -> str:
        """The first few of them, for a person."""
        more = [_("And %d more.") % (len(self.left) - 3)] if len(self.left) > 3 else []
        return " ".join([*self.left[:3], *more])


@transaction.atomic
def undo(batch: UUID, *, by: Any) -> Undone:
    """The newest first. Leaves what was edited since, and added records that others hang on by now."""
    done = Undone()
    for model_name, kind, changes in _groups(batch):
        model = apps.get_model(model_name)
        if kind == Change.Kind.CHANGED:
            _restore(model, changes, by, done)
        elif kind == Change.Kind.ADDED:
            _remove(model, changes, by, done)
    return done


def _groups(batch: UUID) -> Iterator[tuple[str, str, list[Change]]]:
    """Runs of changes of one model and kind, at most `CHUNK` long, from the last to the first."""
    run: list[Change] = []
    for change in Change.objects.filter(batch=batch).order_by("-pk").iterator():
        if run and (len(run) == CHUNK or (run[0].model, run[0].kind) != (change.model, change.kind)):
            yield run[0].model, run[0].kind, run
            run = []
        run.append(change)
    if run:
        yield run[0].model, run[0].kind, run


def _restore(model: type[models.Model], changes: list[Change], by: Any, done: Undone) -> None:
    records = model._base_manager.in_bulk([each.record_id for each in changes])
    pairs = []
    for change in changes:
        record = records.get(change.record_id)
        now = history.facts_of(record) if record else {}
        if record is None or any(now[name] != value for name, value in change.after.items()):
            done.left.append(_left(model, change))
            continue
        _set_back(record, change)
        pairs.append((record, {name: now[name] for name in change.before}))
    fields = {name for change in changes for name in change.before} | ({"version"} & _names(model))
    if pairs:
        model._base_manager.bulk_update([record for record, _ in pairs], sorted(fields))
        history.note_changed(pairs, by=by, school_id=changes[0].school_id)
    done.restored += len(pairs)


def _set_back(record: Any, change: Change) -> None:
    for name, value in change.before.items():
        stored: Any = record._meta.get_field(name)
        setattr(record, stored.attname, stored.to_python(value))
    if "version" in _names(type(record)):
        record.version += 1


def _remove(model: type[models.Model], changes: list[Change], by: Any, done: Undone) -> None:
    records = model._base_manager.in_bulk([each.record_id for each in changes])
    later = Change.objects.filter(model=model._meta.label, record_id__in=list(records), pk__gt=changes[-1].pk)
    touched = set(later.exclude(batch=changes[0].batch).values_list("record_id", flat=True))
    free = [records[each.record_id] for each in changes if each.record_id in set(records) - touched]
    school = changes[0].school_id
    gone = _removed(model, free, by, school) or {key for each in free for key in _removed(model, [each], by, school)}
    done.removed += len(gone)
    done.left += [_left(model, each) for each in changes if each.record_id not in gone]


def _removed(model: type[models.Model], records: list[Any], by: Any, school_id: int | None) -> set[Any]:
    """All of them, or none when others hang on one of them."""
    keys = {each.pk for each in records}
    try:
        with transaction.atomic():
            history.note_removed(records, by=by, school_id=school_id)
            model._base_manager.filter(pk__in=keys).delete()
    except ProtectedError:
        return set()
    return keys


def _names(model: type[models.Model]) -> set[str]:
    return {each.name for each in model._meta.concrete_fields}


def _left(model: type[models.Model], change: Change) -> str:
    told = _("%(record)s no. %(number)s was changed or is used since, and stays as it is.")
    return told % {"record": model._meta.verbose_name, "number": change.record_id}
