"""The calendar of the made-up school: years from September to July, terms, breaks, exam weeks."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from mlcore.synth.draw import Array, as_date, epoch


@dataclass(frozen=True, slots=True)
class Term:
    """A year or, with a parent, one of its three terms; `parent` is a position in plan.terms."""

    name: str
    kind: str
    year: int
    parent: int | None
    starts: date
    ends: date


def terms_of(first: int, year: int) -> list[Term]:
    """The year that begins in September of `first`, then its three terms; four rows a year."""
    top = 4 * year
    label = f"{first}/{(first + 1) % 100:02d}"
    spans = (
        ("Autumn term", date(first, 9, 1), date(first, 12, 19)),
        ("Spring term", date(first + 1, 1, 5), date(first + 1, 3, 28)),
        ("Summer term", date(first + 1, 4, 13), date(first + 1, 7, 10)),
    )
    whole = Term(label, "year", year, None, spans[0][1], spans[2][2])
    return [whole, *(Term(f"{n} {label}", "term", year, top, a, b) for n, a, b in spans)]


def weekday(days: Array) -> Array:
    """Monday is 0; day 0 of the epoch was a Thursday."""
    return (days + 3) % 7


def school_days(first: int) -> Array:
    """Weekdays of the year that begins in September of `first`, without its breaks."""
    days = np.arange(epoch(date(first, 9, 1)), epoch(date(first + 1, 7, 10)) + 1, dtype=np.int32)
    off = weekday(days) > 4
    for starts, ends in _breaks(first):
        off |= (days >= epoch(starts)) & (days <= epoch(ends))
    return days[~off]


def first_final(first: int) -> date:
    """The day of the first final of the year; the others follow on the next school days."""
    days = school_days(first)
    return as_date(days[np.searchsorted(days, epoch(date(first + 1, 6, 18)))])


def planning_day(first: int) -> date:
    """Class lists and exam days of a year are made known on 1 June before it."""
    return date(first, 6, 1)


def years_around(today: date, years: int) -> tuple[int, ...]:
    """First calendar years of the school years that are recorded, the current one last.

    The current year is the one whose finals lie ahead of `today`: once this year's finals have
    begun, it is the coming one, which is then recorded besides the `years` that have begun.
    """
    begun = today.year if today.month >= 9 else today.year - 1
    current = begun + 1 if today >= first_final(begun) else begun
    return tuple(range(begun - years + 1, current + 1))


def _breaks(first: int) -> list[tuple[date, date]]:
    return [
        _week_of(date(first, 10, 28)),
        (date(first, 12, 20), date(first + 1, 1, 4)),
        _week_of(date(first + 1, 2, 18)),
        (date(first + 1, 3, 29), date(first + 1, 4, 12)),
        (date(first + 1, 5, 1), date(first + 1, 5, 1)),
        _week_of(date(first + 1, 5, 28)),
    ]


def _week_of(day: date) -> tuple[date, date]:
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=6)
