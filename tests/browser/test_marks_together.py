"""Two people in one mark grid: each sees the other's marks within seconds, and nobody writes over anybody in silence."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from students.models import Exam, Result
from tests.browser.sheet import cell, keys, make_quiz, marks, opened, saved, state
from tests.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)
SECONDS = 9000


@pytest.fixture
def quiz(school: Cast) -> Exam:
    return make_quiz(school)


@pytest.fixture
def pages(school: Cast, quiz: Exam, page_as: Callable[..., Page]) -> tuple[Page, Page]:
    """Ada's grid and Hana's, both open."""
    return opened(page_as(school.ada), school, quiz), opened(page_as(school.hana), school, quiz)


@pytest.fixture
def clash(pages: tuple[Page, Page], quiz: Exam) -> Page:
    """Ada's page: she typed 12 where Hana had entered 15 a moment before."""
    ada, hana = pages
    ada.route("**/marks/changes/**", lambda route: route.abort())  # she has not seen it yet
    hana.keyboard.type("15\n")
    saved(hana, quiz)
    ada.keyboard.type("12\n")
    expect(cell(ada, "Mia Lindqvist", "Quiz")).to_have_attribute("aria-invalid", "true", timeout=SECONDS)
    return ada


def test_marks_of_somebody_else_appear_by_themselves(pages: tuple[Page, Page], quiz: Exam) -> None:
    ada, hana = pages
    hana.keyboard.type("15\n")
    saved(hana, quiz)
    expect(cell(ada, "Mia Lindqvist", "Quiz")).to_have_value("15", timeout=SECONDS)
    expect(state(ada)).to_have_text("Hana Leitner changed Mia Lindqvist, Quiz: 15")
    keys(ada, "ArrowDown", "ArrowUp")
    ada.keyboard.type("16\n")  # she has seen the 15, so this is no conflict
    assert saved(ada, quiz) == {"Mia": 16}
    assert [*ada.complaints, *hana.complaints] == []


def test_a_conflict_shows_both_marks_and_writes_over_none(clash: Page, quiz: Exam) -> None:
    field = cell(clash, "Mia Lindqvist", "Quiz")
    expect(field).to_have_value("12")
    bubble = clash.locator(".marks-bubble")
    expect(bubble).to_contain_text("Hana Leitner entered 15 at")
    expect(bubble).to_contain_text("Yours: 12.")
    expect(clash.locator("#announcer")).to_contain_text("Hana Leitner entered 15")
    assert marks(quiz) == {"Mia": 15}


def test_in_a_conflict_one_keeps_ones_own_mark_with_the_keyboard(clash: Page, quiz: Exam) -> None:
    keys(clash, "ArrowUp", "Tab")
    expect(clash.get_by_role("button", name="Keep mine")).to_be_focused()
    keys(clash, "Enter")
    expect(cell(clash, "Mia Lindqvist", "Quiz")).to_be_focused()
    assert saved(clash, quiz) == {"Mia": 12}


def test_in_a_conflict_one_takes_the_other_mark(clash: Page, quiz: Exam) -> None:
    clash.get_by_role("button", name="Take theirs").click()
    expect(cell(clash, "Mia Lindqvist", "Quiz")).to_have_value("15")
    expect(clash.locator(".marks-bubble")).to_be_hidden()
    assert saved(clash, quiz) == {"Mia": 15}
    assert Result.objects.get(exam=quiz).version == 1


def test_undo_leaves_what_somebody_else_wrote_since(pages: tuple[Page, Page], quiz: Exam) -> None:
    ada, hana = pages
    ada.keyboard.type("12\n")
    saved(ada, quiz)
    expect(cell(hana, "Mia Lindqvist", "Quiz")).to_have_value("12", timeout=SECONDS)
    hana.keyboard.type("15\n")
    saved(hana, quiz)
    expect(cell(ada, "Mia Lindqvist", "Quiz")).to_have_value("15", timeout=SECONDS)
    keys(ada, "Control+z")
    expect(cell(ada, "Mia Lindqvist", "Quiz")).to_have_value("15")
    assert saved(ada, quiz) == {"Mia": 15}


def test_escape_in_a_conflict_gives_way(clash: Page, quiz: Exam) -> None:
    keys(clash, "ArrowUp", "Escape")
    expect(cell(clash, "Mia Lindqvist", "Quiz")).to_have_value("15")
    expect(clash.locator(".marks-bubble")).to_be_hidden()
    assert saved(clash, quiz) == {"Mia": 15}
