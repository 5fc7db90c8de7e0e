"""What was said against what happened, as a drawing: the nearer the points lie to the slanting line, the better."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from portal.kit.charts.scales import Linear

SIDE, LEFT, RIGHT, TOP, BOTTOM = 320, 40, 14, 12, 44
SMALLEST, LARGEST = 3.0, 10.0


@dataclass(frozen=True, slots=True)
class Said:
    """Among `rows` chances: what was said on average, and the share of those in which it happened; both from 0 to 1."""

    said: float
    happened: float
    rows: int


@dataclass(frozen=True, slots=True)
class Dot:
    x: float
    y: float
    size: float


@dataclass(frozen=True, slots=True)
class Tick:
    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Reliability:
    side: int
    left: float
    right: float
    top: float
    foot: float
    dots: tuple[Dot, ...]
    across: tuple[Tick, ...]
    up: tuple[Tick, ...]
    text: str


def reliability(steps: Sequence[Said]) -> Reliability:
    """The area of a dot grows with the number of chances behind it."""
    across, up = Linear(0, 1, LEFT, SIDE - RIGHT), Linear(0, 1, SIDE - BOTTOM, TOP)
    most = max((step.rows for step in steps), default=1)
    marks = [share / 4 for share in range(5)]
    told = "; ".join(
        _("said %(said)s %%, happened %(happened)s %%") % {"said": f"{100 * s.said:.0f}", "happened": f"{100 * s.happened:.0f}"}
        for s in steps
    )  # fmt: skip
    return Reliability(
        side=SIDE,
        left=LEFT,
        right=SIDE - RIGHT,
        top=TOP,
        foot=SIDE - BOTTOM,
        dots=tuple(Dot(across.place(s.said), up.place(s.happened), _size(s.rows, most)) for s in steps),
        across=tuple(Tick(across.place(mark), f"{100 * mark:.0f}") for mark in marks),
        up=tuple(Tick(up.place(mark), f"{100 * mark:.0f}") for mark in marks),
        text=told,
    )


def _size(rows: int, most: int) -> float:
    return round(max(SMALLEST, LARGEST * (rows / most) ** 0.5), 1)
