"""What a cell of text says: ids, names, words, yes and no. Each distinct text is read once; days and numbers have files of their own."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from portal.kit.spreadsheets import BEGINS_FORMULA

LONGEST_ID = 255
LONGEST_NAME = 80
LONGEST_TITLE = 120
# What Excel makes of a long number when it saves a CSV file: the digits are gone for good.
CUT_SHORT = re.compile(r"\d(?:[.,]\d+)?[eE]\+\d+")
YES = frozenset({"yes", "y", "true", "t", "1", "x", "ja", "j", "wahr", "oui", "si", "sí", "✓", "✔"})
NO = frozenset({"no", "n", "false", "f", "0", "nein", "falsch", "non"})
TICKS = frozenset({"x", "✓", "✔"})  # where only these stand, an empty cell is a no
JOINERS = frozenset("\u200c\u200d")  # part of how Persian and Indian names are written
GRADE = re.compile(r"(?:[^\W\d]{1,12}\.? ?)?(\d{1,2})(?:\.|st|nd|rd|th)?", re.IGNORECASE)
HIGHEST_GRADE = 14


class Fault(NamedTuple):
    """`expected` is a whole sentence."""

    code: str
    expected: str


class Read(NamedTuple):
    """`value` is None where nothing is said. `note` is the kind of leniency, see notes.py."""

    value: Any = None
    fault: Fault | None = None
    note: str = ""


Reader = Callable[[Any], Read]
NOTHING = Read()
TOO_MANY_TO_KEEP = 100_000


def wrong(code: str, expected: str) -> Read:
    return Read(fault=Fault(code, expected))


class Remembered:
    """A reader that reads a text once, so that what is read of equal texts is one object, and not many equal ones."""

    def __init__(self, reader: Reader, missing: Sequence[str] = ()) -> None:
        self._reader = reader
        self._known: dict[Any, Read] = dict.fromkeys(missing, NOTHING)

    def __call__(self, text: Any) -> Read:
        found = self._known.get(text)
        if found is None:
            found = self._reader(text)
            if len(self._known) < TOO_MANY_TO_KEEP:
                self._known[text] = found
        return found


def unreadable_signs(text: str) -> Fault | None:
    """Signs that nobody typed: they make two texts look alike that are not, or tell of a wrong encoding."""
    if text.isascii() and text.isprintable():
        return None
    for sign in text:
        if sign == "\N{REPLACEMENT CHARACTER}":
            return Fault("broken_letters", _("Expected readable letters; choose another encoding for this file."))
        if sign not in JOINERS and unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Zl", "Zp"):
            told = _("Expected letters that can be seen, without the invisible sign U+%04X.") % ord(sign)
            return Fault("invisible_sign", told)
    return None


def _too_long(text: str, longest: int) -> Fault | None:
    if len(text) <= longest:
        return None
    told = _("Expected {most} letters at most; these are {count}.").format(most=longest, count=len(text))
    return Fault("too_long", told)


def text_reader(longest: int) -> Reader:
    """A name, a title, a category: kept as it stands, even if a spreadsheet would take it for a formula."""

    def read(text: str) -> Read:
        tidy = unicodedata.normalize("NFC", text)
        fault = unreadable_signs(tidy) or _too_long(tidy, longest)
        return Read(fault=fault) if fault else Read(tidy)

    return read


def read_id(text: str) -> Read:
    tidy = unicodedata.normalize("NFC", text)
    if fault := unreadable_signs(tidy) or _too_long(tidy, LONGEST_ID):
        return Read(fault=fault)
    if tidy.startswith(BEGINS_FORMULA):
        return wrong("formula", _("Expected an id; a text that begins with {sign} is a formula.").format(sign=tidy[0]))
    if CUT_SHORT.fullmatch(tidy):
        return wrong("id_cut_short", _("Expected the whole id; a spreadsheet has cut it. Save that column as text."))
    return Read(tidy)


def read_name(text: str) -> Read:
    """A whole name as (given, family), from “Last, First” or “First Last”. A single word is a given name."""
    tidy = " ".join(unicodedata.normalize("NFC", text).split(" "))
    if fault := unreadable_signs(tidy):
        return Read(fault=fault)
    given, family = _parted(tidy)
    fault = _too_long(given, LONGEST_NAME) or _too_long(family, LONGEST_NAME)
    return Read(fault=fault) if fault else Read((given, family))


def _parted(name: str) -> tuple[str, str]:
    if "," in name:
        family, _comma, given = name.partition(",")
        return given.strip(), family.strip()
    words = name.split()
    place = len(words) - 1
    while place > 1 and words[place - 1].islower():  # Ludwig van Beethoven, Maria da Silva
        place -= 1
    return (words[0], "") if len(words) == 1 else (" ".join(words[:place]), " ".join(words[place:]))


def read_yes_no(text: str) -> Read:
    """1, 0."""
    folded = text.casefold()
    if folded in YES:
        return Read(1)
    if folded in NO:
        return Read(0)
    return wrong("not_yes_or_no", _("Expected yes or no, also as true and false, 1 and 0, ja and nein, or x."))


def read_grade(text: str) -> Read:
    """The number of a grade level: 7, Year 7, 7th."""
    found = GRADE.fullmatch(text)
    if not found or int(found[1]) > HIGHEST_GRADE:
        return wrong("not_a_grade", _("Expected a grade level from 0 to %s.") % HIGHEST_GRADE)
    return Read(int(found[1]), note="" if text.isdecimal() else "grade_in_words")


def code_reader(codes: dict[str, Any]) -> Reader:
    """A word of a list, capitals aside."""
    folded = {word.casefold(): value for word, value in codes.items()}

    def read(text: str) -> Read:
        found = folded.get(text.casefold())
        if found is None:
            return wrong("unknown_code", _("Expected one of: %s.") % ", ".join(codes))
        return Read(found)

    return read
