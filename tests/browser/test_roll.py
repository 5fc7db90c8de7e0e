"""Taking a roll in a real browser: by thumb, by keys, without a connection, without scripts, and against somebody else."""

import time
from datetime import date, timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from students.models import AttendanceMark
from students.roll_days import school_days_before
from students.rollcall import take
from tests import make
from tests.browser.test_pages import ALL_RULES, SMALL_TARGETS, TOO_WIDE
from tests.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)
DAY = school_days_before(make.TODAY + timedelta(days=1), 1, since=date.min)[0]
PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
THIRTY = 30
# On a machine that does nothing else it is a small part of this; the limit is the promise.
SECONDS = 30
TOO_SMALL_FOR_A_THUMB = """() => [...document.querySelectorAll('.roll-choice label, .roll-acts .button')]
    .filter(each => each.checkVisibility())
    .filter(each => { const box = each.getBoundingClientRect(); return box.width < 44 || box.height < 44 }).length"""


@pytest.fixture
def thirty(school: Cast) -> Cast:
    """A class of thirty, Sam and Mia among them, with a week behind it in which Sam was away."""
    for number in range(THIRTY - 2):
        make.make_enrolment(make.make_student(school.lakeside, f"Pupil{number:02} Example{number:02}"), school.maths)
    AttendanceMark.objects.all().delete()
    for day in school_days_before(DAY, 3, since=date.min):
        make.make_mark(school.sam, school.maths, "A", day=day)
    return school


def sheet(page: Page, school: Cast) -> Page:
    page.goto(f"/classes/{school.maths.pk}/roll/?day={DAY.isoformat()}&anyway=1")
    return page


def row(page: Page, name: str) -> object:
    return page.get_by_role("radiogroup", name=name)


def tap(page: Page, name: str, word: str) -> None:
    row(page, name).locator("label", has_text=word).tap()


def saved(page: Page) -> None:
    expect(page.locator(".roll-state")).to_have_text("All saved")


def stored() -> dict[str, int]:
    letters = [mark.status for mark in AttendanceMark.objects.filter(day=DAY)]
    return {letter: letters.count(letter) for letter in sorted(set(letters))}


def test_thirty_students_by_keys(thirty: Cast, page_as) -> None:
    page = sheet(page_as(thirty.ada), thirty)
    began, keys = time.monotonic(), ["ArrowDown", *["p"] * 12, "l", *["p"] * 8, "a", "e", *["p"] * 7, "Enter"]
    for key in keys:
        page.keyboard.press(key)
    saved(page)
    seconds = time.monotonic() - began
    print(f"thirty by keys: {seconds:.1f} s, {len(keys)} keys")
    assert seconds < SECONDS
    assert stored() == {"A": 1, "E": 1, "L": 1, "P": 27}
    assert page.complaints == []


def test_thirty_students_by_thumb_one_by_one(thirty: Cast, page_as) -> None:
    page = sheet(page_as(thirty.ada, **PHONE), thirty)
    began = time.monotonic()
    for number in range(THIRTY):
        page.locator(".roll-row").nth(number).locator("label", has_text="Late" if number == 4 else "Present").tap()
    saved(page)
    seconds = time.monotonic() - began
    print(f"thirty by thumb: {seconds:.1f} s, {THIRTY} taps")
    assert seconds < SECONDS
    assert stored() == {"L": 1, "P": 29}
    expect(page.get_by_role("link", name="Done")).to_be_visible()


def test_the_head_of_the_roll_follows_what_is_saved(thirty: Cast, page_as) -> None:
    page = sheet(page_as(thirty.ada), thirty)
    head = page.locator("#roll-taken")
    expect(head).to_contain_text("Not taken yet")
    page.get_by_role("button", name="Everybody present").click()
    expect(head).to_have_text("Taken by Ada Marsh just now")
    page.get_by_role("button", name="Undo").click()
    expect(head).to_have_text("Not taken yet")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_contain_text("Present, late, absent, excused")


