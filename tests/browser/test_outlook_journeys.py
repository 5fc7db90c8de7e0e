"""From signing in to a printed letter, in a real browser: a teacher, a leader, a counsellor and a guardian."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from portal.accounts.models import User
from predictions.models import Judgement, PredictionRelease
from students.models import Intervention
from tests.browser.predicted import Predicted, fill, newcomer
from tests.cast import Cast
from tests.make import PASSWORD
from tests.workers import work_off

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def predicted(school: Cast) -> Predicted:
    return fill(school)


def sign_in(page: Page, person: User) -> None:
    """With the keyboard alone."""
    page.goto("/")
    page.get_by_label("E-mail").focus()
    page.keyboard.type(person.email)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Today")).to_be_visible()


def follow(page: Page, name: str, **facts: bool) -> None:
    page.get_by_role("link", name=name, **facts).first.press("Enter")


def arrived(page: Page, heading: str) -> None:
    """With the scripts that hear its keys."""
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    page.wait_for_load_state()


def take_the_tour(page: Page, steps: int) -> None:
    arrived(page, "How to read predictions")
    for step in range(2, steps + 1):
        follow(page, "Next", exact=True)
        expect(page.get_by_text(f"Step {step} of {steps}")).to_be_visible()
    page.get_by_role("button", name="I have read this").press("Enter")


def is_printed(link: Locator) -> bool:
    """What the link leads to, fetched as the browser that shows it would."""
    answer = link.page.request.get(link.get_attribute("href") or "")
    return answer.status == 200 and answer.body().startswith(b"%PDF-")


def test_a_teacher_finds_whom_to_help_and_prints_a_letter_with_the_keyboard_alone(
    school: Cast, predicted: Predicted, page: Page
) -> None:
    sign_in(page, newcomer(school.ada))
    follow(page, school.maths.name, exact=True)
    follow(page, "Outlook", exact=True)
    take_the_tour(page, 5)
    arrived(page, school.maths.name)
    rows = page.locator("table.outlook tbody[data-name]")
    expect(rows).to_have_count(5)

    page.keyboard.press("f")
    expect(page.get_by_role("searchbox", name="Find a name")).to_be_focused()
    page.keyboard.type("oka")
    expect(rows.filter(visible=True)).to_have_count(1)
    page.get_by_role("searchbox").fill("")
    follow(page, "Student", exact=True)  # the head of a column sorts by it
    expect(rows.first).to_contain_text("Zoe Abara")
    page.get_by_role("link", name=re.compile("^No prediction")).press("Enter")
    expect(rows).to_have_count(1)
    follow(page, "All", exact=False)
    expect(rows).to_have_count(5)

    page.wait_for_load_state()
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    expect(rows.first.get_by_role("link").first).to_be_focused()
    estimate_sam(page, school)
    what_if(page)
    assert is_printed(page.get_by_role("link", name="Letter", exact=True))
    release(page, school)
    assert page.complaints == []  # type: ignore[attr-defined]  # given by the fixture


def estimate_sam(page: Page, school: Cast) -> None:
    """In the row of the class outlook; Enter then leads on to the student."""
    sam = page.get_by_role("link", name="Sam Okafor", exact=True)
    sam.focus()
    page.keyboard.press("e")
    expect(page.get_by_label("Percent", exact=True)).to_be_focused()
    page.keyboard.type("58.5")
    page.keyboard.press("Tab")
    page.keyboard.type("Was ill in May")
    page.keyboard.press("Enter")
    expect(page.locator(".estimate-part").get_by_text("Was ill in May", exact=False).first).to_be_visible()
    assert str(Judgement.objects.get(student=school.sam).percent) == "58.50"
    sam.press("Enter")
    arrived(page, "Sam Okafor")


def what_if(page: Page) -> None:
    page.get_by_role("slider").first.focus()
    for _ in range(5):
        page.keyboard.press("ArrowLeft")
    expect(page.locator("#what-if-answer")).to_contain_text("not a promise")


def release(page: Page, school: Cast) -> None:
    page.goto(f"/classes/{school.maths.pk}/outlook/")
    follow(page, "Release to families")
    page.get_by_label("A few words to the families").focus()
    page.keyboard.type("Ten minutes a day go a long way.")
    page.get_by_role("button", name="Release for 4 students").press("Enter")
    expect(page.get_by_text("see these predictions now")).to_be_visible()
    assert PredictionRelease.objects.get().by == school.ada


def test_a_leader_sees_where_the_school_is_heading_and_prints_all_letters(
    school: Cast, predicted: Predicted, page: Page
) -> None:
    sign_in(page, school.hana)
    follow(page, "Watchlist", exact=True)
    expect(page.get_by_role("rowheader", name="Sam Okafor")).to_be_visible()
    follow(page, "School overview", exact=True)
    expect(page.get_by_role("rowheader", name=predicted.physics.name).first).to_be_visible()
    follow(page, "Were we right?", exact=True)
    follow(page, predicted.past.title, exact=True)
    arrived(page, "Were we right about Optics test?")
    expect(page.get_by_role("heading", name="What was said, and what came")).to_be_visible()

    page.go_back()
    follow(page, "Letters", exact=True)
    final = page.get_by_role("checkbox", name=re.compile(school.final.title))
    expect(final).to_be_visible()
    chosen = page.get_by_role("checkbox", checked=True)  # the next round is, before anybody chose
    while chosen.count():
        chosen.first.press("Space")
    final.press("Space")
    page.get_by_role("button", name="Print the letters").press("Enter")
    page.wait_for_url("**/jobs/*/")
    work_off()
    file = page.get_by_role("link", name="letters.pdf")
    expect(file).to_be_visible()
    expect(page.get_by_role("alert")).to_contain_text("5 letters.")
    assert is_printed(file)
    assert page.complaints == []  # type: ignore[attr-defined]  # given by the fixture


def test_a_counsellor_plans_help_from_the_watchlist_and_closes_it_in_a_meeting_by_keys(
    school: Cast, predicted: Predicted, page: Page
) -> None:
    Intervention.objects.all().delete()
    sign_in(page, school.cora)
    follow(page, "Watchlist", exact=True)
    expect(page.get_by_role("rowheader")).to_have_count(1)  # her own student, and nobody else
    follow(page, "Plan help for Sam Okafor")
    page.get_by_label("Goal").focus()
    page.keyboard.type("Fractions without help")
    page.get_by_role("button", name="Plan it").press("Enter")
    follow(page, "Help", exact=True)
    expect(page.locator(".help-card")).to_contain_text("Fractions without help")

    follow(page, "Watchlist", exact=True)
    follow(page, "Discuss in a meeting")
    arrived(page, "Sam Okafor")
    page.keyboard.press("n")
    expect(page.get_by_role("textbox", name="Write a note")).to_be_focused()
    page.keyboard.type("Agreed with Ada: twice a week.")
    page.get_by_role("button", name="Keep the note").press("Enter")
    expect(page.get_by_role("main").get_by_text("Agreed with Ada: twice a week.")).to_be_visible()
    page.keyboard.press("j")
    expect(page.get_by_text("note written")).to_be_visible()
    follow(page, "Back to the last")
    arrived(page, "Sam Okafor")
    begin_and_close(page)
    arrived(page, "That was everybody")
    expect(page.get_by_text("note written, help closed")).to_be_visible()
    follow(page, "To the board")
    expect(page.locator("[aria-labelledby=column-closed]")).to_contain_text("Fractions without help")
    assert Intervention.objects.get().outcome == "reached"
    assert page.complaints == []  # type: ignore[attr-defined]  # given by the fixture


def begin_and_close(page: Page) -> None:
    page.get_by_label("How it went").select_option("reached")
    page.get_by_label("In a few words").focus()
    page.keyboard.type("Done sooner than thought.")
    page.keyboard.press("Enter")


def test_a_guardian_reads_what_was_released_asks_for_a_review_and_reads_the_answer(
    school: Cast, predicted: Predicted, page: Page, page_as
) -> None:
    sign_in(page, newcomer(school.gus))
    follow(page, "Outlook", exact=True)
    take_the_tour(page, 2)
    expect(page.get_by_text("Nothing was released yet")).to_be_visible()
    assert school.final.title not in page.content()

    teacher = page_as(school.ada)
    release(teacher, school)
    page.reload()
    follow(page, school.final.title, exact=True)
    expect(page.get_by_role("heading", name=re.compile("^Probably between"))).to_be_visible()
    expect(page.get_by_text("Ten minutes a day go a long way.")).to_be_visible()
    assert is_printed(page.get_by_role("link", name="As a letter"))
    ask_and_answer(page, teacher)
    assert "Mia" not in page.content()
    assert page.complaints == teacher.complaints == []  # type: ignore[attr-defined]  # given by the fixture


def ask_and_answer(page: Page, teacher: Page) -> None:
    page.get_by_role("region", name="Ask for a review").get_by_role("textbox").fill("He was ill in May.")
    page.get_by_role("button", name="Ask for a review").press("Enter")
    expect(page.get_by_text("answer promised by")).to_be_visible()
    teacher.goto("/reviews/")
    follow(teacher, "Sam Okafor", exact=True)
    expect(teacher.get_by_text("He was ill in May.")).to_be_visible()
    teacher.get_by_role("textbox").last.fill("That is counted as missing now.")
    teacher.get_by_role("button", name="Answer", exact=True).press("Enter")
    expect(teacher.get_by_text("That is counted as missing now.")).to_be_visible()
    page.reload()
    expect(page.get_by_text("That is counted as missing now.")).to_be_visible()
