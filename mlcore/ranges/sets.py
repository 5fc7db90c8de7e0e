"""The ranges of many samples side by side, as plain arrays."""

from __future__ import annotations

from dataclasses import dataclass

from mlcore.arrays import Flags, Floats, Ints


@dataclass(frozen=True, slots=True)
class RangeSet:
    """Per cent of the maximum: 8 of 10 results lie from low_80 to high_80, 95 of 100 from low_95 to high_95."""

    low_80: Floats
    high_80: Floats
    low_95: Floats
    high_95: Floats

    def __len__(self) -> int:
        return len(self.low_80)

    @property
    def columns(self) -> tuple[Floats, Floats, Floats, Floats]:
        return self.low_80, self.high_80, self.low_95, self.high_95

    def take(self, rows: Ints | Flags) -> RangeSet:
        return RangeSet(self.low_80[rows], self.high_80[rows], self.low_95[rows], self.high_95[rows])
