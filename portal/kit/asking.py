"""How a table is asked for in an address: its columns, and the addresses that ask for it otherwise."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.http import QueryDict
from django.urls import reverse


@dataclass(frozen=True, slots=True)
class Pill:
    """A filter with its count, as a choice that a summary offers."""

    choice: Any
    url: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Sort:
    """The head of a column where there are no heads: on a phone."""

    label: str
    url: str
    is_current: bool


def address_with(asked: QueryDict, **changes: str) -> str:
    """The same query string with some of its values set; an empty value takes it out, and with it what nobody asked for."""
    changed = asked.copy()
    for name, value in changes.items():
        changed.pop(name, None)
        if value:
            changed[name] = value
    return f"?{changed.urlencode()}"


def columns_among(asked: QueryDict, keys: Sequence[str]) -> tuple[str, ...]:
    """`?columns=last,average` as well as `?columns=last&columns=average`, as a form sends it; in the order of `keys`."""
    named = {name for text in asked.getlist("columns") for name in text.split(",")}
    return tuple(key for key in keys if key in named)


def pills(asked: QueryDict, choices: Sequence[Any], current: str) -> list[Pill]:
    """Each choice has a `key`; "all" is what an address without `show` means."""
    return [
        Pill(each, address_with(asked, show="" if each.key == "all" else each.key), each.key == current)
        for each in choices
    ]


def back_with_columns(back: str, columns: Sequence[str]) -> str:
    """The page of a class one came from, asking for these columns; the list of classes where it is no such page."""
    if not back.startswith(reverse("classes")) or "\\" in back:
        return reverse("classes")
    parts = urlsplit(back)
    return f"{parts.path}{address_with(QueryDict(parts.query), columns=','.join(columns))}"
