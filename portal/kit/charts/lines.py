"""Marks over time as a drawing: a point for each, grade boundaries as hairlines, the pass mark dashed; and small trends."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from portal.kit.charts.scales import Days, Linear, month_ticks

LABEL_GAP = 13.0
# What a percentage above its dot needs in width, and the height below which it must go under the dot.
WORD_GAP, WORD_ROOM = 22.0, 24.0
AXIS = (0.0, 50.0, 100.0)


@dataclass(frozen=True, slots=True)
class Size:
    """Of the drawing, and the room left for words: at the left for percent, at the right for grades, below for months."""

    width: float
    height: float
    left: float = 30
    right: float = 22
    top: float = 8
    bottom: float = 20


SMALL, WIDE = Size(360, 170), Size(820, 260)


@dataclass(frozen=True, slots=True)
class Point:
    """One mark. `told` says all of it in words: exam, day and points."""

    day: date
    percent: float
    told: str


@dataclass(frozen=True, slots=True)
class Line:
    """A hairline across the drawing, with its word (or none, where it would stand on another)."""

    at: float
    word: str


@dataclass(frozen=True, slots=True)
class GradeLine(Line):
    """`middle` is where the word stands; the line itself is the least that earns the grade."""

    middle: float


@dataclass(frozen=True, slots=True)
class Dot:
    """`word` is the percentage above it (or below, near the top); empty where there is no room for it."""

    x: float
    y: float
    told: str
    word: str

    @property
    def word_at(self) -> float:
        return self.y - 11 if self.y > WORD_ROOM else self.y + 20


@dataclass(frozen=True, slots=True)
class Tick:
    x: float
    day: date
    anchor: str


@dataclass(frozen=True, slots=True)
class TimeChart:
    size: Size
    dots: tuple[Dot, ...]
    points: str
    grades: tuple[GradeLine, ...]
    pass_line: Line | None
    axis: tuple[Line, ...]
    months: tuple[Tick, ...]

    @property
    def axis_words(self) -> float:
        return self.size.left - 6

    @property
    def grade_words(self) -> float:
        return self.inner_right + 6

    @property
    def month_words(self) -> float:
        return self.size.height - 4

    @property
    def inner_right(self) -> float:
        return self.size.width - self.size.right


def time_chart(
    points: Sequence[Point],
    span: tuple[date, date],
    *,
    grades: Sequence[tuple[str, float]] = (),
    pass_mark: float | None = None,
    size: Size = SMALL,
) -> TimeChart:
    """Percent from 0 to 100 over the span; drawings with the same span and size can be compared by eye."""
    across, down = axes(span, size)
    dots = _dots(points, across, down, has_words=size.width > SMALL.width)
    return TimeChart(
        size=size,
        dots=dots,
        points=" ".join(f"{dot.x},{dot.y}" for dot in dots),
        grades=_grade_lines(grades, down),
        pass_line=None if pass_mark is None else Line(down.place(pass_mark), f"{pass_mark:g}"),
        axis=tuple(Line(down.place(value), _axis_word(value, pass_mark, down)) for value in AXIS),
        months=_months(span, across, size),
    )


def axes(span: tuple[date, date], size: Size) -> tuple[Days, Linear]:
    """Where days and percentages stand, for whoever draws more into the same frame."""
    return Days(*span, size.left + 4, size.width - size.right - 6), Linear(0, 100, size.height - size.bottom, size.top)


def _dots(points: Sequence[Point], across: Days, down: Linear, *, has_words: bool) -> tuple[Dot, ...]:
    """Words from the latest mark backwards, so that it is never the one that goes without."""
    dots: list[Dot] = []
    for point in reversed(points):
        x = across.place(point.day)
        last = next((dot.x for dot in reversed(dots) if dot.word), x + WORD_GAP)
        word = f"{point.percent:.0f}" if has_words and last - x >= WORD_GAP else ""
        dots.append(Dot(x, down.place(point.percent), point.told, word))
    return tuple(reversed(dots))


def _grade_lines(grades: Sequence[tuple[str, float]], down: Linear) -> tuple[GradeLine, ...]:
    """A grade's word stands in the middle of its band, if the band is high enough to hold it."""
    rising = sorted(grades, key=lambda each: each[1])
    tops = [*(least for _, least in rising[1:]), 100.0][: len(rising)]
    lines = []
    for (word, least), top in zip(rising, tops, strict=True):
        fits = down.place(least) - down.place(top) >= LABEL_GAP
        lines.append(GradeLine(down.place(least), word if fits else "", down.place((least + top) / 2)))
    return tuple(lines)


def _axis_word(value: float, pass_mark: float | None, down: Linear) -> str:
    near_pass = pass_mark is not None and abs(down.place(value) - down.place(pass_mark)) < LABEL_GAP
    return "" if near_pass else f"{value:g}"


def _months(span: tuple[date, date], across: Days, size: Size) -> tuple[Tick, ...]:
    ticks = month_ticks(*span, most=6 if size.width < 500 else 12)
    return tuple(Tick(x, day, _anchor(x, size)) for day in ticks for x in (across.place(day),))


def _anchor(x: float, size: Size) -> str:
    if x > size.width - size.right - 20:
        return "end"
    return "start" if x < size.left + 12 else "middle"


TREND = Size(120, 32, left=4, right=5, top=5, bottom=5)


@dataclass(frozen=True, slots=True)
class Trend:
    points: str
    dot: tuple[float, float]


def trend_line(
    values: Sequence[tuple[date, float]], least: float | None = None, most: float | None = None
) -> Trend | None:
    """A small line of a measure. Its axis spans at least a quarter of what is possible, so that small moves look small."""
    if len(values) < 2:
        return None
    numbers = [number for _, number in values]
    possible = most - least if least is not None and most is not None else 0.0
    middle = (max(numbers) + min(numbers)) / 2
    reach = max(max(numbers) - min(numbers), possible / 4) / 2
    low, high = middle - reach, middle + reach
    across = Days(values[0][0], values[-1][0], TREND.left, TREND.width - TREND.right)
    down = Linear(low, high, TREND.height - TREND.bottom, TREND.top)
    places = [(across.place(day), down.place(number)) for day, number in values]
    return Trend(" ".join(f"{x},{y}" for x, y in places), places[-1])
