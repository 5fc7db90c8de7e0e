"""Indicators of a school that are protected, by code and by name: readers read nothing of them for who may not see them."""

from collections.abc import Iterable
from dataclasses import dataclass

from portal.kit.names import fold


@dataclass(frozen=True)
class ProtectedIndicators:
    """`names` are folded."""

    codes: frozenset[str]
    names: frozenset[str]

    def has(self, name: str, code: str = "") -> bool:
        return bool(self.codes & {code, name}) or fold(name) in self.names

    def any_of(self, names: Iterable[str]) -> bool:
        return any(self.has(name) for name in names)
