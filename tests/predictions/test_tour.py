"""The tour: asked once before the first page with predictions, in the words of staff or of families, signed, and counted."""

from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from portal.accounts.acknowledging import acknowledge, has_acknowledged
from portal.accounts.models import Acknowledgement, User
from predictions.models import Measurement
from predictions.web import toured as toured_room
from predictions.web.toured import EDITIONS, FAMILY_TOUR, STAFF_TOUR, toured
from students.roles import Role
from tests import make
from tests.asserts import assert_queries
from tests.cast import Cast
from tests.trained import make_version

pytestmark = pytest.mark.django_db
EDITION = {"edition": str(EDITIONS[STAFF_TOUR])}
WAITING = "/models/try/?fill=ordinary"  # a page with predictions


def newcomer(school: Cast, role: str = Role.TEACHER, name: str = "Nia New") -> User:
    """Somebody of Lakeside who signs in for the first time."""
    person = make.make_user(name, preferences={})
    make.make_member(person, school.lakeside, role)
    return person


def read_again(person: User) -> User:
    return User.objects.get(pk=person.pk)


@pytest.mark.parametrize("role", ["leader", "office", "teacher", "counsellor", "analyst"])
def test_staff_are_led_to_the_tour_before_their_first_page_with_predictions(school: Cast, client_as, role: str) -> None:
    client = client_as(newcomer(school, role))
    asked = client.get(WAITING)
    assert (asked.status_code, asked.url) == (302, "/tour/?next=%2Fmodels%2Ftry%2F%3Ffill%3Dordinary")
    html = client.get(asked.url).content.decode()
    assert "What you see" in html
    assert 'href="?step=2&amp;next=%2Fmodels%2Ftry%2F%3Ffill%3Dordinary"' in html


def test_who_signs_comes_back_to_where_they_were_going_and_is_not_asked_again(school: Cast, client_as) -> None:
    nia = newcomer(school)
    client = client_as(nia)
    signed = client.post("/tour/", {**EDITION, "next": WAITING})
    assert (signed.status_code, signed.url) == (302, WAITING)
    assert has_acknowledged(read_again(nia), STAFF_TOUR, EDITIONS[STAFF_TOUR])
    assert client.get(WAITING).status_code == 200
    assert "you have signed it" in client.get("/tour/").content.decode()
    assert client_as(read_again(nia)).get(WAITING).status_code == 200  # the next sign-in


def test_later_holds_for_this_session_and_the_next_sign_in_asks_again(school: Cast, client_as) -> None:
    nia = newcomer(school)
    client = client_as(nia)
    assert client.post("/tour/later/", {"next": WAITING}).url == WAITING
    assert client.get(WAITING).status_code == 200
    assert not Acknowledgement.objects.exists()
    assert client_as(nia).get(WAITING).status_code == 302


def test_today_says_so_until_the_tour_is_signed(school: Cast, client_as) -> None:
    nia = newcomer(school)
    client = client_as(nia)
    assert "Take the short tour" in client.get("/").content.decode()
    client.post("/tour/", EDITION)
    assert "Take the short tour" not in client.get("/").content.decode()
    assert "Take the short tour" not in client_as(school.ada).get("/").content.decode()


def test_people_of_the_demo_see_it_like_everybody_else(school: Cast, client_as) -> None:
    nia = newcomer(school)
    User.objects.filter(pk=nia.pk).update(is_demo=True)
    assert client_as(read_again(nia)).get(WAITING).status_code == 302


def test_families_read_two_steps_of_their_own_and_sign_them(school: Cast, client_as) -> None:
    gran = newcomer(school, Role.GUARDIAN, "Gran Guardian")
    client = client_as(gran)
    html = client.get("/tour/").content.decode()
    assert "Step 1 of 2" in html
    assert "A range, not a fate" in html
    assert "Your judgement counts" not in html
    client.post("/tour/", {"edition": str(EDITIONS[FAMILY_TOUR])})
    assert list(gran.acknowledgements.values_list("what", flat=True)) == [FAMILY_TOUR]


def test_a_parent_who_teaches_reads_what_staff_read(school: Cast, client_as) -> None:
    nia = newcomer(school)
    make.make_member(nia, school.lakeside, Role.GUARDIAN)
    assert "Step 1 of 5" in client_as(nia).get("/tour/").content.decode()


def test_who_has_no_role_reads_it_and_has_nothing_to_sign(school: Cast, client_as) -> None:
    client = client_as(school.root)
    html = client.get("/tour/?step=5").content.decode()
    assert "I have read this" not in html
    assert client.post("/tour/", EDITION).status_code == 403
    assert not Acknowledgement.objects.exists()


def test_a_new_edition_asks_everybody_once_more(school: Cast, client_as, monkeypatch) -> None:
    nia = newcomer(school)
    acknowledge(nia, STAFF_TOUR, EDITIONS[STAFF_TOUR], by=nia)
    assert client_as(nia).get(WAITING).status_code == 200
    monkeypatch.setitem(toured_room.EDITIONS, STAFF_TOUR, EDITIONS[STAFF_TOUR] + 1)
    assert client_as(nia).get(WAITING).status_code == 302


@pytest.mark.parametrize("edition", ["", "0", "99", "-1", "one", "1.5", "1" * 400, "\x00"])
def test_a_signature_under_another_text_than_todays_is_none(school: Cast, client_as, edition: str) -> None:
    answer = client_as(newcomer(school)).post("/tour/", {"edition": edition})
    assert answer.status_code == 422
    assert "Nothing was signed" in answer.content.decode()
    assert not Acknowledgement.objects.exists()


