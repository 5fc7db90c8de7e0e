"""What a list of broken files is made of: each kind by name, how it is made, and what is said about it."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Broken:
    """`make` gives the file's name and its bytes. `says` is a part of the sentence, `line` where it is found (0: the file)."""

    kind: str  # a row of the table in docs/imports.md
    make: Callable[[], tuple[str, bytes]]
    code: str
    says: str
    line: int = 0

    def __str__(self) -> str:
        return self.kind
