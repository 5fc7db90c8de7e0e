"""The pages of the portal in a real browser: accessible in both themes, on a phone and a desk, and without a complaint."""

import re

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, expect

from tests import make
from tests.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)
PHONE, DESK = 360, 1440
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
ALL_RULES = {"resultTypes": ["violations"]}
CONTRAST = {"resultTypes": ["violations"], "runOnly": ["color-contrast"]}
VIOLATIONS = """options => axe.run(document, options).then(
    told => told.violations.map(each => `${each.id}: ${each.nodes[0].html}`))"""
# WCAG 2.5.8: 24 px, unless a link stands within a sentence.
SMALL_TARGETS = """() => [...document.querySelectorAll('a, button, summary, input, select')]
    .filter(each => each.checkVisibility() && !each.classList.contains('skip') && !each.closest('p:not(.actions)'))
    .filter(each => { const box = each.getBoundingClientRect(); return box.width < 24 || box.height < 24 })
    .map(each => each.outerHTML.slice(0, 80))"""


@pytest.fixture
def lively(school: Cast) -> Cast:
    """Enough of everything that no panel stays empty."""
    make.make_release(school.test, school.maths)
    make.make_exam(school.maths, title="Forgotten quiz", day=make.YESTERDAY)
    make.make_student(school.lakeside, "Nora Unplaced")
    make.make_result(make.make_exam(school.maths), school.sam, 72)
    for number in range(55):
        make.make_class(school.lakeside, f"Group {number:02}", grade_level=7)
    return school


def addresses(school: Cast) -> dict[str, list[str]]:
    register, student = f"/classes/{school.maths.pk}/", f"/students/{school.sam.pk}/"
    return {
        "ada": ["/", "/classes/", register, f"{register}?sort=-average", "/students/", student],
        "hana": ["/", "/classes/", "/classes/?q=zzz", "/students/?q=sam"],
        "otto": ["/", "/students/?status=left"],
        "cora": ["/", register],
        "gus": ["/", "/classes/", register, student],
        "mina": ["/"],
        "nils": ["/", "/classes/"],
        "lena": ["/"],
        "root": ["/", "/students/"],
    }


def judge(page: Page, address: str) -> list[str]:
    """Every rule in the light theme at both widths; in the dark theme, where only colours differ, their contrast."""
    page.goto(address)
    return judge_here(page, address)


def judge_here(page: Page, address: str) -> list[str]:
    """The page as it stands, whatever was opened or typed on it; `address` says in a fault where that is."""
    found = []
    if page.evaluate("typeof axe") == "undefined":  # half a megabyte: once a page, not once a look
        page.evaluate(AXE_SCRIPT)
    for width in (PHONE, DESK):
        page.set_viewport_size({"width": width, "height": 800})
        for theme, options in (("light", ALL_RULES), ("dark", CONTRAST)):
            page.emulate_media(color_scheme=theme)
            found += [f"{address} {theme} {width}: {fault}" for fault in page.evaluate(VIOLATIONS, options)]
        found += [f"{address} {width}: smaller than 24 px: {each}" for each in page.evaluate(SMALL_TARGETS)]
        if page.evaluate(TOO_WIDE) > 0:
            found.append(f"{address} {width}: wider than the window")
    return found


@pytest.mark.parametrize("person", ["ada", "hana", "otto", "cora", "gus", "mina", "nils", "lena", "root"])
def test_every_page_is_accessible_and_quiet(lively: Cast, page_as, person: str) -> None:
    page = page_as(getattr(lively, person))
    assert [fault for address in addresses(lively)[person] for fault in judge(page, address)] == []
    assert page.complaints == []


def test_error_pages_are_accessible_too(lively: Cast, page: Page, page_as) -> None:
    assert judge(page_as(lively.ada), "/nowhere/") == []
    assert judge(page, "/nowhere/") == []


def test_the_first_key_leads_past_the_navigation(lively: Cast, page_as) -> None:
    page = page_as(lively.ada)
    page.goto("/classes/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the page")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


def test_a_teacher_walks_from_the_first_page_to_a_student_by_keyboard(lively: Cast, page_as) -> None:
    page = page_as(lively.ada)
    page.goto("/")
    for name in ("Mathematics 9B", "Sam Okafor"):
        page.get_by_role("link", name=name, exact=True).first.focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text(name)
    expect(page.get_by_role("img", name=re.compile("31 of 50 points, 62 %.*72 of 100 points, 72 %"))).to_be_visible()


def test_the_menu_opens_and_signs_out_without_scripts(lively: Cast, page_as) -> None:
    page = page_as(lively.otto, java_script_enabled=False)
    page.goto("/")
    page.get_by_text("Your menu").locator("..").click()
    expect(page.get_by_role("link", name="Back office")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    assert "/accounts/login/" in page.url


def test_the_register_prints_without_its_controls(lively: Cast, page_as) -> None:
    page = page_as(lively.ada)
    page.goto(f"/classes/{lively.maths.pk}/")
    page.emulate_media(media="print")
    expect(page.get_by_role("navigation", name="Main")).to_be_hidden()
    expect(page.get_by_role("link", name="Register as CSV")).to_be_hidden()
    expect(page.get_by_role("rowheader", name="Sam Okafor")).to_be_visible()
