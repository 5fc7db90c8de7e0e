"""Numbers and days to places on a drawing: linear scales, and ticks that people count in."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil, floor, isfinite, log10

NICE_STEPS = (1.0, 2.0, 5.0, 10.0)
MONTH_STEPS = (1, 2, 3, 6, 12)


@dataclass(frozen=True, slots=True)
class Linear:
    """From a span of values to a span of places. What lies outside is drawn at the edge; a span of nothing in the middle."""

    least: float
    most: float
    first: float
    last: float

    def place(self, value: float) -> float:
        if self.most <= self.least:
            return round((self.first + self.last) / 2, 1)
        inside = min(self.most, max(self.least, value))
        # Divided first: the product of two large numbers could leave what a float can hold.
        share = (inside - self.least) / (self.most - self.least)
        return round(self.first + share * (self.last - self.first), 1)


@dataclass(frozen=True, slots=True)
class Days:
    """The same for days."""

    starts: date
    ends: date
    first: float
    last: float

    def place(self, day: date) -> float:
        return Linear(self.starts.toordinal(), self.ends.toordinal(), self.first, self.last).place(day.toordinal())


def nice_ticks(least: float, most: float, wanted: int = 5) -> list[float]:
    """About `wanted` round numbers (1, 2 or 5 times a power of ten) within the span, both ends included."""
    if not (isfinite(least) and isfinite(most)) or most <= least or wanted < 1:
        return [least] if isfinite(least) else []
    step = _nice_step((most - least) / wanted)
    numbers = range(ceil(least / step - 1e-9), floor(most / step + 1e-9) + 1)
    return [round(number * step, 10) for number in numbers]


def _nice_step(rough: float) -> float:
    size = 10.0 ** floor(log10(rough))
    return size * next(each for each in NICE_STEPS if each * size >= rough * (1 - 1e-9))


def month_ticks(starts: date, ends: date, most: int = 6) -> list[date]:
    """First days of months within the span, evenly spaced and no more than `most`, where the span allows it."""
    months = list(_months(starts, ends))
    step = next((each for each in MONTH_STEPS if len(months) <= each * most), ceil(len(months) / most / 12) * 12)
    return [month for month in months if (month.year * 12 + month.month - 1) % step == 0][:most]


def _months(starts: date, ends: date) -> Iterator[date]:
    month = starts.replace(day=1)
    while month <= ends:
        if month >= starts:
            yield month
        month = (month + timedelta(days=32)).replace(day=1)
