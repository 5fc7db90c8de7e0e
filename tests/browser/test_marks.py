"""The mark grid in a real browser: it is filled in like a spreadsheet, and says at once what it cannot read."""

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from students.gradebook.reading import STATUSES
from students.models import Exam
from tests import make
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


def test_a_block_that_replaces_marks_is_asked_about_with_what_was_there(sheet: Page, school: Cast) -> None:
    keys(sheet, "ArrowLeft")
    make.make_release(school.test, school.maths)
    sheet.reload()
    cell(sheet, "Mia Lindqvist", "Algebra test").focus()
    paste(sheet, "44\n12\n")
    dialog = sheet.get_by_role("dialog", name="Marks are there already")
    expect(dialog.get_by_role("listitem")).to_have_text(["2 marks fit", "One mark will be replaced"])
    expect(dialog).to_contain_text("was 31 → 12")
    expect(dialog).to_contain_text("The marks of Algebra test are released: families see each change.")
    dialog.get_by_role("button", name="Cancel").click()
    assert saved(sheet, school.test) == {"Mia": 44, "Sam": 31}
    paste(sheet, "44\n12\n")
    dialog.get_by_role("button", name="Replace them").click()
    assert saved(sheet, school.test) == {"Mia": 44, "Sam": 12}


def test_the_preview_says_why_a_text_is_no_mark(sheet: Page) -> None:
    paste(sheet, "21\nyes\n3\n")
    expect(sheet.get_by_role("dialog")).to_contain_text("21 is more than 20")
    expect(sheet.get_by_role("dialog")).to_contain_text("“yes” is neither points nor abs, ex, ns")


# --- finding the way --------------------------------------------------------------------------------------------------


def test_a_cell_that_needs_a_look_is_led_to_and_not_left_unseen(sheet: Page) -> None:
    sheet.keyboard.type("61\n62\n")
    expect(state(sheet)).to_have_text("2 cells need a look")
    sheet.get_by_role("button", name="2 cells need a look").click()
    expect(cell(sheet, "Mia Lindqvist", "Quiz")).to_be_focused()
    sheet.get_by_role("button", name="2 cells need a look").click()
    expect(cell(sheet, "Sam Okafor", "Quiz")).to_be_focused()
    asked = []
    sheet.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    sheet.goto("/classes/")
    assert asked == ["beforeunload"]


def test_undo_and_redo_are_buttons_too(sheet: Page, quiz: Exam) -> None:
    undo, redo = (sheet.get_by_role("button", name=name, exact=True) for name in ("Undo", "Redo"))
    expect(undo).to_have_attribute("aria-disabled", "true")
    sheet.keyboard.type("11\n")
    assert saved(sheet, quiz) == {"Mia": 11}
    undo.click()
    assert saved(sheet, quiz) == {}
    expect(undo).to_be_focused()
    redo.click()
    assert saved(sheet, quiz) == {"Mia": 11}


def test_escape_twice_leads_out_of_the_grid_and_the_list_of_keys_says_so(sheet: Page) -> None:
    sheet.keyboard.type("7")
    keys(sheet, "Escape")
    expect(cell(sheet, "Mia Lindqvist", "Quiz")).to_have_value("")
    keys(sheet, "Escape")
    expect(sheet.get_by_role("button", name="Keys")).to_be_focused()
    keys(sheet, "?")
    expect(sheet.get_by_role("dialog", name="Keys")).to_contain_text("Leave the marks for what comes after them")


def test_the_average_follows_the_marks(sheet: Page) -> None:
    line = sheet.locator("tbody tr", has_text="Mia Lindqvist").locator(".average")
    expect(line).to_have_text("88\u00a0%")
    sheet.keyboard.type("10\n")
    expect(line).to_have_text("69\u00a0%")


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