def test_everybody_present_and_two_corrections_are_three_taps(thirty: Cast, page_as) -> None:
    page = sheet(page_as(thirty.ada, **PHONE), thirty)
    began = time.monotonic()
    page.get_by_role("button", name="Everybody present").tap()
    tap(page, "Sam Okafor", "Absent")
    tap(page, "Mia Lindqvist", "Late")
    saved(page)
    print(f"everybody present and two corrections: {time.monotonic() - began:.1f} s, 3 taps")
    assert stored() == {"A": 1, "L": 1, "P": 28}
    expect(page.locator(".roll-counts")).to_contain_text("28 present")
    page.reload()
    expect(row(page, "Sam Okafor").get_by_role("radio", name="Absent")).to_be_checked()
    assert page.complaints == []


def test_one_undo_takes_everybody_back_and_leaves_who_was_marked_before(thirty: Cast, page_as) -> None:
    page = sheet(page_as(thirty.ada, **PHONE), thirty)
    tap(page, "Mia Lindqvist", "Excused")
    page.get_by_role("button", name="Everybody present").tap()
    saved(page)
    assert stored() == {"E": 1, "P": 29}
    page.get_by_role("button", name="Undo").tap()
    saved(page)
    assert stored() == {"E": 1}
    expect(page.get_by_role("button", name="Everybody present")).to_be_visible()


def test_marks_made_offline_are_kept_and_sent_when_the_connection_is_back(thirty: Cast, page_as) -> None:
    page = sheet(page_as(thirty.ada, **PHONE), thirty)
    page.context.set_offline(True)
    tap(page, "Sam Okafor", "Absent")
    tap(page, "Mia Lindqvist", "Present")
    expect(page.locator(".roll-state")).to_contain_text("Offline: 2 kept here")
    assert stored() == {}
    page.context.set_offline(False)
    saved(page)
    assert stored() == {"A": 1, "P": 1}
    assert page.evaluate("localStorage.length") == 0


def test_what_waits_on_the_device_survives_a_reload(thirty: Cast, page_as) -> None:
    page = sheet(page_as(thirty.ada), thirty)
    page.route("**/roll/marks/", lambda route: route.abort())
    row(page, "Sam Okafor").locator("label", has_text="Late").click()
    expect(page.locator(".roll-state")).to_contain_text("Offline: 1 kept here")
    page.unroute("**/roll/marks/")
    sheet(page, thirty)
    saved(page)
    assert stored() == {"L": 1}


def test_the_list_of_rolls_sends_what_a_roll_left_behind(thirty: Cast, page_as) -> None:
    page = sheet(page_as(thirty.ada), thirty)
    page.route("**/roll/marks/", lambda route: route.abort())
    row(page, "Sam Okafor").locator("label", has_text="Late").click()
    expect(page.locator(".roll-state")).to_contain_text("Offline")
    page.unroute("**/roll/marks/")
    page.goto("/roll/")
    expect(page.locator("#leftovers")).to_be_hidden()
    give_up = time.monotonic() + 10
    while page.evaluate("localStorage.length") and time.monotonic() < give_up:
        page.wait_for_timeout(50)
    assert stored() == {"L": 1}


def test_what_somebody_else_said_meanwhile_is_shown_beside_ones_own(thirty: Cast, page_as) -> None:
    page = sheet(page_as(thirty.ada, **PHONE), thirty)
    take(thirty.maths, DAY, {thirty.sam.pk: "L", thirty.mia.pk: "L"}, {}, by=thirty.otto, on=make.TODAY)
    tap(page, "Sam Okafor", "Absent")
    tap(page, "Mia Lindqvist", "Absent")
    note = row(page, "Sam Okafor").locator(".roll-note")
    expect(note).to_contain_text("Otto Office marked late at")
    expect(note).to_contain_text("Yours: absent.")
    expect(page.locator(".roll-state")).to_have_text("2 to look at")
    assert stored() == {"L": 2}
    note.get_by_role("button", name="Keep mine").tap()
    row(page, "Mia Lindqvist").get_by_role("button", name="Leave theirs").tap()
    saved(page)
    assert stored() == {"A": 1, "L": 1}
    expect(row(page, "Mia Lindqvist").get_by_role("radio", name="Late")).to_be_checked()


