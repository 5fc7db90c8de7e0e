"""The page on which a teacher gives predictions to families: the preview, the words, taking back, and what is refused."""

from datetime import timedelta

import pytest

from portal.audit.models import AccessEvent
from predictions.models import PredictionRelease
from students.models import Exam
from tests import make
from tests.asserts import assert_queries
from tests.cast import Cast
from tests.predictions.released import give, predict


def where(cast: Cast, exam: Exam | None = None) -> str:
    return f"/classes/{cast.maths.pk}/outlook/{(exam or cast.final).pk}/release/"


def test_a_teacher_looks_at_what_a_family_will_see_and_releases(school: Cast, client_as) -> None:
    predict(school)
    ada, gus = client_as(school.ada), client_as(school.gus)
    page = ada.get(where(school))
    assert "What the family of Mia Lindqvist will see" in page.text
    assert "Probably between 67 and 87 per cent." in page.text
    chosen = ada.get(f"{where(school)}?student={school.sam.pk}")
    assert "Probably between 51 and 71 per cent." in chosen.text
    looked = ada.post(where(school), {"do": "look", "comment": "Keep going.", "student": school.sam.pk})
    assert '<p class="family-comment">Keep going.</p>' in looked.text
    assert not PredictionRelease.objects.exists()
    done = ada.post(where(school), {"do": "release", "comment": "Keep going."}, follow=True)
    assert "Families of Mathematics 9B see these predictions now." in done.text
    family = gus.get(f"/my/outlook/{school.sam.pk}/{school.final.pk}/").text
    assert "Keep going." in family
    for sentence in ("Probably between 51 and 71 per cent.", "What may help", "What this is not"):
        assert sentence in chosen.text
        assert sentence in family


def test_the_words_are_changed_and_everything_is_taken_back(school: Cast, client_as) -> None:
    give(school)
    ada = client_as(school.ada)
    assert "Change the words" in ada.get(where(school)).text
    ada.post(where(school), {"do": "comment", "comment": "Other words"})
    assert PredictionRelease.objects.get().comment == "Other words"
    assert "Take back the predictions of Mathematics 9B?" in ada.get(f"{where(school)}take-back/").text
    done = ada.post(f"{where(school)}take-back/", follow=True)
    assert "no longer see these predictions" in done.text
    assert ada.post(f"{where(school)}take-back/").status_code == 409
    assert ada.post(where(school), {"do": "comment", "comment": "Late"}).status_code == 422
    assert not PredictionRelease.objects.exists()


@pytest.mark.parametrize("comment", ["x" * 601, "\x00"])
def test_words_that_cannot_be_kept_are_refused_in_a_sentence(school: Cast, client_as, comment: str) -> None:
    predict(school)
    page = client_as(school.ada).post(where(school), {"do": "release", "comment": comment})
    assert page.status_code == 422
    assert "Nothing was changed yet" in page.text
    assert not PredictionRelease.objects.exists()


def test_pressing_twice_releases_once(school: Cast, client_as) -> None:
    predict(school)
    ada = client_as(school.ada)
    first, second = (ada.post(where(school), {"do": "release", "comment": ""}) for _ in range(2))
    assert (first.status_code, second.status_code) == (302, 422)
    assert "released already" in second.text
    assert PredictionRelease.objects.count() == 1


def test_who_has_no_prediction_is_named_and_an_empty_class_says_what_to_do(school: Cast, client_as) -> None:
    ada = client_as(school.ada)
    page = ada.get(where(school))
    assert "Nothing is predicted for this class yet" in page.text
    assert 'value="release"' not in page.text
    predict(school, students=[school.mia])
    page = ada.get(where(school))
    assert "1 student without a prediction" in page.text
    assert "Sam Okafor" in page.text


def test_of_an_exam_that_is_over_nothing_is_released(school: Cast, client_as) -> None:
    predict(school, school.test)
    page = client_as(school.ada).get(where(school, school.test))
    assert "Only predictions of exams ahead are released" in page.text
    refused = client_as(school.ada).post(where(school, school.test), {"do": "release"})
    assert refused.status_code == 422
    assert not PredictionRelease.objects.exists()


@pytest.mark.parametrize(
    ("person", "status"), [("gus", 404), ("mina", 404), ("otto", 403), ("cora", 403), ("tom", 404)]
)
def test_who_may_not_changes_nothing(school: Cast, client_as, person: str, status: int) -> None:
    give(school)
    client = client_as(getattr(school, person))
    for address in (where(school), f"{where(school)}take-back/"):
        assert client.get(address).status_code == status
        assert client.post(address, {"do": "comment", "comment": "Mine"}).status_code == status
    assert PredictionRelease.objects.get().comment == "Ten minutes of revision a day go a long way."


def test_whose_predictions_were_shown_is_traced(school: Cast, client_as) -> None:
    predict(school)
    client_as(school.ada).get(where(school))
    shown = AccessEvent.objects.filter(user_id=school.ada.pk, what="outlook").values_list("student_id", flat=True)
    assert set(shown) == {school.sam.pk, school.mia.pk}


@pytest.mark.parametrize("count", [2, 25])
def test_a_large_class_costs_no_more_queries(school: Cast, client_as, count: int) -> None:
    students = [make.make_student(school.lakeside) for _ in range(count)]
    for student in students:
        make.make_enrolment(student, school.maths)
    predict(school, students=students)
    client = client_as(school.ada)
    client.get(where(school))
    with assert_queries(36):
        client.get(where(school))


def test_days_are_those_of_the_school(school: Cast, client_as) -> None:
    """The exam of today can still be released; that of yesterday cannot."""
    today = make.make_exam(school.maths, title="Today", day=make.TODAY, is_target=True)
    predict(school, today)
    assert client_as(school.ada).post(where(school, today), {"do": "release"}).status_code == 302
    Exam.objects.filter(pk=today.pk).update(day=make.TODAY - timedelta(days=1))
    assert client_as(school.ada).post(where(school, today), {"do": "comment", "comment": "x"}).status_code == 422


@pytest.mark.parametrize(("person", "is_offered"), [("hana", True), ("ada", True), ("cora", False), ("otto", False)])
def test_the_outlook_of_a_class_leads_there_whoever_may_release(
    school: Cast, client_as, person: str, is_offered: bool
) -> None:
    predict(school)
    page = client_as(getattr(school, person)).get(f"/classes/{school.maths.pk}/outlook/{school.final.pk}/")
    assert page.status_code == 200
    assert ("Release to families" in page.text) == is_offered
