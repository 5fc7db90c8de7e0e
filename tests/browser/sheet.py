"""How tests read and drive the mark grid in a browser: by what a person sees, and what the school has after it."""

from django.urls import reverse
from playwright.sync_api import Locator, Page, expect

from students.models import Exam, Result
from tests import make
from tests.cast import Cast


def make_quiz(school: Cast) -> Exam:
    """A second exam of Ada's class, of 20 points, without any mark; a third student is there to be marked as well."""
    make.make_enrolment(make.make_student(school.lakeside, "Ben Zander"), school.maths)
    return make.make_exam(school.maths, title="Quiz", maximum=20, day=make.YESTERDAY)


def opened(page: Page, school: Cast, exam: Exam) -> Page:
    page.goto(f"{reverse('marks', args=[school.maths.pk])}?exam={exam.pk}")
    expect(state(page)).to_have_text("All saved")
    return page


def state(page: Page) -> Locator:
    return page.locator("#marks-state")


def cell(page: Page, name: str, exam: str) -> Locator:
    """A field by what a screen reader says of it."""
    return page.get_by_role("textbox", name=f"{name} {exam}")


def keys(page: Page, *names: str) -> None:
    for name in names:
        page.keyboard.press(name)


def marks(exam: Exam) -> dict[str, object]:
    found = Result.objects.filter(exam=exam).select_related("student").order_by("student__family_name")
    return {each.student.given_name: each.score if each.score is not None else each.status for each in found}


def saved(page: Page, exam: Exam) -> dict[str, object]:
    """What the school has once the page says that all is saved."""
    expect(state(page)).to_have_attribute("data-state", "saved")
    return marks(exam)


def paste(page: Page, text: str) -> None:
    page.evaluate(
        """text => {
            const data = new DataTransfer();
            data.setData("text/plain", text);
            document.activeElement.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
        }""",
        text,
    )
