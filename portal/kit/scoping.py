"""A right is a path from a user to a record. Here paths become SQL; which paths there are stands in each app's access.py.

A path counts only for a role that the person holds in force in the record's school, so a teacher whose post has ended
sees nothing, whatever else still names them. School-wide paths become `school_id IN (…)`, personal ones a subquery
of keys; several subqueries are joined with UNION and never with OR, which is a hundred times slower (docs/access.md).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Self, TypeVar

from django.apps import apps
from django.db.models import Model, Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from portal.kit.errors import NotAllowed

M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Grants:
    """The roles a person holds: for each role the schools, and for each school the day it is there."""

    schools: Mapping[str, frozenset[int]] = field(default_factory=dict)
    days: Mapping[int, date] = field(default_factory=dict)

    def of(self, roles: Iterable[str]) -> frozenset[int]:
        return frozenset().union(*(self.schools.get(role, frozenset()) for role in roles))

    def by_day(self, schools: Iterable[int]) -> dict[date, list[int]]:
        days: dict[date, list[int]] = {}
        for school in sorted(schools):
            days.setdefault(self.days[school], []).append(school)
        return days


NOTHING = Grants()
GrantsSource = Callable[[Any, date | None], Grants]
_source: list[GrantsSource] = []
_memory: ContextVar[dict[tuple[int, date | None], Grants] | None] = ContextVar("grants", default=None)


def learn_grants_from(source: GrantsSource) -> None:
    """Called once, by the app that knows schools and roles."""
    _source[:] = [source]


@contextmanager
def remembering_grants() -> Iterator[None]:
    """Within one request a person's roles are read once."""
    token = _memory.set({})
    try:
        yield
    finally:
        _memory.reset(token)


def grants_of(user: Any, on: date | None = None) -> Grants:
    """The roles in force on a day; without a day, on today's date in each school's own zone."""
    if not getattr(user, "is_authenticated", False) or not user.is_active:
        return NOTHING
    memory = _memory.get()
    if memory is None:
        return _source[0](user, on)
    if (user.pk, on) not in memory:
        memory[user.pk, on] = _source[0](user, on)
    return memory[user.pk, on]


def in_force(relation: str, day: date) -> Q:
    """The dated relation (or, with an empty name, the record itself) holds on that day; both ends inclusive."""
    prefix = f"{relation}__" if relation else ""
    open_ended = Q(**{f"{prefix}ends__isnull": True}) | Q(**{f"{prefix}ends__gte": day})
    return Q(**{f"{prefix}starts__lte": day}) & open_ended


@dataclass(frozen=True, kw_only=True)
class Path:
    """One way from a user to a record.

    `roles` lead to every record of their schools when `user` is empty, else only to those where the relation `user`
    names the person. `dated` relations must be in force on the day. `key` is the column of the record that the
    subquery over `model` yields: with `student_id` and `students.Student`, a result is seen by who sees its student.
    """

    roles: frozenset[str]
    school: str = "school"
    user: str = ""
    dated: tuple[str, ...] = ()
    where: Q = field(default_factory=Q)
    key: str = "pk"
    model: str = ""
    also: Q = field(default_factory=Q)

    def through(self, relation: str, model: str) -> "Path":
        """The same way, one step further: to records that point to `model` by `relation`."""
        if self.key != "pk":
            raise ValueError("a path goes through one relation only; write the longer one out")
        if not self.user:
            return replace(self, school=f"{relation}__{self.school}")
        return replace(self, key=f"{relation}_id", model=model)

    def only(self, **conditions: Any) -> "Path":
        """The same way, to those records alone that meet the conditions themselves."""
        return replace(self, also=self.also & Q(**conditions))

    def keys(self, user: Any, on_days: dict[date, list[int]], own: type[Model]) -> list[QuerySet[Any, Any]]:
        """For each day (schools lie in different zones) the keys this path leads to."""
        model = apps.get_model(self.model) if self.model else own
        found = []
        for day, schools in on_days.items():
            conditions = Q(**{f"{self.school}__in": schools, self.user: user}) & self.where
            for relation in self.dated:
                conditions &= in_force(relation, day)
            found.append(model._base_manager.filter(conditions).order_by().values("pk"))
        return found


