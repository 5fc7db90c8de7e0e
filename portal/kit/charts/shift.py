"""Two values and the range in which the second was to be expected, on one axis round a middle: before, after, usual."""

from dataclasses import dataclass

from portal.kit.charts.scales import Linear

WIDTH, HEIGHT, MARGIN = 360.0, 96.0, 16.0
BEFORE, AFTER, FOOT = 26.0, 58.0, 78.0
LEAST_REACH, STEP = 20, 10


@dataclass(frozen=True, slots=True)
class Tick:
    x: float
    word: str


@dataclass(frozen=True, slots=True)
class Shift:
    """Places on the drawing. `zero` is the middle of the axis, `band` where the second value was to be expected."""

    before: float
    after: float
    middle: float
    band: tuple[float, float]
    zero: float
    ticks: tuple[Tick, ...]
    width: float = WIDTH
    height: float = HEIGHT
    before_at: float = BEFORE
    after_at: float = AFTER
    foot: float = FOOT

    @property
    def band_width(self) -> float:
        return round(self.band[1] - self.band[0], 1)


def shift_chart(before: float, after: float, middle: float, low: float, high: float) -> Shift:
    """The axis reaches equally far to both sides, in whole tens, and never less than twenty."""
    furthest = max(abs(value) for value in (before, after, low, high))
    reach = min(100, max(LEAST_REACH, int(-(-furthest // STEP)) * STEP))
    across = Linear(-reach, reach, MARGIN, WIDTH - MARGIN)
    steps = (-reach, -reach // 2, 0, reach // 2, reach)
    return Shift(
        before=across.place(before),
        after=across.place(after),
        middle=across.place(middle),
        band=(across.place(low), across.place(high)),
        zero=across.place(0),
        ticks=tuple(Tick(across.place(value), _signed(value)) for value in steps),
    )


def _signed(value: int) -> str:
    return f"+{value}" if value > 0 else f"\N{MINUS SIGN}{-value}" if value < 0 else "0"
