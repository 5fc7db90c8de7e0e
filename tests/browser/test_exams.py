"""An exam from its planning to the family that sees the mark, in a real browser; and its pages, accessible at both widths."""

import pytest
from playwright.sync_api import expect

from students.models import Enrolment, Exam, SchoolClass
from tests import make
from tests.browser.test_pages import judge
from tests.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def parallel(school: Cast) -> SchoolClass:
    """Ada teaches 9C as well; six learn in each class."""
    other = make.make_class(school.lakeside, "Mathematics 9C", subject=school.maths.subject)
    make.make_teaching(school.ada, other)
    for school_class in (school.maths, other):
        for _ in range(6):
            make.make_enrolment(make.make_student(school.lakeside), school_class)
    return other


def enter_marks(exam: Exam) -> None:
    there = Enrolment.objects.filter(school_class__in=exam.classes.all(), ends__isnull=True)
    for number, enrolment in enumerate(there):
        make.make_result(exam, enrolment.student, 10 + 2 * number)


def test_from_planning_to_the_family(school: Cast, page_as, parallel: SchoolClass) -> None:
    page = page_as(school.ada)
    page.goto("/exams/")
    page.get_by_role("link", name="Schedule an exam").click()
    page.get_by_label("Title").fill("Fractions")
    page.get_by_label("Day").fill(make.TODAY.isoformat())
    page.get_by_label("Maximum points").fill("40")
    page.get_by_label("Mathematics 9B").check()
    page.get_by_label("Mathematics 9C").check()
    page.get_by_label("Weight").fill("2")
    page.get_by_label("Weight").blur()
    expect(page.locator("#plans")).to_contain_text("counts 2 of 4")
    page.get_by_role("button", name="Schedule the exam").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Fractions")
    exam = Exam.objects.get(title="Fractions")
    enter_marks(exam)

    page.reload()
    expect(page.get_by_role("img", name="14 marks in percent")).to_be_visible()
    expect(page.get_by_role("row", name="Mathematics 9C")).to_contain_text("6 of 6")
    page.get_by_role("link", name="Release", exact=True).click()
    page.get_by_label("Mathematics 9C").uncheck()
    page.get_by_role("button", name="Release").click()
    expect(page.get_by_role("status").first).to_contain_text("Families of Mathematics 9B see the marks now.")

    family = page_as(school.gus)
    family.goto("/")
    expect(family.locator("main")).to_contain_text("Fractions")

    page.get_by_role("link", name="Lock", exact=True).click()
    page.get_by_role("button", name="Lock Mathematics 9B").click()
    expect(page.get_by_role("button", name="Lock Mathematics 9B")).to_have_count(0)
    expect(page.get_by_role("listitem").filter(has_text="Mathematics 9B")).to_contain_text("locked")
    assert page.complaints == []


def test_the_pages_of_exams_are_accessible_and_quiet(school: Cast, page_as, parallel: SchoolClass) -> None:
    exam = make.make_exam(school.maths, parallel, title="Shared test", is_target=True)
    enter_marks(exam)
    make.make_release(exam, parallel, by=school.ada)
    of_exam = f"/exams/{exam.pk}/"
    page = page_as(school.ada)
    addresses = [
        "/exams/?when=all", "/exams/?q=zzz", "/exams/new/", of_exam, f"{of_exam}edit/", f"{of_exam}release/",
        f"{of_exam}release/{parallel.pk}/take-back/", f"{of_exam}lock/", f"{of_exam}call-off/",
    ]  # fmt: skip
    assert [fault for address in addresses for fault in judge(page, address)] == []
    assert page.complaints == []
    leader = page_as(school.hana)
    assert judge(leader, "/exams/new/") == []


def test_an_exam_is_planned_without_scripts(school: Cast, page_as) -> None:
    page = page_as(school.ada, java_script_enabled=False)
    page.goto(f"/exams/new/?class={school.maths.pk}")
    page.get_by_label("Title").fill("On paper")
    page.get_by_label("Day").fill("2001-01-01")
    page.get_by_role("button", name="Schedule the exam").click()
    expect(page.get_by_role("alert")).to_contain_text("lies outside")
    expect(page.get_by_label("Title")).to_have_value("On paper")
    page.get_by_label("Day").fill(make.TODAY.isoformat())
    page.get_by_role("button", name="Schedule the exam").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("On paper")
