"""Small template tags that every page uses: icons, lines of marks, heads of sortable columns."""

from collections.abc import Sequence
from typing import Any

from django import template
from lucide.templatetags.lucide import lucide

from portal.kit.charts.kinds import spark_line
from portal.kit.tables import Order

register = template.Library()


@register.simple_tag
def icon(name: str, size: int = 20) -> str:
    """A picture beside words that already say it, so that screen readers pass over it."""
    return str(lucide(name, size=size, aria_hidden="true"))


@register.inclusion_tag("components/spark.html")
def spark(percents: Sequence[float]) -> dict[str, Any]:
    return {"line": spark_line(percents)}


@register.inclusion_tag("components/sort_head.html")
def sort_head(order: Order, key: str, label: str, css: str = "") -> dict[str, Any]:
    return {"head": order.head(key), "label": label, "css": css}


@register.filter
def percent(value: float | None) -> str:
    """A whole percentage, or a dash where there is nothing to count."""
    return "–" if value is None else f"{value:.0f}\N{NO-BREAK SPACE}%"
