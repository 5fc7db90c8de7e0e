"""Figures of models in words that a head teacher reads: points with one decimal, shares as per cent, a dash for nothing."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from predictions.models import VersionState
from predictions.wording import in_own_words

NOTHING = "–"
BADGES = {
    VersionState.CHAMPION: "good",
    VersionState.CHALLENGER: "accent",
    VersionState.REJECTED: "attend",
}


def points(value: float | None, digits: int = 1) -> str:
    """Never '-0.0', and below 0 with a minus sign that is as wide as a digit."""
    if value is None:
        return NOTHING
    return number_format(round(value, digits) + 0.0, decimal_pos=digits).replace("-", "\N{MINUS SIGN}")


def percent(share: float | None, digits: int = 1) -> str:
    return NOTHING if share is None else f"{points(100 * share, digits)}\N{NO-BREAK SPACE}%"


def whole(value: float | None) -> str:
    return NOTHING if value is None else number_format(round(value), decimal_pos=0, force_grouping=True)


def spanned(figure: Mapping[str, Any] | None, form: Any = points) -> str:
    """A figure with the interval in which it would lie in 95 of 100 such schools: '6.3 (6.0–6.6)'."""
    if figure is None or figure["value"] is None:
        return NOTHING
    if figure["low"] is None or figure["high"] is None:
        return str(form(figure["value"]))
    told = {name: form(figure[name]) for name in ("value", "low", "high")}
    if figure["low"] < 0:
        return _("%(value)s (%(low)s to %(high)s)") % told
    return "{value} ({low}–{high})".format(**told)


def said(sentence: str) -> str:
    """A sentence or label that was stored as mlcore or a measure said it, in the reader's language."""
    return in_own_words(sentence)


def how_good(mae: float | None, guess: float | None, held: float | None) -> str:
    """How good a version is, in one sentence."""
    if mae is None or guess is None or held is None:
        return _("How good it is cannot be said.")
    told = {"mae": points(mae), "guess": points(guess), "held": percent(held, 0)}
    if told["mae"] == told["guess"]:
        sentence = _(
            "Off by %(mae)s points on average, hardly nearer than the simplest guess; "
            "8-of-10 ranges held %(held)s of the results it had not seen."
        )
    else:
        sentence = _(
            "Off by %(mae)s points on average where the simplest guess is off by %(guess)s; "
            "8-of-10 ranges held %(held)s of the results it had not seen."
        )
    return sentence % told


def listed(names: Sequence[str]) -> str:
    return ", ".join(names)


def students_told(number: int) -> str:
    return ngettext("%(n)s student", "%(n)s students", number) % {"n": whole(number)}
