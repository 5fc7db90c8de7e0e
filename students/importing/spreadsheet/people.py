"""Whom each row is about: by the id in the source, by the number of the row, or by name and date of birth."""

from dataclasses import dataclass

import numpy as np

from portal.kit.names import fold
from students.importing.incoming import NOT_SAID, Array, Kind, Table
from students.importing.mapping import LINE_NUMBER
from students.importing.spreadsheet.frame import Block, Values
from students.importing.spreadsheet.naming import named
from students.importing.spreadsheet.run import Run
from students.importing.spreadsheet.values import LONGEST_NAME, read_id, read_name, text_reader

TOTALS = frozenset(
    [
        "sum", "total", "totals", "grand total", "average", "mean", "median",
        "class average", "class mean", "summe", "gesamt", "gesamtsumme", "insgesamt", "durchschnitt",
        "schnitt", "mittelwert", "mittel", "notenschnitt", "notendurchschnitt", "klassenschnitt", "klassendurchschnitt",
        "somme", "moyenne", "suma", "promedio",
    ]
)  # fmt: skip


@dataclass
class Who:
    """For each row of a block. `places` count the students of the file in the order of their first mention."""

    ids: Array
    places: Array
    columns: dict[str, Array]  # of STUDENTS, as far as the file says them

    def facts(self, rows: Array) -> dict[str, Array]:
        return {"id": self.ids[rows], **{name: column[rows] for name, column in self.columns.items()}}


class People:
    """`ids` is by place; `head` the column that tells students apart."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.facts = run.mapping.student
        self.ids: list[str] = []
        self._places: dict[str, int] = {}
        self._listed: set[int] = set()
        found = (self.facts[fact] for fact in ("external_id", "name", "family_name") if fact in self.facts)
        self.head = next(found, "")
        names = {"given_name": self.facts.get("name", ""), "family_name": self.facts.get("name", "")}
        run.heads(Table.STUDENTS, **{**names, **self.facts, "external_id": self.head})

    def totals(self, block: Block) -> Array:
        """Rows of sums and averages below a list, which name nobody: “Summe”, with nothing beside it that only people have."""
        head = self.facts.get("name", self.facts.get("family_name", ""))
        made = np.zeros(len(block), dtype=bool)
        if head:
            column = block.column(head)
            made = np.array([fold(text).strip() in TOTALS for text in column.texts] or [False])[column.codes]
        for fact in ("external_id", "given_name", "birth_date"):
            if made.any() and self.facts.get(fact, LINE_NUMBER) not in (LINE_NUMBER, head):
                column = block.column(self.facts[fact])
                made &= np.array([text in self.run.mapping.missing or not text for text in column.texts])[column.codes]
        self.run.problems.note_rows("total_row", block.lines[made], head)
        return made

    def take(self, block: Block) -> Who:
        columns = self._names(block)
        if head := self.facts.get("birth_date"):
            columns["birth_date"] = self.run.read(block, "birth_date", head, self.run.days(is_past=True)).as_kind(
                Kind.DAY
            )
        if (head := self.facts.get("external_id")) is None:
            values = self._by_name(columns)
        elif head == LINE_NUMBER:
            values = Values([str(number) for number in block.numbers.tolist()], np.arange(len(block)))
        else:
            values = self.run.read(block, "external_id", head, read_id, is_needed=True)
        if head:
            columns["external_id"] = values.as_kind(Kind.TEXT)
        distinct = self._placed([named("student", each or "") for each in values.distinct])
        ids = np.empty(len(distinct), dtype=object)
        ids[:] = [self.ids[place] for place in distinct]
        return Who(ids[values.codes], np.array(distinct, dtype=np.int64)[values.codes], columns)

    def _placed(self, ids: list[str]) -> list[int]:
        for each in ids:
            if each not in self._places:
                self._places[each] = len(self.ids)
                self.ids.append(each)
        return [self._places[each] for each in ids]

    def _by_name(self, columns: dict[str, Array]) -> Values:
        """Capitals, accents and signs between words aside, as planning looks for them."""
        given, family = columns.get("given_name"), columns["family_name"]
        days = columns.get("birth_date", np.full(len(family), NOT_SAID[Kind.DAY]))
        born = np.where(np.isnat(days), "", days.astype("datetime64[D]").astype(str))
        givens = [""] * len(family) if given is None else given.tolist()
        rows = list(zip(givens, family.tolist(), born.tolist(), strict=True))
        places = {row: place for place, row in enumerate(dict.fromkeys(rows))}
        made = [f"{fold(first, last)} {day}".strip() for first, last, day in places]
        return Values(made, np.array([places[row] for row in rows], dtype=np.int64))

    def _names(self, block: Block) -> dict[str, Array]:
        needed = "external_id" not in self.facts
        if head := self.facts.get("name"):
            both = self.run.read(block, "name", head, read_name, is_needed=needed)
            return {"given_name": both.as_kind(Kind.TEXT, 0), "family_name": both.as_kind(Kind.TEXT, 1)}
        read = text_reader(LONGEST_NAME)
        return {
            fact: self.run.read(block, fact, self.facts[fact], read, is_needed=needed).as_kind(Kind.TEXT)
            for fact in ("given_name", "family_name")
            if fact in self.facts
        }

    def list_referred(self, block: Block, who: Who, good: Array) -> None:
        """Students that rows only refer to: each once, with the line of their first mention."""
        places, firsts = np.unique(who.places[good], return_index=True)
        fresh = [
            first for place, first in zip(places.tolist(), firsts.tolist(), strict=True) if place not in self._listed
        ]
        rows = np.sort(good[fresh])
        if len(rows):
            self._listed.update(who.places[rows].tolist())
            self.run.incoming.add(
                Table.STUDENTS, self.run.file, block.lines[rows], must_exist=1, **who.facts(rows)
            )  # fmt: skip
