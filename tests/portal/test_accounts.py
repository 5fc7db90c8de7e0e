"""Signing in with a password, and what happens to one's account: limits, resets, changes, sessions."""

import re
from datetime import UTC, datetime

import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from portal.accounts import middleware
from portal.accounts.models import User
from portal.audit.models import AuditEvent
from tests.make import PASSWORD

LONG_AGO_AT = datetime(2020, 1, 1, tzinfo=UTC)
LINK = re.compile(r"https?://[^/\s]+(/\S+)")


@pytest.fixture(autouse=True)
def own_origin(settings):
    settings.ACCOUNT_DEFAULT_HTTP_PROTOCOL = "http"


def sign_in(email: str, password: str = PASSWORD, client: Client | None = None):
    client = client or Client()
    return client, client.post(reverse("account_login"), {"login": email, "password": password})


def link_in(mail) -> str:
    found = LINK.search(mail.body)
    assert found, mail.body
    return found.group(1)


def test_ada_signs_in_with_her_password_and_the_audit_says_how(school):
    client, page = sign_in("Ada@lakeside.example")
    assert page.status_code == 302
    assert client.get(reverse("profile")).status_code == 200
    line = AuditEvent.objects.get(verb="signed in")
    assert (line.actor_id, line.target_id, line.facts) == (school.ada.pk, school.ada.pk, {"way": "password"})


def test_a_session_ends_when_the_browser_closes(school):
    _client, page = sign_in("ada@lakeside.example")
    assert page.cookies["sessionid"]["max-age"] == ""
    assert page.cookies["sessionid"]["httponly"]


def test_a_wrong_password_is_audited_without_the_address_that_was_typed(school):
    _, page = sign_in("ada@lakeside.example", "wrong-password")
    assert "do not belong together" in page.text
    sign_in("stranger@nowhere.example", "wrong-password")
    known, unknown = AuditEvent.objects.filter(verb="sign-in failed").order_by("pk")
    assert (known.actor_id, known.target_id, known.facts) == (None, school.ada.pk, {"reason": "password"})
    assert (unknown.actor_id, unknown.target_id) == (None, None)
    assert "nowhere" not in str(vars(unknown))


def test_whether_an_address_has_an_account_is_not_told(school):
    _, known = sign_in("ada@lakeside.example", "wrong-password")
    _, unknown = sign_in("ada@nowhere.example", "wrong-password")
    assert re.sub(r"value=\S+", "", known.text) == re.sub(r"value=\S+", "", unknown.text)


def test_the_sixth_bad_password_is_refused_even_if_it_is_the_right_one(school):
    for _ in range(5):
        _, page = sign_in("ada@lakeside.example", "wrong-password")
        assert "do not belong together" in page.text
    client, page = sign_in("ada@lakeside.example")
    assert "Too many tries" in page.text
    assert client.get(reverse("profile")).status_code == 302
    assert AuditEvent.objects.filter(verb="sign-in failed", facts__reason="too many tries").count() == 1
    _, page = sign_in("otto@lakeside.example")
    assert page.status_code == 302, "others may still sign in"


def test_many_tries_from_one_place_are_answered_with_429(school):
    statuses = [sign_in(f"nobody{number}@x.example", "wrong")[1].status_code for number in range(31)]
    assert statuses[-1] == 429
    assert "Too many tries" in sign_in("ada@lakeside.example")[1].text


def test_a_closed_account_cannot_sign_in(school):
    User.objects.filter(pk=school.ada.pk).update(is_active=False)
    client, _page = sign_in("ada@lakeside.example")
    assert client.get(reverse("profile")).status_code == 302


def test_nobody_signs_up_without_an_invitation(db):
    page = Client().get(reverse("account_signup"))
    assert "By invitation only" in page.text
    Client().post(
        reverse("account_signup"), {"name": "X", "email": "x@x.example", "password1": PASSWORD, "password2": PASSWORD}
    )
    assert not User.objects.exists()


def test_a_forgotten_password_is_reset_by_mail_and_every_session_ends(school, mailoutbox):
    elsewhere, _ = sign_in("ada@lakeside.example")
    client = Client()
    page = client.post(reverse("account_reset_password"), {"email": "ada@lakeside.example"}, follow=True)
    assert "Look into your mail" in page.text
    assert mailoutbox[0].from_email.startswith("Foremark <")
    form = client.get(link_in(mailoutbox[0]), follow=True)
    address = form.redirect_chain[-1][0]
    client.post(address, {"password1": "an-entirely-new-one", "password2": "an-entirely-new-one"})
    assert sign_in("ada@lakeside.example", "an-entirely-new-one")[1].status_code == 302
    assert elsewhere.get(reverse("profile")).status_code == 302
    assert AuditEvent.objects.filter(verb="password reset", actor_id=school.ada.pk).exists()


def test_a_reset_for_an_unknown_address_looks_the_same_and_mails_nobody(school, mailoutbox):
    page = Client().post(reverse("account_reset_password"), {"email": "nobody@x.example"}, follow=True)
    assert "Look into your mail" in page.text
    assert mailoutbox == []


