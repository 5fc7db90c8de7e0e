"""The pages of a request for a review: asking, the list and the answer of staff, what waits on the first page."""

from datetime import timedelta

import pytest

from predictions import reviewing
from predictions.models import ReviewRequest
from predictions.summaries.reviews import review_of, waiting_for
from students.roles import Role
from tests import make
from tests.asserts import assert_queries
from tests.cast import Cast
from tests.predictions.released import give
from tests.predictions.test_reviewing import NOW, WORDS, ask


@pytest.fixture
def given(school: Cast) -> Cast:
    give(school)
    return school


def where(cast: Cast) -> str:
    return f"/my/outlook/{cast.sam.pk}/{cast.final.pk}/"


def test_asking_and_answering_on_the_pages(given: Cast, client_as) -> None:
    gus, ada = client_as(given.gus), client_as(given.ada)
    sent = gus.post(f"{where(given)}review/", {"text": WORDS}, follow=True)
    assert "Your request has reached the school" in sent.text
    assert "30 days left" in sent.text
    assert 'name="text"' not in sent.text  # one at a time
    asked = ReviewRequest.objects.get()
    assert "1 family waits for a review" in ada.get("/reviews/brief/").text
    page = ada.get(f"/reviews/{asked.pk}/")
    assert WORDS in page.text
    assert "Probably between 51 and 71" in page.text
    assert f"/classes/{given.maths.pk}/marks/" in page.text
    ada.post(f"/reviews/{asked.pk}/", {"text": "It counts now."})
    assert ada.get("/reviews/brief/").text.strip() == ""
    assert "answered on" in ada.get("/reviews/").text
    assert "It counts now." in gus.get(where(given)).text
    again = ada.post(f"/reviews/{asked.pk}/", {"text": "And again."})
    assert again.status_code == 422
    assert "answered already" in again.text


@pytest.mark.parametrize("text", ["", "   ", "x" * 1001])
def test_bad_words_are_told_on_the_page_and_change_nothing(given: Cast, client_as, text: str) -> None:
    refused = client_as(given.gus).post(f"{where(given)}review/", {"text": text})
    assert refused.status_code == 422
    assert "Nothing was sent yet" in refused.text
    assert not ReviewRequest.objects.exists()
    asked = ask(given)
    refused = client_as(given.ada).post(f"/reviews/{asked.pk}/", {"text": text})
    assert refused.status_code == 422
    assert ReviewRequest.objects.open().exists()


def test_the_second_request_is_refused_in_a_sentence(given: Cast, client_as) -> None:
    ask(given)
    refused = client_as(given.gus).post(f"{where(given)}review/", {"text": "Once more"})
    assert refused.status_code == 422
    assert "already" in refused.text


def test_hostile_words_stay_words_everywhere(given: Cast, client_as) -> None:
    asked = ask(given, text="<img src=x onerror=alert(1)>")
    reviewing.answer(asked, "<script>alert(2)</script>", by=given.ada, now=NOW())
    for client, address in (
        (given.ada, f"/reviews/{asked.pk}/"),
        (given.gus, where(given)),
        (given.gus, "/my/outlook/"),
    ):
        page = client_as(client).get(address).text
        assert "&lt;img src=x" in page
        assert "<img src=x" not in page
        assert "<script>alert" not in page


def test_overdue_is_marked_and_counted(given: Cast, client_as) -> None:
    ask(given)
    ReviewRequest.objects.update(due_on=make.TODAY - timedelta(days=3))
    assert "3 days overdue" in client_as(given.hana).get("/reviews/").text
    assert waiting_for(given.hana).overdue == 1
    ReviewRequest.objects.update(due_on=make.TODAY)
    assert review_of(ReviewRequest.objects.get()).clock == "last day today"


def test_a_request_about_another_class_is_not_on_the_first_page_of_a_teacher(given: Cast) -> None:
    ask(given)
    make.make_enrolment(given.sam, given.art)
    other = make.make_user("Arno Art", "arno@lakeside.example")
    make.make_member(other, given.lakeside, Role.TEACHER)
    make.make_teaching(other, given.art)
    assert waiting_for(other).open == 0
    assert waiting_for(given.ada).open == 1


@pytest.mark.parametrize("person", ["gus", "mina", "nils", "root", "lena"])
def test_families_and_others_have_no_pages_of_staff(given: Cast, client_as, person: str) -> None:
    asked = ask(given)
    client = client_as(getattr(given, person))
    for address in ("/reviews/", "/reviews/brief/", f"/reviews/{asked.pk}/"):
        assert client.get(address).status_code == 404, address


def many(cast: Cast, count: int) -> None:
    for number in range(count):
        student = make.make_student(cast.lakeside, f"Kid{number} Many")
        make.make_enrolment(student, cast.maths)
        person = make.make_user(f"Parent {number}", f"parent{number}@lakeside.example")
        facts = {"text": WORDS, "due_on": make.TODAY + timedelta(days=number)}
        ReviewRequest.objects.create(exam=cast.final, student=student, by=person, **facts)


@pytest.mark.parametrize("address", ["/reviews/", "/reviews/brief/"])
@pytest.mark.parametrize("count", [3, 20])
def test_as_many_queries_for_many_as_for_few(given: Cast, client_as, address: str, count: int) -> None:
    many(given, count)
    client = client_as(given.hana)
    client.get(address)
    with assert_queries(13):
        client.get(address)