@pytest.mark.parametrize(
    "away",
    ["https://evil.example/", "//evil.example/x", "javascript:alert(1)", "\\\\evil.example", "http:///evil.example"],
)
def test_nobody_is_sent_elsewhere(school: Cast, client_as, away: str) -> None:
    client = client_as(newcomer(school))
    assert client.post("/tour/later/", {"next": away}).url == "/"
    assert client.post("/tour/", {**EDITION, "next": away}).url == "/"
    main = client.get("/tour/", {"next": away}).content.decode().split("<main", 1)[1]
    assert "evil.example" not in main


@pytest.mark.parametrize("step", ["0", "6", "-1", "x", "1e3", "٣", "9" * 200])
def test_a_step_that_is_not_there_is_the_first(school: Cast, client_as, step: str) -> None:
    assert "Step 1 of 5" in client_as(school.ada).get("/tour/", {"step": step}).content.decode()


@toured
def some_page(request: HttpRequest) -> HttpResponse:
    return HttpResponse("the page")


def asked_by(person: User, method: str = "GET", **facts: Any) -> HttpResponse:
    request = getattr(RequestFactory(), method.lower())("/somewhere/", **facts)
    request.user, request.session = person, {}
    request.htmx = "HTTP_HX_REQUEST" in facts
    return some_page(request)


def test_parts_and_what_is_sent_are_not_held_up(school: Cast) -> None:
    nia = newcomer(school)
    assert asked_by(nia).status_code == 302
    assert asked_by(nia, HTTP_HX_REQUEST="true").content == b"the page"
    assert asked_by(nia, "POST").content == b"the page"
    assert asked_by(school.ada).content == b"the page"


def test_the_decorator_costs_no_query_beyond_those_of_the_page(school: Cast, client_as) -> None:
    signed, new = client_as(school.ada), client_as(newcomer(school))
    signed.get("/tour/")
    with assert_queries(5):
        signed.get("/tour/")
    with assert_queries(5):
        new.get(WAITING)


def test_how_often_ranges_held_stands_where_it_was_measured(school: Cast, client_as) -> None:
    sentence = "Ranges like these held 81 of 100 results at Lakeside School"
    page = "/tour/?step=2"
    assert "not measured yet" in client_as(school.ada).get(page).content.decode()
    facts = {"students": 40, "enough": True, "coverage": {"hit_80": {"value": 0.812}}}
    version = make_version(school.lakeside)
    Measurement.objects.create(school=school.lakeside, version=version, kind="results", rows=400, facts=facts)
    assert sentence in client_as(school.ada).get(page).content.decode()
    for outsider in (school.wanda, school.gus):
        assert "Lakeside" not in client_as(outsider).get(page).content.decode().split("<main", 1)[1].split("<footer")[0]


def test_leaders_see_who_has_signed_and_when(school: Cast, client_as) -> None:
    acknowledge(school.ada, STAFF_TOUR, EDITIONS[STAFF_TOUR], by=school.ada)
    html = client_as(school.hana).get("/tour/who/").content.decode()
    assert "1 of 6 has signed this edition." in html
    assert "Ada Marsh" in html
    assert "Nils Analyst" in html
    for name in ("Gus Guardian", "Tess Nextdoor", "Dora District"):
        assert name not in html
    missing = client_as(school.hana).get("/tour/who/?state=missing").content.decode().split("<main", 1)[1]
    assert "Ada Marsh" not in missing
    assert "Cora Counsel" in missing


def test_an_earlier_edition_is_told_apart(school: Cast, client_as, monkeypatch) -> None:
    acknowledge(school.ada, STAFF_TOUR, EDITIONS[STAFF_TOUR], by=school.ada)
    monkeypatch.setitem(toured_room.EDITIONS, STAFF_TOUR, EDITIONS[STAFF_TOUR] + 1)
    html = client_as(school.hana).get("/tour/who/").content.decode()
    assert "an earlier edition" in html
    assert "0 of 6 have signed this edition." in html


def test_the_file_says_the_same_and_runs_nothing(school: Cast, client_as) -> None:
    User.objects.filter(pk=school.ada.pk).update(name="=HYPERLINK(1)")
    acknowledge(school.ada, STAFF_TOUR, EDITIONS[STAFF_TOUR], by=school.ada)
    told = client_as(school.otto).get("/tour/who.csv")
    lines = told.content.decode("utf-8-sig").splitlines()
    assert told["Content-Type"].startswith("text/csv")
    assert lines[0] == "Name,E-mail,Roles,Signed on,Edition,Edition of today"
    assert len(lines) == 7
    assert any(line.startswith("'=HYPERLINK(1),ada@lakeside.example,teacher,20") for line in lines)


def queries_of(client: Client) -> int:
    with assert_queries(20) as caught:
        assert client.get("/tour/who/").status_code == 200
    return len(caught)


def test_the_list_asks_as_much_for_many_as_for_few(school: Cast, client_as) -> None:
    client = client_as(school.hana)
    client.get("/tour/who/")
    before = queries_of(client)
    for number in range(60):
        acknowledge(person := newcomer(school, name=f"Nia{number} New"), STAFF_TOUR, 1, by=person)
    assert queries_of(client) == before
    assert 'rel="next"' in client.get("/tour/who/").content.decode()
