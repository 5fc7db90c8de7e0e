"""What is predicted over JSON: the figures of the pages, to staff alone."""

from typing import Any

import pytest

from portal.audit.models import AccessEvent
from predictions import judging
from tests import make
from tests.asserts import assert_problem, assert_queries
from tests.cast import Cast
from tests.predictions.outlooked import make_outlook, of_final

pytestmark = pytest.mark.django_db


def test_a_class_is_told_with_its_rows_and_as_one(school: Cast, client_as: Any) -> None:
    (sams, _mias) = of_final(school, sam=45.0, mia=70.0)
    judging.judge(school.sam, school.final, 52, by=school.ada, on=make.TODAY)
    told = client_as(school.ada).get(f"/api/v1/classes/{school.maths.pk}/predictions/").json()
    assert told["exam"]["id"] == school.final.pk
    assert told["summary"]["passes"]["expected"] in (1, 2)
    row = next(row for row in told["rows"] if row["student"]["id"] == school.sam.pk)
    assert row["score"] == round(sams.score)
    assert row["estimate"]["percent"] == 52
    assert row["cause"] is None
    assert row["base_of"] == "Mathematics 9B"
    assert abs(row["base"] + sum(each["points"] for each in row["reasons"]) - (sams.score or 0)) < 0.6
    seen = {event.student_id for event in AccessEvent.objects.filter(user_id=school.ada.pk, door="api")}
    assert seen == {school.sam.pk, school.mia.pk}


def test_who_does_not_see_the_class_is_told_the_own_rows_alone(school: Cast, client_as: Any) -> None:
    of_final(school, sam=45.0, mia=70.0)
    told = client_as(school.cora).get(f"/api/v1/classes/{school.maths.pk}/predictions/").json()
    assert [row["student"]["id"] for row in told["rows"]] == [school.sam.pk]
    assert told["summary"] is None


def test_a_student_without_a_score_has_a_cause(school: Cast, client_as: Any) -> None:
    told = client_as(school.ada).get(f"/api/v1/classes/{school.maths.pk}/predictions/").json()
    assert {row["score"] for row in told["rows"]} == {None}
    assert told["rows"][0]["cause"]["sentence"] == "No prediction was made yet."


def test_what_cannot_be_read_or_is_of_another_class_is_not_found(school: Cast, client_as: Any) -> None:
    client, place = client_as(school.ada), f"/api/v1/classes/{school.maths.pk}/predictions/"
    for exam in ("x", "-1", "9" * 30, str(school.test.pk), ""):
        assert_problem(client.get(f"{place}?exam={exam}"), 404, "not_found")


def test_one_student_has_a_row_for_each_exam_ahead(school: Cast, client_as: Any) -> None:
    of_final(school, sam=45.0, mia=70.0)
    told = client_as(school.cora).get(f"/api/v1/students/{school.sam.pk}/predictions/").json()
    assert [row["exam"]["id"] for row in told["rows"]] == [school.final.pk]
    assert client_as(school.gus).get(f"/api/v1/students/{school.sam.pk}/predictions/").status_code == 404


def test_as_many_queries_for_many_as_for_few(school: Cast, client_as: Any) -> None:
    few, exam, _students = make_outlook(school.lakeside, 3)
    many, exam_2, _more = make_outlook(school.lakeside, 25, "Physics 9D")
    client = client_as(school.hana)
    places = [f"/api/v1/classes/{each.pk}/predictions/?exam={of.pk}" for each, of in ((few, exam), (many, exam_2))]
    for place in places:
        client.get(place)
    for place in places:
        with assert_queries(13):
            client.get(place)
