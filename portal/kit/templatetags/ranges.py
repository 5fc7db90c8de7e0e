"""Template tags that draw a score with its range on a 0-100 axis. `{% load ranges %}` where one is needed."""

from typing import Any

from django import template
from django.utils.translation import gettext as _

from portal.kit.charts.ranges import range_axis, range_bar, shares_bar

register = template.Library()


@register.inclusion_tag("components/charts/range.html")
def score_range(row: Any, *, has_wide: bool = False) -> dict[str, Any]:
    """`row` has `score`, `scale`, `prediction` with its ranges, and `estimate` and `estimates`; drawn in whatever width
    there is. Without a score nothing is drawn.
    """
    if row.score is None:
        return {"bar": None}
    said = row.prediction
    mine = row.estimate
    others = [float(each.percent) for each in row.estimates if mine is None or each.pk != mine.pk]
    bar = range_bar(
        row.score,
        (said.low_80, said.high_80),
        pass_mark=row.scale.pass_mark,
        boundaries=row.scale.boundaries,
        own=None if mine is None else float(mine.percent),
        others=others,
        wide=(said.low_95, said.high_95) if has_wide else None,
    )
    return {"bar": bar, "label": _label(row, others)}


@register.inclusion_tag("components/score_axis.html")
def score_axis(scale: Any) -> dict[str, Any]:
    """The grades of a scale above a column of ranges; `scale` has `grades` with names and least percentages."""
    grades = [(grade.name, grade.least or 0.0) for grade in scale.grades]
    return {"axis": range_axis(grades, pass_mark=scale.pass_mark), "pass_mark": f"{scale.pass_mark:g}"}


@register.inclusion_tag("components/charts/mix.html")
def grade_mix(summary: Any) -> dict[str, Any]:
    """A bar of expected grades, the lowest first; `summary` has `mix`, pairs of a grade and how many are expected."""
    shares = shares_bar([(grade.name, count) for grade, count in summary.mix])
    told = ", ".join(f"{each.name} {each.count:.1f}" for each in shares)
    return {"shares": shares, "label": _("Expected grades: %s") % told}


def _label(row: Any, others: list[float]) -> str:
    """The drawing in words."""
    told = {"score": row.score_told, "low": row.low_told, "high": row.high_told, "pass": f"{row.scale.pass_mark:g}"}
    parts = [_("Predicted %(score)s, likely between %(low)s and %(high)s; pass mark %(pass)s") % told]
    if row.estimate is not None:
        parts.append(_("your estimate %s") % f"{row.estimate.percent:.0f}")
    if others:
        parts.append(_("estimates of others: %s") % ", ".join(f"{each:.0f}" for each in others))
    return "; ".join(parts)
