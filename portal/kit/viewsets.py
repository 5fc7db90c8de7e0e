"""The base of every API viewset: the same rules as the pages."""

from typing import Any

from django.utils.cache import add_never_cache_headers
from rest_framework.viewsets import ReadOnlyModelViewSet

from portal.kit.scoping import fetch


class ScopedViewSet(ReadOnlyModelViewSet[Any]):
    """A list shows what `visible_to` gives; a single record is looked up by `fetch`. No browser keeps an answer."""

    filterset_class: Any = None

    def get_queryset(self) -> Any:
        return super().get_queryset().visible_to(self.request.user)  # type: ignore[attr-defined]  # ScopedQuerySet

    def filter_queryset(self, queryset: Any) -> Any:
        if self.filterset_class is None:
            return queryset
        return self.filterset_class(self.request.query_params, queryset=queryset, request=self.request).qs

    def get_object(self) -> Any:
        return fetch(super().get_queryset(), self.request.user, pk=self.kwargs["pk"])

    def finalize_response(self, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(*args, **kwargs)
        add_never_cache_headers(response)
        return response
