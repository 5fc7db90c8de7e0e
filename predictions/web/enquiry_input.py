"""What was typed into the form of "try a prediction", read field by field; what it may mean is for the room to say."""

import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from predictions.outlooks.trying import TryForm

MARK = "v-"  # before the name of each value, so that none is taken for something else on the page
NUMBER = re.compile(r"[+\-\N{MINUS SIGN}]?\d{1,30}(?:[.,]\d{1,30})?")
LONGEST = 200
SPACES = str.maketrans("", "", " \N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}%")


def texts_of(data: Mapping[str, str]) -> dict[str, str]:
    """What stands in each field; an empty one is not known."""
    named = {name.removeprefix(MARK): text.strip()[:LONGEST] for name, text in data.items() if name.startswith(MARK)}
    return {name: text for name, text in named.items() if text}


def typed(form: TryForm, texts: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    """Values for the room, and a sentence for each word that is none of those to choose from.

    A number that cannot be read goes on as the text it is: the room says what it expected.
    """
    values: dict[str, Any] = {}
    faults: dict[str, str] = {}
    fields = form.all
    for name, text in texts.items():
        field = fields.get(name)
        known = [word for word, _label in field.words] if field else []
        if field is not None and known and text not in known:
            told = {"field": field.label, "words": ", ".join(label for _word, label in field.words), "text": text[:40]}
            faults[name] = _("%(field)s: expected one of %(words)s, but it says %(text)s.") % told
        else:
            values[name] = text if field is None or _is_word(field.words) else number(text)
    return values, faults


def _is_word(words: tuple[tuple[str, str], ...]) -> bool:
    """Yes and no stand for 1 and 0 and are numbers."""
    return bool(words) and words[0][0] != "1"


def number(text: str) -> float | int | str:
    """“62,5” and “62.5” are the same; a number with both or with several of them is not guessed at."""
    bare = text.translate(SPACES)
    if not NUMBER.fullmatch(bare):
        return text
    plain = bare.replace(",", ".").replace("\N{MINUS SIGN}", "-")
    return float(plain) if "." in plain else int(plain)
