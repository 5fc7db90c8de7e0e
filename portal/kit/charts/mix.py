"""How many fall into each of five steps, as one bar in parts: the lowest on the left, shades from few points to many."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, LEAST = 100.0, 1.0


@dataclass(frozen=True, slots=True)
class Part:
    """Places in percent of the width; `step` from 1 to 5 is its shade."""

    step: int
    left: float
    width: float


def mix_parts(counts: Sequence[float]) -> tuple[Part, ...]:
    """Parts too thin to be seen are left out, and the others share what there is."""
    total = sum(counts)
    if total <= 0:
        return ()
    shown = [(step, count) for step, count in enumerate(counts, 1) if WIDTH * count / total >= LEAST]
    whole = sum(count for _step, count in shown)
    parts, left = [], 0.0
    for step, count in shown:
        width = WIDTH * count / whole
        parts.append(Part(step, round(left, 1), round(width, 1)))
        left += width
    return tuple(parts)
