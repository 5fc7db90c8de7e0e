"""What a cell says of a number, in the spelling of any country, and of a mark: points, a percentage, points out of a maximum, a code."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import gettext as _

from portal.kit.spreadsheets import BEGINS_FORMULA
from students.importing.mapping import Mapping
from students.importing.spreadsheet.values import Fault, Read, Reader, wrong
from students.marksheet import points
from students.models import ResultStatus

LONGEST = 60
CENT, THOUSANDTH = Decimal("0.01"), Decimal("0.001")
MOST = Decimal(9_999_999)  # of what the records hold
MOST_POINTS = Decimal(10_000)
ALIKE = str.maketrans(
    {"\u066b": ".", "\uff0e": ".", "\uff0c": ",", "\u066c": "'", "\u2019": "'", "\u066a": "%", "\uff05": "%",
     "\u2212": "-", "\u2013": "-", "\uff0f": "/", "\u00a0": " ", "\u2009": " ", "\u202f": " "}
)  # fmt: skip
WRITTEN = {
    sign: re.compile(rf"\d+(?:{own}\d*)?|{own}\d+|[1-9]\d{{0,2}}([{other} '])\d{{3}}(?:\1\d{{3}})*(?:{own}\d*)?")
    for sign, own, other in ((".", r"\.", ","), (",", ",", "."))
}
# One number whatever the decimal sign is, in the spelling of nearly all cells.
PLAIN = re.compile(r"[+-]?\d{1,40}(?:[.,](?:\d{1,2}|\d{4,15}))?", re.ASCII)
EXPONENT = re.compile(r"\d+(?:[.,]\d+)?[eE][+-]?\d{1,4}")


@dataclass(frozen=True, slots=True)
class Spelling:
    """`decimal` is "." or "," or, where both are understood, empty. Excel keeps numbers apart from texts, with a point."""

    decimal: str = ""
    is_excel: bool = False

    def signs(self, text: str) -> Iterable[str]:
        if self.is_excel and WRITTEN["."].fullmatch(text) and "," not in text and " " not in text:
            return (".",)
        return (self.decimal,) if self.decimal else (".", ",")


@dataclass(frozen=True, slots=True)
class Number:
    value: Decimal
    note: str = ""


def values_of(text: str, *, is_excel: bool) -> tuple[Decimal, ...]:
    """Every number that a text can mean: two of 1,234. Says nothing of why it is none, which takes longer than to look; so it
    may be asked of every cell.
    """
    if PLAIN.fullmatch(text):
        return (Decimal(text.replace(",", ".")),)
    if text[:1].isalpha() or text[-1:].isalpha():
        return ()
    digits, sign = _taken_apart(text)
    if EXPONENT.fullmatch(digits):
        found = _with_exponent(digits, sign)
        return (found.value,) if isinstance(found, Number) else ()
    return tuple({sign * each for each in _meant(text, digits, Spelling("", is_excel)).values()})


def parse(text: str, spelling: Spelling, most: Decimal | None = None) -> Number | Fault:
    """`most`: what is larger was not meant; so 12.500 points out of 20 are twelve and a half."""
    digits, sign = _taken_apart(text)
    if EXPONENT.fullmatch(digits):
        return _with_exponent(digits, sign)
    meant = _meant(text, digits, spelling)
    if not meant:
        return _no_number(text, digits, spelling)
    if len(set(meant.values())) > 1:
        meant = {each: value for each, value in meant.items() if most is not None and value <= most}
        if len(meant) != 1:
            return Fault("two_meanings", _("This can be read in two ways: choose the decimal sign of this file."))
    used, value = next(iter(meant.items()))
    return Number(sign * value, "decimal_comma" if used == "," and "," in digits else "")


def _taken_apart(text: str) -> tuple[str, int]:
    tidy = _tidied(text)
    digits = tidy.lstrip("+-") if tidy[:1] in ("+", "-") and tidy[1:2] not in ("+", "-") else tidy
    return digits, -1 if tidy.startswith("-") else 1


def _meant(text: str, digits: str, spelling: Spelling) -> dict[str, Decimal]:
    """By decimal sign."""
    if len(text) > LONGEST:
        return {}
    return {each: _value(digits, each) for each in spelling.signs(digits) if WRITTEN[each].fullmatch(digits)}


def _no_number(text: str, digits: str, spelling: Spelling) -> Fault:
    if spelling.decimal and any(shape.fullmatch(digits) for shape in WRITTEN.values()):
        return Fault("decimal_sign", _("Expected a number whose decimal sign is “%s”.") % spelling.decimal)
    if text.startswith(BEGINS_FORMULA) and not re.match(r"[+-]?\s*\d", text):
        return Fault(
            "formula", _("Expected a number; a text that begins with {sign} is a formula.").format(sign=text[0])
        )
    return Fault("not_a_number", _("Expected a number."))


def _value(digits: str, decimal: str) -> Decimal:
    whole, _sign, parts = digits.partition(decimal)
    return Decimal(f"{re.sub('[^0-9]', '', whole) or '0'}.{parts or '0'}")


def _with_exponent(digits: str, sign: int) -> Number | Fault:
    value = sign * Decimal(digits.replace(",", "."))
    if abs(value) > MOST:
        return _out_of_range()
    return Number(value.quantize(Decimal(1).scaleb(-9)))


def _out_of_range() -> Fault:
    return Fault("number_out_of_range", _("Expected a number between -{most} and {most}.").format(most=MOST))


def _tidied(text: str) -> str:
    """Digits of every script as ours; superscripts and fractions are none, so that 5² is not 52."""
    if not text.isascii():
        text = "".join(
            str(unicodedata.decimal(sign)) if unicodedata.decimal(sign, None) is not None else sign for sign in text
        )
    return text.translate(ALIKE).strip()


def rounded(number: Number, unit: Decimal) -> Read:
    value = number.value.quantize(unit, ROUND_HALF_UP)
    return Read(float(value), note="rounded" if value != number.value else number.note)


def number_reader(spelling: Spelling) -> Reader:
    """Floats of three decimals, as indicators hold them. 85 % is 85."""

    def read(text: str) -> Read:
        bare = _tidied(text).removesuffix("%").rstrip()
        number = parse(bare, spelling)
        if isinstance(number, Fault):
            return Read(fault=number)
        if abs(number.value) > MOST:
            return Read(fault=_out_of_range())
        found = rounded(number, THOUSANDTH)
        return found if bare == _tidied(text) else found._replace(note="percent_as_number")

    return read


def maximum_reader(spelling: Spelling) -> Reader:
    """The most points of an exam, as Decimal."""

    def read(text: str) -> Read:
        number = parse(text, spelling, MOST_POINTS)
        if isinstance(number, Fault):
            return Read(fault=number)
        if not 0 < number.value <= MOST_POINTS or number.value != number.value.quantize(CENT):
            told = _("Expected the most points of the exam: above 0, {most} at most, two decimals.")
            return wrong("maximum_out_of_range", told.format(most=MOST_POINTS))
        return Read(number.value, note=number.note)

    return read


class MarkReader:
    """(status, points) of a cell that holds a mark. Without a maximum only plain points are understood."""

    def __init__(self, mapping: Mapping, spelling: Spelling) -> None:
        self._spelling = spelling
        said = (
            (ResultStatus.ABSENT, mapping.absent),
            (ResultStatus.EXEMPT, mapping.exempt),
            (ResultStatus.NOT_SUBMITTED, mapping.not_submitted),
        )
        self.codes = {word.casefold(): str(status) for status, words in said for word in words}
        self._words = ", ".join(word for _status, words in said for word in words)

    def read(self, text: str, maximum: Decimal | None) -> Read:
        if status := self.codes.get(text.casefold()):
            return Read((status, None))
        tidy = _tidied(text)
        if tidy.endswith("%"):
            return self._percent(tidy[:-1].rstrip(), maximum)
        got, slash, of = (part.strip() for part in tidy.partition("/"))
        if slash and maximum is None:
            return wrong("maximum_unknown", _("Expected points alone, for no maximum of this exam is known."))
        number = parse(got, self._spelling, maximum)
        if isinstance(number, Fault):
            return Read(fault=self._explained(number))
        if slash and (fault := self._other_maximum(of, maximum)):
            return Read(fault=fault)
        return _points(number, maximum, "points_of_maximum" if slash else "")

    def _explained(self, fault: Fault) -> Fault:
        if fault.code != "not_a_number":
            return fault
        return Fault(fault.code, _("Expected points, or one of: %s.") % self._words)

    def _percent(self, digits: str, maximum: Decimal | None) -> Read:
        if maximum is None:
            return wrong("maximum_unknown", _("Expected points, for no maximum of this exam is known."))
        number = parse(digits, self._spelling, Decimal(100))
        if isinstance(number, Fault):
            return Read(fault=self._explained(number))
        found = _points(Number(number.value * maximum / 100), maximum, "")
        return found if found.fault else found._replace(note="percent")

    def _other_maximum(self, of: str, maximum: Decimal | None) -> Fault | None:
        other = parse(of, self._spelling)
        if isinstance(other, Number) and other.value == maximum:
            return None
        told = _("Expected points out of {most}, which is the most of this exam.").format(most=points(maximum or CENT))
        return Fault("maximum_differs", told)


def _points(number: Number, maximum: Decimal | None, note: str) -> Read:
    if number.value < 0:
        return wrong("score_negative", _("Points cannot be less than 0."))
    most = MOST_POINTS if maximum is None else maximum
    if number.value > most:
        got = points(number.value) if number.value < MOST else _("this")
        told = _("Expected {most} points at most; {score} is more.").format(most=points(most), score=got)
        return wrong("score_over_maximum", told)
    found = rounded(number, CENT)
    return found._replace(value=(str(ResultStatus.SCORED), found.value), note=found.note or note)
