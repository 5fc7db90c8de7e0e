"""Percentages that are compared with a limit, shown so that they do not contradict it. `{% load figures %}`."""

from typing import Any

from django import template

from students.summaries.counting import GOOD_ATTENDANCE, told_percent

register = template.Library()


@register.filter
def attendance(rate: float | None) -> str:
    """89.7 % stays below 90 %."""
    return told_percent(rate, GOOD_ATTENDANCE)


@register.filter
def passing(mark: float | None, scale: Any) -> str:
    """A mark or an average beside the pass mark of its scale, where there is one."""
    return told_percent(None if mark is None else float(mark), scale.pass_mark if scale else None)
