"""The page of a student and who sees it, in a real browser: accessible in both themes, on a phone and a desk."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tests import make
from tests.browser.test_pages import judge
from tests.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)
LONG = "Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh"
OVERLAPS = """() => [...document.querySelectorAll('svg.time-chart')].flatMap(svg => {
    const boxes = [...svg.querySelectorAll('text')].map(each => [each.textContent, each.getBoundingClientRect()])
        .filter(([, box]) => box.width);
    return boxes.flatMap(([word, one], index) => boxes.slice(index + 1)
        .filter(([, two]) => one.left < two.right && two.left < one.right && one.top + 2 < two.bottom && two.top + 2 < one.bottom)
        .map(([other]) => `${word} on ${other}`));
})"""


@pytest.fixture
def full(school: Cast) -> Cast:
    """Eight subjects, sixty marks, a year of attendance of every kind, measures, clubs, and a long name."""
    school.hana.memberships.update(sees_demographics=True)
    school.sam.family_name = LONG
    school.sam.save()
    for number in range(8):
        subject = make.make_subject(school.lakeside, f"Subject {number}")
        group = make.make_class(school.lakeside, f"Group {number}", subject=subject)
        make.make_enrolment(school.sam, group)
        for test in range(8):
            day = make.TODAY - timedelta(days=14 + 40 * test + number)
            exam = make.make_exam(group, day=day)
            make.make_result(exam, school.sam, 30 + 9 * ((test + number) % 8))
    weekdays = [day for back in range(2, 90) if (day := make.TODAY - timedelta(days=back)).weekday() < 5]
    for number, day in enumerate(weekdays):
        make.make_mark(school.sam, school.maths, {5: "L", 12: "E", 13: "E", 30: "A"}.get(number, "P"), day=day)
    hours = make.make_indicator(school.lakeside, "Study hours", unit="h")
    for back in (10, 40, 80):
        make.make_observation(school.sam, hours, back / 10, day=make.TODAY - timedelta(days=back))
    make.make_participation(school.sam, level="beginner")
    make.make_release(school.test, school.maths)
    return school


@pytest.mark.parametrize("person", ["hana", "ada", "gus"])
def test_the_page_is_accessible_and_quiet(full: Cast, page_as, person: str) -> None:
    page = page_as(getattr(full, person))
    address = f"/students/{full.sam.pk}/"
    subject = full.maths.subject_id
    assert [fault for each in (address, f"{address}?subject={subject}") for fault in judge(page, each)] == []
    assert page.complaints == []


def test_lists_and_reasons_are_accessible_and_quiet(full: Cast, page_as) -> None:
    page = page_as(full.hana)
    student = f"/students/{full.sam.pk}/"
    addresses = (f"{student}who-sees/", f"{student}?protected=1", "/students/?class=none", f"/students/{full.liv.pk}/")
    assert [fault for each in addresses for fault in judge(page, each)] == []
    assert page.complaints == []


@pytest.mark.parametrize("width", [360, 820, 1440])
def test_no_word_of_a_chart_stands_on_another(full: Cast, page_as, width: int) -> None:
    page = page_as(full.ada, viewport={"width": width, "height": 900})
    address = f"/students/{full.sam.pk}/"
    for asked in ("", f"?subject={full.sam.enrolments.last().school_class.subject_id}", "?earlier=1"):
        page.goto(f"{address}{asked}")
        assert page.evaluate(OVERLAPS) == []


def test_a_subject_is_chosen_by_keyboard_and_the_table_follows(full: Cast, page_as) -> None:
    page = page_as(full.ada)
    page.goto(f"/students/{full.sam.pk}/")
    page.get_by_role("navigation", name="Subjects").get_by_role("link", name="Subject 3").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Results in Subject 3")).to_be_visible()
    expect(page.get_by_role("img", name="Marks in Subject 3 over time").first).to_be_visible()
    assert page.locator("#results ~ .table-wrap tbody tr, section:has(> .block-head > #results) tbody tr").count() == 8


def test_late_and_away_days_open_as_a_table(full: Cast, page_as) -> None:
    page = page_as(full.ada)
    page.goto(f"/students/{full.sam.pk}/")
    page.get_by_text("Late and away, day by day").click()
    expect(page.get_by_role("cell", name="excused").first).to_be_visible()


def test_on_paper_the_page_keeps_its_charts_and_loses_its_controls(full: Cast, page_as) -> None:
    page = page_as(full.hana)
    page.goto(f"/students/{full.sam.pk}/")
    page.emulate_media(media="print")
    expect(page.get_by_role("link", name="Who can see this page")).to_be_hidden()
    expect(page.get_by_role("img", name="Marks in Subject 3 over time")).to_be_visible()
