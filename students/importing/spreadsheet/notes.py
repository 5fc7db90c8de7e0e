"""What is said where cells were read leniently: one sentence for each way, with the number of cells."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.kit.figures import counted

Told = Callable[[int], str]


def _decimal_comma(count: int) -> str:
    return ngettext("%s cell has a decimal comma.", "%s cells have a decimal comma.", count) % counted(count)


def _two_digit_year(count: int) -> str:
    told = ngettext("%s year has two digits: ", "%s years have two digits: ", count) % counted(count)
    return told + _("00 to 69 are read as 2000 to 2069, the others as 1970 to 1999.")


def _time_left_out(count: int) -> str:
    return ngettext(
        "%s day has a time, which is left out.", "%s days have a time, which is left out.", count
    ) % counted(count)


def _grade_in_words(count: int) -> str:
    return ngettext(
        "%s grade level has words around its number.",
        "%s grade levels have words around their number.",
        count,
    ) % counted(count)


def _rounded(count: int) -> str:
    return ngettext(
        "%s number has more decimals than are kept, and is rounded.",
        "%s numbers have more decimals than are kept, and are rounded.",
        count,
    ) % counted(count)


def _percent(count: int) -> str:
    return ngettext(
        "%s mark is a percentage of the maximum.",
        "%s marks are percentages of the maximum.",
        count,
    ) % counted(count)


def _percent_as_number(count: int) -> str:
    return ngettext(
        "%s number has a percent sign: 85 %% is read as 85.",
        "%s numbers have a percent sign: 85 %% is read as 85.",
        count,
    ) % counted(count)


def _points_of_maximum(count: int) -> str:
    return ngettext(
        "%s mark says its maximum, like 17/20.",
        "%s marks say their maximum, like 17/20.",
        count,
    ) % counted(count)


def _blank_is_no(count: int) -> str:
    return ngettext(
        "%s empty cell is read as no, for the column has only ticks.",
        "%s empty cells are read as no, for their column has only ticks.",
        count,
    ) % counted(count)


def _without_class(count: int) -> str:
    return ngettext(
        "%s row names no class; its student is enrolled in none by it.",
        "%s rows name no class; their students are enrolled in none by them.",
        count,
    ) % counted(count)


def _no_mark(count: int) -> str:
    return ngettext(
        "%s row without a mark makes no result.", "%s rows without a mark make no results.", count
    ) % counted(count)


def _nothing_said(count: int) -> str:
    return ngettext("%s row without a value is left out.", "%s rows without a value are left out.", count) % counted(
        count
    )


def _first_kept(count: int) -> str:
    return ngettext(
        "%s row says again what an earlier one said; the first is taken.",
        "%s rows say again what earlier ones said; the first are taken.",
        count,
    ) % counted(count)


def _last_kept(count: int) -> str:
    return ngettext(
        "%s row is replaced by a later one about the same; the last is taken.",
        "%s rows are replaced by later ones about the same; the last are taken.",
        count,
    ) % counted(count)


def _total_row(count: int) -> str:
    return ngettext(
        "%s row is a sum or an average, going by its name, and is left out.",
        "%s rows are sums or averages, going by their names, and are left out.",
        count,
    ) % counted(count)


def _nobody_named(count: int) -> str:
    return ngettext(
        "%s row names nobody: it is a student called “Student” and the number of the row.",
        "%s rows name nobody: each is a student called “Student” and the number of the row.",
        count,
    ) % counted(count)


def _protected_left_out(count: int) -> str:
    return ngettext(
        "%s row is about a protected indicator and is left out: this import may not read it.",
        "%s rows are about protected indicators and are left out: this import may not read them.",
        count,
    ) % counted(count)


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
