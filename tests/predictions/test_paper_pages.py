"""Ways that lead to a letter, to who has looked and to requests for a review, for everybody whom they are promised to."""

from tests import make
from tests.cast import Cast
from tests.predictions.printed import pages_of
from tests.predictions.released import predict


def test_who_teaches_a_student_another_subject_prints_the_letter_of_this_exam_too(school: Cast, client_as) -> None:
    predict(school)
    tina = make.make_user("Tina Draws", "tina@lakeside.example")
    make.make_member(tina, school.lakeside, "teacher")
    make.make_enrolment(school.sam, school.art)
    make.make_teaching(tina, school.art)
    answer = client_as(tina).get(f"/students/{school.sam.pk}/outlook/{school.final.pk}/letter.pdf")
    (page,) = pages_of(answer.content)
    assert "Sam Okafor" in page
    assert client_as(tina).get(f"/students/{school.mia.pk}/outlook/{school.final.pk}/letter.pdf").status_code == 404


def test_a_family_finds_who_has_looked_before_anything_was_released(school: Cast, client_as) -> None:
    assert f'href="/my/looked/{school.sam.pk}/"' in client_as(school.gus).get("/my/outlook/").text


def test_counsellors_find_the_requests_that_they_may_answer(school: Cast, client_as) -> None:
    assert 'href="/reviews/"' in client_as(school.cora).get("/watchlist/").text
    assert 'aria-current="page"' in client_as(school.cora).get("/reviews/").text
