"""Marks over time and what is expected next: the range ahead as a whisker at its day, and below it what was done meanwhile."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from portal.kit.charts.lines import Point, Size, TimeChart, axes, time_chart
from portal.kit.charts.scales import Days, Linear

LANE, GAP = 12.0, 9.0
MOST_LANES = 3  # of help at the same time; more share the last one
CAP = 5.0
LEAST_WIDE = 5.0  # of a span that lasted a day
WIDE, SMALL = Size(820, 286, left=46, bottom=24), Size(360, 206, left=44, bottom=24)


@dataclass(frozen=True, slots=True)
class Forecast:
    """What is expected on a day, in percent. `told` says all of it in words."""

    day: date
    score: float
    low_80: float
    high_80: float
    low_95: float
    high_95: float
    told: str


@dataclass(frozen=True, slots=True)
class Event:
    """Something on the same line of time: a moment, or with `ends` a span."""

    day: date
    told: str
    ends: date | None = None


@dataclass(frozen=True, slots=True)
class Whisker:
    x: float
    y: float
    low_80: float
    high_80: float
    low_95: float
    high_95: float
    told: str
    word: str

    @property
    def left(self) -> float:
        return round(self.x - CAP, 1)

    @property
    def right(self) -> float:
        return round(self.x + CAP, 1)

    @property
    def word_at(self) -> float:
        """Beside the dot, to the left, where no line leads."""
        return round(self.x - 12, 1)


@dataclass(frozen=True, slots=True)
class Bar:
    x: float
    y: float
    ends: float
    told: str


@dataclass(frozen=True, slots=True)
class Diamond:
    x: float
    y: float
    told: str

    @property
    def points(self) -> str:
        x, y = self.x, self.y
        return f"{x},{y - 5} {x + 5},{y} {x},{y + 5} {x - 5},{y}"


@dataclass(frozen=True, slots=True)
class Ahead:
    """`marks` is the drawing of the past; the rest lies over and under it. `link` leads from the last mark to the dot."""

    marks: TimeChart
    today: float | None
    whisker: Whisker | None
    link: str
    help: tuple[Bar, ...]
    notes: tuple[Diamond, ...]
    help_at: float
    notes_at: float

    @property
    def foot(self) -> float:
        return self.marks.size.height - self.marks.size.bottom


@dataclass(frozen=True, slots=True)
class Around:
    """What stands around the marks: today, what is expected, help and notes."""

    today: date
    forecast: Forecast | None = None
    help: Sequence[Event] = ()
    notes: Sequence[Event] = ()


def ahead(
    points: Sequence[Point],
    around: Around,
    *,
    grades: Sequence[tuple[str, float]] = (),
    pass_mark: float | None = None,
    size: Size = WIDE,
) -> Ahead:
    """From the first mark (or half a year back) to the day that is expected; percent from 0 to 100."""
    span = _span(points, around)
    lanes = _lanes(around.help, around.today)
    rows = (max(lanes, default=-1) + 1) + (1 if around.notes else 0)
    below = rows * LANE + (GAP if rows else 0)
    size = replace(size, height=size.height + below, bottom=size.bottom + below)
    across, down = axes(span, size)
    top = size.height - size.bottom + GAP + LANE / 2
    notes_at = top + (max(lanes, default=-1) + 1) * LANE
    whisker = _whisker(around.forecast, across, down)
    marks = time_chart(points, span, grades=grades, pass_mark=pass_mark, size=size)
    return Ahead(
        marks=marks,
        today=across.place(around.today) if span[0] <= around.today <= span[1] else None,
        whisker=whisker,
        link=_link(marks, whisker),
        help=tuple(
            _bar(each, lane, across, top, span, around.today) for each, lane in zip(around.help, lanes, strict=True)
        ),
        notes=tuple(Diamond(across.place(each.day), notes_at, each.told) for each in around.notes),
        help_at=top,
        notes_at=notes_at,
    )


def _span(points: Sequence[Point], around: Around) -> tuple[date, date]:
    """Wide enough that the whisker does not stand on the edge."""
    last = max([around.today, *(point.day for point in points), *([around.forecast.day] if around.forecast else [])])
    first = min([*(point.day for point in points), last - timedelta(days=180)])
    return first, last + max((last - first) / 40, timedelta(days=3))


def _lanes(help: Sequence[Event], today: date) -> list[int]:
    """For each span the first lane that is free on its day."""
    free: list[date] = []
    lanes = []
    for each in help:
        lane = next((place for place, until in enumerate(free) if until < each.day), len(free))
        lane = min(lane, MOST_LANES - 1)
        free[lane : lane + 1] = [each.ends or today]
        lanes.append(lane)
    return lanes


def _bar(each: Event, lane: int, across: Days, top: float, span: tuple[date, date], today: date) -> Bar:
    """Of what began before the drawing does, the part that lies in it."""
    starts, ends = across.place(each.day), across.place(min(each.ends or today, span[1]))
    return Bar(starts, top + lane * LANE, round(max(ends, starts + LEAST_WIDE), 1), each.told)


def _whisker(forecast: Forecast | None, across: Days, down: Linear) -> Whisker | None:
    if forecast is None:
        return None
    return Whisker(
        x=across.place(forecast.day),
        y=down.place(forecast.score),
        low_80=down.place(forecast.low_80),
        high_80=down.place(forecast.high_80),
        low_95=down.place(forecast.low_95),
        high_95=down.place(forecast.high_95),
        told=forecast.told,
        word=f"{forecast.score:.0f}",
    )


def _link(marks: TimeChart, whisker: Whisker | None) -> str:
    if whisker is None or not marks.dots:
        return ""
    last = marks.dots[-1]
    return f"{last.x},{last.y} {whisker.x},{whisker.y}" if last.x < whisker.x else ""
