"""Random numbers in place of keys: they hold within one dump, and no other dump and no page knows them."""

from collections.abc import Iterable
from random import SystemRandom

FIRST, LAST = 100_000_000, 999_999_999  # nine digits, so that no spreadsheet rounds them


class Pseudonyms:
    """A number for each key that is asked for. `plainly`: the keys themselves, for who may have names too."""

    def __init__(self, *, plainly: bool = False) -> None:
        self.plainly = plainly
        self._chance = SystemRandom()
        self._numbers: dict[int, int] = {}
        self._used: set[int] = set()

    def of(self, key: int) -> int:
        if self.plainly:
            return key
        if key not in self._numbers:
            self._numbers[key] = self._fresh()
        return self._numbers[key]

    def ordered(self, keys: Iterable[int]) -> list[int]:
        """The keys in the order of their numbers, so that not even the order of rows tells of the order of records."""
        return sorted(keys, key=self.of)

    def _fresh(self) -> int:
        while (number := self._chance.randint(FIRST, LAST)) in self._used:
            pass
        self._used.add(number)
        return number
