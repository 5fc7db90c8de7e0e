"""What is said where cells were read leniently: one sentence for each way, with the number of cells."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

Told = Callable[[int], str]


def _decimal_comma(count: int) -> str:
    return ngettext("%d cell has a decimal comma.", "%d cells have a decimal comma.", count) % count


def _two_digit_year(count: int) -> str:
    told = ngettext("%d year has two digits: ", "%d years have two digits: ", count) % count
    return told + _("00 to 69 are read as 2000 to 2069, the others as 1970 to 1999.")


def _time_left_out(count: int) -> str:
    return ngettext("%d day has a time, which is left out.", "%d days have a time, which is left out.", count) % count


def _grade_in_words(count: int) -> str:
    return (
        ngettext(
            "%d grade level has words around its number.",
            "%d grade levels have words around their number.",
            count,
        )
        % count
    )


def _rounded(count: int) -> str:
    return (
        ngettext(
            "%d number has more decimals than are kept, and is rounded.",
            "%d numbers have more decimals than are kept, and are rounded.",
            count,
        )
        % count
    )


def _percent(count: int) -> str:
    return (
        ngettext(
            "%d mark is a percentage of the maximum.",
            "%d marks are percentages of the maximum.",
            count,
        )
        % count
    )


def _percent_as_number(count: int) -> str:
    return (
        ngettext(
            "%d number has a percent sign: 85 %% is read as 85.",
            "%d numbers have a percent sign: 85 %% is read as 85.",
            count,
        )
        % count
    )


def _points_of_maximum(count: int) -> str:
    return (
        ngettext(
            "%d mark says its maximum, like 17/20.",
            "%d marks say their maximum, like 17/20.",
            count,
        )
        % count
    )


def _blank_is_no(count: int) -> str:
    return (
        ngettext(
            "%d empty cell is read as no, for the column has only ticks.",
            "%d empty cells are read as no, for their column has only ticks.",
            count,
        )
        % count
    )


def _without_class(count: int) -> str:
    return (
        ngettext(
            "%d row names no class; its student is enrolled in none by it.",
            "%d rows name no class; their students are enrolled in none by them.",
            count,
        )
        % count
    )


def _no_mark(count: int) -> str:
    return ngettext("%d row without a mark makes no result.", "%d rows without a mark make no results.", count) % count


def _nothing_said(count: int) -> str:
    return ngettext("%d row without a value is left out.", "%d rows without a value are left out.", count) % count


def _first_kept(count: int) -> str:
    return (
        ngettext(
            "%d row says again what an earlier one said; the first is taken.",
            "%d rows say again what earlier ones said; the first are taken.",
            count,
        )
        % count
    )


def _last_kept(count: int) -> str:
    return (
        ngettext(
            "%d row is replaced by a later one about the same; the last is taken.",
            "%d rows are replaced by later ones about the same; the last are taken.",
            count,
        )
        % count
    )


def _total_row(count: int) -> str:
    return (
        ngettext(
            "%d row is a sum or an average, going by its name, and is left out.",
            "%d rows are sums or averages, going by their names, and are left out.",
            count,
        )
        % count
    )


def _nobody_named(count: int) -> str:
    return (
        ngettext(
            "%d row names nobody: it is a student called “Student” and the number of the row.",
            "%d rows name nobody: each is a student called “Student” and the number of the row.",
            count,
        )
        % count
    )


def _protected_left_out(count: int) -> str:
    return (
        ngettext(
            "%d row is about a protected indicator and is left out: this import may not read it.",
            "%d rows are about protected indicators and are left out: this import may not read them.",
            count,
        )
        % count
    )


SENTENCES: dict[str, Told] = {
    "decimal_comma": _decimal_comma,
    "two_digit_year": _two_digit_year,
    "time_left_out": _time_left_out,
    "grade_in_words": _grade_in_words,
    "rounded": _rounded,
    "percent": _percent,
    "percent_as_number": _percent_as_number,
    "points_of_maximum": _points_of_maximum,
    "blank_is_no": _blank_is_no,
    "without_class": _without_class,
    "no_mark": _no_mark,
    "nothing_said": _nothing_said,
    "first_kept": _first_kept,
    "last_kept": _last_kept,
    "total_row": _total_row,
    "nobody_named": _nobody_named,
    "protected_left_out": _protected_left_out,
}


@dataclass
class Noted:
    """How often, and where first."""

    count: int
    line: int
    column: str
    value: str