def test_a_new_password_needs_the_old_one(school):
    client, _ = sign_in("ada@lakeside.example")
    new = {"password1": "an-entirely-new-one", "password2": "an-entirely-new-one"}
    client.post(reverse("account_change_password"), {"oldpassword": "wrong", **new})
    assert sign_in("ada@lakeside.example")[1].status_code == 302
    client.post(reverse("account_change_password"), {"oldpassword": PASSWORD, **new})
    assert sign_in("ada@lakeside.example", "an-entirely-new-one")[1].status_code == 302
    assert client.get(reverse("profile")).status_code == 302, "the browser signs in again with the new one"


def confirm_password(client: Client, page) -> object:
    assert page.status_code == 302
    assert page["Location"].startswith(reverse("account_reauthenticate"))
    return client.post(page["Location"], {"password": PASSWORD})


def test_an_address_changes_after_confirming_who_one_is_and_the_new_mailbox(school, mailoutbox):
    client, _ = sign_in("ada@lakeside.example")
    page = client.post(reverse("account_email"), {"email": "marsh@lakeside.example", "action_add": ""})
    confirm_password(client, page)
    assert User.objects.get(pk=school.ada.pk).email == "ada@lakeside.example", "not before the click in the mail"
    confirm = next(mail for mail in mailoutbox if mail.to == ["marsh@lakeside.example"])
    client.post(link_in(confirm))
    ada = User.objects.get(pk=school.ada.pk)
    assert ada.email == "marsh@lakeside.example"
    assert "marsh" in ada.search_name
    assert [address.email for address in EmailAddress.objects.filter(user=ada)] == [ada.email]
    assert any(mail.to == ["ada@lakeside.example"] for mail in mailoutbox), "the old mailbox is told"
    assert AuditEvent.objects.filter(verb="e-mail changed", actor_id=ada.pk).exists()


def test_ada_corrects_her_own_name(school):
    client, _ = sign_in("ada@lakeside.example")
    client.post(reverse("profile"), {"name": "Ada Marsh-Lindqvist"})
    ada = User.objects.get(pk=school.ada.pk)
    assert ada.name == "Ada Marsh-Lindqvist"
    assert "lindqvist" in ada.search_name


def test_ada_sees_her_sessions_and_ends_the_others_after_confirming_who_she_is(school):
    here, _ = sign_in("ada@lakeside.example")
    there, _ = sign_in("ada@lakeside.example")
    assert here.get(reverse("usersessions_list")).text.count("<tr>") == 3
    page = here.post(reverse("sign_out_elsewhere"))
    assert there.get(reverse("profile")).status_code == 200, "not before she confirmed"
    confirm_password(here, page)
    assert there.get(reverse("profile")).status_code == 302
    assert here.get(reverse("profile")).status_code == 200


def test_ada_signs_out_everywhere(school):
    here, _ = sign_in("ada@lakeside.example")
    there, _ = sign_in("ada@lakeside.example")
    confirm_password(here, here.post(reverse("sign_out_everywhere")))
    assert here.get(reverse("profile")).status_code == there.get(reverse("profile")).status_code == 302
    assert not UserSession.objects.filter(user=school.ada).exists()


def test_signing_out_needs_a_press_of_the_button(school):
    client, _ = sign_in("ada@lakeside.example")
    client.get(reverse("account_logout"))
    assert client.get(reverse("profile")).status_code == 200
    client.post(reverse("account_logout"))
    assert client.get(reverse("profile")).status_code == 302


@pytest.mark.parametrize(
    "address", ["/accounts/3rdparty/", "/accounts/social/signup/", "/accounts/login/code/", "/accounts/phone/change/"]
)
def test_addresses_that_do_nothing_for_us_do_not_exist(client, db, address):
    assert client.get(address).status_code == 404


def test_a_redirect_after_signing_in_stays_on_this_site(school):
    facts = {"login": "ada@lakeside.example", "password": PASSWORD, "next": "https://evil.example/"}
    assert Client().post(reverse("account_login"), facts)["Location"] == "/"


def test_whoever_runs_the_machine_makes_an_account_in_its_shell_and_signs_in(db):
    call_command("createsuperuser", email="Root@host.example", name="Root", interactive=False)
    root = User.objects.get(email="root@host.example")
    root.set_password(PASSWORD)
    root.save()
    assert sign_in(root.email)[0].get(reverse("profile")).status_code == 200


def test_a_session_is_noted_as_used_now_and_then_and_not_with_every_request(school, monkeypatch):
    client, _ = sign_in("ada@lakeside.example")
    UserSession.objects.update(last_seen_at=LONG_AGO_AT)
    client.get(reverse("profile"))
    assert UserSession.objects.get().last_seen_at == LONG_AGO_AT
    monkeypatch.setattr(middleware, "NOTED_EVERY", 0)
    client.get(reverse("profile"))
    assert UserSession.objects.get().last_seen_at > LONG_AGO_AT
