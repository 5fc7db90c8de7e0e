"""The pages of a student's outlook: who opens them, what stands there, and what comes back when a value cannot be tried."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from portal.accounts.models import User
from portal.audit.models import AccessEvent
from predictions.models import Enquiry, Judgement, Prediction
from predictions.outlooks.student_supposing import knobs_of
from tests import make
from tests.asserts import assert_queries
from tests.cast import Cast
from tests.make import TODAY
from tests.predictions.measured import give_results, make_scoring, make_serving, past_exam, say
from tests.predictions.scored import make_prediction, make_scoring_run
from tests.predictions.test_changes import AFTER, BEFORE, row_of
from tests.trained import make_version

pytestmark = pytest.mark.django_db
ClientAs = Callable[[User], Client]
HTMX = {"HX-Request": "true"}


@pytest.fixture
def prediction(school: Cast) -> Prediction:
    made = make_scoring_run(make_serving(make_version(school.lakeside)), [school.final], as_of=TODAY)
    make_prediction(made, school.mia, school.final, row_of(BEFORE))
    return make_prediction(made, school.sam, school.final, row_of(AFTER))


def address(school: Cast, name: str = "student-outlook", student: Any = None) -> str:
    return reverse(name, args=[(student or school.sam).pk, school.final.pk])


def key_of(prediction: Prediction, name: str) -> str:
    return next(knob.key for knob in knobs_of(prediction) if knob.name == name)


def test_everything_about_one_student_stands_on_one_page(
    school: Cast, prediction: Prediction, client_as: ClientAs
) -> None:
    ada = client_as(school.ada)
    with assert_queries(31):  # the session, the person and the trace among them; frame and scales for the first time
        page = ada.get(address(school), {"whole": "1"})
    with assert_queries(23):
        ada.get(address(school))
    assert page.status_code == 200
    for part in (
        "Predicted score", "Marks in Mathematics", "Why this score", "Can still be changed", "Why it changed",
        "What is needed", "over the year", "What if", "An association, not a promise", "What was said before",
        "The same as a table", "Average of Mathematics 9B", "Version 1",
    ):  # fmt: skip
        assert part in page.text, part
    assert f"{prediction.score:.0f}" in page.text
    assert "Mia" not in page.text
    assert "Zoe" not in page.text


def test_what_was_said_before_comes_after_the_page_or_with_it(
    school: Cast, prediction: Prediction, client_as: ClientAs
) -> None:
    ada = client_as(school.ada)
    page = ada.get(address(school)).text
    assert "What was said before, and what came" not in page
    assert address(school, "student-outlook-earlier") in page
    assert "?whole=1" in page
    part = ada.get(address(school, "student-outlook-earlier"), headers=HTMX)
    assert part.status_code == 200
    assert "<html" not in part.text
    plain = ada.get(address(school, "student-outlook-earlier"))
    assert (plain.status_code, plain["Location"]) == (302, f"{address(school)}?whole=1")


@pytest.mark.parametrize("name", ["student-outlook", "student-outlook-earlier"])
def test_families_and_strangers_find_nothing(
    school: Cast, prediction: Prediction, client_as: ClientAs, name: str
) -> None:
    for person in (school.gus, school.mina, school.nils, school.wanda, school.tess, school.tom):
        assert client_as(person).get(address(school, name), headers=HTMX).status_code == 404
        assert client_as(person).get(reverse("student-outlooks", args=[school.sam.pk])).status_code == 404
        assert client_as(person).post(address(school, "student-what-if"), {}).status_code == 404


def test_a_teacher_who_is_a_guardian_too_sees_as_staff_only_whom_they_teach(
    school: Cast, prediction: Prediction, client_as: ClientAs
) -> None:
    make.make_member(school.gus, school.lakeside, "teacher")
    assert client_as(school.gus).get(address(school)).status_code == 404


def test_an_exam_of_others_is_not_found(school: Cast, client_as: ClientAs) -> None:
    other = make.make_exam(school.art, day=TODAY + timedelta(days=4), is_target=True)
    assert client_as(school.hana).get(reverse("student-outlook", args=[school.sam.pk, other.pk])).status_code == 404


def test_looking_leaves_one_trace_for_the_page_and_none_for_each_turn_of_a_slider(
    school: Cast, prediction: Prediction, client_as: ClientAs
) -> None:
    ada, key = client_as(school.ada), key_of(prediction, "attendance_rate")
    ada.get(address(school))
    for value in ("90", "91", "92"):
        ada.post(address(school, "student-what-if"), {key: value}, headers=HTMX)
    looks = AccessEvent.objects.filter(student_id=school.sam.pk, user_id=school.ada.pk, what="outlook")
    assert looks.count() == 2


def test_a_changed_value_is_answered_and_nothing_is_kept(
    school: Cast, prediction: Prediction, client_as: ClientAs
) -> None:
    told = {key_of(prediction, "attendance_rate"): "99"}
    counts = [model.objects.count() for model in (Prediction, Enquiry, Judgement)]
    answer = client_as(school.ada).post(address(school, "student-what-if"), told, headers=HTMX)
    assert answer.status_code == 200
    assert "<html" not in answer.text
    assert "attendance: 84\N{NO-BREAK SPACE}% → <b>99\N{NO-BREAK SPACE}%</b>" in answer.text
    assert "not a promise" in answer.text
    assert [model.objects.count() for model in (Prediction, Enquiry, Judgement)] == counts


def test_without_a_script_the_answer_stands_on_the_whole_page(
    school: Cast, prediction: Prediction, client_as: ClientAs
) -> None:
    key = key_of(prediction, "attendance_rate")
    page = client_as(school.ada).post(address(school, "student-what-if"), {key: "99"})
    assert page.status_code == 200
    assert 'value="99"' in page.text
    assert "What was said before, and what came" in page.text


@pytest.mark.parametrize("headers", [HTMX, {}])
@pytest.mark.parametrize("value", ["180", "many", "nan", "1e999", "-3"])
def test_what_cannot_be_tried_is_refused_beside_its_field(
    school: Cast, prediction: Prediction, client_as: ClientAs, value: str, headers: dict[str, str]
) -> None:
    key = key_of(prediction, "attendance_rate")
    answer = client_as(school.ada).post(address(school, "student-what-if"), {key: value}, headers=headers)
    assert answer.status_code == 422
    assert "expected a number from 0 to 100" in answer.text.partition(f'id="{key}-fault"')[2].partition("</p>")[0]


def test_nothing_changed_is_nothing_to_answer(school: Cast, prediction: Prediction, client_as: ClientAs) -> None:
    started = {knob.key: knob.start for knob in knobs_of(prediction)}
    for values in ({}, started, {"subject": "Art", "f999": "3"}):
        answer = client_as(school.ada).post(address(school, "student-what-if"), values, headers=HTMX)
        assert answer.status_code == 200
        assert "Change a value" in answer.text


def test_without_a_prediction_nothing_is_tried(school: Cast, client_as: ClientAs) -> None:
    assert client_as(school.ada).post(address(school, "student-what-if"), {}).status_code == 404


def test_no_model_and_no_marks_have_a_page_that_says_so(school: Cast, client_as: ClientAs) -> None:
    make.make_enrolment(school.zoe, school.maths)
    page = client_as(school.hana).get(address(school, student=school.zoe))
    assert page.status_code == 200
    assert "No prediction yet" in page.text
    assert "No marks in Mathematics are entered yet" in page.text
    assert reverse("models") in page.text
    assert "What if" not in page.text


def test_a_cause_and_its_remedy_are_told(school: Cast, client_as: ClientAs) -> None:
    made = make_scoring_run(make_serving(make_version(school.lakeside)), [school.final], as_of=TODAY)
    make_prediction(
        made, school.sam, school.final, row_of(BEFORE), cause="too_little", sentence="One earlier mark is known.", remedy="Two are needed."
    )  # fmt: skip
    page = client_as(school.ada).get(address(school)).text
    assert "One earlier mark is known." in page
    assert "Two are needed." in page
    assert client_as(school.ada).post(address(school, "student-what-if"), {}).status_code == 409


def test_who_left_keeps_what_was_said(school: Cast, prediction: Prediction, client_as: ClientAs) -> None:
    page = client_as(school.hana).get(address(school, student=school.liv))
    assert page.status_code == 200
    assert "left the school on" in page.text
    empty = client_as(school.hana).get(reverse("student-outlooks", args=[school.art.pk + 999]))
    assert empty.status_code == 404


def test_an_exam_that_is_over_says_what_came(school: Cast, client_as: ClientAs) -> None:
    exam = past_exam(school.maths, days=3, is_target=True)
    run = make_scoring(school.lakeside, make_version(school.lakeside), [exam], as_of=TODAY - timedelta(days=9))
    say(run, exam, [school.sam], [60.0])
    give_results(exam, [school.sam], [66.0])
    page = client_as(school.ada).get(reverse("student-outlook", args=[school.sam.pk, exam.pk])).text
    assert "The exam is over: 66\N{NO-BREAK SPACE}%. Said last was 60, with a range of 50–70." in page
    assert "What if" not in page


def test_the_list_and_the_lines_on_the_students_page_lead_to_each_exam(
    school: Cast, prediction: Prediction, client_as: ClientAs
) -> None:
    ada = client_as(school.ada)
    second = make.make_exam(school.maths, day=TODAY + timedelta(days=90), is_target=True, title="Second final")
    for name in ("student-outlooks", "student-outlook-brief"):
        page = ada.get(reverse(name, args=[school.sam.pk])).text
        assert address(school) in page
        assert f"<b>{prediction.score:.0f}</b>" in page
        assert ("Second final" in page) == (name == "student-outlooks")
        assert "Mia" not in page
    assert second.title in ada.get(address(school)).text
    assert reverse("student-outlook-brief", args=[school.sam.pk]) in ada.get(f"/students/{school.sam.pk}/").text
    assert "outlook" not in client_as(school.gus).get(f"/students/{school.sam.pk}/").text.partition("<main")[2]


def test_without_exams_ahead_it_says_what_to_do(school: Cast, client_as: ClientAs) -> None:
    school.final.delete()
    for name in ("student-outlooks", "student-outlook-brief"):
        assert "to be predicted" in client_as(school.ada).get(reverse(name, args=[school.sam.pk])).text
