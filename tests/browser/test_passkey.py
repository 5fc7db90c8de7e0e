"""Passkeys in a real browser with a virtual authenticator: enrol one, sign in with it, without breaking the CSP."""

import re

import pytest
from allauth.mfa.models import Authenticator
from django.urls import reverse
from playwright.sync_api import Page, expect

from portal.audit.models import AuditEvent
from tests.make import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def page(page: Page) -> Page:
    give_authenticator(page)
    return page


def give_authenticator(page: Page) -> None:
    """A device that keeps passkeys and always finds its owner's finger on the sensor."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def sign_in(page: Page, email: str) -> None:
    page.goto(reverse("account_login"))
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda address: reverse("account_login") not in address)


def enrol(page: Page) -> None:
    page.goto(reverse("mfa_add_webauthn"))
    expect(page).to_have_url(re.compile(reverse("account_reauthenticate")))
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    page.get_by_label("Name of this passkey").fill("Ada's laptop")
    expect(page.get_by_label("Sign in with it instead of the password")).to_be_checked()
    page.get_by_role("button", name="Add").click()
    page.wait_for_url(re.compile("recovery-codes"))


def test_ada_enrols_a_passkey_and_signs_in_with_it_alone(school, page: Page) -> None:
    sign_in(page, "ada@lakeside.example")
    enrol(page)
    assert Authenticator.objects.get(type="webauthn").user == school.ada
    page.context.clear_cookies()
    page.goto(reverse("account_login"))
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(lambda address: reverse("account_login") not in address)
    page.goto(reverse("profile"))
    expect(page.get_by_label("Full name")).to_have_value("Ada Marsh")
    assert AuditEvent.objects.filter(verb="signed in").order_by("-pk")[0].facts == {"way": "webauthn"}
    assert [text for text in page.complaints if not text.startswith("Failed to load resource")] == []


def test_a_passkey_is_also_the_second_factor_after_a_password(school, page: Page) -> None:
    sign_in(page, "ada@lakeside.example")
    enrol(page)
    page.context.clear_cookies()
    sign_in(page, "ada@lakeside.example")
    expect(page).to_have_url(re.compile(reverse("mfa_authenticate")))
    page.get_by_role("button", name="Use a security key").click()
    page.wait_for_url(lambda address: reverse("mfa_authenticate") not in address)
    page.goto(reverse("profile"))
    expect(page.get_by_label("Full name")).to_have_value("Ada Marsh")
    assert AuditEvent.objects.filter(verb="signed in").order_by("-pk")[0].facts == {"way": "password+webauthn"}


def test_a_passkey_does_not_lead_round_the_provider_of_one_s_domain(school, page: Page, settings) -> None:
    sign_in(page, "ada@lakeside.example")
    enrol(page)
    page.context.clear_cookies()
    settings.SSO_DOMAINS = {"lakeside.example": "lake"}
    page.goto(reverse("account_login"))
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_text("Addresses at lakeside.example sign in with lake.")).to_be_visible()
    page.goto(reverse("profile"))
    expect(page).to_have_url(re.compile(reverse("account_login")))
