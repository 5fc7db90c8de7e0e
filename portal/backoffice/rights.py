"""What a person may do with a record in the back office: the same rules as everywhere, asked once per request."""

from collections.abc import Callable
from typing import Any

from django.db.models import Model, QuerySet
from django.http import HttpRequest

from portal.kit.scoping import Path, Rule, ScopedQuerySet, grants_of

LOOKUPS = {"view": "visible_to", "edit": "editable_by"}


def rule_of(model: type[Model]) -> Rule:
    rows = model._default_manager.all()
    if not isinstance(rows, ScopedQuerySet) or rows.rule is None:
        raise LookupError(f"{model.__name__} has no access rule, so the back office cannot show it.")
    return rows.rule


def rows_for(user: Any, model: type[Model], verb: str = "view") -> QuerySet[Any, Any]:
    """Everything for a superuser (an installation must be able to help itself), else what the rule gives."""
    rows = model._default_manager.all()
    if user.is_superuser:
        return rows
    rule_of(model)
    return getattr(rows, LOOKUPS[verb])(user)


def holds(user: Any, model: type[Model], verb: str) -> bool:
    """Whether some role of this person leads to any such record at all; asks no table but the roles."""
    return user.is_superuser or any(_is_held(user, path) for path in rule_of(model).of(verb))


def keeps(user: Any, model: type[Model]) -> bool:
    """Whether they may edit such records school-wide, and so add one."""
    return user.is_superuser or any(_is_held(user, path) for path in rule_of(model).edit if not path.user)


def schools_kept(user: Any, model: type[Model], verb: str = "edit") -> frozenset[int]:
    """The schools in which they may edit (or view) such records school-wide."""
    paths = [path for path in rule_of(model).of(verb) if not path.user]
    return frozenset().union(*(grants_of(user).of(path.roles) for path in paths))


def reaches(request: HttpRequest, record: Model, rows: Callable[[], QuerySet[Any, Any]], verb: str) -> bool:
    """Whether this very record is among those rows. Admin asks many times over for one page; we ask once."""
    if getattr(request.user, "is_superuser", False):
        return True
    memory = request.__dict__.setdefault("_rights", {})
    mark = (type(record), record.pk, verb)
    if mark not in memory:
        memory[mark] = rows().filter(pk=record.pk).exists()
    return bool(memory[mark])


def forget(request: HttpRequest) -> None:
    """After a save: the record may have moved out of reach."""
    request.__dict__.pop("_rights", None)


def _is_held(user: Any, path: Path) -> bool:
    return bool(grants_of(user).of(path.roles))
