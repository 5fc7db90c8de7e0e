"""A calendar of single days as drawings, one for each month: what each day was is told by shape and shade."""

from calendar import monthrange
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

CELL, GAP, HEAD = 20, 4, 16
WEEKDAYS = 5


@dataclass(frozen=True, slots=True)
class Cell:
    """One day. `kind` is empty where nothing is known of it."""

    day: date
    x: int
    y: int
    kind: str

    @property
    def middle(self) -> tuple[int, int]:
        return self.x + CELL // 2, self.y + CELL // 2

    @property
    def corner(self) -> str:
        """The lower half of the cell, cut from corner to corner."""
        return f"{self.x},{self.y + CELL} {self.x + CELL},{self.y + CELL} {self.x + CELL},{self.y}"


@dataclass(frozen=True, slots=True)
class Month:
    starts: date
    cells: tuple[Cell, ...]
    columns: tuple[tuple[int, date], ...]
    width: int
    height: int

    def count(self, kind: str) -> int:
        return sum(cell.kind == kind for cell in self.cells)


def month_calendar(days: Mapping[date, str], span: tuple[date, date]) -> tuple[Month, ...]:
    """Every month of the span. Saturday and Sunday have a column only where something is known of one."""
    width = 7 if any(day.weekday() >= WEEKDAYS for day in days) else WEEKDAYS
    return tuple(_month(month, days, span, width) for month in _months(*span))


def _months(starts: date, ends: date) -> Iterator[date]:
    month = starts.replace(day=1)
    while month <= ends:
        yield month
        month = (month + timedelta(days=32)).replace(day=1)


def _month(starts: date, days: Mapping[date, str], span: tuple[date, date], columns: int) -> Month:
    length = monthrange(starts.year, starts.month)[1]
    every = (starts + timedelta(days=number) for number in range(length))
    shown = [day for day in every if span[0] <= day <= span[1] and day.weekday() < columns]
    monday = starts - timedelta(days=starts.weekday())
    if starts.weekday() >= columns:
        monday += timedelta(days=7)
    cells = tuple(_cell(day, (day - monday).days // 7, days.get(day, "")) for day in shown)
    return Month(
        starts=starts,
        cells=cells,
        columns=tuple((_along(number) + CELL // 2, monday + timedelta(days=number)) for number in range(columns)),
        width=_along(columns) - GAP,
        height=max((cell.y + CELL for cell in cells), default=HEAD + CELL) + 1,
    )


def _cell(day: date, week: int, kind: str) -> Cell:
    return Cell(day, _along(day.weekday()), HEAD + _along(week), kind)


def _along(number: int) -> int:
    return number * (CELL + GAP)
