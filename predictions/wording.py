"""What mlcore says in English, in the reader's language: words it fixes, and sentences that hold figures."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache, lru_cache
from typing import Protocol

from django.utils.formats import date_format, number_format
from django.utils.translation import get_language, gettext

from predictions.phrases import FREE, PHRASES

HOLE = re.compile(r"\{(\w+)\}|%\((\w+)\)s|%(s)")
FIGURE = r"[-\N{MINUS SIGN}]?\d[\d,]*(?:\.\d+)?(?: ?%)?|cannot be said"
NUMBER = re.compile(r"([-\N{MINUS SIGN}]?)(\d[\d,]*)(?:\.(\d+))?( ?%)?")
NEXT_SENTENCE = re.compile(r"(?<=[.!?]) (?=[A-Z0-9])")
SPECIAL = {"moves": r".+(?:training|met).*", "day": r"\d{4}-\d\d-\d\d|\d\d? \w+ \d{4}"}
NO_BREAK = "\N{NO-BREAK SPACE}"
Phrase = tuple[re.Pattern[str], str]


class Unscored(Protocol):
    """A stored prediction without a score, or anything that tells why there is none."""

    @property
    def sentence(self) -> str: ...

    @property
    def remedy(self) -> str: ...


def in_own_words(text: str) -> str:
    """A label or sentence of mlcore for who reads it, its figures as they are written there; what is not known stays."""
    return _put(text, get_language() or "") if text else ""


def cause_in_words(prediction: Unscored) -> tuple[str, str]:
    """Why there is no score, and what would change that."""
    return in_own_words(prediction.sentence), in_own_words(prediction.remedy)


def is_known(text: str) -> bool:
    """Whether all of it can be put into another language."""
    return _known(text) is not None or all(_known(each) is not None for each in NEXT_SENTENCE.split(text))


def cell_in_words(text: str) -> str:
    """What stands in a cell or a hole: a figure, a day, a list, or words of which each may be known."""
    if found := NUMBER.fullmatch(text):
        return _figure(*found.groups(default=""))
    if (day := _day(text)) is not None:
        return date_format(day, "j F Y")
    if "; " in text and not is_known(text):
        return "; ".join(cell_in_words(part) for part in text.split("; "))
    return in_own_words(text)


@lru_cache(maxsize=4096)
def _put(text: str, language: str) -> str:
    """`language` keeps the answers of several languages apart."""
    if (known := _known(text)) is not None:
        return known
    sentences = NEXT_SENTENCE.split(text)
    return " ".join(_known(each) or each for each in sentences) if len(sentences) > 1 else text


def _known(text: str) -> str | None:
    fixed, open_ones = _phrases()
    if text in fixed:
        return gettext(text)
    for pattern, phrase in open_ones:
        if found := pattern.fullmatch(text):
            return _filled(gettext(phrase), found.groupdict())
    return None


@cache
def _phrases() -> tuple[frozenset[str], tuple[Phrase, ...]]:
    """Those without holes, and those with them, the one that says most by itself first."""
    fixed = frozenset(phrase for phrase in PHRASES if not HOLE.search(phrase))
    open_ones = [phrase for phrase in PHRASES if phrase not in fixed]
    open_ones.sort(key=lambda phrase: -len(HOLE.sub("", phrase)))
    return fixed, tuple((re.compile(_pattern(phrase)), phrase) for phrase in open_ones)


def _pattern(phrase: str) -> str:
    place, parts = 0, []
    for hole in HOLE.finditer(phrase):
        name = next(filter(None, hole.groups()))
        inside = SPECIAL.get(name) or (r".+?" if name in FREE else FIGURE)
        parts += [_literal(phrase[place : hole.start()], phrase), f"(?P<{name}>{inside})"]
        place = hole.end()
    return "".join([*parts, _literal(phrase[place:], phrase)])


def _literal(text: str, phrase: str) -> str:
    return re.escape(text.replace("%%", "%") if "%%" in phrase else text)


def _filled(phrase: str, held: Mapping[str, str]) -> str:
    said = {name: cell_in_words(text) for name, text in held.items()}
    filled = HOLE.sub(lambda hole: said.get(next(filter(None, hole.groups())), hole.group()), phrase)
    return filled.replace("%%", "%")


def _figure(sign: str, whole: str, part: str, unit: str) -> str:
    number = Decimal(f"{whole.replace(',', '')}.{part or 0}")
    told = number_format(number, decimal_pos=len(part), force_grouping="," in whole)
    return f"{sign}{told}{NO_BREAK + '%' if unit else ''}"


def _day(text: str) -> date | None:
    """Days of mlcore are written as 2026-07-03, or as 3 July 2026."""
    for form in ("%Y-%m-%d", "%d %B %Y"):
        try:
            return datetime.strptime(text, form).date()
        except ValueError:
            continue
    return None
