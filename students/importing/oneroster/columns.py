"""Rows on their way into one table of Incoming, gathered value by value and handed over in columns."""

from typing import Any

from students.importing.incoming import Incoming, Table


class Gathered:
    """`columns` are those that the file says; each `row` brings one value for each of them, in their order."""

    def __init__(self, table: Table, *columns: str) -> None:
        self.table, self.columns = table, columns
        self.lines: list[int] = []
        self.rows: list[tuple[Any, ...]] = []

    def __len__(self) -> int:
        return len(self.lines)

    def row(self, line: int, *values: Any) -> None:
        self.lines.append(line)
        self.rows.append(values)

    def hand_over(self, incoming: Incoming, file: str) -> None:
        """Leaves nothing behind, so that it can be filled again."""
        values = list(zip(*self.rows, strict=True)) if self.rows else [()] * len(self.columns)
        incoming.add(self.table, file, self.lines, **dict(zip(self.columns, values, strict=True)))
        self.lines, self.rows = [], []
