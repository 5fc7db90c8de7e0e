"""How a class outlook is asked for in an address, and the addresses that ask for it otherwise."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, QueryDict
from django.urls import reverse

from portal.accounts.preferences import preferences_of
from portal.kit.tables import Order
from predictions.outlooks.class_view import COLUMNS, KEYS, NAME, SORTS, Choice, ClassView, Wish, arrange
from predictions.outlooks.contract import ClassOutlook

TABLE = "outlook"  # the name under which a person's columns are remembered
LONGEST = 80


@dataclass(frozen=True, slots=True)
class Pill:
    choice: Choice
    url: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Sort:
    """The head of a column where there are no heads: on a phone."""

    label: str
    url: str
    is_current: bool


def asked_view(request: HttpRequest, outlook: ClassOutlook) -> ClassView:
    """What the address says wins over what the person chose before, and both over the usual."""
    asked = request.GET
    sort = asked.get("sort", "")
    return arrange(
        outlook,
        Wish(
            columns=asked_columns(asked) or preferences_of(request.user).columns.get(TABLE, ()),
            show=asked.get("show", ""),
            boundary=asked.get("boundary", ""),
            words=asked.get("q", "")[:LONGEST],
            sort=sort.removeprefix("-"),
            is_descending=sort.startswith("-") and sort.removeprefix("-") in (NAME.key, *SORTS),
        ),
    )


def asked_columns(asked: QueryDict) -> tuple[str, ...]:
    """`?columns=score,moved` as well as `?columns=score&columns=moved`, as a form sends it."""
    named = {name for text in asked.getlist("columns") for name in text.split(",")}
    return tuple(key for key in KEYS if key in named)


def controls(request: HttpRequest, view: ClassView) -> dict[str, Any]:
    """What a page needs to be asked for otherwise: heads that sort, pills that filter, and the same as a file."""
    asked = request.GET
    order = Order(view.sort, view.is_descending, asked)
    place = [view.outlook.school_class.pk, view.outlook.exam.pk]
    sortable = [each for each in (NAME, *view.columns) if each.sorts]
    columns = ",".join(asked_columns(asked))
    return {
        "order": order,
        "offered": COLUMNS,
        "pills": [
            Pill(each, _address(asked, show="" if each.key == "all" else each.key), each.key == view.show)
            for each in view.filters
        ],
        "sorts": [Sort(str(each.label), order.head(each.key).url, each.key == view.sort) for each in sortable],
        "everybody": _address(asked, show="", q=""),
        "csv_file": f"{reverse('class-outlook-csv', args=place)}{_address(asked)}",
        "excel_file": f"{reverse('class-outlook-xlsx', args=place)}{_address(asked)}",
        "query": _address(asked),
        "kept": [(name, asked[name]) for name in ("sort", "show", "boundary") if asked.get(name)],
        "asked_columns": columns,
        "row_query": f"?{urlencode({'columns': columns})}" if columns else "",
    }


def address_with_columns(back: str, columns: tuple[str, ...]) -> str:
    """The outlook one came from, asking for these columns; the list of classes where it is no such page."""
    parts = urlsplit(back)
    if parts.scheme or parts.netloc or not parts.path.startswith(reverse("classes")) or "\\" in back:
        return reverse("classes")
    return f"{parts.path}{_address(QueryDict(parts.query), columns=','.join(columns))}"


def _address(asked: QueryDict, **changes: str) -> str:
    """Empty values leave the address, and with them what nobody asked for."""
    changed = asked.copy()
    for name, value in changes.items():
        changed.pop(name, None)
        if value:
            changed[name] = value
    return f"?{changed.urlencode()}"
