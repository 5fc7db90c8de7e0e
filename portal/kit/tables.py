"""Sorting and paging read from the query string, once for all lists. What cannot be read counts as not said."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict

from portal.kit.asking import address_with

Row = TypeVar("Row")
PER_PAGE = 50
# Beyond this an OFFSET costs more than any reader gains; a search finds the row sooner.
LAST_PAGE = 400


@dataclass(frozen=True, slots=True)
class Slice(Generic[Row]):
    """One page of a list that nobody counted: whether more follows is known from the row that was read too many."""

    rows: Sequence[Row]
    number: int
    previous: str
    next: str


@dataclass(frozen=True, slots=True)
class Head:
    url: str
    aria: str


@dataclass(frozen=True, slots=True)
class Order:
    """The column a list is sorted by, and the addresses that sort it by another."""

    key: str
    is_descending: bool
    asked: QueryDict

    def head(self, key: str) -> Head:
        if key != self.key:
            return Head(address_with(self.asked, sort=key, page=""), "")
        other = key if self.is_descending else f"-{key}"
        return Head(address_with(self.asked, sort=other, page=""), "descending" if self.is_descending else "ascending")


def read_order(request: HttpRequest, keys: Sequence[str]) -> Order:
    """`?sort=name` or `?sort=-name`; the first of `keys` where nothing known is asked for."""
    asked = request.GET.get("sort", "")
    key = asked.removeprefix("-")
    known = key in keys
    return Order(key if known else keys[0], known and asked.startswith("-"), request.GET)


def sort_rows(rows: QuerySet[Any, Any], order: Order, columns: Mapping[str, Sequence[str]]) -> QuerySet[Any, Any]:
    """In the database, with the key last so that no two rows may change places between pages."""
    names = (*columns[order.key], "pk")
    return rows.order_by(*(f"-{name}" if order.is_descending else name for name in names))


def read_page(request: HttpRequest, rows: QuerySet[Any, Any], dress: Callable[[Any], Any] | None = None) -> Slice[Any]:
    """`?page=2`; reads one row more than it shows instead of counting them all.

    `dress` adds what only shown rows need (joins, counts): the page's keys are read first, so that a far page does not
    work it out for every row it passes over.
    """
    number = _number(request)
    start = (number - 1) * PER_PAGE
    wanted = rows[start : start + PER_PAGE + 1]
    found = list(wanted) if dress is None else _dressed(rows, wanted, dress)
    has_more = len(found) > PER_PAGE and number < LAST_PAGE
    return _slice(request, found[:PER_PAGE], number, has_more)


def page_of(request: HttpRequest, rows: Sequence[Row]) -> Slice[Row]:
    """The same of rows that were worked out and are all there."""
    number = _number(request)
    start = (number - 1) * PER_PAGE
    return _slice(request, rows[start : start + PER_PAGE], number, len(rows) > start + PER_PAGE)


def page_taken(request: HttpRequest, take: Callable[[int, int], Sequence[Row]], last: int) -> Slice[Row]:
    """The same of rows that are handed over in stretches: `take(start, most)`. `last` is the last page there can be."""
    number = _number(request, last)
    found = take((number - 1) * PER_PAGE, PER_PAGE + 1)
    return _slice(request, found[:PER_PAGE], number, len(found) > PER_PAGE and number < last)


def _number(request: HttpRequest, last: int = LAST_PAGE) -> int:
    asked = request.GET.get("page", "")
    return min(last, max(1, int(asked))) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1


def _slice(request: HttpRequest, rows: Sequence[Row], number: int, has_more: bool) -> Slice[Row]:
    return Slice(
        rows=rows,
        number=number,
        previous=address_with(request.GET, page=str(number - 1)) if number > 1 else "",
        next=address_with(request.GET, page=str(number + 1)) if has_more else "",
    )


def _dressed(rows: QuerySet[Any, Any], wanted: QuerySet[Any, Any], dress: Callable[[Any], Any]) -> list[Any]:
    keys = list(wanted.values_list("pk", flat=True))
    found = {row.pk: row for row in dress(rows.model._default_manager.filter(pk__in=keys))}
    return [found[key] for key in keys if key in found]
