"""What somebody typed into a cell: points in the spelling of any country, a percentage, a code, or a plain sentence."""

import re
import unicodedata
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import gettext as _

from students.marksheet import points
from students.models import ResultStatus

LONGEST = 40
CENT = Decimal("0.01")
WORDS = {
    ResultStatus.ABSENT: ("abs", "absent", "a"),
    ResultStatus.EXEMPT: ("ex", "exempt", "e"),
    ResultStatus.NOT_SUBMITTED: ("ns", "not submitted", "n", "-", "\u2013", "\u2014"),
}
STATUSES = {word: status for status, words in WORDS.items() for word in words}
# Signs that other keyboards and spreadsheets put where ours puts the plain one.
ALIKE = str.maketrans(
    {"\u066b": ".", "\uff0e": ".", "\uff0c": ",", "\u066c": "'", "\u2019": "'", "\u066a": "%", "\uff05": "%",
     "\u2212": "-", "\u00a0": " ", "\u2009": " ", "\u202f": " "}
)  # fmt: skip
GROUPED = re.compile(r"\d{1,3}(?:([ '])\d{3})(?:\1\d{3})*([.,]\d*)?")
EUROPEAN = re.compile(r"\d{1,3}(?:\.\d{3})*,\d*")
ENGLISH = re.compile(r"\d{1,3}(?:,\d{3})*\.\d*")
PLAIN = re.compile(r"\d+(?:[.,]\d*)?|[.,]\d+")
THOUSANDS_OR_PARTS = re.compile(r"[1-9]\d{0,2}[.,]\d{3}")


@dataclass(frozen=True, slots=True)
class Entry:
    """What a cell is to hold. Without a status it is to be empty."""

    status: ResultStatus | None = None
    score: Decimal | None = None


def read(text: str, maximum: Decimal) -> Entry | str:
    """The entry, or a sentence that says why it is none. Never raises, whatever was typed."""
    tidy = " ".join(_tidied(text).split())
    if not tidy:
        return Entry()
    if status := STATUSES.get(tidy.casefold()):
        return Entry(status)
    if THOUSANDS_OR_PARTS.fullmatch(tidy) and Decimal(re.sub("[.,]", "", tidy)) <= maximum:
        return _("“{text}” can be read in two ways. Write it without a sign for thousands.").format(text=tidy)
    number = _number(tidy.removesuffix("%").rstrip()) if len(text) <= LONGEST else None
    if number is not None:
        return _judged(number, maximum, is_percent=tidy.endswith("%"))
    return _("“{text}” is neither points nor abs, ex, ns.").format(text=_quoted(text))


def _judged(number: Decimal, maximum: Decimal, *, is_percent: bool) -> Entry | str:
    if number < 0:
        return _("Points cannot be less than 0.")
    score = number * maximum / 100 if is_percent else number
    if score > maximum:
        facts = {"score": _quoted(_short(score)), "most": points(maximum)}
        return _("{score} is more than the {most} points of this exam.").format(**facts)
    rounded = abs(score.quantize(CENT, ROUND_HALF_UP))
    if rounded != score and not is_percent:
        return _("Points have two decimals at most.")
    return Entry(ResultStatus.SCORED, rounded)


def _number(text: str) -> Decimal | None:
    sign, digits = ("-", text[1:].lstrip()) if text.startswith("-") else ("", text)
    if not any(shape.fullmatch(digits) for shape in (PLAIN, GROUPED, EUROPEAN, ENGLISH)):
        return None
    *whole, parts = re.sub(r"[ ']", "", digits).replace(",", ".").split(".")
    if not whole:
        whole, parts = [parts], "0"
    return Decimal(f"{sign}{''.join(whole) or '0'}.{parts or '0'}")


def _short(number: Decimal) -> str:
    return f"{number:f}".rstrip("0").rstrip(".") if "." in f"{number:f}" else f"{number:f}"


def _tidied(text: str) -> str:
    """Digits of every script as ours; superscripts and fractions are none, so that 5² is not 52."""
    own = (str(unicodedata.decimal(sign)) if unicodedata.decimal(sign, None) is not None else sign for sign in text)
    return "".join(own).translate(ALIKE)


def _quoted(text: str) -> str:
    short = "".join(sign if sign.isprintable() else " " for sign in text.strip())
    return short if len(short) <= 20 else f"{short[:20]}…"
