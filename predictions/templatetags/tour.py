"""Template tags about the tour, for pages of other apps: the banner that leads to it until it is signed."""

from typing import Any

from django import template

from predictions.web.toured import has_signed, tour_for

register = template.Library()


@register.inclusion_tag("predictions/tour/banner.html", takes_context=True)
def tour_banner(context: dict[str, Any]) -> dict[str, Any]:
    """Without a query of its own. Nothing for who has signed, or has no role in a school."""
    user = context["request"].user
    return {"is_owed": bool(tour_for(user)) and not has_signed(user)}
