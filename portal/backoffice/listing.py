"""Lists over big tables: pages that do not count the whole table, and filters that offer only one's own schools."""

from __future__ import annotations

from typing import Any

from django.contrib.admin import ModelAdmin, SimpleListFilter
from django.core.paginator import Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property

from portal.backoffice.rights import rows_for

# As far as a list can be leafed through. Beyond it a person searches or filters, and nobody waits for a count.
FAR_ENOUGH = 1000
OFFERED = 200


class BoundedPaginator(Paginator):
    """Counts as far as `FAR_ENOUGH` and one more, which stands for "more than that"."""

    @cached_property
    def count(self) -> int:
        rows = self.object_list
        if not isinstance(rows, QuerySet):
            return len(rows)
        return len(rows.order_by().values_list("pk", flat=True)[: FAR_ENOUGH + 1])

    def _check_object_list_is_ordered(self) -> None:
        """The lists name their order themselves."""


class Few(SimpleListFilter):
    """A filter whose choices come from a small table that the person sees, of one school at a time."""

    model: type[Model]
    path = ""  # from the row to the choice

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin[Any]) -> list[tuple[str, str]]:
        return [(str(each.pk), str(each)) for each in self.choices_for(request)[:OFFERED]]

    def choices_for(self, request: HttpRequest) -> QuerySet[Any, Any]:
        return rows_for(request.user, self.model)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
        value = self.value()
        if not value:
            return queryset
        return queryset.filter(**{self.path: value}) if value in self._offered else queryset.none()

    @cached_property
    def _offered(self) -> frozenset[str]:
        return frozenset(str(key) for key, _ in self.lookup_choices)
