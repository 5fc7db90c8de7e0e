"""Template tags of the school's overview: the mix of grades as a bar, and figures in words. `{% load overview %}`."""

from collections.abc import Sequence
from typing import Any

from django import template
from django.utils.translation import gettext as _

from portal.kit.charts.mix import mix_parts
from predictions.summaries.words import percent, points

register = template.Library()


@register.inclusion_tag("predictions/overview/mix.html")
def grade_mix(counts: Sequence[float], names: Sequence[str]) -> dict[str, Any]:
    """`counts`: how many are expected in each of five steps, the lowest first; `names`: what the steps are called."""
    told = ", ".join(
        _("%(count)s %(grade)s") % {"count": points(count, 0), "grade": name}
        for count, name in zip(counts, names, strict=False)
        if name and round(count)
    )
    return {"parts": mix_parts(counts), "label": _("expected: %s") % told}


@register.filter
def share(value: float | None) -> str:
    """From 0 to 1, in whole per cent."""
    return percent(value, 0)


@register.filter
def whole_points(value: float | None) -> str:
    return points(value, 0)


@register.filter
def tenths(value: float | None) -> str:
    """With a sign, for differences."""
    return points(value) if value is None or value < 0 else f"+{points(value)}"
