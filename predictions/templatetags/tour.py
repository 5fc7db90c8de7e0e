"""Template tags about the tour, for pages of other apps: the banner that leads to it until it is signed."""

from typing import Any

from django import template

from portal.kit.scoping import grants_of
from predictions.enquiring import MAY_ASK
from predictions.web.toured import has_signed, tour_for

register = template.Library()


@register.inclusion_tag("predictions/tour/banner.html", takes_context=True)
def tour_banner(context: dict[str, Any]) -> dict[str, Any]:
    """Without a query of its own. Nothing for who has signed, or has no role in a school."""
    user = context["request"].user
    return {"is_owed": bool(tour_for(user)) and not has_signed(user)}


@register.simple_tag(takes_context=True)
def may_try_predictions(context: dict[str, Any]) -> bool:
    """Whether the person works at a school, whose model they may ask. Without a query of its own."""
    return bool(grants_of(context["request"].user).of(MAY_ASK))
