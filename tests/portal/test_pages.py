"""The pages for when it goes wrong: they help, they name nobody, and they work for anybody."""

import re

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.test import Client
from django.urls import include, path

from portal.kit.errors import Conflict
from tests.cast import Cast


def bad(request):
    raise SuspiciousOperation("secret detail")


def refused(request):
    raise PermissionDenied("secret detail")


def clashing(request):
    raise Conflict("Sam is already in Mathematics 9B.")


def broken(request):
    raise RuntimeError("secret detail")


urlpatterns = [
    path("", include("portal.urls")),
    path("bad/", bad),
    path("refused/", refused),
    path("clashing/", clashing),
    path("broken/", broken),
    path("api/v1/clashing-page/", clashing),
    path("api/v1/broken-page/", broken),
]
handler400 = "portal.kit.pages.bad_request"
handler403 = "portal.kit.pages.forbidden"
handler404 = "portal.kit.pages.not_found"
handler500 = "portal.kit.pages.server_error"


@pytest.fixture
def at(settings):
    settings.ROOT_URLCONF = "tests.portal.test_pages"


@pytest.mark.parametrize(("address", "status", "sentence"), [
    ("/bad/", 400, "does not understand"),
    ("/refused/", 403, "Your role in the school does not include this"),
    ("/nowhere/", 404, "There is no such page"),
    ("/clashing/", 409, "Sam is already in Mathematics 9B."),
])  # fmt: skip
def test_an_error_is_a_page_with_a_sentence_and_a_way_back(
    at, school: Cast, client_as, address, status, sentence
) -> None:
    page = client_as(school.ada).get(address)
    assert page.status_code == status
    assert sentence in page.text
    assert 'href="/"' in page.text
    assert "secret detail" not in page.text
    assert "Ada Marsh" in page.text


def test_a_break_is_a_page_that_needs_nothing(at, school: Cast, client_as) -> None:
    client = client_as(school.ada)
    client.raise_request_exception = False
    page = client.get("/broken/")
    assert page.status_code == 500
    assert "Something went wrong on our side" in page.text
    assert "secret detail" not in page.text


def test_a_program_gets_the_same_as_a_document(at, school: Cast, client_as) -> None:
    client = client_as(school.ada)
    client.raise_request_exception = False
    for address, status in (("/api/v1/clashing-page/", 409), ("/api/v1/broken-page/", 500)):
        answer = client.get(address)
        assert answer.status_code == status
        assert answer["Content-Type"] == "application/problem+json"
        assert b"secret detail" not in answer.content


def test_nobody_signed_in_gets_the_page_too(at, db: None) -> None:
    page = Client().get("/nowhere/")
    assert page.status_code == 404
    assert "Sign in" in page.text


def test_a_form_without_its_token_is_explained(school: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(school.dora, backend="allauth.account.auth_backends.AuthenticationBackend")
    page = client.post("/school/", {"school": "1"})
    assert page.status_code == 403
    assert "open for too long" in page.text


def test_an_unreadable_host_is_refused_with_a_page(db: None) -> None:
    assert Client().get("/", headers={"host": "evil.example"}).status_code == 400


@pytest.mark.parametrize("person", ["ada", "gus", "root"])
def test_no_page_brings_inline_script_or_style(school: Cast, client_as, person: str) -> None:
    page = client_as(getattr(school, person)).get("/")
    policy = page["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "<style" not in page.text
    assert " style=" not in page.text
    assert not re.search(r"<script(?![^>]*\bsrc=)", page.text)


def test_the_pages_work_without_a_cache(school: Cast, client_as, settings) -> None:
    """What is remembered is never needed: a cache that is away makes the frame ask the database."""
    ada = client_as(school.ada)
    ada.get("/")
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
    assert "Lakeside School" in ada.get("/classes/").text
