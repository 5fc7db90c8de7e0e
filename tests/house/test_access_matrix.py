"""Every address, as every person of the cast: who gets in, whose names they never see, and what trace it leaves."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from portal.audit.models import AccessEvent
from students.models import Student
from tests.cast import EVERYONE, Cast
from tests.house.matrix import ACCOUNTS, PAGES, Row
from tests.house.matrix_api import API
from tests.house.matrix_exports import EXPORTS
from tests.house.matrix_families import family_rows
from tests.house.matrix_help import READS_SECRET, SECRET, help_rows
from tests.house.matrix_imports import import_rows
from tests.house.matrix_measures import measure_rows
from tests.house.matrix_models import MODELS
from tests.house.matrix_office import OFFICE, office_rows
from tests.house.matrix_outlook import outlook_rows
from tests.house.matrix_paper import PAPER
from tests.house.matrix_student_outlook import STUDENT_OUTLOOK
from tests.house.matrix_tour import TOUR
from tests.house.matrix_watchlist import watch_rows
from tests.students.test_access import SEEN_STUDENTS

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
WRITTEN = [*PAGES, *EXPORTS, *PAPER, *MODELS, *STUDENT_OUTLOOK, *TOUR, *ACCOUNTS, *API, *OFFICE]
OFFICE_PEOPLE = ("hana", "otto", "dora", "wanda", "root")


def all_routes(resolver: Any = None, prefix: str = "") -> Iterator[str]:
    for entry in (resolver or get_resolver()).url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from all_routes(entry, route)
        elif isinstance(entry, URLPattern):
            yield route


def test_every_address_is_in_the_matrix_and_nothing_else_is() -> None:
    routes = set(all_routes())
    known = {
        row.route
        for row in [
            *WRITTEN,
            *measure_rows(),
            *family_rows(),
            *help_rows(),
            *watch_rows(),
            *office_rows(),
            *outlook_rows(),
            *import_rows(),
        ]
    }
    assert routes - known == set(), "decide who may see these addresses"
    assert known - routes == set(), "these addresses do not exist any more"


class Visitor:
    """A browser of one person, signed in anew only after what may have ended the session."""

    def __init__(self, cast: Cast, person: str) -> None:
        self.cast, self.person = cast, person
        self.client: Client | None = None

    def ask(self, row: Row) -> Any:
        cache.clear()  # so that no rate limit of an earlier row answers for this one
        if self.client is None:
            self.client = Client(raise_request_exception=False)
            if self.person != "nobody":
                self.client.force_login(getattr(self.cast, self.person), backend=BACKEND)
        response = getattr(self.client, row.method.lower())(row.path(self.cast))
        if row.method == "POST" and "_auth_user_id" not in self.client.session:
            self.client = None
        return response


def hidden_names(person: str, row: Row) -> set[str]:
    """Family names that must not be in the answer. The back office shows a superuser all."""
    if person == "root" and row.route.startswith("office/"):
        return set()
    seen = SEEN_STUDENTS.get(person, set())
    families = {"Sam": "Okafor", "Mia": "Lindqvist", "Zoe": "Abara", "Liv": "Hansen", "Wim": "Verlaine"}
    return {family for given, family in families.items() if given not in seen}


def faults(cast: Cast, person: str, rows: list[Row]) -> list[str]:
    found = []
    visitor = Visitor(cast, person)
    for row in rows:
        response = visitor.ask(row)
        where = f"{row.method} {row.path(cast)}"
        if response.status_code != row.expected(person):
            found.append(f"{where}: {response.status_code} instead of {row.expected(person)}")
        body = b"".join(response.streaming_content) if response.streaming else response.content
        found += [f"{where} tells {name}" for name in hidden_names(person, row) if name.encode() in body]
    return found


@pytest.mark.parametrize("person", ["nobody", *EVERYONE])
def test_pages_accounts_and_api(school: Cast, person: str) -> None:
    found = faults(school, person, [*PAGES, *EXPORTS, *PAPER, *MODELS, *STUDENT_OUTLOOK, *TOUR, *ACCOUNTS, *API])
    assert found == [], "\n".join(found)


@pytest.mark.parametrize("person", ["nobody", *EVERYONE])
def test_pages_of_measures(school: Cast, person: str) -> None:
    found = faults(school, person, measure_rows(school))
    assert found == [], "\n".join(found)


@pytest.mark.parametrize("person", ["nobody", *EVERYONE])
def test_pages_of_whom_first_and_whether_we_were_right(school: Cast, person: str) -> None:
    found = faults(school, person, watch_rows(school))
    assert found == [], "\n".join(found)


@pytest.mark.parametrize("person", ["nobody", *EVERYONE])
def test_pages_of_help(school: Cast, person: str) -> None:
    rows = help_rows(school)
    found = faults(school, person, rows)
    if person not in READS_SECRET.split():
        visitor, pages = Visitor(school, person), [*rows, *(row for row in PAGES if row.looks_at)]
        reading = [row for row in pages if row.method == "GET"]
        found += [
            f"{row.path(school)} tells the note" for row in reading if SECRET.encode() in visitor.ask(row).content
        ]
    assert found == [], "\n".join(found)


@pytest.mark.parametrize("person", ["nobody", *EVERYONE])
def test_pages_of_the_outlook_of_a_class(school: Cast, person: str) -> None:
    found = faults(school, person, outlook_rows(school))
    assert found == [], "\n".join(found)


@pytest.mark.parametrize("person", ["nobody", *EVERYONE])
def test_pages_of_imports(school: Cast, person: str) -> None:
    found = faults(school, person, import_rows(school))
    assert found == [], "\n".join(found)


@pytest.mark.parametrize("person", ["nobody", *EVERYONE])
def test_pages_of_families(school: Cast, person: str) -> None:
    found = faults(school, person, family_rows(school))
    assert found == [], "\n".join(found)


@pytest.mark.parametrize("person", OFFICE_PEOPLE)
def test_the_back_office_for_those_who_work_in_it(school: Cast, person: str) -> None:
    found = faults(school, person, [*OFFICE, *office_rows(school)])
    assert found == [], "\n".join(found)


@pytest.mark.parametrize("person", ["nobody", *(each for each in EVERYONE if each not in OFFICE_PEOPLE)])
def test_the_back_office_is_closed_to_everybody_else(school: Cast, person: str) -> None:
    found = faults(school, person, [*OFFICE, *office_rows(school)])
    assert found == [], "\n".join(found)


def test_opening_a_personal_address_leaves_an_access_event_for_each_student(school: Cast) -> None:
    for row in (row for row in [*PAGES, *PAPER, *STUDENT_OUTLOOK, *API] if row.looks_at and row.method == "GET"):
        for person in row.yes.split():
            AccessEvent.objects.purge_before("9999-01-01T00:00:00Z")
            Visitor(school, person).ask(row)
            shown = {getattr(school, name) for name in row.looks_at.split()}
            user = getattr(school, person)
            here = Student.objects.visible_to(user)
            listed = here.exclude(status="left") if len(shown) > 1 else here  # leavers have a page, but are on no list
            expected = {each.pk for each in shown & set(listed)}
            events = AccessEvent.objects.filter(user_id=user.pk)
            assert {event.student_id for event in events} == expected, (row.address, person)
            assert all(event.role and event.what for event in events)
