"""Take back one batch of changes: each record that nobody has touched since becomes what it was before."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.audit import hanging, many
from portal.audit.left import Left, Why, told
from portal.audit.models import Change
from portal.audit.returning import Returning, bring_back, set_back
from portal.kit.errors import Conflict
from portal.kit.rewriting import check_references_now

CHUNK = 2000
Progress = Callable[[int, int, str], Any]


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


def silent(done: int, total: int, sentence: str) -> None:
    """For those who need not be told."""


@transaction.atomic
def undo(
    batch: UUID, *, by: Any, as_batch: UUID | None = None, at: datetime | None = None, progress: Progress = silent
) -> Undone:
    """The newest first. Leaves what was edited since, and added records that others hang on by now.

    What it does stands in the history too, found by `as_batch`.
    """
    done, now = Undone(), at or timezone.now()
    keys = list(Change.objects.filter(batch=batch).order_by("-pk").values_list("pk", flat=True))
    for start in range(0, len(keys), CHUNK):
        progress(start, len(keys), _("taking back changes"))
        for changes in _runs(keys[start : start + CHUNK]):
            line = many.Line(by, now, changes[0].school_id, as_batch)
            _take_back(changes, line, done)
    try:
        check_references_now()
    except IntegrityError as error:
        raise Conflict(_("Somebody changed these records at the same moment. Try again."), code="stale") from error
    return done


def _runs(keys: list[int]) -> Iterator[list[Change]]:
    """Changes of one kind, model and school that follow each other, no record twice."""
    run: list[Change] = []
    seen: set[int] = set()
    for change in Change.objects.filter(pk__in=keys).order_by("-pk"):
        if run and (_sort(run[0]) != _sort(change) or change.record_id in seen):
            yield run
            run, seen = [], set()
        run.append(change)
        seen.add(change.record_id)
    if run:
        yield run


def _sort(change: Change) -> tuple[str, str, int | None]:
    return change.model, change.kind, change.school_id


def _take_back(changes: list[Change], line: many.Line, done: Undone) -> None:
    model: type[models.Model] = apps.get_model(changes[0].model)
    unsaved: dict[int, models.Model] = {}
    if changes[0].kind == Change.Kind.ADDED:
        left = _remove(model, changes, line)
        done.removed += len(changes) - len(left)
    elif changes[0].kind == Change.Kind.CHANGED:
        left = set_back(Returning(model, line), changes)
        done.restored += len(changes) - len(left)
    else:
        left, unsaved = bring_back(Returning(model, line), changes)
        done.restored += len(changes) - len(left)
    done.left += told(model, left, len(done.left), unsaved)


def _remove(model: type[models.Model], changes: list[Change], line: many.Line) -> list[Left]:
    """Records that are gone already are what taking back would have made of them."""
    now = many.read(model, [each.record_id for each in changes], is_locking=True).by_key()
    left = [
        Left(each.record_id, Why.CHANGED)
        for each in changes
        if each.record_id in now and not many.holds(model, now[each.record_id], each.after)
    ]
    free = set(now) - {each.key for each in left}
    kept = hanging.kept(model, free)
    left += [Left(key, *_why(model, holder)) for key, holder in kept.items()]
    gone = sorted(free - set(kept))
    many.note_removed(model, gone, line)
    hanging.delete(model, gone)
    return left


def _why(model: type[models.Model], holder: type[models.Model]) -> tuple[Why, type[models.Model] | None]:
    return (Why.IN_USE, None) if holder is model and hasattr(model, "stays_when") else (Why.HELD, holder)
