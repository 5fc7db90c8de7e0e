"""The JSON API: the rules of the pages, signed-in people only, problems as documents."""

import pytest
from rest_framework.test import APIClient

from portal.audit.models import AccessEvent
from tests import make
from tests.asserts import assert_problem, assert_queries
from tests.cast import EVERYONE, Cast

PLACES = ("/api/v1/", "/api/v1/me/", "/api/v1/classes/", "/api/v1/students/")
SEEN = {
    "hana": {"Sam", "Mia", "Zoe"},
    "otto": {"Sam", "Mia", "Zoe"},
    "dora": {"Sam", "Mia", "Zoe"},
    "ada": {"Sam", "Mia"},
    "cora": {"Sam"},
    "gus": {"Sam"},
    "mina": {"Mia"},
    "wanda": {"Wim"},
    "tess": {"Wim"},
}


@pytest.mark.parametrize("address", [*PLACES, "/api/v1/classes/1/", "/api/v1/students/1/"])
def test_who_is_not_signed_in_gets_a_401_and_no_page(db: None, address: str) -> None:
    answer = APIClient().get(address)
    assert_problem(answer, 401, "not_signed_in")
    assert answer["WWW-Authenticate"] == "Session"
    assert answer.json()["request_id"] == answer["X-Request-ID"]


@pytest.mark.parametrize("person", EVERYONE)
def test_each_person_reads_their_students_and_leaves_a_trace(school: Cast, api_as, person: str) -> None:
    user = getattr(school, person)
    answer = api_as(user).get("/api/v1/students/")
    assert {row["given_name"] for row in answer.json()["results"]} == SEEN.get(person, set())
    traces = AccessEvent.objects.filter(user_id=user.pk, door="api", what="list")
    assert traces.count() == len(SEEN.get(person, set()))


@pytest.mark.parametrize("person", EVERYONE)
def test_a_record_that_is_not_theirs_is_not_found(school: Cast, api_as, person: str) -> None:
    client = api_as(getattr(school, person))
    for address in (f"/api/v1/students/{school.mia.pk}/", f"/api/v1/classes/{school.art.pk}/"):
        answer = client.get(address)
        if answer.status_code != 200:
            assert_problem(answer, 404, "not_found")
    assert (client.get(f"/api/v1/students/{school.mia.pk}/").status_code == 200) is ("Mia" in SEEN.get(person, set()))


def test_a_student_holds_no_protected_facts(school: Cast, api_as) -> None:
    student = api_as(school.hana).get(f"/api/v1/students/{school.sam.pk}/").json()
    assert set(student) == {
        "id", "school", "given_name", "family_name", "preferred_name", "grade_level", "status", "starts", "ends",
    }  # fmt: skip
    assert AccessEvent.objects.get().what == "student"


def test_me_tells_the_roles_in_force(school: Cast, api_as) -> None:
    roles = api_as(school.ada).get("/api/v1/me/").json()["roles"]
    assert [(each["school"]["name"], each["roles"]) for each in roles] == [("Lakeside School", ["teacher"])]
    assert api_as(school.lena).get("/api/v1/me/").json()["roles"] == []


def test_what_there_is_stands_at_the_top(school: Cast, api_as) -> None:
    ada = api_as(school.ada)
    for address in ada.get("/api/v1/").json().values():
        assert ada.get(address).status_code == 200


def test_lists_are_filtered_and_paged_like_the_pages(school: Cast, api_as) -> None:
    hana = api_as(school.hana)
    assert [row["given_name"] for row in hana.get("/api/v1/students/?q=sam").json()["results"]] == ["Sam"]
    first = hana.get("/api/v1/students/?size=2").json()
    assert len(first["results"]) == 2
    assert len(hana.get(first["next"]).json()["results"]) == 1
    assert [row["name"] for row in hana.get("/api/v1/classes/?q=art").json()["results"]] == ["Art 9B"]
    assert hana.get("/api/v1/students/?size=abc&grade=x").status_code == 200
    assert_problem(hana.get("/api/v1/students/?cursor=nonsense"), 404, "not_found")


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_can_be_written(school: Cast, api_as, method: str) -> None:
    answer = getattr(api_as(school.hana), method)(f"/api/v1/students/{school.sam.pk}/")
    assert_problem(answer, 405, "method_not_allowed")


def test_an_address_that_is_not_there_is_a_problem_too(school: Cast, api_as) -> None:
    assert_problem(api_as(school.hana).get("/api/v1/nowhere/"), 404, "not_found")
    assert_problem(APIClient().get("/api/v1/nowhere/"), 404, "not_found")


@pytest.mark.parametrize("rows", [2, 45])
def test_lists_need_few_queries_however_long(school: Cast, api_as, rows: int) -> None:
    for number in range(rows):
        make.make_student(school.lakeside)
        make.make_class(school.lakeside, f"Class {number}")
    hana = api_as(school.hana)
    hana.get("/api/v1/")
    for address in ("/api/v1/students/", "/api/v1/classes/", "/api/v1/me/"):
        with assert_queries(7):
            hana.get(address)


def test_no_browser_keeps_what_the_api_says_of_students(school: Cast, api_as) -> None:
    for address in ("/api/v1/students/", f"/api/v1/classes/{school.maths.pk}/"):
        assert "no-store" in api_as(school.ada).get(address)["Cache-Control"]