def test_a_session_that_ended_is_said_and_nothing_is_lost(thirty: Cast, page_as) -> None:
    page = sheet(page_as(thirty.ada), thirty)
    page.context.clear_cookies()
    row(page, "Sam Okafor").locator("label", has_text="Late").click()
    expect(page.locator(".roll-state")).to_contain_text("You are signed out. 1 kept here")
    assert page.evaluate("localStorage.length") == 1


def test_without_scripts_the_form_does_it(thirty: Cast, page_as) -> None:
    page = sheet(page_as(thirty.ada, java_script_enabled=False, **PHONE), thirty)
    tap(page, "Sam Okafor", "Absent")
    page.get_by_role("button", name="Everybody present").tap()
    expect(page.get_by_text("The roll is saved: 30 marks.")).to_be_visible()
    assert stored() == {"A": 1, "P": 29}
    tap(page, "Sam Okafor", "Excused")
    row(page, "Mia Lindqvist").locator(".roll-clear").tap()
    page.get_by_role("button", name="Save the roll").tap()
    expect(page.get_by_text("The roll is saved: 2 marks.")).to_be_visible()
    assert stored() == {"E": 1, "P": 28}


def test_a_key_takes_a_mark_away_and_another_brings_it_back(thirty: Cast, page_as) -> None:
    page = sheet(page_as(thirty.ada), thirty)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("a")
    page.keyboard.press("ArrowUp")
    saved(page)
    page.keyboard.press("Backspace")
    saved(page)
    assert stored() == {}
    page.keyboard.press("Control+z")
    saved(page)
    assert stored() == {"A": 1}


def test_the_days_before_are_told_and_the_history_opens(thirty: Cast, page_as) -> None:
    page = sheet(page_as(thirty.ada), thirty)
    expect(row(page, "Sam Okafor")).to_contain_text("3 rolls in a row")
    row(page, "Sam Okafor").locator("label", has_text="Excused").click()
    saved(page)
    page.get_by_role("link", name="History of Sam Okafor").click()
    expect(page.get_by_role("rowheader", name="Excused")).to_be_visible()
    page.get_by_role("link", name="Roll of Mathematics 9B").click()
    expect(row(page, "Sam Okafor").get_by_role("radio", name="Excused")).to_be_checked()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_page_of_the_roll_is_accessible_and_fits_a_phone(thirty: Cast, page_as, theme: str) -> None:
    page = page_as(thirty.ada, color_scheme=theme)
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    past = f"/classes/{thirty.maths.pk}/roll/history/{thirty.sam.pk}/?day={DAY.isoformat()}"
    ahead = f"/classes/{thirty.maths.pk}/roll/?day={(make.TODAY + timedelta(days=1)).isoformat()}"
    found = []
    for width in (360, 820, 1440):
        page.set_viewport_size({"width": width, "height": 800})
        for address in ("/roll/", past, "sheet"):
            sheet(page, thirty) if address == "sheet" else page.goto(address)
            if address == "sheet":
                page.get_by_role("button", name="Everybody present").click() if width == 360 else None
                found += ["too small for a thumb"] * page.evaluate(TOO_SMALL_FOR_A_THUMB)
            violations = Axe().run(page, options=ALL_RULES).response["violations"]
            found += [f"{address} {width}: {each['id']}: {each['nodes'][0]['html']}" for each in violations]
            found += [
                f"{address} {width}: small: {each}" for each in page.evaluate(SMALL_TARGETS) if "radio" not in each
            ]
            found += [f"{address} {width}: too wide"] * (page.evaluate(TOO_WIDE) > 0)
    assert found == []
    assert page.complaints == []
    page.goto(ahead)
    expect(page.get_by_text("has not come yet")).to_be_visible()
