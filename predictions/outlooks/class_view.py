"""A class outlook as somebody wants to see it: columns, filter, words and order. Page, paper, file and API take their rows here."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from portal.kit.names import fold
from predictions.outlooks.contract import ClassOutlook, OutlookRow

MOVED = 2.0  # points; less is what every scoring moves
DIFFERS = 5.0  # points between an own estimate and the score
SAFE = 0.8  # who reaches a boundary less surely than that is near it or below
WIDEST = 4  # the widest quarter of the ranges is the most uncertain


@dataclass(frozen=True, slots=True)
class Column:
    """`key` is also what the column is sorted by; without a figure nothing is sorted by it."""

    key: str
    label: Any
    is_figure: bool = False
    is_usual: bool = True
    sorts: bool = True

    @property
    def css(self) -> str:
        return f"col-{self.key} num" if self.is_figure else f"col-{self.key}"

    @property
    def template(self) -> str:
        return f"predictions/class_outlook/cell_{self.key}.html"


NAME = Column("name", gettext_lazy("Student"))
COLUMNS = (
    Column("marks", gettext_lazy("Marks")),
    Column("range", gettext_lazy("Likely range"), sorts=False),
    Column("score", gettext_lazy("Predicted"), is_figure=True),
    Column("passing", gettext_lazy("Passes")),
    Column("moved", pgettext_lazy("head of a column", "Moved")),
    Column("why", gettext_lazy("Why"), is_usual=False, sorts=False),
    Column("quality", gettext_lazy("What is known")),
    Column("estimate", gettext_lazy("Your estimate"), is_figure=True),
    Column("help", gettext_lazy("Help")),
    Column("grade", gettext_lazy("Likeliest grade"), is_usual=False),
    Column("simplest", gettext_lazy("Simplest guess"), is_figure=True, is_usual=False),
)
KEYS = (NAME.key, *(column.key for column in COLUMNS))
USUAL_ORDER = "score"

SORTS: dict[str, Callable[[OutlookRow], Any]] = {
    "marks": lambda row: row.last_mark,
    "score": lambda row: row.score,
    "passing": lambda row: row.passing,
    "moved": lambda row: row.moved.points if row.moved else None,
    "quality": lambda row: row.quality.level if row.quality and row.has_score else None,
    "estimate": lambda row: float(row.estimate.percent) if row.estimate else None,
    "help": lambda row: row.help or None,
    "grade": lambda row: likeliest_place(row),
    "simplest": lambda row: row.prediction.baseline if row.prediction else None,
}


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked for, in an address or by an earlier choice; whatever is not known is passed over."""

    columns: Sequence[str] = ()
    show: str = ""
    boundary: str = ""
    words: str = ""
    sort: str = ""
    is_descending: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """A filter, with what it means in a sentence and how many it leaves."""

    key: str
    label: str
    meaning: str
    count: int


@dataclass(frozen=True, slots=True)
class Boundary:
    """One of the boundaries of the scale, to be near of; `key` stands in addresses."""

    key: str
    percent: float
    label: str


@dataclass(frozen=True)
class ClassView:
    """`boundary`: the one that “near or below” is about."""

    outlook: ClassOutlook
    columns: tuple[Column, ...]
    filters: tuple[Choice, ...]
    show: str
    boundaries: tuple[Boundary, ...]
    boundary: Boundary
    words: str
    rows: tuple[OutlookRow, ...]
    sort: str
    is_descending: bool

    @property
    def is_narrowed(self) -> bool:
        return self.show != "all" or bool(self.words)

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(column.key for column in self.columns)

    @property
    def span(self) -> int:
        """Cells of a row, with its name and its way to more."""
        return len(self.columns) + 2

    @property
    def chosen(self) -> Choice:
        return next(each for each in self.filters if each.key == self.show)

    @property
    def told(self) -> str:
        """In words what is shown, for paper, where no control says it."""
        shown = [self.chosen.label] if self.show != "all" else []
        shown += [_("names with “%(words)s”") % {"words": self.words}] if self.words else []
        label = next(column.label for column in (NAME, *COLUMNS) if column.key == self.sort)
        way = _("by “%(column)s”, highest first") if self.is_descending else _("by “%(column)s”, lowest first")
        order = _("by name") if self.sort == NAME.key and not self.is_descending else way % {"column": label}
        return " · ".join([*(shown or [_("All students")]), _("sorted %(order)s") % {"order": order}])


