"""What stands around the pages, in a real browser: faults of a form, the search box, boxes to tick, widths, error pages."""

import pytest
from playwright.sync_api import expect

from tests import make
from tests.browser.test_pages import TOO_WIDE
from tests.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = {"width": 390, "height": 844}


def test_after_a_refused_form_the_focus_is_at_what_is_wrong(school: Cast, page_as) -> None:
    page = page_as(school.ada, viewport=PHONE)
    page.goto("/exams/new/")
    page.evaluate("document.querySelector('form.form').noValidate = true")
    page.get_by_role("button", name="Schedule the exam").click()
    faults = page.get_by_role("alert")
    expect(faults).to_be_focused()
    expect(faults).to_be_in_viewport()
    faults.get_by_role("link", name="Classes").click()
    expect(page.locator("#id_classes")).to_be_focused()


def test_one_escape_closes_the_search_box_and_gives_the_focus_back(school: Cast, page_as) -> None:
    page = page_as(school.ada)
    page.goto("/exams/")
    link = page.get_by_role("link", name="Schedule an exam")
    link.focus()
    page.keyboard.press("/")
    page.keyboard.type("ma")
    page.keyboard.press("Escape")
    expect(page.locator("#search-dialog")).to_be_hidden()
    expect(link).to_be_focused()
    assert page.complaints == []


def test_no_page_about_exams_is_wider_than_the_window(school: Cast, page_as) -> None:
    other = make.make_class(school.lakeside, "Mathematics 9C", subject=school.maths.subject)
    exam = make.make_exam(school.maths, other, day=make.YESTERDAY)
    page = page_as(school.hana)
    wide = []
    for width in (320, 720, 800, 1024):
        page.set_viewport_size({"width": width, "height": 800})
        for address in ("", "release/", "lock/", "edit/", "call-off/"):
            page.goto(f"/exams/{exam.pk}/{address}")
            if page.evaluate(TOO_WIDE):
                wide.append((width, address))
        page.goto("/exams/?when=all")
        if page.evaluate(TOO_WIDE):
            wide.append((width, "list"))
    assert wide == []


def test_in_the_dark_an_empty_box_is_as_dark_as_its_card_and_choices_are_round(school: Cast, page_as) -> None:
    page = page_as(school.ada, color_scheme="dark")
    page.goto("/exams/new/")
    ground = "each => getComputedStyle(each).backgroundColor"
    box = page.get_by_role("checkbox", name="A target exam")
    assert box.evaluate(ground) == page.locator(".form > .card").first.evaluate(ground)
    page.goto("/profile/")
    assert page.locator("input[name=theme]").first.evaluate("each => getComputedStyle(each).borderRadius") == "50%"


def test_a_chosen_theme_holds_in_the_back_office(school: Cast, page_as) -> None:
    school.hana.preferences = {"theme": "dark"}
    school.hana.save()
    page = page_as(school.hana, color_scheme="light", viewport=PHONE)
    page.goto("/office/students/student/")
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark"
    assert page.evaluate(TOO_WIDE) == 0


def test_an_error_page_speaks_in_a_plain_voice(school: Cast, page_as) -> None:
    page = page_as(school.ada)
    page.goto("/nothing-here/")
    sentence = page.get_by_text("There is no such page")
    ink = "each => [getComputedStyle(each).color, getComputedStyle(each).fontWeight].join()"
    assert sentence.evaluate(ink).endswith(",400")
    assert sentence.evaluate(ink).split(",4")[0] == page.get_by_role("heading", level=1).evaluate(ink).rsplit(",", 1)[0]
