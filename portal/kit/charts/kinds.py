"""What each chart needs: plain numbers in, a context for its SVG template out, with its text alternative."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

WIDTH, HEIGHT, MARGIN = 96, 28, 3


@dataclass(frozen=True, slots=True)
class SparkLine:
    points: str
    dot: tuple[float, float] | None
    text: str


def spark_line(percents: Sequence[float]) -> SparkLine:
    """A small line on a fixed 0–100 axis, so that lines in one column can be compared by eye."""
    if not percents:
        return SparkLine("", None, "")
    step = (WIDTH - 2 * MARGIN) / max(1, len(percents) - 1)
    places = [(_across(index, step, len(percents)), _down(value)) for index, value in enumerate(percents)]
    said = ", ".join(f"{value:.0f}" for value in percents)
    told = _("Marks in order: %s percent") % said
    return SparkLine(" ".join(f"{x},{y}" for x, y in places), places[-1], told)


def _across(index: int, step: float, length: int) -> float:
    return round(MARGIN + index * step, 1) if length > 1 else WIDTH - MARGIN


def _down(value: float) -> float:
    inside = min(100.0, max(0.0, float(value)))
    return round(HEIGHT - MARGIN - inside / 100 * (HEIGHT - 2 * MARGIN), 1)
