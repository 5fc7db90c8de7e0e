"""What the sentences are made from: plain figures that the rooms hand to `words`."""

from __future__ import annotations

from dataclasses import dataclass

from mlcore.report import Figure


@dataclass(frozen=True, slots=True)
class SpreadFacts:
    label: str
    unit: str
    students: int
    quartiles: tuple[float, float, float]
    ends: tuple[float | None, float | None]


@dataclass(frozen=True, slots=True)
class RelationFacts:
    label: str
    target: str
    students: int
    figure: Figure
    by_ranks: bool
    repeats: bool


@dataclass(frozen=True, slots=True)
class PairFacts:
    label: str
    target: str
    unit: str
    names: tuple[str, str]
    students: tuple[int, int]


@dataclass(frozen=True, slots=True)
class GroupsFacts:
    target: str
    unit: str
    label: str
    students: int
    repeats: bool


@dataclass(frozen=True, slots=True)
class PlaceFacts:
    label: str
    unit: str
    target: str
    target_unit: str
    place: Figure


@dataclass(frozen=True, slots=True)
class SegmentFacts:
    """`rate`, `base`: shares below the pass mark, here and among all."""

    rules: tuple[str, ...]
    students: int
    rate: Figure
    base: float
