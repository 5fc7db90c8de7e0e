"""A score with its range on an axis from 0 to 100, always the same one, so that the eye compares down a column."""

from collections.abc import Sequence
from dataclasses import dataclass

# A band of the scale narrower than this, in percent, has no room for its grade's name; a longer name needs more.
LEAST_BAND, PER_LETTER = 5.0, 3.5
MOST_HIDDEN = 0.05  # percent of a bar that nobody would see


@dataclass(frozen=True, slots=True)
class Word:
    at: float
    text: str


@dataclass(frozen=True, slots=True)
class RangeBar:
    """Places in percent of the drawing's width. `wide` is the 95 % range; `own` are estimates of people."""

    left: float
    width: float
    dot: float
    is_below: bool
    pass_at: float
    lines: tuple[float, ...]
    own: tuple[float, ...] = ()
    others: tuple[float, ...] = ()
    wide: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class RangeAxis:
    """What stands above a column of ranges: the names of the grades in their bands, and the pass mark."""

    words: tuple[Word, ...]
    pass_at: float
    lines: tuple[float, ...]


def range_bar(
    score: float,
    span: tuple[float, float],
    *,
    pass_mark: float,
    boundaries: Sequence[float] = (),
    own: float | None = None,
    others: Sequence[float] = (),
    wide: tuple[float, float] | None = None,
) -> RangeBar:
    """All values are percentages of the exam's maximum; what lies outside of 0 to 100 is drawn at the edge."""
    left, right = _inside(span[0]), _inside(span[1])
    return RangeBar(
        left=left,
        width=round(max(0.6, right - left), 1),
        dot=_inside(score),
        is_below=score < pass_mark,
        pass_at=_inside(pass_mark),
        lines=_lines(pass_mark, boundaries),
        own=() if own is None else (_inside(own),),
        others=tuple(_inside(each) for each in others),
        wide=None if wide is None else (_inside(wide[0]), round(_inside(wide[1]) - _inside(wide[0]), 1)),
    )


def range_axis(grades: Sequence[tuple[str, float]], *, pass_mark: float) -> RangeAxis:
    """`grades`: each name with the least percentage that earns it, in any order."""
    rising = sorted(grades, key=lambda each: each[1])
    tops = [*(least for _name, least in rising[1:]), 100.0][: len(rising)]
    bands = [(name, least, top) for (name, least), top in zip(rising, tops, strict=True)]
    words = tuple(Word(round((least + top) / 2, 1), name) for name, least, top in bands if _fits(name, top - least))
    return RangeAxis(words, _inside(pass_mark), _lines(pass_mark, [least for _name, least in rising]))


@dataclass(frozen=True, slots=True)
class Share:
    """`step` from 1 to 5, from the lowest to the highest; `word` is empty where there is no room for it."""

    name: str
    count: float
    left: float
    width: float
    step: int
    word: str

    @property
    def middle(self) -> float:
        return round(self.left + self.width / 2, 2)


def shares_bar(counts: Sequence[tuple[str, float]]) -> tuple[Share, ...]:
    """How a whole falls into named parts, in their order; a part without anything in it is left out."""
    whole, left, shares = sum(count for _name, count in counts), 0.0, []
    told = _adding_up([count for _name, count in counts])
    for place, (name, count) in enumerate(counts):
        width = 100 * count / whole if whole else 0.0
        step = 1 + round(4 * place / max(1, len(counts) - 1))
        word = f"{name} {told[place]}" if width >= 2.4 * (len(name) + 2) else name if width >= 2 * len(name) + 1 else ""
        if width >= MOST_HIDDEN:
            shares.append(Share(name, count, round(left, 2), round(width, 2), step, word))
        left += width
    return tuple(shares)


def _adding_up(counts: Sequence[float]) -> list[int]:
    """Whole numbers that make together what the counts make: those with the largest remainders are rounded up."""
    told = [int(count) for count in counts]
    most = sorted(range(len(counts)), key=lambda place: told[place] - counts[place])
    for place in most[: round(sum(counts)) - sum(told)]:
        told[place] += 1
    return told


def _fits(name: str, band: float) -> bool:
    return band >= max(LEAST_BAND, PER_LETTER * len(name))


def _lines(pass_mark: float, boundaries: Sequence[float]) -> tuple[float, ...]:
    return tuple(_inside(each) for each in boundaries if 0 < each < 100 and each != pass_mark)


def _inside(value: float) -> float:
    return round(min(100.0, max(0.0, value)), 1)
