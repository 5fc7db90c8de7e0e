"""The parts of every page in a real browser: menus, dialogs, keys and themes, by keyboard alone and without a complaint."""

from collections.abc import Callable

import pytest
from django.urls import include, path
from playwright.sync_api import Page, expect

from portal.accounts.models import User
from portal.accounts.preferences import preferences_of
from portal.kit.design import design
from tests.browser.test_pages import judge
from tests.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)
urlpatterns = [path("", include("portal.urls")), path("design/", design, name="design")]


@pytest.fixture(autouse=True)
def showroom(settings) -> None:
    settings.ROOT_URLCONF = "tests.browser.test_design"


@pytest.fixture
def page(school: Cast, page_as: Callable[..., Page]) -> Page:
    page = page_as(school.ada)
    page.goto("/design/")
    return page


def theme(page: Page) -> str:
    return page.evaluate("document.documentElement.dataset.theme")


def ground(page: Page) -> str:
    return page.evaluate("getComputedStyle(document.body).backgroundColor")


def test_every_part_is_accessible_in_both_themes_and_densities(page: Page) -> None:
    assert judge(page, "/design/") == []
    page.get_by_role("button", name="Compact").click()
    assert page.evaluate("document.documentElement.dataset.density") == "compact"
    assert page.complaints == []


def test_the_profile_is_accessible_and_quiet(page: Page) -> None:
    assert judge(page, "/profile/") == []
    assert page.complaints == []


def test_a_theme_shows_when_chosen_and_stays_when_saved(page: Page, school: Cast) -> None:
    page.emulate_media(color_scheme="light")
    page.goto("/profile/")
    light = ground(page)
    page.get_by_role("radio", name="Dark").check()
    assert theme(page) == "dark"
    assert ground(page) != light
    page.get_by_role("radio", name="Compact").check()
    page.get_by_role("button", name="Save preferences").click()
    expect(page.get_by_text("Your preferences are saved.")).to_be_visible()
    page.goto("/classes/")
    assert (theme(page), page.evaluate("document.documentElement.dataset.density")) == ("dark", "compact")
    assert ground(page) != light
    expect(page.get_by_role("radio", name="Dark")).to_have_count(0)
    assert page.complaints == []


def test_a_theme_that_was_not_saved_is_gone_on_the_next_page(page: Page) -> None:
    page.goto("/profile/")
    page.get_by_role("radio", name="Dark").check()
    page.goto("/classes/")
    assert theme(page) == "auto"


def test_the_switch_in_the_menu_works_without_leaving_the_page(page: Page, school: Cast) -> None:
    page.goto("/classes/")
    page.get_by_text("Your menu").locator("..").click()
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.get_by_role("button", name="Dark").click()
    assert theme(page) == "dark"
    expect(page.get_by_role("button", name="Dark")).to_have_attribute("aria-pressed", "true")
    page.reload()
    assert theme(page) == "dark"
    assert preferences_of(User.objects.get(pk=school.ada.pk)).theme == "dark"
    assert page.complaints == []


def test_the_switch_works_without_scripts_too(school: Cast, page_as: Callable[..., Page]) -> None:
    page = page_as(school.ada, java_script_enabled=False)
    page.goto("/classes/?q=9")
    page.get_by_text("Your menu").locator("..").click()
    page.get_by_role("button", name="Dark").click()
    assert page.url.endswith("/classes/?q=9")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_a_menu_is_walked_by_arrows_and_closed_by_escape(page: Page) -> None:
    summary = page.locator(".sample").first.page.locator("#overlays summary").first
    summary.focus()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("link", name="Print").first).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.locator("#overlays .menu").first.get_by_role("button", name="Delete…")).to_be_focused()
    page.keyboard.press("Escape")
    expect(summary).to_be_focused()
    expect(page.locator("#overlays details").first).not_to_have_attribute("open", "")


def test_only_one_menu_is_open_and_a_click_beside_closes_it(page: Page) -> None:
    first, second = page.locator("#overlays details").all()
    first.locator("summary").click()
    second.locator("summary").click()
    expect(first).not_to_have_attribute("open", "")
    expect(second).to_have_attribute("open", "")
    page.get_by_role("heading", name="Menus, dialogs, toasts").click()
    expect(second).not_to_have_attribute("open", "")


def test_a_dialog_opens_and_closes_by_keyboard_and_gives_the_focus_back(page: Page) -> None:
    opener = page.get_by_role("button", name="Dialog").first
    opener.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Move Inès to another class")
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(opener).to_be_focused()


def test_a_form_that_asks_first_is_sent_only_after_a_yes(page: Page) -> None:
    asked = page.get_by_role("button", name="Asks first").first
    question = page.get_by_role("alertdialog", name="Delete “Algebra test”?")
    page.evaluate("window.stays = true")
    asked.focus()
    page.keyboard.press("Enter")
    expect(question).to_contain_text("28 marks go with it.")
    expect(question.get_by_role("button", name="Cancel")).to_be_focused()
    page.keyboard.press("Enter")
    expect(question).to_be_hidden()
    assert page.evaluate("window.stays") is True
    asked.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(question.get_by_role("button", name="Delete the exam")).to_be_focused()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.complaints == []


def test_the_no_to_one_question_is_not_taken_for_an_answer_to_the_next(page: Page) -> None:
    question = page.get_by_role("alertdialog", name="Delete “Algebra test”?")
    page.get_by_role("button", name="Asks first").first.evaluate(
        "asks => { asks.click(); document.querySelector('#confirm [data-close]').click(); asks.click(); }"
    )
    with page.expect_navigation():
        question.get_by_role("button", name="Delete the exam").click()
    assert page.complaints == []


def test_a_toast_with_undo_stays_until_it_is_used(page: Page) -> None:
    page.get_by_role("button", name="Toast").first.click()
    toast = page.locator("#toasts").get_by_text("2 marks cleared.")
    expect(toast).to_be_visible()
    page.locator("#toasts").get_by_role("button", name="Undo").click()
    expect(toast).to_be_hidden()


def test_the_question_mark_lists_the_keys_but_not_while_one_types(page: Page) -> None:
    keys = page.get_by_role("dialog", name="Keys")
    field = page.get_by_label("Title").first
    field.focus()
    page.keyboard.type("?/")
    expect(keys).to_be_hidden()
    expect(field).to_have_value("?/Algebra test")
    page.locator("h1").click()
    page.keyboard.press("?")
    expect(keys).to_be_visible()
    page.keyboard.press("Escape")
    expect(keys).to_be_hidden()


def test_the_slash_asks_for_the_search_from_anywhere(page: Page) -> None:
    page.evaluate("""() => document.addEventListener('foremark:search', (event) => {
        event.preventDefault(); window.searched = (window.searched ?? 0) + 1; })""")
    page.locator("h1").click()
    page.keyboard.press("/")
    page.keyboard.press("Escape")
    page.get_by_label("Title").first.focus()
    page.keyboard.press("Control+k")
    assert page.evaluate("window.searched") == 2


def test_on_a_phone_the_ways_through_the_portal_lie_at_the_bottom(page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto("/classes/")
    box = page.get_by_role("navigation", name="Main").bounding_box()
    assert box is not None
    assert box["y"] + box["height"] == 740
    for link in page.get_by_role("navigation", name="Main").get_by_role("link").all():
        size = link.bounding_box()
        assert size is not None
        assert min(size["height"], size["width"]) >= 44
