"""How many marks fall where between 0 and 100 percent: geometry and words of a histogram."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

STEP = 10
# The gap that tells neighbouring bars apart.
GAP = 2


@dataclass(frozen=True, slots=True)
class Size:
    """Of the drawing, with the room for words at the left, at the right, above and below."""

    width: int
    height: int
    left: int = 34
    right: int = 12
    top: int = 26
    bottom: int = 28

    def across(self, percent: float) -> float:
        return round(self.left + percent / 100 * (self.width - self.left - self.right), 1)

    def up(self, count: int, most: int) -> float:
        return round(self.height - self.bottom - count / most * (self.height - self.top - self.bottom), 1)


# On a phone the same drawing would be halved, and its words with it.
WIDE, SMALL = Size(640, 220), Size(320, 190, left=22)


@dataclass(frozen=True, slots=True)
class Bar:
    count: int
    x: float
    y: float
    width: float
    height: float
    middle: float


@dataclass(frozen=True, slots=True)
class Mark:
    """A place on an axis and what is written there."""

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Drawing:
    size: Size
    bars: tuple[Bar, ...]
    across: tuple[Mark, ...]
    up: tuple[Mark, ...]
    grades: tuple[Mark, ...]
    pass_mark: Mark | None

    @property
    def right(self) -> int:
        return self.size.width - self.size.right

    @property
    def foot(self) -> int:
        return self.size.height - self.size.bottom


@dataclass(frozen=True, slots=True)
class Distribution:
    """The same in two sizes, with `text` in place of the picture and `rows` for the table behind it."""

    wide: Drawing
    small: Drawing
    rows: tuple[tuple[str, int], ...]
    text: str
    pass_mark: str
    has_grades: bool


def distribution(
    percents: Sequence[float], *, pass_mark: float | None = None, grades: Sequence[tuple[str, float]] = ()
) -> Distribution:
    """`grades` are names with the least percentage each needs. 100 percent belongs to the last bar."""
    counts = counted(percents)
    return Distribution(
        wide=_drawing(WIDE, counts, pass_mark, grades),
        small=_drawing(SMALL, counts, pass_mark, grades),
        rows=tuple((_label(index), count) for index, count in enumerate(counts)),
        text=_words(counts, len(percents)),
        pass_mark="" if pass_mark is None else f"{pass_mark:g}",
        has_grades=bool(grades),
    )


def _drawing(
    size: Size, counts: Sequence[int], pass_mark: float | None, grades: Sequence[tuple[str, float]]
) -> Drawing:  # fmt: skip
    top = _even(max(counts))
    return Drawing(
        size=size,
        bars=tuple(_bar(size, index, count, top) for index, count in enumerate(counts) if count),
        across=tuple(Mark(size.across(value), str(value)) for value in range(0, 101, 20)),
        up=tuple(Mark(size.up(value, top), str(value)) for value in (0, top // 2, top)),
        grades=tuple(Mark(size.across(least), name) for name, least in grades if 0 <= least < 100),
        pass_mark=None if pass_mark is None else Mark(size.across(pass_mark), f"{pass_mark:g}"),
    )


def counted(percents: Sequence[float]) -> list[int]:
    """Ten steps; what lies outside 0 to 100 counts in the nearest."""
    counts = [0] * (100 // STEP)
    for value in percents:
        counts[min(len(counts) - 1, max(0, int(value // STEP)))] += 1
    return counts


def _even(most: int) -> int:
    """The top of the axis: even, so that its half is a whole number too."""
    return max(2, most + most % 2)


def _bar(size: Size, index: int, count: int, top: int) -> Bar:
    left, right = size.across(index * STEP), size.across((index + 1) * STEP)
    y = size.up(count, top)
    return Bar(
        count=count,
        x=round(left + GAP / 2, 1),
        y=y,
        width=round(right - left - GAP, 1),
        height=round(size.height - size.bottom - y, 1),
        middle=round((left + right) / 2, 1),
    )


def _label(index: int) -> str:
    last = 100 if index == 100 // STEP - 1 else index * STEP + STEP - 1
    return f"{index * STEP}–{last}"


def _words(counts: Sequence[int], total: int) -> str:
    said = [f"{_label(index)}: {count}" for index, count in enumerate(counts) if count]
    told = ngettext("{n} mark in percent", "{n} marks in percent", total).format(n=total)
    return f"{told}: {'; '.join(said)}" if said else _("No marks")
