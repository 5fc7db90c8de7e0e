"""A register as somebody wants to see it: columns, filter, words and order. Page, paper and file take their rows here."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from portal.kit.names import fold
from students.summaries.counting import GOOD_ATTENDANCE
from students.summaries.register import ClassRegister, RegisterRow

# Somebody who joined within four weeks, later than the class began.
NEW_DAYS = 28


@dataclass(frozen=True, slots=True)
class Column:
    """`unit` stands beside the label where there is no room for signs: in a file, whose figures are rounded as on screen."""

    key: str
    label: Any
    unit: Any = ""
    is_figure: bool = True
    is_usual: bool = True


NAME = Column("name", gettext_lazy("Student"), is_figure=False)
COLUMNS = (
    Column("marks", gettext_lazy("Marks"), gettext_lazy("in whole percent"), is_figure=False),
    Column("last", gettext_lazy("Last mark"), gettext_lazy("in whole percent")),
    Column(
        "change", pgettext_lazy("of marks, in points", "Change"), gettext_lazy("in whole points against earlier marks")
    ),
    Column("average", gettext_lazy("Average this year"), gettext_lazy("in whole percent")),
    Column("attendance", gettext_lazy("Attendance, 60 days"), gettext_lazy("in whole percent")),
    Column("missing", gettext_lazy("Missing")),
    Column("clubs", gettext_lazy("Activities"), is_figure=False),
    Column("since", gettext_lazy("In class since"), is_usual=False),
)
KEYS = (NAME.key, *(column.key for column in COLUMNS))

Fits = Callable[[RegisterRow, ClassRegister], bool]


@dataclass(frozen=True, slots=True)
class Filter:
    key: str
    label: Any
    fits: Fits


FILTERS = (
    Filter("all", gettext_lazy("All"), lambda row, register: True),
    Filter("missing", gettext_lazy("Missing marks"), lambda row, register: bool(row.missing)),
    Filter(
        "attendance",
        gettext_lazy("Attendance below 90 %"),
        lambda row, register: row.attendance is not None and row.attendance < GOOD_ATTENDANCE,
    ),
    Filter(
        "below",
        gettext_lazy("Average below the pass mark"),
        lambda row, register: None not in (row.average, register.pass_mark) and row.average < register.pass_mark,  # type: ignore[operator]  # both known
    ),
    Filter("new", gettext_lazy("New in class"), lambda row, register: is_new(row, register)),
)


def is_new(row: RegisterRow, register: ClassRegister) -> bool:
    return row.since > max(register.on - timedelta(days=NEW_DAYS), min(each.since for each in register.rows))


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked for, in an address or by an earlier choice; whatever is not known is passed over."""

    columns: Sequence[str] = ()
    show: str = ""
    words: str = ""
    sort: str = "name"
    is_descending: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    key: str
    label: Any
    count: int


@dataclass(frozen=True, slots=True)
class RegisterView:
    """`offered` are the columns one may choose, `columns` those that are shown beside the name."""

    register: ClassRegister
    offered: tuple[Column, ...]
    columns: tuple[Column, ...]
    filters: tuple[Choice, ...]
    show: str
    words: str
    rows: tuple[RegisterRow, ...]
    sort: str
    is_descending: bool

    @property
    def is_narrowed(self) -> bool:
        return self.show != "all" or bool(self.words)

    @property
    def foot(self) -> str:
        """Of whom the last row tells: the class as one, whichever of its rows stand above."""
        count = len(self.register.rows)
        if not self.is_narrowed:
            return _("Whole class")
        return ngettext("The only student", "All %(n)s students", count) % {"n": count}

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(column.key for column in self.columns)

    @property
    def told(self) -> str:
        """In words what is shown, for paper, where no control says it."""
        shown = [str(each.label) for each in self.filters if each.key == self.show != "all"]
        shown += [_("names with “%(words)s”") % {"words": self.words}] if self.words else []
        label = next(column.label for column in (NAME, *COLUMNS) if column.key == self.sort)
        way = _("by “%(column)s”, highest first") if self.is_descending else _("by “%(column)s”, lowest first")
        order = _("by name") if self.sort == NAME.key and not self.is_descending else way % {"column": label}
        return " · ".join([*(shown or [_("All students")]), _("sorted %(order)s") % {"order": order}])


def arrange(register: ClassRegister, wish: Wish) -> RegisterView:
    """Without a query: all of it works on the rows that were read."""
    offered = tuple(column for column in COLUMNS if column.key != "missing" or register.tells_missing)
    filters = _filters(register)
    chosen = next((each for each in filters if each.key == wish.show), filters[0])
    words = fold(wish.words).split()
    rows = [row for row in register.rows if chosen.fits(row, register) and _has(row, words)]
    sort = wish.sort if wish.sort in KEYS else NAME.key
    return RegisterView(
        register=register,
        offered=offered,
        columns=_columns(offered, wish.columns),
        filters=tuple(
            Choice(each.key, each.label, sum(each.fits(row, register) for row in register.rows)) for each in filters
        ),
        show=chosen.key,
        words=wish.words.strip() if words else "",
        rows=tuple(_sorted(rows, sort, wish.is_descending)),
        sort=sort,
        is_descending=wish.is_descending,
    )


def _columns(offered: Sequence[Column], wanted: Sequence[str]) -> tuple[Column, ...]:
    """In their own order, whatever the order they were asked for in. None known, none chosen: the usual ones."""
    if not set(wanted) & set(KEYS):
        return tuple(column for column in offered if column.is_usual)
    return tuple(column for column in offered if column.key in wanted)


def _filters(register: ClassRegister) -> list[Filter]:
    left_out = set() if register.tells_missing else {"missing"}
    left_out |= set() if register.pass_mark is not None else {"below"}
    return [each for each in FILTERS if each.key not in left_out]


def _has(row: RegisterRow, words: Sequence[str]) -> bool:
    return all(f" {word}" in row.student.search_name for word in words)


def _sorted(rows: list[RegisterRow], key: str, is_descending: bool) -> list[RegisterRow]:
    """Rows without a figure come last whichever way the others run."""
    if key == NAME.key:
        return rows[::-1] if is_descending else rows
    known = [row for row in rows if getattr(row, key) not in (None, ())]
    unknown = [row for row in rows if getattr(row, key) in (None, ())]
    return sorted(known, key=lambda row: getattr(row, key), reverse=is_descending) + unknown
