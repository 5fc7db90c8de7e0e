"""Fixtures every test may use: the cast, and a signed-in client for each person of it."""

from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.test import Client
from rest_framework.test import APIClient

from portal.accounts.models import User
from tests.cast import Cast, build_cast


@pytest.fixture
def school(db: None) -> Cast:
    return build_cast()


@pytest.fixture(autouse=True)
def forget_rate_limits() -> None:
    cache.clear()


@pytest.fixture
def client_as() -> Callable[[User], Client]:
    """A browser in which this person is signed in."""

    def signed_in(person: User) -> Client:
        client = Client()
        client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return signed_in


@pytest.fixture
def api_as() -> Callable[[User], APIClient]:
    def signed_in(person: User) -> APIClient:
        client = APIClient()
        client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return signed_in
