"""One file of the bundle in blocks of columns. What is wrong with a cell is said here; rows with errors are set aside."""

from collections.abc import Iterable, Iterator
from itertools import islice
from operator import itemgetter
from typing import Any

from django.utils.translation import gettext as _

from students.importing.findings import Finding
from students.importing.incoming import Table
from students.importing.oneroster.catalogue import STATUSES, Column, Holds
from students.importing.oneroster.desk import Desk
from students.importing.oneroster.lenient import BLANKS, ID, ISO, MOMENT, Memo, memo_of
from students.importing.oneroster.package import refused
from students.importing.oneroster.records import Records
from students.importing.oneroster.strict import CELL, ROW, said_of_cell, said_of_width

BLOCK = 4_096
MOST_WHOLE = 100_000  # rows of a file that is held as one block, because its rows refer to each other
READ = frozenset(BLANKS)
STATUS = Column("status", Holds.CHOICE, choices=STATUSES)
GONE = {"tobedeleted", "inactive"}
ALWAYS_NEEDED = (Holds.ID, Holds.IDS, Holds.KEY)


class Block:
    """Rows of a file. `gone` marks those that the source has deleted, `bad` holds those with an error."""

    def __init__(self, sheet: "Sheet", lines: list[int]) -> None:
        self.sheet, self.lines = sheet, lines
        self.columns: dict[str, list[Any]] = {}
        self.gone: list[bool] = [False] * len(lines)
        self.bad: set[int] = set()

    def __len__(self) -> int:
        return len(self.lines)

    def __getitem__(self, name: str) -> list[Any]:
        if name not in self.columns:
            self.columns[name] = [BLANKS[self.sheet.by_name[name].holds]] * len(self)
        return self.columns[name]

    def refuse(self, at: int, column: str, code: str, value: str, expected: str = "") -> None:
        self.bad.add(at)
        self.sheet.tell(code, self.lines[at], column, value, expected or CELL[code]())

    def note(self, at: int, code: str, column: str = "", value: str = "") -> None:
        self.sheet.desk.notes.count(code, self.sheet.file, self.lines[at], column, value)

    def good(self) -> list[int]:
        return [at for at in range(len(self)) if at not in self.bad]


