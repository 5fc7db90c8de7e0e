"""The mark grid without a connection: marks are kept in the browser, and sent when it is back, after a new page as well."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from students.models import Exam
from tests.browser.sheet import cell, make_quiz, marks, opened, saved, state
from tests.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)
KEPT = "Object.keys(localStorage).filter(name => name.startsWith('foremark.marks')).length"


@pytest.fixture
def quiz(school: Cast) -> Exam:
    return make_quiz(school)


@pytest.fixture
def sheet(school: Cast, quiz: Exam, page_as: Callable[..., Page]) -> Page:
    return opened(page_as(school.ada), school, quiz)


def test_marks_typed_offline_are_sent_when_the_connection_is_back(sheet: Page, quiz: Exam) -> None:
    sheet.context.set_offline(True)
    sheet.keyboard.type("11\n12\n13\n")
    expect(state(sheet)).to_have_text("Offline: 3 marks kept here, sent when the connection is back")
    assert marks(quiz) == {}
    sheet.context.set_offline(False)
    assert saved(sheet, quiz) == {"Mia": 11, "Sam": 12, "Ben": 13}
    assert sheet.evaluate(KEPT) == 0


def test_marks_typed_offline_outlive_the_page(sheet: Page, school: Cast, quiz: Exam) -> None:
    sheet.route("**/marks/cells/", lambda route: route.abort("connectionfailed"))
    sheet.keyboard.type("11\n99\n")
    expect(state(sheet)).to_have_attribute("data-state", "offline")
    sheet.unroute("**/marks/cells/")
    opened_again(sheet, school, quiz)
    assert marks(quiz) == {"Mia": 11}
    expect(cell(sheet, "Sam Okafor", "Quiz")).to_have_value("99")
    expect(cell(sheet, "Sam Okafor", "Quiz")).to_have_attribute("aria-invalid", "true")


def opened_again(page: Page, school: Cast, exam: Exam) -> None:
    page.goto(f"/classes/{school.maths.pk}/marks/?exam={exam.pk}")
    expect(state(page)).to_have_text("One cell needs a look")


def test_a_draft_older_than_two_weeks_is_gone_whoever_left_it(sheet: Page, school: Cast, quiz: Exam) -> None:
    sheet.evaluate(
        """days => { for (const [name, age] of Object.entries(days)) localStorage.setItem(
            name, JSON.stringify({at: Date.now() - age * 86400000, cells: [], marks: []})) }""",
        {"foremark.marks./a/.1": 15, "foremark.marks./a/.2": 13, "roll|1|/b/|2026-01-01": 15},
    )
    opened(sheet, school, quiz)
    assert sheet.evaluate(KEPT) == 1
    sheet.goto("/roll/")
    assert sheet.evaluate("Object.keys(localStorage).filter(name => name.startsWith('roll')).length") == 0


def test_a_mark_typed_just_before_the_page_is_left_is_saved(sheet: Page, school: Cast, quiz: Exam) -> None:
    sheet.keyboard.type("14")
    sheet.get_by_role("link", name="Classes").first.click()
    sheet.wait_for_url("**/classes/")
    opened(sheet, school, quiz)
    expect(cell(sheet, "Mia Lindqvist", "Quiz")).to_have_value("14")
    assert marks(quiz) == {"Mia": 14}


def test_a_mark_kept_while_somebody_else_entered_one_is_a_conflict(
    sheet: Page, school: Cast, quiz: Exam, page_as: Callable[..., Page]
) -> None:
    sheet.context.set_offline(True)
    sheet.keyboard.type("11\n")
    expect(state(sheet)).to_have_attribute("data-state", "offline")
    hana = opened(page_as(school.hana), school, quiz)
    hana.keyboard.type("15\n")
    saved(hana, quiz)
    sheet.context.set_offline(False)
    expect(sheet.locator(".marks-bubble")).to_contain_text("Hana Leitner entered 15")
    assert marks(quiz) == {"Mia": 15}


def test_who_is_signed_out_is_told_and_loses_nothing(sheet: Page, quiz: Exam) -> None:
    sheet.context.clear_cookies()
    sheet.keyboard.type("11\n")
    expect(state(sheet)).to_contain_text("You have been signed out. Your marks are kept here")
    expect(sheet.get_by_role("button", name="Sign in again")).to_be_visible()
    assert sheet.evaluate(KEPT) == 1
    assert marks(quiz) == {}


def test_what_is_typed_while_a_mark_is_on_its_way_is_saved_as_well(sheet: Page, quiz: Exam) -> None:
    held = []
    sheet.route("**/marks/cells/", lambda route: held.append(route))
    with sheet.expect_request("**/marks/cells/"):
        sheet.keyboard.type("1")  # and a pause, after which it is sent
    sheet.keyboard.type("7")
    held[0].continue_()
    sheet.unroute("**/marks/cells/")
    assert saved(sheet, quiz) == {"Mia": 17}
    expect(cell(sheet, "Mia Lindqvist", "Quiz")).to_have_value("17")


def test_a_server_in_trouble_is_asked_again(sheet: Page, quiz: Exam) -> None:
    sheet.route("**/marks/cells/", lambda route: route.fulfill(status=503, body="Busy"))
    sheet.keyboard.type("11\n")
    expect(state(sheet)).to_have_text("That could not be saved just now. It is tried again.")
    sheet.unroute("**/marks/cells/")
    assert saved(sheet, quiz) == {"Mia": 11}


def test_marks_are_saved_while_the_next_ones_are_typed(sheet: Page, quiz: Exam) -> None:
    """Nobody has to stop typing for it: a mark goes soon after its cell was left."""
    sent = []
    sheet.on("request", lambda request: sent.append(request.url) if "/marks/cells/" in request.url else None)
    sheet.keyboard.type("11\n")
    sheet.keyboard.type("1" * 20, delay=100)
    assert len(sent) == 1
    assert marks(quiz) == {"Mia": 11}
