"""Everything that a plan adds, changes, ends or removes, row by row beside the import: a zip of blocks, of which a page unpacks few."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from portal.kit.names import fold
from students.importing.told import FieldTold

DEEDS = ("added", "changed", "ended", "removed")
BLOCK = 2_000  # rows; every block of a list but its last has as many
MOST = 100_000  # rows of one list; nobody leafs further, and a million marks stay cheap


@dataclass(frozen=True, slots=True)
class Listed:
    """One record. `line` is 0 where no row of the file brought it; labels of fields are names of attributes."""

    who: str
    school_class: str
    file: str
    line: int
    fields: tuple[FieldTold, ...] = ()


Blocks = Iterable[list[Listed]]


def write_lists(lists: Callable[[], Iterable[tuple[str, str, Blocks]]], out: Any) -> None:
    """Into an open binary file; no more than a block is in memory."""
    with ZipFile(out, "w", ZIP_DEFLATED, compresslevel=1) as archive:
        for table, deed, blocks in lists():
            for number, block in enumerate(blocks):
                rows = [_plain(row) for row in block]
                archive.writestr(f"{table}/{deed}/{number}", json.dumps(rows, ensure_ascii=False))


def _plain(row: Listed) -> list[Any]:
    fields = [[each.label, each.before, each.after] for each in row.fields]
    return [row.who, row.school_class, row.file, row.line, fields]


@dataclass(frozen=True)
class OneList:
    """What happens to one kind of record; each question reads the blocks it needs, one at a time."""

    archive: ZipFile
    table: str
    deed: str

    def taken(self, start: int, most: int, words: str = "") -> list[Listed]:
        """So many rows from there on; with `words` only of those whose name or class has all of them."""
        asked = fold(words).split()
        if asked:
            return list(islice(self._fitting(asked), start, start + most))
        rows = self._stored(start // BLOCK)
        return list(map(_read, islice(rows, start % BLOCK, start % BLOCK + most)))

    def _fitting(self, asked: list[str]) -> Iterator[Listed]:
        for row in self._stored(0):
            who, school_class = row[:2]
            if _may_fit(f"{who} {school_class}", asked):
                text = fold(who, school_class)
                if all(f" {word}" in text for word in asked):
                    yield _read(row)

    def _stored(self, first: int) -> Iterator[list[Any]]:
        names = set(self.archive.namelist())
        while (name := f"{self.table}/{self.deed}/{first}") in names:
            yield from json.loads(self.archive.read(name))
            first += 1


def _may_fit(text: str, asked: list[str]) -> bool:
    """Told fast, for most rows of a long list do not: plain letters need no folding but of their case and apostrophes."""
    plain = text.casefold().replace("'", "").replace("`", "")
    return not plain.isascii() or all(word in plain for word in asked)


def _read(stored: list[Any]) -> Listed:
    who, school_class, file, line, fields = stored
    return Listed(who, school_class, file, line, tuple(FieldTold(*each) for each in fields))
