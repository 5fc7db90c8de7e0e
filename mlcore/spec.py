"""What a person chooses for a training run; everything else follows from the data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from typing import Any, TypeAlias

from mlcore.errors import MLError

Progress: TypeAlias = Callable[[int, int, str], None]
Stop: TypeAlias = Callable[[], bool]


def silent(done: int, total: int, sentence: str) -> None:
    """Nobody wants to know."""


def never() -> bool:
    return False


class Effort(StrEnum):
    QUICK = "quick"
    STANDARD = "standard"
    THOROUGH = "thorough"


@dataclass(frozen=True, slots=True)
class Floors:
    """What the gate demands beyond beating the simplest guess; None is no demand."""

    r2: float | None = None
    mae: float | None = None
    coverage_slack: float = 0.04  # how far the hit-rate of the ranges may lie from what they promise

    def faults(self) -> tuple[str, ...]:
        r2, mae = self.r2 is None or self.r2 <= 1, self.mae is None or 0 <= self.mae <= 100
        slack = 0 <= self.coverage_slack <= 0.5
        return (
            "" if r2 else f"floors.r2: expected at most 1, but it says {self.r2:g}.",
            "" if mae else f"floors.mae: expected points from 0 to 100, but it says {self.mae:g}.",
            "" if slack else f"floors.coverage_slack: expected 0 to 0.5, but it says {self.coverage_slack:g}.",
        )


@dataclass(frozen=True, slots=True)
class TrainSpec:
    """`as_of`: the day of the data; nothing that became known later is read. Scores are per cent of the maximum.

    `subjects`, `kinds`: which exams to learn from and to predict; empty means all. `leads`: how many days ahead
    a score may be asked for. `protected`: protected features that this school turned on, by name. `fixed`: indicators
    that nobody can still change, such as last year's average, so that no "what if" is asked of them.
    `least_history`: how many earlier results a student needs for a score; None: chosen from the data.
    """

    as_of: date
    subjects: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    leads: tuple[int, ...] = (1, 14, 42, 84)
    effort: Effort = Effort.QUICK
    protected: tuple[str, ...] = ()
    fixed: tuple[str, ...] = ()
    pass_mark: float = 50.0
    boundaries: tuple[float, ...] = (40.0, 50.0, 60.0, 70.0, 80.0, 90.0)
    least_history: int | None = None
    floors: Floors = Floors()
    most_samples: int = 60_000
    most_fits: int | None = None
    threads: int = 2

    def __post_init__(self) -> None:
        known = self.effort in set(Effort)
        if known:
            object.__setattr__(self, "effort", Effort(self.effort))  # the word alone will do
        faults = [
            "" if known else f"effort: expected one of {', '.join(Effort)}.",
            "leads: expected at least one number of days, none below 0."
            if not self.leads or min(self.leads) < 0
            else "",
            "pass_mark: expected a percentage from 0 to 100." if not 0 <= self.pass_mark <= 100 else "",
            "boundaries: expected percentages from 0 to 100, rising."
            if list(self.boundaries) != sorted(set(self.boundaries))
            or any(not 0 <= boundary <= 100 for boundary in self.boundaries)
            else "",
            "most_samples: expected at least 100." if self.most_samples < 100 else "",
            "threads: expected at least 1." if self.threads < 1 else "",
            "least_history: expected at least 0." if (self.least_history or 0) < 0 else "",
            "most_fits: expected at least 1." if self.most_fits is not None and self.most_fits < 1 else "",
            *self.floors.faults(),
        ]
        if told := " ".join(fault for fault in faults if fault):
            raise MLError(told, "bad_spec")

    def as_dict(self) -> dict[str, Any]:
        return asdict(self) | {"as_of": self.as_of.isoformat(), "effort": str(self.effort)}