class Sheet:
    """Iterate `blocks` once; after each block its bad rows are counted, whoever found them bad."""

    def __init__(self, desk: Desk, name: str, tables: Iterable[Table] = (), *, as_one: bool = False) -> None:
        self.as_one = as_one
        self.desk, self.name, self.file = desk, name, f"{name}.csv"
        self.tables = tuple(tables)  # those in which what hangs on a refused row is to be found
        self.kind, self.head = desk.kind(name), desk.heads[name]
        self.by_name = {column.name: column for column in self.kind.columns}
        self.has_key = self.kind.columns[0].holds == Holds.KEY
        self.is_delta = desk.is_delta(name)
        self.rows = 0
        self.ids = desk.ids.setdefault(name, {})
        self.memos: dict[str, Memo] = {
            column.name: memo_of(column, extends=desk.manifest.version != "1.1")
            for column in self.kind.columns
            if column.holds in READ and column.name in self.head.places
        }
        self._status = memo_of(STATUS, extends=False)
        desk.incoming.file(self.file)

    def has(self, column: str) -> bool:
        return column in self.head.places

    def tell(self, code: str, line: int, column: str, value: str, expected: str) -> None:
        self.desk.findings.add(Finding(code, self.file, line, column, value, expected))

    def blocks(self) -> Iterator[Block]:
        rows = iter(Records(self.desk.package, self.name, self._note))
        next(rows, None)  # the head was read before
        while chunk := list(islice(rows, MOST_WHOLE if self.as_one else BLOCK)):
            if self.as_one and self.rows:
                sentence = _("The file has more than %(most)d rows, as no school's has.") % {"most": MOST_WHOLE}
                raise refused("too_many_rows", self.file, sentence, line=chunk[0][0])
            lines, cells = self._whole_rows(chunk)
            block = self._block(lines, cells)
            yield block
            self._settle(block, len(chunk))
        if not self.rows:
            self._note("header_only", 1)

    def _note(self, code: str, line: int) -> None:
        self.desk.notes.count(code, self.file, line)

    def _whole_rows(self, chunk: list[tuple[int, list[str], str]]) -> tuple[list[int], list[list[str]]]:
        lines, cells = [], []
        for line, row, damage in chunk:
            if damage or len(row) != self.head.width:
                code = damage or "cells"
                expected = ROW[damage]() if damage else said_of_width(len(row), self.head.width)
                self.tell(code, line, "", "", expected)
                self._lose(row)
            else:
                lines.append(line)
                cells.append(row)
        return lines, cells

    def _lose(self, row: list[str]) -> None:
        """Of a row that cannot be read perhaps its id can, so that what refers to it refers to something."""
        self.desk.incoming.rows_set_aside += 1
        self.desk.faulty.add(self.name)
        place = self.head.places.get("sourcedId", len(row)) if self.has_key else len(row)
        key = row[place].strip() if place < len(row) else ""
        if not ID.fullmatch(key) or key in self.ids:
            self.desk.lost.add(self.name)
            return
        self.ids[key] = key
        self._refuse_keys([key])

    def _refuse_keys(self, keys: Iterable[str]) -> None:
        for table in self.tables:
            self.desk.incoming.refused.setdefault(table, set()).update(keys)

    def _block(self, lines: list[int], rows: list[list[str]]) -> Block:
        """Only the columns that are used are taken out of the rows."""
        block = Block(self, lines)
        raw = {name: list(map(itemgetter(self.head.places[name]), rows)) for name in self._used()}
        if self.has_key:
            self._read_status(block, raw)
            self._read_keys(block, raw["sourcedId"])
        for name, memo in self.memos.items():
            self._read_cells(block, self.by_name[name], memo, raw[name])
        return block

    def _used(self) -> list[str]:
        life = ("sourcedId", "status", "dateLastModified") if self.has_key else ()
        return [name for name in (*life, *self.memos) if name in self.head.places]

    def _read_cells(self, block: Block, column: Column, memo: Memo, raw: list[str]) -> None:
        reads = [memo[cell] for cell in raw]
        values = block.columns[column.name] = [read.value for read in reads]
        if memo.flagged:
            for at, read in enumerate(reads):
                if read.note:
                    block.note(at, read.note, column.name, raw[at].strip())
                if read.error:
                    block.refuse(at, column.name, read.error, raw[at], said_of_cell(read.error, column))
        if column.required and BLANKS[column.holds] in values:
            self._require(block, column, values, raw)
        if column.refers and column.refers != self.name:
            self._check_references(block, column, values)

    def _require(self, block: Block, column: Column, values: list[Any], raw: list[str]) -> None:
        """Of a row that the source has deleted only ids must be there."""
        for at, value in enumerate(values):
            wanted = column.holds in ALWAYS_NEEDED or not block.gone[at]
            if value == BLANKS[column.holds] and not raw[at].strip() and wanted:
                block.refuse(at, column.name, "required", "")

    def _check_references(self, block: Block, column: Column, values: list[Any]) -> None:
        if not self.desk.is_whole(column.refers) or column.refers in self.desk.lost:
            return
        known = self.desk.ids.get(column.refers, {})
        blank = BLANKS[column.holds]
        for at, value in enumerate(values):
            if value == blank or value in known:
                continue
            for each in (value,) if isinstance(value, str) else value:
                if each not in known:
                    block.refuse(at, column.name, "dangling", each, said_of_cell("dangling", column))

    def _read_keys(self, block: Block, raw: list[str]) -> None:
        keys = block.columns["sourcedId"] = list(map(str.strip, raw))
        for at, key in enumerate(keys):
            if key not in self.ids and ID.fullmatch(key):
                self.ids[key] = key
                if key != raw[at]:
                    block.note(at, "spaces", "sourcedId", key)
                continue
            code = "id_twice" if key in self.ids else "bad_id" if key else "required"
            block.refuse(at, "sourcedId", code, raw[at])
            if code != "id_twice":
                self.desk.lost.add(self.name)
                keys[at] = ""

    def _read_status(self, block: Block, raw: dict[str, list[str]]) -> None:
        nothing = [""] * len(block)
        states, moments = raw.get("status", nothing), raw.get("dateLastModified", nothing)
        if not self.is_delta and not any(states) and not any(moments):
            return
        for at, (cell, moment) in enumerate(zip(states, moments, strict=True)):
            state = self._status[cell]
            block.gone[at] = state.value in GONE
            if state.error:
                block.refuse(at, "status", state.error, cell, said_of_cell(state.error, STATUS))
            elif self.is_delta:
                self._check_change(block, at, state.value, moment.strip())
            elif cell or moment:
                block.note(at, "filled_status", "status", cell)
            if state.note or state.value == "inactive":
                block.note(at, "status_inactive" if state.value == "inactive" else state.note, "status", cell)

    def _check_change(self, block: Block, at: int, state: str, moment: str) -> None:
        if not state:
            block.refuse(at, "status", "delta_status", "")
        if ISO.fullmatch(moment):
            block.note(at, "day_only", "dateLastModified", moment)
        elif not MOMENT.fullmatch(moment):
            block.refuse(at, "dateLastModified", "bad_moment" if moment else "required", moment)

    def _settle(self, block: Block, rows: int) -> None:
        self.rows += rows
        incoming = self.desk.incoming
        incoming.read[self.file] += rows
        incoming.rows_set_aside += len(block.bad)
        if block.bad:
            self.desk.faulty.add(self.name)
        if block.bad and self.has_key:
            keys = block.columns["sourcedId"]
            self._refuse_keys([keys[at] for at in block.bad if keys[at]])
        self.desk.has_read(self.name, rows)
