"""What may stand under each key of a mapping file. A value is read, or a sentence is left that says what was expected there."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _

LONGEST_TEXT = 400
LONGEST_ALIKE = 200  # comparing longer names letter by letter takes hours
EARLIEST, LATEST = 1900, 2100
MOST_SHOWN = 60


class Faults(list[str]):
    """Sentences, each with the path of its key."""

    def expected(self, path: str, what: str, found: Any) -> None:
        shown = repr(found) if not isinstance(found, str) else f"“{found}”"
        shown = shown if len(shown) <= MOST_SHOWN else f"{shown[:MOST_SHOWN]}…"
        told = {"path": path, "what": what, "found": shown}
        self.append(_("%(path)s: expected %(what)s, found %(found)s.") % told)

    def unknown(self, path: str, known: Iterable[str]) -> None:
        known = list(known)
        near = nearest(path.rpartition(".")[2], known)
        told = {"path": path, "near": near or ", ".join(known)}
        if near:
            self.append(_("%(path)s: there is no such key. Is “%(near)s” meant?") % told)
        else:
            self.append(_("%(path)s: there is no such key; expected one of %(near)s.") % told)


def below(path: str, key: Any) -> str:
    return f"{path}.{key}" if path else str(key)


Part = Callable[[Any, str, Faults], Any]  # value, path, faults -> the value as it is kept, or None with a fault


def nearest(name: str, known: Iterable[str]) -> str:
    """The known name that looks most alike, capitals aside; empty where none does."""
    if len(name) > LONGEST_ALIKE:
        return ""
    folded = {each.casefold(): each for each in known if len(each) <= 2 * LONGEST_ALIKE}
    found = get_close_matches(name.casefold(), folded, n=1, cutoff=0.6)
    return folded[found[0]] if found else ""


def _is_text(value: Any) -> bool:
    """A sign of value zero can be written in TOML, and no database keeps it."""
    return isinstance(value, str) and "\0" not in value


def text(most: int = LONGEST_TEXT, *, least: int = 0) -> Part:
    def read(value: Any, path: str, faults: Faults) -> str | None:
        if _is_text(value) and least <= len(value) <= most:
            return value
        what = _("a text of %(least)d to %(most)d letters") % {"least": least, "most": most}
        faults.expected(path, what, value)
        return None

    return read


def one_of(choices: type[StrEnum] | Iterable[str], shown: Callable[[str], str] = str) -> Part:
    known = {str(each): each for each in choices}

    def read(value: Any, path: str, faults: Faults) -> Any:
        if isinstance(value, str) and value in known:
            return known[value]
        faults.expected(path, _("one of %s") % ", ".join(f"“{shown(each)}”" for each in known), value)
        return None

    return read


def flag(value: Any, path: str, faults: Faults) -> bool | None:
    if isinstance(value, bool):
        return value
    faults.expected(path, _("true or false"), value)
    return None


def line(value: Any, path: str, faults: Faults) -> int | None:
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 1_000_000:
        return value
    faults.expected(path, _("the number of a line"), value)
    return None


def day(value: Any, path: str, faults: Faults) -> date | None:
    """Of a year from 1900 to 2100: the school year around the last day of all is no date any more."""
    if isinstance(value, str):
        with suppress(ValueError):
            value = date.fromisoformat(value)
    if isinstance(value, date) and not isinstance(value, datetime) and EARLIEST <= value.year <= LATEST:
        return value
    faults.expected(path, _("a day like 2006-01-31"), value)
    return None


def number(*, above: int | None = None, least: int | None = None, under: int, places: int) -> Part:
    """Decimals, from TOML as they stand there; JSON keeps them as text."""
    low = _("above %d") % above if above is not None else _("of %d or more") % (least or 0)
    what = _("a number %(low)s and below %(under)d, with at most %(places)d decimals")

    def read(value: Any, path: str, faults: Faults) -> Decimal | None:
        found = _decimal(value)
        fits = found is not None and found.is_finite() and _exponent(found) >= -places and found < under
        if fits and found is not None and (found > above if above is not None else found >= (least or 0)):
            return found
        faults.expected(path, what % {"low": low, "under": under, "places": places}, value)
        return None

    return read


def _decimal(value: Any) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        return None
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None


def _exponent(value: Decimal) -> int:
    exponent = value.normalize().as_tuple().exponent
    return exponent if isinstance(exponent, int) else -99


def texts(value: Any, path: str, faults: Faults) -> tuple[str, ...] | None:
    if isinstance(value, list | tuple) and all(map(_is_text, value)):
        return tuple(value)
    faults.expected(path, _("a list of texts"), value)
    return None


def table_of(part: Part, known: Iterable[str] = ()) -> Part:
    """A table whose keys are columns or codes of the file, or one of those known."""
    known = tuple(known)

    def read(value: Any, path: str, faults: Faults) -> dict[str, Any] | None:
        if not isinstance(value, Mapping):
            faults.expected(path, _("a table"), value)
            return None
        found = {}
        for key, each in value.items():
            if not _is_text(str(key)):
                faults.expected(path, _("names of readable letters"), str(key))
            elif known and key not in known:
                faults.unknown(below(path, key), known)
            else:
                found[str(key)] = part(each, below(path, key), faults)
        return found

    return read


def record_of(made: Callable[..., Any], parts: Mapping[str, Part], needed: Iterable[str] = ()) -> Part:
    """A table with fixed keys. What is made of it is made only if nothing is wrong with it."""

    def read(value: Any, path: str, faults: Faults) -> Any:
        before = len(faults)
        found = table_of(lambda each, _path, _faults: each, parts)(value, path, faults)
        if found is None:
            return None
        facts = {key: parts[key](each, below(path, key), faults) for key, each in found.items()}
        for key in needed:
            if key not in found:
                faults.append(_("%(path)s: “%(key)s” is missing.") % {"path": path, "key": key})
        return made(**facts) if len(faults) == before else None

    return read


def list_of(part: Part) -> Part:
    def read(value: Any, path: str, faults: Faults) -> tuple[Any, ...] | None:
        if not isinstance(value, list | tuple):
            faults.expected(path, _("a list of tables"), value)
            return None
        return tuple(part(each, below(path, place), faults) for place, each in enumerate(value, start=1))

    return read
