"""Rows of one file about the same thing: refused, or the first or the last of them taken, as the mapping says."""

from collections.abc import Callable

import numpy as np

from students.importing.incoming import Array
from students.importing.mapping import Doubles
from students.importing.spreadsheet.problems import Problems
from students.importing.spreadsheet.values import Fault

Told = Callable[[int], tuple[str, str]]  # of a key: the value that is shown, and a sentence with %d for the other line


class Sameness:
    """Gathers a key for each good row; equal keys are about the same thing."""

    def __init__(self) -> None:
        self._keys: list[Array] = []
        self._lines: list[Array] = []

    def add(self, keys: Array, lines: Array) -> None:
        self._keys.append(keys)
        self._lines.append(lines)

    def settle(self, rule: Doubles, problems: Problems, column: str, told: Told) -> tuple[Array, Array]:
        """The lines that are to be dropped, and the keys of them. Where doubles are refused, neither row is taken."""
        nothing = np.empty(0, dtype=np.int64)
        keys = np.concatenate([nothing, *self._keys])
        lines = np.concatenate([nothing, *self._lines])
        self._keys, self._lines = [], []
        order = np.argsort(keys, kind="stable")
        same = keys[order[1:]] == keys[order[:-1]]
        if not same.any():
            return nothing, nothing
        later, earlier = order[1:][same], order[:-1][same]
        if rule == Doubles.REFUSE:
            self._tell(keys, lines, np.sort(later), problems, (column, told))
            dropped = np.union1d(later, earlier)
        else:
            dropped = np.sort(later if rule == Doubles.FIRST else earlier)
            problems.note_rows(f"{rule.value}_kept", lines[dropped], column)
        return lines[dropped], keys[dropped]

    @staticmethod
    def _tell(keys: Array, lines: Array, later: Array, problems: Problems, how: tuple[str, Told]) -> None:
        column, told = how
        again = np.flatnonzero(np.isin(keys, keys[later]))
        _keys, firsts = np.unique(keys[again], return_index=True)
        first = dict(zip(_keys.tolist(), lines[again[firsts]].tolist(), strict=True))
        for place in later.tolist():
            key = int(keys[place])
            value, sentence = told(key)
            problems.fault(int(lines[place]), column, value, Fault("double", sentence % first[key]))
