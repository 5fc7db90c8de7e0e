"""A made-up language in which every translated text stands between marks, and what of a page stands outside them."""

import gettext
import re
from html.parser import HTMLParser
from typing import Any

CODE = "xx"
OPEN, CLOSE = "⟦", "⟧"
CONTEXT = "\x04"  # what gettext puts between a context and its text
WORD = re.compile(r"[^\W\d_]{2,}")
SAID_BY = ("aria-label", "aria-roledescription", "aria-valuetext", "title", "placeholder", "alt", "label")
# What scripts compare with: how marks may be typed, for which roles a field is shown, who took a roll.
FOR_PROGRAMS = ("data-codes", "data-for-roles", "data-by")
BUTTONS = ("submit", "button", "reset")
UNREAD = {"script", "style"}
VERBATIM = {"kbd", "code", "pre"}  # keys, secrets and addresses to be copied
WITHIN_A_SENTENCE = {"a", "b", "strong", "em", "span", "br", "time", "kbd", "code", "abbr"}
NEVER_CLOSED = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


class Marked(gettext.NullTranslations):
    """Takes the place of Django's own catalogue object, and so serves lazy texts, plurals, contexts and templates."""

    def to_language(self) -> str:
        return CODE

    language = to_language

    def gettext(self, message: str) -> str:
        return f"{OPEN}{message.rpartition(CONTEXT)[2]}{CLOSE}" if message else ""

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)


def outside(text: str) -> str:
    """What stands outside the marks, which may lie within each other; a text cut short ends without its mark."""
    depth, left = 0, []
    for letter in text:
        depth += (letter == OPEN) - (letter == CLOSE)
        left.append(letter if depth <= 0 and letter != CLOSE else " ")
    return "".join(left)


class Reading(HTMLParser):
    """All that a person reads on a page, or has read to them: texts, and the attributes that speak."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.inside: list[str] = []
        self.depth = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in NEVER_CLOSED:
            self.inside.append(tag)
        if tag not in WITHIN_A_SENTENCE:
            self.depth = 0
        given = dict(attrs)
        self.texts += [value for name, value in attrs if value and _is_said(name, value)]
        if tag == "input" and given.get("type") in BUTTONS and given.get("value"):
            self.texts.append(str(given["value"]))

    def handle_startendtag(self, tag: str, attrs: Any) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in WITHIN_A_SENTENCE:
            self.depth = 0
        if tag in self.inside:
            while self.inside.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if data.strip() and not (UNREAD | VERBATIM).intersection(self.inside):
            self.texts.append(OPEN * self.depth + " ".join(data.split()))
            self.depth = max(0, self.depth + data.count(OPEN) - data.count(CLOSE))


def _is_said(name: str, value: str) -> bool:
    """Scripts take their sentences from data attributes: those of several words are read by somebody in the end."""
    is_sentence = name.startswith("data-") and len(WORD.findall(value)) > 1 and " " in value.strip()
    return name in SAID_BY or (
        is_sentence and name not in FOR_PROGRAMS and not value.lstrip().startswith(("{", "[", "M", "/"))
    )


def unmarked(texts: list[str], data: re.Pattern[str]) -> list[str]:
    """Those with a word outside the marks that is not among the data of the school."""
    return [text for text in texts if WORD.search(data.sub(" ", outside(text)))]


def pattern_of(data: set[str]) -> re.Pattern[str]:
    """The longest first, so that a name within a longer one does not leave the rest of it."""
    known = sorted({each for each in data if each}, key=len, reverse=True)
    return re.compile("|".join(rf"(?<!\w){re.escape(each)}(?!\w)" for each in known))
