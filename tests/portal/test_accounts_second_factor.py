"""The second factor: authenticator app, recovery codes, and schools that demand one of leaders and office."""

import re
import time
from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from portal.audit.models import AuditEvent
from students.models import SchoolPolicy
from tests.make import PASSWORD


def code_for(secret: str) -> str:
    counter = next(iter(yield_hotp_counters_from_time()))
    return format_hotp_value(hotp_value(secret, counter))


def sign_in(email: str) -> Client:
    client = Client()
    client.post(reverse("account_login"), {"login": email, "password": PASSWORD})
    return client


def set_up_app(client: Client) -> tuple[str, list[str]]:
    """Gives the app's secret and the recovery codes as the person saw them."""
    page = client.get(reverse("mfa_activate_totp"))
    if page.status_code == 302:
        page = client.post(page["Location"], {"password": PASSWORD}, follow=True)
    secret = re.search(r'id="authenticator_secret"[^>]*value="([A-Z2-7]+)"', page.text)
    assert secret, page.text
    page = client.post(reverse("mfa_activate_totp"), {"code": code_for(secret.group(1))}, follow=True)
    assert page.status_code == 200, page.text
    return secret.group(1), re.findall(r"^\s*(\d{8})\s*$", re.sub(r"</?textarea[^>]*>", "\n", page.text), re.M)


@pytest.fixture
def demanded(school):
    SchoolPolicy.objects.update_or_create(school=school.lakeside, defaults={"requires_second_factor": True})


def test_setting_up_an_app_asks_for_the_password_first(school):
    page = sign_in("ada@lakeside.example").get(reverse("mfa_activate_totp"))
    assert page["Location"].startswith(reverse("account_reauthenticate"))


@pytest.mark.django_db(transaction=True)
def test_ada_signs_in_with_password_and_code(school):
    secret, codes = set_up_app(sign_in("ada@lakeside.example"))
    assert len(codes) == 10
    client = sign_in("ada@lakeside.example")
    assert client.get(reverse("profile")).status_code == 302, "the password alone is not enough"
    page = client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert "does not fit" in page.text
    cache.clear()  # the code of this half minute was used to set up the app
    client.post(reverse("mfa_authenticate"), {"code": code_for(secret)})
    assert client.get(reverse("profile")).status_code == 200
    ways = [line.facts["way"] for line in AuditEvent.objects.filter(verb="signed in").order_by("pk")]
    assert ways == ["password", "password+totp"]
    assert AuditEvent.objects.filter(verb="sign-in failed", facts={"reason": "second factor"}).count() == 1
    assert AuditEvent.objects.filter(verb="second factor added", actor_id=school.ada.pk).exists()


def test_a_recovery_code_lets_in_once(school):
    _, codes = set_up_app(sign_in("ada@lakeside.example"))
    for expected in (200, 302):
        client = sign_in("ada@lakeside.example")
        client.post(reverse("mfa_authenticate"), {"code": codes[0]})
        assert client.get(reverse("profile")).status_code == expected


def test_secrets_of_the_second_factor_are_stored_encrypted(school):
    secret, codes = set_up_app(sign_in("ada@lakeside.example"))
    stored = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in stored
    assert not any(code in stored for code in codes)


def test_codes_stay_readable_when_the_secret_key_is_rotated(school, settings):
    set_up_app(sign_in("ada@lakeside.example"))
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "a-new-key-that-is-long-enough-" * 3
    app = Authenticator.objects.get(type="totp").wrap()
    assert app.validate_code("000000") in (True, False)


@pytest.mark.django_db(transaction=True)
def test_the_first_second_factor_ends_sessions_that_had_the_password_only(school):
    thief = sign_in("ada@lakeside.example")
    set_up_app(sign_in("ada@lakeside.example"))
    assert thief.get(reverse("profile")).status_code == 302


def test_taking_the_app_away_asks_for_confirmation_again_later(school):
    client = sign_in("ada@lakeside.example")
    set_up_app(client)
    session = client.session
    for record in session["account_authentication_methods"]:
        record["at"] = time.time() - 3600
    session.save()
    page = client.post(reverse("mfa_deactivate_totp"))
    assert page.status_code == 302
    assert "next=" in page["Location"]
    assert Authenticator.objects.filter(type="totp").exists()


def test_hana_must_set_one_up_before_anything_else_where_her_school_demands_it(school, demanded):
    client = sign_in("hana@lakeside.example")
    for address in (reverse("profile"), "/office/", reverse("usersessions_list"), reverse("account_change_password")):
        assert client.get(address)["Location"] == reverse("second_factor"), address
    page = client.get(reverse("second_factor"))
    assert reverse("mfa_activate_totp") in page.text
    assert reverse("mfa_add_webauthn") in page.text
    assert client.get(reverse("healthz")).status_code == 200
    set_up_app(client)
    assert client.get(reverse("profile")).status_code == 200
    assert client.get(reverse("second_factor"))["Location"] == reverse("mfa_index")


def test_the_demand_holds_for_office_and_leaders_and_not_for_teachers_or_next_door(school, demanded):
    assert sign_in("otto@lakeside.example").get(reverse("profile")).status_code == 302
    assert sign_in("ada@lakeside.example").get(reverse("profile")).status_code == 200
    assert sign_in(school.wanda.email).get(reverse("profile")).status_code == 200


def test_api_and_htmx_get_a_plain_403_instead_of_a_page_to_go_to(school, demanded):
    client = sign_in("hana@lakeside.example")
    page = client.get("/profile/", headers={"HX-Request": "true"})
    assert page.status_code == 403
    assert "second factor" in page.text
    answer = client.get("/api/v1/schema/")
    if answer.status_code != 404:
        assert answer.status_code == 403
        assert answer.json()["code"] == "second_factor"


def test_hana_can_still_sign_out(school, demanded):
    client = sign_in("hana@lakeside.example")
    client.post(reverse("account_logout"))
    assert client.get(reverse("second_factor"))["Location"].startswith(reverse("account_login"))


def test_who_lost_everything_is_helped_from_the_shell_and_the_audit_says_so(school):
    client = sign_in("ada@lakeside.example")
    set_up_app(client)
    call_command("reset_second_factor", "Ada@lakeside.example", stdout=StringIO())
    assert client.get(reverse("profile")).status_code == 302
    assert sign_in("ada@lakeside.example").get(reverse("profile")).status_code == 200
    assert AuditEvent.objects.get(verb="second factor reset").target_id == school.ada.pk
    with pytest.raises(CommandError):
        call_command("reset_second_factor", "nobody@x.example")
