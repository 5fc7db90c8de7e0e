"""The row that names the columns: found below the titles that school systems put above it, and checked."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from statistics import median_low

from django.utils.translation import gettext as _

from students.importing.findings import Finding, Unreadable
from students.importing.limits import MOST_COLUMNS
from students.importing.spreadsheet.refusing import note, unreadable

Row = tuple[int, list[str]]
LOOKED_AT = 100  # rows with anything in them
NEARLY_ALL = 0.6  # of the usual number of cells in a row
NUMBER = re.compile(r"[-+]?\d[\d\s.,']*%?")
DAY = re.compile(r"\d{1,4}[-./]\d{1,2}[-./]\d{1,4}\.?([ T][\d:.]+)?")
SPACES = re.compile(r"\s+")


def is_blank(row: Sequence[str]) -> bool:
    return not any(map(str.strip, row))


def head_of(rows: Iterable[Row], name: str, wanted: int = 0) -> Row:
    """The head's line and cells. `wanted`: the line that a mapping names. Raises Unreadable."""
    if wanted:
        return _wanted(rows, name, wanted)
    sample = []
    for row in rows:
        if not is_blank(row[1]):
            sample.append(row)
        if len(sample) == LOOKED_AT:
            break
    if not sample:
        raise unreadable(
            "empty", name, _("The file is empty. Expected a row with the names of the columns, and rows below.")
        )
    place = _place(sample)
    if place is None:
        sentence = _(
            "No row with the names of the columns was found. If there is one, name its line in the mapping (head)."
        )
        raise unreadable("no_head", name, sentence, line=sample[0][0])
    if place == len(sample) - 1 and len(sample) < LOOKED_AT:
        raise _only_head(name, sample[place][0])
    return sample[place]


def _wanted(rows: Iterable[Row], name: str, wanted: int) -> Row:
    found: Row | None = None
    for line, cells in rows:
        if found is not None and not is_blank(cells):
            return found
        if line >= wanted and found is None:
            if line > wanted or is_blank(cells):
                break
            found = (line, cells)
    if found is not None:
        raise _only_head(name, wanted)
    sentence = _("The mapping says that the names of the columns stand in line %(line)d. No row begins there.")
    raise unreadable("no_head", name, sentence % {"line": wanted}, line=wanted)


def _only_head(name: str, line: int) -> Unreadable:
    sentence = _("The file has the names of the columns in line %(line)d and nothing below them.")
    return unreadable("head_only", name, sentence % {"line": line}, line=line)


def _place(sample: Sequence[Row]) -> int | None:
    """The first row that is nearly as full as those below it decides: it names columns, or the file has no names."""
    filled = [_filled(cells) for _line, cells in sample]
    for place, (_line, cells) in enumerate(sample):
        if filled[place] >= NEARLY_ALL * median_low(filled[place + 1 :] or [0]):
            return place if _is_head(cells, [row for _line, row in sample[place + 1 :]]) else None
    return None


def _filled(cells: Sequence[str]) -> int:
    return sum(1 for cell in cells if cell.strip())


def _is_head(cells: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Names, and not values: no number above numbers, no day above days."""
    kinds = [_kind(cell) for cell in cells]
    if "text" not in kinds:
        return False
    clashes = 0
    for column, kind in enumerate(kinds):
        if kind in {"number", "day"}:
            values = Counter(_kind(row[column]) for row in below if column < len(row) and row[column].strip())
            clashes += bool(values) and values.most_common(1)[0][0] == kind
    return clashes == 0


def _kind(cell: str) -> str:
    cell = cell.strip()
    if not cell:
        return ""
    if DAY.fullmatch(cell):
        return "day"
    return "number" if NUMBER.fullmatch(cell) else "text"


def named(line: int, cells: Sequence[str], name: str) -> tuple[list[str], list[Finding]]:
    """The columns' names, none of them empty and each once; a column without one is called by its place. Raises Unreadable."""
    heads = [SPACES.sub(" ", cell).strip() for cell in cells]
    while heads and not heads[-1]:
        heads.pop()
    if len(heads) > MOST_COLUMNS:
        sentence = _("Line %(line)d names %(count)d columns; at most %(most)d are read.")
        told = {"line": line, "count": len(heads), "most": MOST_COLUMNS}
        raise unreadable("too_many_columns", name, sentence % told, line=line)
    notes = []
    for place, head in enumerate(heads):
        if not head:
            heads[place] = f"#{place + 1}"
            sentence = _("Column %(place)d has no name. It is called “%(name)s” here.") % {
                "place": place + 1, "name": heads[place],
            }  # fmt: skip
            notes.append(note("nameless", name, sentence, line=line, column=heads[place]))
    _must_differ(line, heads, name)
    return heads, notes


def _must_differ(line: int, heads: Sequence[str], name: str) -> None:
    places: dict[str, int] = {}
    for place, head in enumerate(heads, start=1):
        if head in places:
            sentence = _(
                "Columns %(first)d and %(second)d are both named “%(name)s”. Give each column a name of its own."
            )
            told = {"first": places[head], "second": place, "name": head}
            raise unreadable("head_twice", name, sentence % told, line=line, column=head, value=head)
        places[head] = place