def arrange(outlook: ClassOutlook, wish: Wish) -> ClassView:
    """Without a query: all of it works on the rows that were read."""
    boundaries = _boundaries(outlook)
    usual = next(each for each in boundaries if each.percent == outlook.scale.pass_mark)
    boundary = next((each for each in boundaries if each.key == wish.boundary), usual)
    fits = _fits(outlook, boundary)
    show = wish.show if wish.show in fits else "all"
    words = fold(wish.words).split()
    rows = [row for row in outlook.rows if fits[show](row) and _has(row, words)]
    sort = wish.sort if wish.sort in SORTS or wish.sort == NAME.key else USUAL_ORDER
    return ClassView(
        outlook=outlook,
        columns=_columns(wish.columns),
        filters=tuple(Choice(key, *_told(key, boundary), sum(fits[key](row) for row in outlook.rows)) for key in fits),
        show=show,
        boundaries=boundaries,
        boundary=boundary,
        words=wish.words.strip() if words else "",
        rows=tuple(_sorted(rows, sort, wish.is_descending)),
        sort=sort,
        is_descending=wish.is_descending,
    )


def _boundaries(outlook: ClassOutlook) -> tuple[Boundary, ...]:
    """The pass mark among them, whether a grade begins there or not."""
    named = {grade.least: grade.name for grade in outlook.scale.grades if grade.least is not None}
    pass_mark = outlook.scale.pass_mark
    found = []
    for percent in sorted({*named, pass_mark}):
        name = _("%s, the pass mark") % f"{percent:g}" if percent == pass_mark else f"{percent:g} ({named[percent]})"
        found.append(Boundary(f"{percent:g}", percent, name))
    return tuple(found)


def _fits(outlook: ClassOutlook, boundary: Boundary) -> dict[str, Callable[[OutlookRow], bool]]:
    wide = _widest(outlook.rows)
    return {
        "all": lambda row: True,
        "near": lambda row: is_near(row, boundary.percent),
        "moved": has_moved,
        "none": lambda row: not row.has_score,
        "differ": sees_differently,
        "uncertain": lambda row: row.width is not None and wide is not None and row.width >= wide,
        "help": lambda row: bool(row.help),
    }


def _told(key: str, boundary: Boundary) -> tuple[str, str]:
    """The label of a filter, and what it means."""
    at = {"mark": f"{boundary.percent:g}"}
    return {
        "all": (_("All"), ""),
        "near": (
            _("Near or below %(mark)s") % at,
            _("The chance of %(mark)s or more is under 8 in 10.") % at,
        ),
        "moved": (_("Moved"), _("The score moved by 2 points or more.")),
        "none": (_("No prediction"), _("Why, and what would change that, stands in each row.")),
        "differ": (_("I see it differently"), _("Your estimate lies 5 points or more from the score.")),
        "uncertain": (_("Most uncertain"), _("The widest quarter of the ranges.")),
        "help": (_("Help under way"), _("Help is planned or running.")),
    }[key]


def is_near(row: OutlookRow, percent: float) -> bool:
    """Near a boundary or below it: reaching it is less sure than 8 in 10."""
    if not row.has_score:
        return False
    if percent == row.scale.pass_mark and row.passing is not None:
        return row.passing < SAFE
    chance = next((chance for grade, chance in row.reaching if grade.least == percent), None)
    low = row.prediction.low_80 if row.prediction else None
    return chance < SAFE if chance is not None else low is not None and low < percent


def has_moved(row: OutlookRow) -> bool:
    return row.moved is not None and row.moved.points is not None and abs(row.moved.points) >= MOVED


def sees_differently(row: OutlookRow) -> bool:
    if row.estimate is None or row.score is None:
        return False
    return abs(float(row.estimate.percent) - row.score) >= DIFFERS


def likeliest_place(row: OutlookRow) -> int | None:
    """The place of the likeliest grade on the scale, counted from the lowest."""
    if not row.chances:
        return None
    chances = [chance for _grade, chance in row.chances]
    return chances.index(max(chances))


def _widest(rows: Sequence[OutlookRow]) -> float | None:
    widths = sorted((row.width for row in rows if row.width is not None), reverse=True)
    return widths[(len(widths) - 1) // WIDEST] if len(widths) > 1 else None


def _columns(wanted: Sequence[str]) -> tuple[Column, ...]:
    """In their own order. None known, none chosen: the usual ones."""
    if not set(wanted) & set(KEYS):
        return tuple(column for column in COLUMNS if column.is_usual)
    return tuple(column for column in COLUMNS if column.key in wanted)


def _has(row: OutlookRow, words: Sequence[str]) -> bool:
    return all(f" {word}" in row.student.search_name for word in words)


def _sorted(rows: list[OutlookRow], key: str, is_descending: bool) -> list[OutlookRow]:
    """Rows without a figure come last whichever way the others run; equal ones by name."""
    if key == NAME.key:
        return rows[::-1] if is_descending else rows
    figure = SORTS[key]
    known = [row for row in rows if figure(row) is not None]
    unknown = [row for row in rows if figure(row) is None]
    return sorted(known, key=figure, reverse=is_descending) + unknown
