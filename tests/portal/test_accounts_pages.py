"""Every address of signing in and of one's own account: who may open it, and that it wears our frame."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.make import PASSWORD

FOR_ANYBODY = [
    "account_login",
    "account_signup",
    "account_inactive",
    "account_email_verification_sent",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key_done",
    "socialaccount_login_cancelled",
]
FOR_ONESELF = [
    "profile",
    "account_email",
    "account_change_password",
    "account_reauthenticate",
    "mfa_index",
    "mfa_list_webauthn",
    "usersessions_list",
]
AFTER_CONFIRMING = ["mfa_activate_totp", "mfa_add_webauthn"]


@pytest.fixture
def ada(school) -> Client:
    """Ada's browser; she has just confirmed her password."""
    client = Client()
    client.post(reverse("account_login"), {"login": school.ada.email, "password": PASSWORD})
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return client


@pytest.mark.parametrize("name", FOR_ANYBODY)
def test_a_page_for_anybody_opens_without_signing_in(db, name):
    page = Client().get(reverse(name))
    assert page.status_code == 200
    assert "Menu:" not in page.text, "allauth's own frame"
    assert "<style" not in page.text
    assert "style=" not in page.text
    assert "onclick" not in page.text


@pytest.mark.parametrize("name", FOR_ONESELF + AFTER_CONFIRMING)
def test_a_page_of_one_s_own_account_asks_to_sign_in(db, name):
    page = Client().get(reverse(name))
    assert page.status_code == 302
    assert page["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("name", FOR_ONESELF + AFTER_CONFIRMING)
def test_a_page_of_one_s_own_account_wears_our_frame(ada, name):
    page = ada.get(reverse(name))
    assert page.status_code == 200, page
    assert "Menu:" not in page.text
    assert "style=" not in page.text
    assert "<style" not in page.text
    assert "<h1>" in page.text


@pytest.mark.parametrize("name", ["sign_out_elsewhere", "sign_out_everywhere"])
def test_ending_sessions_is_not_a_link(ada, name):
    assert ada.get(reverse(name)).status_code == 405


@pytest.mark.parametrize("name", [*FOR_ANYBODY, *FOR_ONESELF])
def test_every_page_is_sent_with_a_policy_without_unsafe(ada, name):
    policy = ada.get(reverse(name)).headers.get("Content-Security-Policy", "")
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
