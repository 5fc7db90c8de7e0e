"""The mark grid in a real browser: it is filled in like a spreadsheet, and says at once what it cannot read."""

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from students.gradebook.reading import STATUSES
from students.models import Exam
from tests.browser.sheet import cell, keys, make_quiz, marks, opened, paste, saved, state
from tests.browser.test_pages import judge
from tests.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def quiz(school: Cast) -> Exam:
    return make_quiz(school)


@pytest.fixture
def sheet(school: Cast, quiz: Exam, page_as: Callable[..., Page]) -> Page:
    """Ada's grid, just opened from the quiz."""
    return opened(page_as(school.ada), school, quiz)


# --- keys -----------------------------------------------------------------------------------------------------


def test_marks_are_typed_down_a_column_with_figures_and_enter_alone(sheet: Page, quiz: Exam) -> None:
    expect(cell(sheet, "Mia Lindqvist", "Quiz")).to_be_focused()
    sheet.keyboard.type("17,5\n12\nabs\n")
    assert saved(sheet, quiz) == {"Mia": 17.5, "Sam": 12, "Ben": "absent"}
    expect(cell(sheet, "Mia Lindqvist", "Quiz")).to_have_value("17.5")
    expect(sheet.locator(f"[data-stat='{quiz.pk}']")).to_have_text(
        "73.8 % 3 of 3".replace(" %", "\u00a0%"), use_inner_text=True
    )
    assert sheet.complaints == []


def test_typing_replaces_f2_edits_and_escape_brings_back(sheet: Page, school: Cast) -> None:
    field = cell(sheet, "Mia Lindqvist", "Algebra test")
    keys(sheet, "ArrowLeft", "4", "ArrowRight", "ArrowLeft")
    expect(field).to_have_value("4")
    keys(sheet, "F2", "ArrowLeft", "3", "Enter")
    expect(field).to_have_value("34")
    keys(sheet, "ArrowUp", "9", "9", "Escape")
    expect(field).to_have_value("34")
    assert saved(sheet, school.test)["Mia"] == 34


def test_arrows_pass_over_cells_that_cannot_be_written(sheet: Page) -> None:
    keys(sheet, "ArrowRight")  # the final exam lies ahead
    expect(cell(sheet, "Mia Lindqvist", "Quiz")).to_be_focused()
    keys(sheet, "Control+Home")
    expect(cell(sheet, "Mia Lindqvist", "Algebra test")).to_be_focused()
    keys(sheet, "Control+End")
    expect(cell(sheet, "Ben Zander", "Quiz")).to_be_focused()
    keys(sheet, "Home", "ArrowLeft")
    expect(sheet.get_by_role("link", name="Ben Zander")).to_be_focused()
    keys(sheet, "ArrowUp", "ArrowRight", "Tab")
    expect(cell(sheet, "Sam Okafor", "Quiz")).to_be_focused()
    keys(sheet, "Tab")
    expect(cell(sheet, "Ben Zander", "Algebra test")).to_be_focused()


def test_undo_and_redo_write_again(sheet: Page, quiz: Exam) -> None:
    sheet.keyboard.type("11\n12\n")
    assert saved(sheet, quiz) == {"Mia": 11, "Sam": 12}
    keys(sheet, "Control+z", "Control+z")
    assert saved(sheet, quiz) == {}
    keys(sheet, "Control+y")
    assert saved(sheet, quiz) == {"Mia": 11}


def test_a_block_is_chosen_with_keys_or_the_mouse_copied_and_emptied(sheet: Page, school: Cast, quiz: Exam) -> None:
    sheet.context.grant_permissions(["clipboard-read", "clipboard-write"])
    keys(sheet, "ArrowLeft", "Shift+ArrowRight", "Shift+ArrowDown", "Control+c")
    assert sheet.evaluate("navigator.clipboard.readText()") == "44\t\n31\t"
    cell(sheet, "Mia Lindqvist", "Algebra test").hover()
    sheet.mouse.down()
    cell(sheet, "Sam Okafor", "Algebra test").hover()
    sheet.mouse.up()
    keys(sheet, "Delete")
    assert saved(sheet, school.test) == {}
    keys(sheet, "Control+z")
    assert saved(sheet, school.test) == {"Mia": 44, "Sam": 31}


