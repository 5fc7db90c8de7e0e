"""Numbers as the reader writes them. Programs and fields that are typed into get theirs unformatted."""

from decimal import Decimal

from django.utils.formats import number_format, sanitize_separators

NUMBERS = int | float | Decimal


def plain(number: NUMBERS, digits: int = 2) -> str:
    """Without zeros that say nothing: 8.5, not 8.50; in German 8,5."""
    told = f"{number:.{digits}f}"
    if "." in told:
        told = told.rstrip("0").rstrip(".")
    return number_format(Decimal(told), decimal_pos=len(told.partition(".")[2]))


def counted(number: int) -> str:
    """With its thousands set apart: 12,345, in German 12.345."""
    return number_format(number, force_grouping=True)


def number_of(told: str) -> float:
    """Back from what `plain` and others wrote, in the same language."""
    return float(sanitize_separators(told))
