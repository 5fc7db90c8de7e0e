"""The design keeps its promises: words can be read in both themes, the first page is light, and its showroom stays inside."""

import gzip
import re
from pathlib import Path
from posixpath import normpath

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import NoReverseMatch, include, path, reverse

from portal.kit.design import design
from tests.cast import Cast

urlpatterns = [path("", include("portal.urls")), path("design/", design, name="design")]

CSS = Path(__file__).resolve().parents[2] / "static" / "css"
COLOUR = re.compile(r"--([a-z0-9-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);")
FIRST_PAGE_LIMIT = 100_000
WORDS = [
    *[(word, ground) for word in ("ink", "muted") for ground in ("paper", "card", "sunken", "hover", "accent-faint")],
    *[(word, ground) for word in ("accent", "attend", "good") for ground in ("paper", "card")],
    ("ink", "accent-soft"),
    ("ink", "attend-soft"),
    ("accent-strong", "card"),
    ("accent-strong", "accent-soft"),
    ("accent", "accent-soft"),
    ("attend", "attend-soft"),
    ("attend-strong", "attend-soft"),
    ("good", "good-soft"),
    ("on-accent", "accent"),
    ("on-accent", "accent-strong"),
    ("on-attend", "attend"),
    ("on-attend", "attend-strong"),
    ("paper", "ink"),
    ("accent", "hover"),
    ("attend", "hover"),
]
EDGES = [("field-line", "card"), ("field-line", "paper"), ("accent", "card"), ("accent", "paper"), ("accent", "line")]


def colours(theme: str) -> dict[str, str]:
    found = COLOUR.findall((CSS / "tokens.css").read_text(encoding="utf-8"))
    return {name: light if theme == "light" else dark for name, light, dark in found}


def luminance(colour: str) -> float:
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def too_weak(pairs: list[tuple[str, str]], theme: str, least: float) -> dict[str, float]:
    known = colours(theme)
    measured = {f"{word} on {ground}": contrast(known[word], known[ground]) for word, ground in pairs}
    return {pair: round(value, 2) for pair, value in measured.items() if value < least}


def test_contrast_is_measured_as_wcag_says() -> None:
    assert round(contrast("#000000", "#ffffff"), 1) == 21.0
    assert round(contrast("#777777", "#ffffff"), 2) == 4.48


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_word_can_be_read_on_its_ground(theme: str) -> None:
    assert too_weak(WORDS, theme, 4.5) == {}
    assert too_weak(EDGES, theme, 3.0) == {}


def test_colours_come_from_the_tokens_alone() -> None:
    """But for black and white, on paper and behind a QR code; and a toast's edge, whose ground is the other theme's."""
    free = {"tokens.css", "admin.css", "print.css"}
    strays = {
        sheet.name: found
        for sheet in CSS.glob("*.css")
        if sheet.name not in free
        and (found := re.findall(r"(?<!light-dark\()(?<!, )#[0-9a-f]{3,8}\b", sheet.read_text(encoding="utf-8")))
    }
    assert {name: found for name, found in strays.items() if set(found) - {"#fff", "#000"}} == {}


def loaded(html: str) -> set[str]:
    """Files of our own that a browser fetches for the page, modules that import each other included."""
    addresses = re.findall(r'<(?:link rel="stylesheet"|script)[^>]*?(?:href|src)="/static/([^"?]+)"', html)
    found: set[str] = set()
    while addresses:
        address = addresses.pop()
        if address in found:
            continue
        found.add(address)
        if address.endswith(".js") and "django_htmx" not in address:
            imported = re.findall(r'from "(\.[^"]+)"', text_of(address))
            addresses += [normpath(f"{address}/../{name}") for name in imported]
    return found


def text_of(address: str) -> str:
    place = finders.find(address)
    assert place, address
    return Path(place).read_text(encoding="utf-8")


def weight(html: str) -> int:
    files = [text_of(address) for address in loaded(html)]
    return sum(len(gzip.compress(text.encode(), mtime=0)) for text in [html, *files])


@pytest.mark.django_db
@pytest.mark.parametrize("person", ["nobody", "ada", "hana"])
def test_the_first_page_is_light(school: Cast, client: Client, client_as, person: str) -> None:
    visitor = client if person == "nobody" else client_as(getattr(school, person))
    html = visitor.get("/", follow=True).content.decode()
    assert "js/kit/menus.js" in loaded(html)
    assert weight(html) < FIRST_PAGE_LIMIT, f"{person}: {weight(html)} bytes"


def test_the_showroom_is_not_open_in_real_use() -> None:
    with pytest.raises(NoReverseMatch):
        reverse("design")


@pytest.mark.django_db
def test_the_showroom_shows_every_part_in_both_themes(school: Cast, client_as, settings) -> None:
    settings.ROOT_URLCONF = "tests.portal.test_design"
    page = client_as(school.ada).get("/design/")
    assert page.status_code == 200
    html = page.content.decode()
    for section in page.context["sections"]:
        assert html.count(f'id="{section.key}"') == 1
    assert html.count('data-theme="light"') >= len(page.context["sections"])
    assert html.count('data-theme="dark"') >= len(page.context["sections"])
    ids = re.findall(r'\bid="([^"]+)"', html)
    assert sorted(each for each in set(ids) if ids.count(each) > 1) == []
