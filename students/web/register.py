"""How a register is asked for in an address, and the addresses that ask for it otherwise."""

from typing import Any

from django.http import HttpRequest, QueryDict
from django.urls import reverse

from portal.accounts.preferences import preferences_of
from portal.kit.asking import Sort, address_with, columns_among, pills
from portal.kit.tables import Order
from students.summaries.register import ClassRegister
from students.summaries.register_view import KEYS, NAME, RegisterView, Wish, arrange

# The name under which a person's columns are remembered.
TABLE = "register"
LONGEST = 80


def asked_view(request: HttpRequest, register: ClassRegister) -> RegisterView:
    """What the address says wins over what the person chose before, and both over the usual."""
    asked = request.GET
    columns = asked_columns(asked) or preferences_of(request.user).columns.get(TABLE, ())
    sort = asked.get("sort", "")
    return arrange(
        register,
        Wish(
            columns=columns,
            show=asked.get("show", ""),
            words=asked.get("q", "")[:LONGEST],
            sort=sort.removeprefix("-"),
            is_descending=sort.startswith("-") and sort.removeprefix("-") in KEYS,
        ),
    )


def asked_columns(asked: QueryDict) -> tuple[str, ...]:
    return columns_among(asked, KEYS)


def controls(request: HttpRequest, view: RegisterView) -> dict[str, Any]:
    """What a page needs to be asked for otherwise: heads that sort, pills that filter, and the same as a file."""
    asked = request.GET
    order = Order(view.sort, view.is_descending, asked)
    pk = view.register.school_class.pk
    return {
        "order": order,
        "pills": pills(asked, view.filters, view.show),
        "sorts": [Sort(each.label, order.head(each.key).url, each.key == view.sort) for each in (NAME, *view.columns)],
        "everybody": address_with(asked, show="", q=""),
        "file": f"{reverse('class-csv', args=[pk])}{address_with(asked)}",
        "excel_file": f"{reverse('class-xlsx', args=[pk])}{address_with(asked)}",
        "kept": [(name, asked[name]) for name in ("sort", "show") if asked.get(name)],
        "asked_columns": ",".join(asked_columns(asked)),
    }
