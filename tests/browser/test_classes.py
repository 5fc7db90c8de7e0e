"""The list of classes and a class's register in a real browser: by keyboard, as one types, on paper, in both themes."""

import pytest
from playwright.sync_api import Page, expect

from tests import make
from tests.browser.test_pages import judge
from tests.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def busy(school: Cast) -> Cast:
    """Three students, one of them away and with a long name; exams behind and ahead; a class of last year."""
    long = make.make_student(school.lakeside, "Maximiliana-Theodora Featherstonehaugh-Cholmondeley-Marjoribanks")
    make.make_enrolment(long, school.maths, starts=make.YESTERDAY)
    make.make_mark(long, school.maths, "A", day=make.TODAY - make.timedelta(days=2))
    make.make_result(make.make_exam(school.maths), school.sam, 72)
    make.make_participation(school.mia)
    past = make.make_term(school.lakeside, starts=make.LONG_AGO, ends=make.TODAY - make.timedelta(days=150))
    make.make_class(school.lakeside, "Mathematics 8B", term=past)
    return school


def shown(page: Page) -> list[str]:
    return [name.split()[0] for name in page.locator(".roster tbody tr:visible th").all_inner_texts()]


def heads(page: Page) -> list[str]:
    return [text.strip() for text in page.locator(".roster thead th").all_inner_texts()]


@pytest.mark.parametrize("person", ["ada", "hana", "gus"])
def test_the_classes_and_their_registers_are_accessible(busy: Cast, page_as, person: str) -> None:
    register = f"/classes/{busy.maths.pk}/"
    page = page_as(getattr(busy, person))
    addresses = [
        "/classes/",
        "/classes/?when=past",
        register,
        f"{register}?q=zzz",
        f"{register}?columns=name&sort=-name",
    ]
    assert [fault for address in addresses for fault in judge(page, address)] == []
    assert page.complaints == []


@pytest.mark.parametrize("width", [320, 360, 720, 800, 1024])
def test_no_page_of_classes_and_students_scrolls_sideways(busy: Cast, page_as, width: int) -> None:
    busy.hana.preferences = {"density": "compact"}
    busy.hana.save()
    page = page_as(busy.hana, viewport={"width": width, "height": 900})
    for address in ("/classes/", f"/classes/{busy.maths.pk}/", f"/students/{busy.sam.pk}/", "/students/"):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), address


def test_columns_are_chosen_by_keyboard_and_stay(busy: Cast, page_as) -> None:
    page = page_as(busy.ada)
    page.goto(f"/classes/{busy.maths.pk}/")
    page.locator("summary", has_text="Columns").focus()
    page.keyboard.press("Enter")
    page.get_by_role("checkbox", name="Marks", exact=True).focus()
    for _ in range(3):
        page.keyboard.press("Space")
        page.keyboard.press("Tab")
    page.get_by_role("button", name="Show these").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("columnheader", name="Last mark")).to_have_count(0)
    page.goto(f"/classes/{busy.maths.pk}/")
    assert heads(page) == ["Student", "Average this year", "Attendance, 60 days", "Missing", "Activities"]
    page.locator("summary", has_text="Columns").click()
    page.get_by_role("button", name="Reset").click()
    expect(page.get_by_role("columnheader", name="Last mark")).to_be_visible()


def test_heads_sort_and_pills_filter_and_the_address_keeps_both(busy: Cast, page_as) -> None:
    page = page_as(busy.ada)
    page.goto(f"/classes/{busy.maths.pk}/")
    page.get_by_role("link", name="Average this year", exact=True).press("Enter")
    expect(page.locator("th[aria-sort=ascending]")).to_have_text("Average this year")
    assert shown(page) == ["Sam", "Mia", "Maximiliana-Theodora"]
    page.get_by_role("link", name="Attendance below 90 % 1").click()
    expect(page.locator(".pill[aria-current]")).to_have_text("Attendance below 90 % 1")
    page.reload()
    assert shown(page) == ["Maximiliana-Theodora"]
    expect(page.locator("th[aria-sort=ascending]")).to_have_text("Average this year")


def test_a_name_is_found_as_one_types_and_file_and_address_follow(busy: Cast, page_as) -> None:
    page = page_as(busy.ada)
    page.goto(f"/classes/{busy.maths.pk}/")
    page.get_by_label("Find a name in this class").press_sequentially("okà")
    assert shown(page) == ["Sam"]
    expect(page.locator("[data-register-count]")).to_have_text("1 of 3 students")
    page.wait_for_url("**q=ok**")
    file = page.locator("[data-register-file]").get_attribute("href")
    assert "Lindqvist" not in page.request.get(file).text()
    page.reload()
    assert shown(page) == ["Sam"]
    page.get_by_label("Find a name in this class").fill("")
    expect(page.locator(".roster tbody tr:visible")).to_have_count(3)
    expect(page.get_by_label("Find a name in this class")).to_be_focused()


def test_all_of_it_works_without_scripts(busy: Cast, page_as) -> None:
    page = page_as(busy.ada, java_script_enabled=False)
    page.goto(f"/classes/{busy.maths.pk}/?sort=-name")
    page.get_by_label("Find a name in this class").fill("i")
    page.get_by_label("Find a name in this class").press("Enter")
    expect(page.get_by_text("Nobody fits that")).to_be_visible()
    page.get_by_role("link", name="Show everybody").click()
    assert shown(page) == ["Sam", "Mia", "Maximiliana-Theodora"]
    page.locator("summary", has_text="Columns").click()
    page.get_by_role("checkbox", name="In class since").check()
    page.get_by_role("button", name="Show these").click()
    expect(page.get_by_role("columnheader", name="In class since")).to_be_visible()


def test_paper_shows_the_rows_of_the_screen_and_says_what_they_are(busy: Cast, page_as) -> None:
    page = page_as(busy.ada)
    page.goto(f"/classes/{busy.maths.pk}/?show=missing&columns=average,attendance")
    rows, columns = shown(page), heads(page)
    expect(page.get_by_text("Register on")).to_be_hidden()
    page.emulate_media(media="print")
    expect(page.get_by_text("Register on")).to_contain_text("Missing marks · sorted by name")
    expect(page.get_by_role("button", name="Print")).to_be_hidden()
    assert (shown(page), heads(page)) == (rows, columns)
