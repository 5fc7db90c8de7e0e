"""Template tags that draw: marks over time, a calendar of days, a small trend. `{% load charts %}` where one is needed."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import template
from django.utils.formats import number_format

from portal.kit import figures
from portal.kit.charts.calendar import month_calendar
from portal.kit.charts.lines import SMALL, WIDE, Point, time_chart, trend_line
from portal.kit.charts.reliability import Said, reliability
from portal.kit.charts.shift import shift_chart

register = template.Library()


@register.inclusion_tag("components/charts/time.html")
def marks_over_time(
    key: str, label: str, points: Sequence[Point], span: tuple[date, date], scale: Any = None, *, wide: bool = False
) -> dict[str, Any]:
    """`key` is unique on the page; `scale` has `pass_mark` and `grades`, or is None where the school has none."""
    chart = time_chart(
        points,
        span,
        grades=scale.grades if scale else (),
        pass_mark=scale.pass_mark if scale else None,
        size=WIDE if wide else SMALL,
    )
    return {"chart": chart, "key": key, "label": label, "points": points, "scale": scale, "wide": wide}


@register.inclusion_tag("components/charts/calendar.html")
def day_calendar(days: Mapping[date, str], span: tuple[date, date]) -> dict[str, Any]:
    months = month_calendar(days, span)
    kinds = ("present", "late", "excused", "absent")
    return {"months": [(month, {kind: month.count(kind) for kind in kinds}) for month in months]}


@register.filter
def plain(value: float) -> str:
    """A number without zeros that say nothing: 8.5, not 8.50."""
    return figures.plain(value)


@register.filter
def signed(value: float) -> str:
    return f"+{plain(value)}" if value > 0 else f"\N{MINUS SIGN}{plain(-value)}" if value < 0 else "0"


@register.filter
def points(value: float | None) -> str:
    """A difference in points with one decimal, by locale; a dash for nothing."""
    if value is None:
        return "–"
    told = number_format(abs(round(value, 1)), 1)
    return told if not round(value, 1) else f"+{told}" if value > 0 else f"\N{MINUS SIGN}{told}"


@register.inclusion_tag("components/charts/trend.html")
def trend(
    values: Sequence[tuple[date, float]], label: str, bounds: tuple[float | None, float | None]
) -> dict[str, Any]:
    return {"trend": trend_line(values, *bounds), "label": label, "values": values}


@register.inclusion_tag("components/charts/reliability.html")
def said_and_happened(steps: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """`steps` with `said`, `happened` (from 0 to 1) and `rows`."""
    return {"chart": reliability([Said(step["said"], step["happened"], step["rows"]) for step in steps])}


@register.inclusion_tag("components/charts/shift.html")
def before_and_after_chart(label: str, before: float, after: float, expected: Any) -> dict[str, Any]:
    """`expected` has `middle`, `low` and `high`; all in points round a middle."""
    chart = shift_chart(before, after, expected.middle, expected.low, expected.high)
    return {"chart": chart, "label": label}
