"""Filters for rows of an outlook: points with their sign, the likeliest grade, what the simplest guess says. `{% load outlooks %}`."""

from dataclasses import dataclass
from decimal import Decimal

from django import template
from django.utils.formats import number_format

from predictions.outlooks.chances import percent_told
from predictions.outlooks.class_view import likeliest_place
from predictions.outlooks.contract import Grade, OutlookRow, Reason
from predictions.outlooks.tables import simplest_figure

register = template.Library()
TOLD = 5  # reasons that are told one by one


@dataclass(frozen=True, slots=True)
class AddingUp:
    base: float
    parts: list[tuple[Reason, float]]
    rest: float
    score: float


@register.filter
def signed_points(points: float) -> str:
    """In tenths, with a sign that is as wide as a figure."""
    told = f"{abs(points):.1f}"
    sign = "" if told == "0.0" else "+" if points > 0 else "\N{MINUS SIGN}"
    return f"{sign}{told}"


@register.filter
def adding_up(row: OutlookRow) -> AddingUp:
    """Base, the largest reasons, the rest and the score in tenths that add up as they are read."""
    score, base = round((row.score or 0.0) * 10), round((row.base or 0.0) * 10)
    parts = [(reason, round(reason.points * 10) / 10) for reason in row.reasons[:TOLD]]
    rest = score - base - sum(round(points * 10) for _reason, points in parts)
    return AddingUp(base / 10, parts, rest / 10, score / 10)


@register.filter
def percent_typed(percent: Decimal) -> str:
    """A percentage as somebody typed it, without zeros that say nothing."""
    return number_format(percent.normalize() if percent % 10 else percent.quantize(Decimal(1)))


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
