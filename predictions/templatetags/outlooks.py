"""Filters for rows of an outlook: points with their sign, the likeliest grade, what the simplest guess says. `{% load outlooks %}`."""

from math import fsum

from django import template

from predictions.outlooks.chances import percent_told
from predictions.outlooks.class_view import likeliest_place
from predictions.outlooks.contract import Grade, OutlookRow
from predictions.outlooks.tables import simplest_figure

register = template.Library()
TOLD = 5  # reasons that are told one by one


@register.filter
def signed_points(points: float) -> str:
    """In tenths, with a sign that is as wide as a figure."""
    told = f"{abs(points):.1f}"
    sign = "" if told == "0.0" else "+" if points > 0 else "\N{MINUS SIGN}"
    return f"{sign}{told}"


@register.filter
def other_reasons(row: OutlookRow) -> float:
    """The points of all reasons that are not told one by one; nothing where they would be read as none."""
    rest = fsum(reason.points for reason in row.reasons[TOLD:])
    return rest if abs(rest) >= 0.05 else 0.0


@register.filter
def likeliest(row: OutlookRow) -> tuple[Grade, float] | None:
    place = likeliest_place(row)
    return None if place is None else row.chances[place]


@register.filter
def chance_told(chance: float) -> str:
    return percent_told(chance)


@register.filter
def simplest_told(row: OutlookRow) -> str:
    told = simplest_figure(row)
    return "–" if told is None else f"{told:g}"
