"""A table of a report as a page shows it: each cell knows its column, so that a phone can tell it without a head."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _


@dataclass(frozen=True, slots=True)
class Cell:
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """`name` heads the row, `note` stands small below it; `badge` is a word beside it, and a row may be `marked`.
    `bar`: how long a bar is drawn beside the last figure, of 100.
    """

    name: str
    cells: tuple[Cell, ...]
    note: str = ""
    badge: str = ""
    is_marked: bool = False
    bar: int | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """`sentence` says in words what it shows; the first of `head` is the column of names."""

    key: str
    title: str
    head: tuple[str, ...]
    rows: tuple[Row, ...]
    sentence: str = ""


def row(
    head: Sequence[str], name: str, cells: Iterable[str], *, note: str = "", badge: str = "", marked: bool = False
) -> Row:
    told = tuple(Cell(label, text) for label, text in zip(head[1:], cells, strict=True))
    return Row(name, told, note, badge, marked)


def hidden(head: Sequence[str], name: str) -> Row:
    """A group that is too small: what would be said of it could be said of one of them."""
    return Row(name, (), note=_("fewer than 10 students, so no figures are shown"))
