"""The pages of a school in German: nothing of ours stays English, and what programs read is the same in both languages."""

import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from portal.accounts.models import User
from tests.cast import Cast
from tests.house.marked import Reading
from tests.house.matrix import ACCOUNTS, Row
from tests.house.test_translatable import AREAS, data_of_school, fill, rows_of

TEMPLATES = Path(__file__).parents[2] / "templates"
# Words of nearly every English sentence that no German one has.
ENGLISH = re.compile(
    r"\b(?:the|and|of|with|are|is|from|this|that|by|for|you|your|not|no|all|who|what|students?|marks?|exams?|show|open|save"
    r"|search|class|classes|points|year|grade|days?)\b",
    re.IGNORECASE,
)
HOLES = re.compile(r"\{\w+\}")  # filled in by scripts
# What people read: these differ between languages, and all other attributes must not.
FOR_PEOPLE = {
    "aria-label", "aria-roledescription", "aria-valuetext", "title", "placeholder", "alt", "label", "lang", "content",
    "data-label", "nonce",
}  # fmt: skip
SECRETS = re.compile(r"csrf|nonce|token", re.IGNORECASE)


MOMENT = re.compile(r"\d\d:\d\d:\d\d(?:\.\d+)?")  # of looking, which is another one each time


class Attributes(HTMLParser):
    """What scripts, styles and drawings read of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, str, str]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if SECRETS.search(f"{given.get('name')} {given.get('id')}") or given.get("type") in ("submit", "button"):
            return
        kept = [(tag, name, MOMENT.sub("", value or "")) for name, value in attrs if name not in FOR_PEOPLE]
        # Sentences for scripts stand in data attributes.
        self.found += [each for each in kept if not (each[1].startswith("data-") and re.search(r"[^\W\d]{2}", each[2]))]

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)


def german(client: Client) -> Client:
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "de-DE,de;q=0.9,en;q=0.5"
    return client


def pages(row: Row, client: Client, school: Cast) -> tuple[str, str]:
    english = client.get(row.path(school)).content.decode(errors="replace")
    return english, german(client).get(row.path(school)).content.decode(errors="replace")


def client_of(person: str, school: Cast, client_as: Callable[[User], Client]) -> Client:
    return Client() if person == "nobody" else client_as(getattr(school, person))


@pytest.mark.parametrize("area", [*AREAS, ""])
def test_no_word_of_ours_stays_english(area: str, school: Cast, client_as: Any) -> None:
    fill(school)
    data, found = data_of_school(), dict[str, list[str]]()
    rows = rows_of("GET", area) if area else [*rows_of("GET"), *((who, row) for row in ACCOUNTS for who in ("nobody", "gus") if row.expected(who) != 405)]  # fmt: skip
    for person, row in rows:
        client = german(client_of(person, school, client_as))
        html = client.get(row.path(school)).content.decode(errors="replace")
        if "<html" in html:
            assert '<html lang="de"' in html, row.address
            left = [HOLES.sub(" ", data.sub(" ", text)) for text in Reading(html).texts]
            if english := sorted({text for text in left if ENGLISH.search(text)}):
                found[f"{row.address} as {person}"] = english
    told = "\n".join(f"{where}:\n    " + "\n    ".join(texts) for where, texts in found.items())
    assert not found, f"These texts are English on a German page:\n{told}"


@pytest.mark.parametrize("area", [*AREAS, ""])
def test_what_programs_read_is_the_same_in_both_languages(area: str, school: Cast, client_as: Any) -> None:
    """A comma in the width of a bar, in a number to be typed or in an address would break it."""
    fill(school)
    for person, row in rows_of("GET", area):
        english, in_german = pages(row, client_of(person, school, client_as), school)
        if "<html" in english:
            differing = set(Attributes(english).found) ^ set(Attributes(in_german).found)
            assert differing == set(), f"{row.address} as {person}"


PLACES = r"(?:x|y|x1|x2|y1|y2|cx|cy|r|width|height|points|d|transform|viewBox|value|min|max|step)"
FILLED_IN = re.compile(rf'\s{PLACES}="[^"]*{{{{(?!\s*forloop)[^"]*"')
ROUNDED = re.compile(rf'\s{PLACES}="[^"]*floatformat(?!:(?:\'|&quot;)-?\d*u)[^"]*"')


@pytest.mark.parametrize("name", sorted(path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.html")))
def test_numbers_of_a_drawing_have_a_point_in_every_language(name: str) -> None:
    source = (TEMPLATES / name).read_text(encoding="utf-8")
    drawings = re.findall(r"<svg.*?</svg>", source, re.DOTALL)
    filled = [drawing for drawing in drawings if FILLED_IN.search(drawing)]
    assert not filled or "{% localize off %}" in source[: source.index(filled[0])]
    assert ROUNDED.findall(source) == []
