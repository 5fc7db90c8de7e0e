"""How a register is asked for in an address, and the addresses that ask for it otherwise."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, QueryDict
from django.urls import reverse

from portal.accounts.preferences import preferences_of
from portal.kit.tables import Order
from students.summaries.register import ClassRegister
from students.summaries.register_view import KEYS, NAME, Choice, RegisterView, Wish, arrange

# The name under which a person's columns are remembered.
TABLE = "register"
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
    """`?columns=last,average` as well as `?columns=last&columns=average`, as a form sends it."""
    named = {name for text in asked.getlist("columns") for name in text.split(",")}
    return tuple(key for key in KEYS if key in named)


def controls(request: HttpRequest, view: RegisterView) -> dict[str, Any]:
    """What a page needs to be asked for otherwise: heads that sort, pills that filter, and the same as a file."""
    asked = request.GET
    order = Order(view.sort, view.is_descending, asked)
    pk = view.register.school_class.pk
    return {
        "order": order,
        "pills": [
            Pill(each, _address(asked, show="" if each.key == "all" else each.key), each.key == view.show)
            for each in view.filters
        ],
        "sorts": [Sort(each.label, order.head(each.key).url, each.key == view.sort) for each in (NAME, *view.columns)],
        "everybody": _address(asked, show="", q=""),
        "file": f"{reverse('class-csv', args=[pk])}{_address(asked)}",
        "excel_file": f"{reverse('class-xlsx', args=[pk])}{_address(asked)}",
        "kept": [(name, asked[name]) for name in ("sort", "show") if asked.get(name)],
        "asked_columns": ",".join(asked_columns(asked)),
    }


def address_with_columns(back: str, columns: tuple[str, ...]) -> str:
    """The page of a class one came from, asking for these columns; the list of classes where it is no such page."""
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
