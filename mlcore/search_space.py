"""How the setting of a candidate may vary: drawn widely at first, then moved a little at a time around the best."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

Params: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Factor:
    """Varies by multiplying, such as a strength or a speed of learning."""

    low: float
    high: float
    whole: bool = False

    def draw(self, rng: np.random.Generator) -> Any:
        return self._tidy(float(np.exp(rng.uniform(np.log(self.low), np.log(self.high)))))

    def around(self, value: Any, width: float) -> tuple[Any, ...]:
        """Both neighbours; `width` 1 is a step of two thirds, 0.5 half as far."""
        step = (5 / 3) ** width
        return tuple(self._tidy(float(value) * factor) for factor in (1 / step, step))

    def _tidy(self, value: float) -> Any:
        inside = min(max(value, self.low), self.high)
        return round(inside) if self.whole else float(f"{inside:.4g}")


@dataclass(frozen=True, slots=True)
class Amount:
    """Varies by adding, such as a depth or a share."""

    low: float
    high: float
    step: float
    whole: bool = False

    def draw(self, rng: np.random.Generator) -> Any:
        return self._tidy(float(rng.uniform(self.low, self.high)))

    def around(self, value: Any, width: float) -> tuple[Any, ...]:
        step = max(self.step * width, 1.0) if self.whole else self.step * width
        return tuple(self._tidy(float(value) + change) for change in (-step, step))

    def _tidy(self, value: float) -> Any:
        inside = min(max(value, self.low), self.high)
        return round(inside) if self.whole else float(f"{inside:.4g}")


@dataclass(frozen=True, slots=True)
class Options:
    """One of a few that have no order."""

    options: tuple[Any, ...]

    def draw(self, rng: np.random.Generator) -> Any:
        return self.options[int(rng.integers(len(self.options)))]

    def around(self, value: Any, width: float) -> tuple[Any, ...]:
        return tuple(option for option in self.options if option != value)


Range: TypeAlias = Factor | Amount | Options
Space: TypeAlias = Mapping[str, Range]


def drawn(space: Space, rng: np.random.Generator, usual: Params) -> dict[str, Any]:
    """A setting from anywhere in the space."""
    return {**usual, **{name: space[name].draw(rng) for name in sorted(space)}}


def refined(space: Space, best: Params, width: float) -> Iterator[dict[str, Any]]:
    """The settings next to the best, one parameter at a time."""
    for name in sorted(space):
        for value in dict.fromkeys(space[name].around(best[name], width)):
            if value != best[name]:
                yield {**best, name: value}
