"""One cell as somebody wants it, and what became of that wish."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum


class State(StrEnum):
    SAVED = "saved"
    INVALID = "invalid"
    CONFLICT = "conflict"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Cell:
    """`seen` is the token of what the person saw in the cell when they typed."""

    exam: int
    student: int
    text: str
    seen: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """`text` and `seen` tell what is stored now; in a conflict `by` and `at` tell who stored it and when."""

    cell: Cell
    state: State
    sentence: str = ""
    text: str = ""
    seen: str = ""
    by: str = ""
    at: datetime | None = None

    def with_stored(self, text: str, seen: str) -> "Outcome":
        """What was invalid keeps the typed text, so that it can be mended."""
        return replace(self, text=self.cell.text if self.state == State.INVALID else text, seen=seen)

    def by_whom(self, name: str, at: datetime | None, sentence: str) -> "Outcome":
        return replace(self, by=name, at=at, sentence=sentence)
