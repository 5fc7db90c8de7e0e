"""What a cell says of a day, in the one order in which the file writes its days, or as ISO does."""

import calendar
import re
from collections.abc import Sequence
from datetime import date

from django.utils.dates import MONTHS
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from students.importing.mapping import DayOrder
from students.importing.spreadsheet.values import Fault, Read, Reader, wrong

EARLIEST, LATEST = 1900, 2100
PIVOT = 70  # two-digit years below it are of this century
ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ](\d{1,2}:\d{2}\S*)(?: ?[AP]M)?)?", re.ASCII)
TOGETHER = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
PARTS = re.compile(r"(\d{1,4})([./ -]) ?(\d{1,2})\2 ?(\d{1,4})\.?(?: \d{1,2}:\d{2}\S*)?", re.ASCII)
NAMED = re.compile(r"(\d{1,2})\.?[ -]([^\W\d]{3,9})\.?[ -](\d{4}|\d{2})")
SHORT_MONTHS = {
    name: month
    for month, names in enumerate(
        ("jan", "feb", "mar mär", "apr", "may mai", "jun", "jul", "aug", "sep", "oct okt", "nov", "dec dez"), 1
    )
    for name in names.split()
}
Found = tuple[tuple[str, str, str], str]  # year, month and day as they stand, and the kind of leniency
PLACES = {DayOrder.YEAR_FIRST: (0, 1, 2), DayOrder.DAY_FIRST: (2, 1, 0), DayOrder.MONTH_FIRST: (2, 0, 1)}


def day_reader(order: DayOrder, *, latest: date | None = None) -> Reader:
    """Days of type date. `latest` for what cannot lie ahead."""

    def read(text: str) -> Read:
        found = _day(text, order)
        if found.value and latest and found.value > latest:
            told = _("Expected a day up to {day}; this one lies ahead.").format(day=date_format(latest, "j F Y"))
            return wrong("day_ahead", told)
        return found

    return read


def like(order: DayOrder) -> str:
    """How a day of this order is written."""
    return {
        DayOrder.YEAR_FIRST: _("year, month, day, like 2006-01-31"),
        DayOrder.DAY_FIRST: _("day, month, year, like 31.01.2006"),
        DayOrder.MONTH_FIRST: _("month, day, year, like 01/31/2006"),
    }[order]


def orders_of(text: str) -> frozenset[DayOrder]:
    """The orders in which a text is a day. Says nothing of why not, which takes longer than to look; so it may be asked of
    every cell.
    """
    if not text[:1].isdecimal():  # as every spelling begins
        return frozenset()
    return frozenset(order for order in DayOrder if (found := _found(text, order)) and _is_there(found))


def _day(text: str, order: DayOrder) -> Read:
    if found := _found(text, order):
        return _made(found[0], found[1])
    if parts := PARTS.fullmatch(text):
        return _out_of_order((parts[1], parts[3], parts[4]), order)
    return wrong("not_a_day", _("Expected a day: %s.") % like(order))


def _found(text: str, order: DayOrder) -> Found | None:
    if found := ISO.fullmatch(text):
        hour = (found[4] or "").strip("0:.Z")
        return (found[1], found[2], found[3]), "time_left_out" if hour else ""
    if order == DayOrder.YEAR_FIRST and (found := TOGETHER.fullmatch(text)):
        return (found[1], found[2], found[3]), ""
    if (found := NAMED.fullmatch(text)) and (month := SHORT_MONTHS.get(found[2].casefold()[:3])):
        return (found[3], str(month), found[1]), ""
    if found := PARTS.fullmatch(text):
        return _ordered((found[1], found[3], found[4]), order)
    return None


def _ordered(parts: tuple[str, str, str], order: DayOrder) -> Found | None:
    year, month, day = (parts[place] for place in PLACES[order])
    if len(year) not in (2, 4) or len(day) > 2 or (order == DayOrder.YEAR_FIRST and len(year) == 2):
        return None
    if int(month) > 12 and 1 <= int(day) <= 12:
        return None
    return (year, month, day), ""


def _out_of_order(parts: tuple[str, str, str], order: DayOrder) -> Read:
    """Which order it would be, if any; one file has one, or nobody could tell 3/4 from 4/3."""
    for other in DayOrder:
        year, month, day = (parts[place] for place in PLACES[other])
        if other != order and len(year) == 4 and len(day) <= 2 and not _fault(int(year), int(month), int(day)):
            told = _("Expected {order}. This would be {other}; a file has one order.")
            return wrong("day_order", told.format(order=like(order), other=like(other)))
    return wrong("not_a_day", _("Expected a day: %s.") % like(order))


def _made(parts: Sequence[str], note: str = "") -> Read:
    year, month, day = map(int, parts)
    if len(parts[0]) == 2:
        year, note = _of_century(year), "two_digit_year"
    if fault := _fault(year, month, day):
        return Read(fault=fault)
    return Read(date(year, month, day), note=note)


def _of_century(year: int) -> int:
    return year + (2000 if year < PIVOT else 1900)


def _is_there(found: Found) -> bool:
    year, month, day = map(int, found[0])
    year = _of_century(year) if len(found[0][0]) == 2 else year
    return _length(year, month) >= day >= 1


def _length(year: int, month: int) -> int:
    """0 for a month that is none."""
    return calendar.monthrange(year, month)[1] if EARLIEST <= year <= LATEST and 1 <= month <= 12 else 0


def _fault(year: int, month: int, day: int) -> Fault | None:
    if not EARLIEST <= year <= LATEST:
        told = _("Expected a year from {first} to {last}.").format(first=EARLIEST, last=LATEST)
        return Fault("year_out_of_range", told)
    if not 1 <= month <= 12:
        return Fault("no_such_day", _("Expected a month from 1 to 12."))
    length = calendar.monthrange(year, month)[1]
    if 1 <= day <= length:
        return None
    if (month, day) == (2, 29):
        return Fault("no_such_day", _("The year %s has no 29 February.") % year)
    told = _("{month} {year} has {days} days.").format(month=MONTHS[month], year=year, days=length)
    return Fault("no_such_day", told)
