"""What was said against what came, student by student: a dot for each, its range as a line, and the slant where both are one."""

from collections.abc import Sequence
from dataclasses import dataclass

from portal.kit.charts.scales import Linear

SIDE, LEFT, RIGHT, TOP, BOTTOM = 440, 44, 14, 14, 44
MOST_RANGES = 60  # more lines would only blacken the drawing
MOST_DOTS = 600


@dataclass(frozen=True, slots=True)
class Pair:
    """Percentages from 0 to 100."""

    said: float
    low: float
    high: float
    came: float


@dataclass(frozen=True, slots=True)
class Dot:
    x: float
    y: float
    is_inside: bool
    first: float | None = None
    last: float | None = None


@dataclass(frozen=True, slots=True)
class Came:
    """`passing`: where the pass mark lies, across and up. `left_out` pairs have no dot, for there are too many."""

    side: int
    left: float
    right: float
    top: float
    foot: float
    dots: tuple[Dot, ...]
    across: tuple[tuple[float, str], ...]
    up: tuple[tuple[float, str], ...]
    passing: tuple[float, float]
    has_ranges: bool
    left_out: int


def came_chart(pairs: Sequence[Pair], *, pass_mark: float) -> Came:
    """Of very many pairs every second, third, … is drawn."""
    across, up = Linear(0, 100, LEFT, SIDE - RIGHT), Linear(0, 100, SIDE - BOTTOM, TOP)
    shown = pairs[:: max(1, -(-len(pairs) // MOST_DOTS))]
    has_ranges = len(shown) <= MOST_RANGES
    dots = [
        Dot(
            across.place(each.said),
            up.place(each.came),
            each.low <= each.came <= each.high,
            across.place(each.low) if has_ranges else None,
            across.place(each.high) if has_ranges else None,
        )
        for each in shown
    ]
    marks = (0, 25, 50, 75, 100)
    return Came(
        side=SIDE,
        left=LEFT,
        right=SIDE - RIGHT,
        top=TOP,
        foot=SIDE - BOTTOM,
        dots=tuple(dots),
        across=tuple((across.place(mark), str(mark)) for mark in marks),
        up=tuple((up.place(mark), str(mark)) for mark in marks),
        passing=(across.place(pass_mark), up.place(pass_mark)),
        has_ranges=has_ranges,
        left_out=len(pairs) - len(shown),
    )
