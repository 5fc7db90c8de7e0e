"""How a class outlook is asked for in an address, and the addresses that ask for it otherwise."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict
from django.urls import reverse

from portal.accounts.preferences import preferences_of
from portal.kit.asking import Sort, address_with, columns_among, pills
from portal.kit.tables import Order
from predictions.outlooks.class_view import COLUMNS, KEYS, NAME, SORTS, ClassView, Wish, arrange
from predictions.outlooks.contract import ClassOutlook

TABLE = "outlook"  # the name under which a person's columns are remembered
LONGEST = 80


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
    return columns_among(asked, KEYS)


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
        "pills": pills(asked, view.filters, view.show),
        "sorts": [Sort(str(each.label), order.head(each.key).url, each.key == view.sort) for each in sortable],
        "everybody": address_with(asked, show="", q=""),
        "csv_file": f"{reverse('class-outlook-csv', args=place)}{address_with(asked)}",
        "excel_file": f"{reverse('class-outlook-xlsx', args=place)}{address_with(asked)}",
        "query": address_with(asked),
        "kept": [(name, asked[name]) for name in ("sort", "show", "boundary") if asked.get(name)],
        "asked_columns": columns,
        "row_query": f"?{urlencode({'columns': columns})}" if columns else "",
    }