# --- what cannot be read -----------------------------------------------------------------------------------------


def test_a_bad_value_is_said_at_its_cell_and_the_good_ones_are_saved(sheet: Page, quiz: Exam) -> None:
    sheet.keyboard.type("61\n12\n")
    field = cell(sheet, "Mia Lindqvist", "Quiz")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description("61 is more than the 20 points of this exam.")
    expect(sheet.locator(".marks-bubble")).to_contain_text("61 is more than the 20 points")
    expect(sheet.locator("#announcer")).to_contain_text("Mia Lindqvist, Quiz: 61 is more than")
    expect(state(sheet)).to_have_text("One cell needs a look")
    assert marks(quiz) == {"Sam": 12}
    field.focus()
    sheet.keyboard.type("16\n")
    assert saved(sheet, quiz) == {"Mia": 16, "Sam": 12}
    expect(field).not_to_have_attribute("aria-invalid", "true")
    expect(sheet.locator(".marks-bubble")).to_be_hidden()


def test_the_page_knows_every_word_the_school_reads(sheet: Page) -> None:
    assert set(sheet.locator("#marks").get_attribute("data-codes").split("|")) == set(STATUSES)


# --- pasting -------------------------------------------------------------------------------------------------------


def test_a_column_copied_from_a_spreadsheet_lands_at_once(sheet: Page, quiz: Exam) -> None:
    sheet.context.grant_permissions(["clipboard-read", "clipboard-write"])
    sheet.evaluate("navigator.clipboard.writeText('17,5\\r\\n\"8\"\\r\\nex\\r\\n')")
    keys(sheet, "Control+v")
    assert saved(sheet, quiz) == {"Mia": 17.5, "Sam": 8, "Ben": "exempt"}
    keys(sheet, "Control+z")
    assert saved(sheet, quiz) == {}


def test_a_block_that_does_not_fit_is_shown_before_it_lands(sheet: Page, school: Cast, quiz: Exam) -> None:
    keys(sheet, "ArrowDown")
    paste(sheet, "10\t5\n99\t\n7\t\n")
    dialog = sheet.get_by_role("dialog")
    expect(dialog.get_by_role("listitem")).to_have_text(
        ["One mark fits", "One lies outside the grid", "One meets a cell that cannot be changed", "One is no mark here"]
    )
    dialog.get_by_role("button", name="Cancel").click()
    assert saved(sheet, quiz) == {}
    expect(cell(sheet, "Sam Okafor", "Quiz")).to_be_focused()
    paste(sheet, "10\t5\n99\t\n7\t\n")
    dialog.get_by_role("button", name="Paste what fits").press("Enter")
    assert saved(sheet, quiz) == {"Sam": 10}
    assert marks(school.final) == {}


# --- what was before ------------------------------------------------------------------------------------------------


def test_the_history_of_a_cell_opens_beside_it(sheet: Page, quiz: Exam) -> None:
    sheet.keyboard.type("11\n")
    saved(sheet, quiz)
    keys(sheet, "ArrowUp", "Alt+h")
    dialog = sheet.get_by_role("dialog", name="Mia Lindqvist, Quiz")
    expect(dialog).to_contain_text("Ada Marsh")
    keys(sheet, "Escape")
    expect(cell(sheet, "Mia Lindqvist", "Quiz")).to_be_focused()


# --- everybody ---------------------------------------------------------------------------------------------------------


def test_the_grid_is_accessible_on_a_phone_and_a_desk(sheet: Page, school: Cast, quiz: Exam) -> None:
    assert judge(sheet, f"{reverse('marks', args=[school.maths.pk])}?exam={quiz.pk}") == []
    assert sheet.complaints == []
