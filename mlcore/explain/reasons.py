"""Why this score: signed points per group of features that add up to the score minus the base."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from mlcore.arrays import Flags, Floats, Ints
from mlcore.errors import MLError

TOLERANCE = 0.05  # points by which base and reasons may miss the score before they are mended to match it
LOWEST, HIGHEST = 0.0, 100.0


class Teller(Protocol):
    """A fitted estimator, or several that read the same columns, as points per row and group."""

    def points_of(self, encoded: Floats) -> Floats: ...


@dataclass(frozen=True)
class Part:
    """Tellers that read what the same encoder makes of a matrix."""

    encoder: Any
    tellers: tuple[Teller, ...]


@dataclass(frozen=True)
class Explainer:
    """The reasons of one fitted champion. `base`: the score from which the reasons count.

    `usual`: for each feature that can still change the codes or numbers that students usually have, for what-if.
    """

    groups: tuple[str, ...]
    parts: tuple[Part, ...]
    base: float
    usual: Mapping[str, tuple[float, ...]]

    def reasons(self, values: Floats, predicted: Floats) -> Floats:
        """Points for each row and group; base and points make `predicted`, or an MLError says that they do not."""
        points = self.points_of(values)
        _hold_inside_the_scale(points, self.base, predicted)
        rest = predicted - self.base - points.sum(axis=1)
        if not (np.abs(rest) <= TOLERANCE).all():
            raise MLError("The reasons do not add up to the score: they are those of another model.", "bad_reasons")
        points[np.arange(len(points)), np.abs(points).argmax(axis=1)] += rest
        return points

    def points_of(self, values: Floats) -> Floats:
        """The same before rounding is mended and before any score is held inside the scale."""
        points = np.zeros((len(values), len(self.groups)))
        for part in self.parts:
            encoded = part.encoder.transform(values)
            for teller in part.tellers:
                points += teller.points_of(encoded)
        return points


def importance(reasons: Floats, groups: Sequence[str]) -> tuple[tuple[str, float], ...]:
    """Each group's mean absolute points, the largest first."""
    sizes = np.abs(reasons).mean(axis=0) if len(reasons) else np.zeros(len(groups))
    return tuple((groups[place], float(sizes[place])) for place in np.argsort(-sizes, kind="stable"))


def against(reasons: Floats, base: float, members: Ints | Flags) -> tuple[float, Floats]:
    """The reasons of these rows (a class) counted from their own average, and that average."""
    own = reasons[members]
    usual = own.mean(axis=0) if len(own) else np.zeros(reasons.shape[1])
    return base + float(usual.sum()), own - usual


def _hold_inside_the_scale(points: Floats, base: float, predicted: Floats) -> None:
    """Where a score was held at the end of the scale, its reasons shrink alike until they end there too."""
    told = points.sum(axis=1)
    below = (predicted == LOWEST) & (base + told < LOWEST) & (base > LOWEST)
    above = (predicted == HIGHEST) & (base + told > HIGHEST) & (base < HIGHEST)
    held = below | above
    points[held] *= ((predicted[held] - base) / told[held])[:, None]
