"""The pages of outlooks, help and reviews in a real browser: accessible in both themes, on a phone and a desk, and quiet."""

import pytest
from playwright.sync_api import Page, expect

from portal.jobs.models import JobState
from predictions.models import ReviewRequest
from predictions.orders.letters import order_letters
from predictions.reports.school_letters import LettersWish
from tests.browser.predicted import Predicted, fill, give_to_families, newcomer
from tests.browser.test_pages import judge, judge_here
from tests.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def predicted(school: Cast) -> Predicted:
    return fill(school)


def faults(page: Page, addresses: list[str]) -> list[str]:
    return [fault for address in addresses for fault in judge(page, address)] + page.complaints  # type: ignore[attr-defined]  # given by the fixture


def of_class(school: Cast) -> str:
    return f"/classes/{school.maths.pk}/outlook/{school.final.pk}/"


def of_sam(school: Cast) -> str:
    return f"/students/{school.sam.pk}/outlook/{school.final.pk}/"


def test_the_outlook_of_a_class(school: Cast, predicted: Predicted, page_as) -> None:
    page, outlook = page_as(school.ada), of_class(school)
    ways = ("", "?show=none", "?show=near&sort=-score", "?q=zzz", "?columns=name,why,grade,simplest,score")
    assert faults(page, [f"/classes/{school.maths.pk}/", *(f"{outlook}{way}" for way in ways)]) == []
    page.goto(outlook)
    page.get_by_role("button", name="Sam Okafor").click()
    expect(page.get_by_label("Percent", exact=True)).to_be_visible()
    assert judge_here(page, "an opened row") == []


def test_the_outlook_of_a_student(school: Cast, predicted: Predicted, page_as) -> None:
    zoe = f"/students/{school.zoe.pk}/outlook/{school.final.pk}/"
    student = f"/students/{school.sam.pk}/"
    addresses = [student, f"{student}outlook/", f"{of_sam(school)}?whole=1", zoe, f"{of_sam(school)}estimate/"]
    assert faults(page_as(school.ada), addresses) == []


def test_whom_first_and_whether_we_were_right(school: Cast, predicted: Predicted, page_as) -> None:
    right = f"/exams/{predicted.past.pk}/right/"
    assert faults(page_as(school.ada), ["/watchlist/", "/right/", right]) == []
    assert faults(page_as(school.hana), ["/watchlist/?number=3", "/overview/?part=all", right]) == []


def test_help_notes_and_meetings(school: Cast, predicted: Predicted, page_as) -> None:
    page, (planned, *_rest, closed) = page_as(school.hana), predicted.helped
    meeting = f"/help/meeting/?students={school.sam.pk},{school.mia.pk}"
    ones = [f"/help/{planned.pk}/", f"/help/{closed.pk}/", f"/help/{planned.pk}/edit/"]
    note = f"/help/notes/{school.sam.notes.latest('pk').pk}/"  # type: ignore[attr-defined]  # a reverse relation
    pages = [
        "/help/",
        "/help/?column=closed",
        "/help/figures/",
        "/help/new/?q=sam",
        f"/help/new/?student={school.sam.pk}",
    ]
    meetings = ["/help/meeting/", f"{meeting}&at=1", f"{meeting}&at=3", f"/students/{school.sam.pk}/help/"]
    assert faults(page, [*pages, *ones, note, *meetings]) == []


def test_what_families_are_given(school: Cast, predicted: Predicted, page_as) -> None:
    asked = give_to_families(school)
    release = f"{of_class(school)}release/"
    reviews = ["/", "/reviews/", f"/reviews/{asked.pk}/"]
    assert faults(page_as(school.ada), [release, f"{release}take-back/", *reviews]) == []
    told = f"/my/outlook/{school.sam.pk}/{school.final.pk}/"
    assert faults(page_as(school.gus), ["/", "/my/outlook/", told, f"/my/looked/{school.sam.pk}/"]) == []
    ReviewRequest.objects.update(answered_at=asked.asked_at, answered_by=school.ada, answer="Yes, it was counted.")
    assert faults(page_as(school.gus), [told]) == []


def test_the_tour_and_trying_a_prediction(school: Cast, predicted: Predicted, page_as) -> None:
    page = page_as(newcomer(school.hana))
    assert faults(page, [f"/tour/?step={step}" for step in range(1, 6)]) == []
    assert faults(page_as(newcomer(school.gus)), ["/tour/", "/tour/?step=2"]) == []
    assert faults(page, ["/tour/who/", "/models/try/"]) == []


def test_letters_of_a_school(school: Cast, predicted: Predicted, page_as) -> None:
    job = order_letters(LettersWish(school.lakeside, [school.final.pk]), by=school.hana)
    type(job).objects.update(state=JobState.QUEUED)
    assert faults(page_as(school.hana), ["/letters/", f"/jobs/{job.pk}/"]) == []


def test_pages_of_a_school_without_a_model_and_without_exams_ahead(school: Cast, page_as) -> None:
    ada, gus, hana = page_as(school.ada), page_as(school.gus), page_as(school.hana)
    assert faults(ada, [of_class(school), of_sam(school), "/watchlist/", "/right/", "/reviews/"]) == []
    assert faults(hana, ["/overview/?part=all", "/help/", "/models/try/"]) == []
    assert faults(gus, ["/my/outlook/"]) == []
    school.final.delete()
    outlooks = [f"/classes/{school.maths.pk}/outlook/", f"/students/{school.sam.pk}/outlook/", "/watchlist/"]
    assert faults(ada, outlooks) == []
    assert faults(hana, ["/letters/"]) == []
