"""Which column of a file is which of the catalogue: by name, by a name in other capitals, by one nearly spelt right."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from django.utils.translation import gettext as _

from students.importing.findings import Finding, Severity
from students.importing.oneroster.catalogue import OTHER_NAMES, OWN, Column, FileKind, Holds

METADATA = "metadata."
NEARLY = 0.84
LIFECYCLE = ("status", "dateLastModified")
SHOWN = 8


@dataclass
class Head:
    """`places` are the columns that are used, with their place in a row; `status` is the record's state, not attendance."""

    width: int
    places: dict[str, int] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    file: str = ""

    def note(self, code: str, sentence: str, value: str) -> None:
        self.findings.append(Finding(code, self.file, 1, "", value, sentence, Severity.NOTE))

    def error(self, code: str, sentence: str, column: str) -> None:
        self.findings.append(Finding(code, self.file, 1, column, "", sentence))


def read_head(cells: Sequence[str], kind: FileKind, *, is_delta: bool) -> Head:
    head = Head(len(cells), file=f"{kind.name}.csv")
    names = [cell.strip() for cell in cells]
    if len(names) == 1 and any(mark in names[0] for mark in ";\t|"):
        sentence = _("The cells are not divided by commas. Expected a file like: sourcedId,status,dateLastModified.")
        head.error("delimiter", sentence, "")
        return head
    found = _recognise(names, kind, head)
    _tell_strangers(names, found, head)
    _tell_order(found, kind, head)
    _tell_missing(kind, head, is_delta=is_delta)
    return head


def _recognise(names: list[str], kind: FileKind, head: Head) -> list[str]:
    """The catalogue's name for each column, "" for strangers; exact names first, so that no likeness takes their place."""
    found = [name if name in kind.names else "" for name in names]
    for likeness in (_same_letters, _other_name, _nearly):
        for at, name in enumerate(names):
            free = [each for each in kind.names if each not in found]
            if (
                not found[at]
                and name
                and not name.lower().startswith(METADATA)
                and (like := likeness(name, free, kind))
            ):
                found[at] = like
                sentence = _("This column is read as “%(column)s”, which it seems to be.") % {"column": like}
                head.findings.append(Finding("misspelt_head", head.file, 1, name, name, sentence, Severity.NOTE))
    for at, name in enumerate(found):
        if name and name in head.places:
            sentence = _("There are two columns of this name. Expected each once.")
            head.error("column_twice", sentence, name)
        elif name:
            head.places[name] = at
    return found


def _small(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalnum())


def _same_letters(name: str, free: list[str], kind: FileKind) -> str:
    return next((each for each in free if _small(each) == _small(name)), "")


def _other_name(name: str, free: list[str], kind: FileKind) -> str:
    other = OTHER_NAMES.get(kind.name, {}).get(name, "")
    return other if other in free else ""


def _nearly(name: str, free: list[str], kind: FileKind) -> str:
    small = {_small(each): each for each in free}
    like = get_close_matches(_small(name), small, n=2, cutoff=NEARLY)
    return small[like[0]] if len(like) == 1 else ""


def _tell_strangers(names: list[str], found: list[str], head: Head) -> None:
    unknown = [name for name, known in zip(names, found, strict=True) if not known]
    if metadata := [name for name in unknown if name.lower().startswith(METADATA)]:
        head.note("metadata", _("Columns of metadata are not used."), _shown(metadata))
    if strangers := [name for name in unknown if not name.lower().startswith(METADATA)]:
        head.note("unknown_columns", _("These columns are none of the standard's and are not used."), _shown(strangers))


def _tell_order(found: list[str], kind: FileKind, head: Head) -> None:
    order = [kind.names.index(name) for name in found if name and not name.startswith(OWN)]
    if order != sorted(order):
        head.note(
            "column_order", _("The columns are in another order than the standard's. They are read by their names."), ""
        )


def _tell_missing(kind: FileKind, head: Head, *, is_delta: bool) -> None:
    missing = [column for column in kind.columns if column.name not in head.places]
    for column in missing:
        if column.required or (is_delta and column.name in LIFECYCLE):
            head.error("column_missing", _("This column is missing. Expected it in the first line."), column.name)
    if optional := [column.name for column in missing if _would_be_read(column)]:
        head.note("optional_missing", _("These columns are not there; what they say stays as it is."), _shown(optional))


def _would_be_read(column: Column) -> bool:
    return not column.required and not column.is_own and column.holds not in (Holds.UNUSED, Holds.NEVER)


def _shown(names: list[str]) -> str:
    more = ", …" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more
