"""Small template tags that every page uses: icons, lines of marks, heads of sortable columns."""

from collections.abc import Sequence
from typing import Any

from django import template
from lucide.templatetags.lucide import lucide

from portal.kit.charts.kinds import spark_line
from portal.kit.tables import Order

register = template.Library()
# The picture above each way through the portal, by the first part of its address; seen where the navigation is a bar.
NAV_ICONS = {
    "": "house",
    "classes": "presentation",
    "data": "database",
    "exams": "file-pen-line",
    "help": "heart-handshake",
    "models": "chart-spline",
    "my": "telescope",
    "roll": "clipboard-check",
    "students": "users",
    "staff": "id-card",
    "search": "search",
    "watchlist": "list-ordered",
}
# What a browser calls itself, the more particular name first.
BROWSERS = {
    "Edg": "Edge",
    "OPR": "Opera",
    "Firefox": "Firefox",
    "FxiOS": "Firefox",
    "CriOS": "Chrome",
    "Chrome": "Chrome",
    "Safari": "Safari",
}
SYSTEMS = {
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "CrOS": "Chromebook",
    "Windows": "Windows",
    "Mac OS": "Mac",
    "Linux": "Linux",
}


@register.simple_tag
def icon(name: str, size: int = 20) -> str:
    """A picture beside words that already say it, so that screen readers pass over it."""
    return str(lucide(name, size=size, aria_hidden="true"))


@register.simple_tag
def nav_icon(url: str) -> str:
    return icon(NAV_ICONS.get(url.strip("/").partition("/")[0], "circle"))


@register.inclusion_tag("components/spark.html")
def spark(percents: Sequence[float]) -> dict[str, Any]:
    return {"line": spark_line(percents)}


@register.inclusion_tag("components/sort_head.html")
def sort_head(order: Order, key: str, label: str, css: str = "") -> dict[str, Any]:
    return {"head": order.head(key), "label": label, "css": css}


@register.filter
def browser(agent: str) -> str:
    """A browser as its owner knows it: "Firefox, Windows". What is not known keeps its first words."""
    known = [next((name for sign, name in names.items() if sign in agent), "") for names in (BROWSERS, SYSTEMS)]
    return ", ".join(filter(None, known)) or agent[:40] or "–"


@register.filter
def percent(value: float | None) -> str:
    """A whole percentage, or a dash where there is nothing to count."""
    return "–" if value is None else f"{value:.0f}\N{NO-BREAK SPACE}%"