@dataclass(frozen=True)
class Rule:
    """The ways to view, to edit, and to count without seeing rows."""

    view: tuple[Path, ...]
    edit: tuple[Path, ...] = ()
    count: tuple[Path, ...] = ()

    def through(self, relation: str, model: str, edit: tuple[Path, ...] | None = None) -> "Rule":
        paths = [tuple(path.through(relation, model) for path in group) for group in (self.view, self.edit, self.count)]
        return Rule(view=paths[0], edit=paths[1] if edit is None else edit, count=paths[2])

    def of(self, verb: str) -> tuple[Path, ...]:
        return {"view": self.view, "edit": self.edit, "count": self.view + self.count}[verb]


def _conditions(paths: tuple[Path, ...], user: Any, grants: Grants, own: type[Model]) -> list[Q]:
    """One condition per column; a personal path is left out in schools where a school-wide one leads already."""
    wide: dict[tuple[str, str], set[int]] = {}
    narrowed: dict[tuple[str, str], Q] = {}
    for path in (path for path in paths if not path.user):
        mark = (path.school, str(path.also))
        wide.setdefault(mark, set()).update(grants.of(path.roles))
        narrowed[mark] = path.also
    found = [Q(**{f"{mark[0]}__in": sorted(ids)}) & narrowed[mark] for mark, ids in wide.items() if ids]
    covered = set().union(*(ids for mark, ids in wide.items() if not narrowed[mark]))

    personal: dict[tuple[str, str], list[QuerySet[Any, Any]]] = {}
    limits: dict[tuple[str, str], Q] = {}
    for path in (path for path in paths if path.user):
        days = grants.by_day(grants.of(path.roles) - covered)
        mark = (path.key, str(path.also))
        personal.setdefault(mark, []).extend(path.keys(user, days, own))
        limits[mark] = path.also
    for mark, keys in personal.items():
        if keys:
            found.append(Q(**{f"{mark[0]}__in": keys[0].union(*keys[1:]) if keys[1:] else keys[0]}) & limits[mark])
    return found


class ScopedQuerySet(QuerySet[M, M]):
    """A queryset that carries the rule of its model. Without a rule nobody may ask."""

    rule: Rule | None = None

    def visible_to(self, user: Any, on: date | None = None) -> Self:
        return self._scoped("view", user, on)

    def editable_by(self, user: Any, on: date | None = None) -> Self:
        return self._scoped("edit", user, on)

    def countable_by(self, user: Any, on: date | None = None) -> Self:
        """Rows that may enter a figure this person sees; the rows themselves are not to be shown."""
        return self._scoped("count", user, on)

    def _scoped(self, verb: str, user: Any, on: date | None) -> Self:
        if self.rule is None:
            raise LookupError(f"{self.model.__name__} has no access rule, so nobody may ask for it.")
        conditions = _conditions(self.rule.of(verb), user, grants_of(user, on), self.model)
        if not conditions:
            return self.none()
        if len(conditions) == 1:
            return self.filter(conditions[0])
        keys = [self.model._base_manager.filter(condition).order_by().values("pk") for condition in conditions]
        return self.filter(pk__in=keys[0].union(*keys[1:]))


def fetch(rows: Any, user: Any, *, verb: str = "view", **lookup: Any) -> Any:
    """One record: 404 if the person does not see it, 403 if it is seen and may not be changed by them."""
    rows = rows.all()
    found = rows.visible_to(user).filter(**lookup).first()
    if found is None:
        raise Http404
    if verb == "edit" and not rows.editable_by(user).filter(pk=found.pk).exists():
        raise NotAllowed(
            _("Your role shows that this exists, but opening or changing it here is for those who keep it.")
        )
    return found
