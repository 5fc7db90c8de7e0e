"""Single sign-on by OpenID Connect against a real provider: another Django project, in another process."""

import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from allauth.socialaccount.models import SocialAccount
from django.conf import settings as configured

from portal import sso
from portal.accounts import invitations
from portal.accounts.models import Invitation, User
from portal.audit.models import AuditEvent
from portal.env import Env
from students.models import Membership, SchoolPolicy
from students.roles import Role
from tests.make import PASSWORD, TODAY
from tests.oidc_provider.browser import PROVIDER_PASSWORD, Browser

CLIENT_ID, SECRET = "portal-under-test", "a-secret-of-the-tests"
PEOPLE = {
    "pia@lake.example": True,
    "unsure@lake.example": False,
    "eve@elsewhere.example": True,
    "ada@lakeside.example": True,
}
pytestmark = pytest.mark.django_db(transaction=True)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture(scope="module")
def provider(live_server, tmp_path_factory) -> Iterator[str]:
    """The origin of a running provider that knows PEOPLE, and the portal as its client."""
    port, folder = free_port(), tmp_path_factory.mktemp("provider")
    callbacks = [f"{origin(live_server)}/accounts/oidc/{name}/login/callback/" for name in ("lake", "free", "hill")]
    facts = {"client_id": CLIENT_ID, "secret": SECRET, "callbacks": callbacks, "people": PEOPLE}
    environment = {
        **os.environ,
        "OIDC_TEST_FOLDER": str(folder),
        "OIDC_TEST_FACTS": json.dumps({**facts, "password": PROVIDER_PASSWORD}),
    }
    command = [sys.executable, "-m", "tests.oidc_provider", str(port)]
    log = Path(folder, "log")
    with log.open("w") as out:
        process = subprocess.Popen(command, env=environment, stdout=out, stderr=out, cwd=configured.BASE_DIR)
    try:
        wait_for(f"http://127.0.0.1:{port}/.well-known/openid-configuration", process, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


def origin(live_server) -> str:
    return f"http://127.0.0.1:{urlsplit(live_server.url).port}"


def wait_for(address: str, process, log: Path) -> None:
    for _ in range(150):
        assert process.poll() is None, log.read_text()
        try:
            if requests.get(address, timeout=1).ok:
                return
        except requests.ConnectionError:
            time.sleep(0.2)
    raise AssertionError(log.read_text())


@pytest.fixture
def configure(settings, provider):
    """Configure single sign-on the way a school does: by environment variables and nothing else."""

    def by_environment(*names: str, **more: str) -> None:
        values = {"OIDC_PROVIDERS": ",".join(names), **more}
        for name in names:
            mark = f"OIDC_{name.upper()}"
            values |= {f"{mark}_NAME": f"{name.title()} School", f"{mark}_SERVER_URL": provider}
            values |= {f"{mark}_CLIENT_ID": CLIENT_ID, f"{mark}_CLIENT_SECRET": SECRET}
        env = Env(values)
        settings.SOCIALACCOUNT_PROVIDERS = sso.providers(env)
        settings.SSO_DOMAINS = sso.domains(env)
        settings.SSO_SECOND_FACTOR = sso.demanding_second_factor(env)
        settings.ACCOUNT_DEFAULT_HTTP_PROTOCOL = "http"

    return by_environment


@pytest.fixture
def browser(live_server, school, configure) -> Browser:
    return Browser(origin(live_server))


def invite(school, email: str, mailoutbox) -> str:
    """Gives the path of the link that was mailed."""
    wish = {"name": "Pia Newcomer", "school_id": school.lakeside.pk, "role": Role.TEACHER, "starts": TODAY}
    invitations.invite(by=school.hana, email=email, **wish)
    return re.search(r"/invitation/\S+", mailoutbox[-1].body)[0]


def refused(reason: str) -> bool:
    return AuditEvent.objects.filter(verb="sign-in failed", facts__reason=reason).exists()


def test_an_invited_person_comes_in_by_the_school_s_provider_and_has_her_role(school, browser, configure, mailoutbox):
    configure("lake", OIDC_LAKE_DOMAINS="lake.example")
    invite(school, "pia@lake.example", mailoutbox)
    page = browser.sign_in_with("lake", "pia@lake.example")
    assert page.url.startswith(browser.portal), page.url
    assert browser.is_in()
    pia = User.objects.get(email="pia@lake.example")
    assert pia.name == "Pia Newcomer"
    assert not pia.has_usable_password()
    assert list(Membership.objects.filter(user=pia).values_list("role", flat=True)) == [Role.TEACHER]
    assert Invitation.objects.get().accepted_by == pia
    assert AuditEvent.objects.get(verb="signed in").facts == {"way": "lake"}
    assert SocialAccount.objects.get(user=pia).extra_data == {}, "nothing but the identity is kept"
    again = Browser(browser.portal)
    again.sign_in_with("lake", "pia@lake.example")
    assert again.is_in()
    assert User.objects.filter(email="pia@lake.example").count() == 1


def test_who_is_not_invited_is_refused_with_a_sentence(school, browser, configure):
    configure("lake", OIDC_LAKE_DOMAINS="lake.example")
    page = browser.sign_in_with("lake", "pia@lake.example")
    assert page.status_code == 403
    assert "not invited" in page.text
    assert not browser.is_in()
    assert not User.objects.filter(email="pia@lake.example").exists()
    assert refused("not invited")


def test_an_existing_account_is_met_by_its_address_because_the_domain_is_bound(school, browser, configure):
    configure("lake", OIDC_LAKE_DOMAINS="lakeside.example")
    browser.sign_in_with("lake", "ada@lakeside.example")
    assert browser.is_in()
    assert SocialAccount.objects.get().user == school.ada


def test_a_provider_without_that_domain_does_not_reach_an_existing_account(school, browser, configure):
    configure("free")
    page = browser.sign_in_with("free", "ada@lakeside.example")
    assert page.status_code == 403
    assert "Sign in with your password" in page.text
    assert not browser.is_in()
    assert not SocialAccount.objects.exists()
    assert refused("not tied")


def test_a_bound_domain_cannot_use_a_password_and_is_shown_the_button(school, browser, configure):
    configure("lake", OIDC_LAKE_DOMAINS="lakeside.example")
    page = browser.send(browser.open("/accounts/login/"), "/accounts/login/", login=school.ada.email, password=PASSWORD)
    assert "sign in with Lake School" in page.text
    assert "/accounts/oidc/lake/login/" in page.text
    assert not browser.is_in()
    assert refused("other provider")


def test_a_bound_domain_cannot_reset_a_password(school, browser, configure, mailoutbox):
    configure("lake", OIDC_LAKE_DOMAINS="lakeside.example")
    page = browser.send(browser.open("/accounts/password/reset/"), "reset", email=school.ada.email)
    assert "sign in with Lake School" in page.text
    assert mailoutbox == []


def test_the_provider_of_one_school_cannot_bring_an_address_of_another_domain(school, browser, configure, mailoutbox):
    configure("lake", OIDC_LAKE_DOMAINS="lake.example")
    invite(school, "eve@elsewhere.example", mailoutbox)
    page = browser.sign_in_with("lake", "eve@elsewhere.example")
    assert page.status_code == 403
    assert "of lake.example only" in page.text
    assert not browser.is_in()
    assert refused("domain")


def test_an_address_of_a_bound_domain_comes_through_its_own_provider_only(school, browser, configure, mailoutbox):
    configure("lake", "free", OIDC_LAKE_DOMAINS="lake.example")
    invite(school, "pia@lake.example", mailoutbox)
    page = browser.sign_in_with("free", "pia@lake.example")
    assert page.status_code == 403
    assert "sign in with Lake School" in page.text
    assert not browser.is_in()
    assert refused("other provider")


def test_a_provider_that_no_domain_is_bound_to_needs_the_link_of_the_mail(school, browser, configure, mailoutbox):
    configure("free")
    link = invite(school, "eve@elsewhere.example", mailoutbox)
    assert browser.sign_in_with("free", "eve@elsewhere.example").status_code == 403
    second = Browser(browser.portal)
    second.send(second.open(link), "")
    second.sign_in_with("free", "eve@elsewhere.example")
    assert second.is_in()
    assert Membership.objects.filter(user__email="eve@elsewhere.example", role=Role.TEACHER).exists()


def test_an_address_the_provider_has_not_verified_is_refused(school, browser, configure, mailoutbox):
    configure("lake", OIDC_LAKE_DOMAINS="lake.example")
    invite(school, "unsure@lake.example", mailoutbox)
    page = browser.sign_in_with("lake", "unsure@lake.example")
    assert page.status_code == 403
    assert "verified" in page.text
    configure("lake", OIDC_LAKE_DOMAINS="lake.example", OIDC_LAKE_EMAILS_VERIFIED="1")
    second = Browser(browser.portal)
    second.sign_in_with("lake", "unsure@lake.example")
    assert second.is_in(), "unless the school vouches for its own domain"


def test_an_address_given_to_a_newcomer_does_not_open_the_account_of_who_had_it(school, browser, configure):
    configure("lake", OIDC_LAKE_DOMAINS="lakeside.example")
    SocialAccount.objects.create(user=school.ada, provider="lake", uid="of-the-ada-before")
    page = browser.sign_in_with("lake", "ada@lakeside.example")
    assert page.status_code == 403
    assert "belonged to somebody else" in page.text
    assert not browser.is_in()


def test_a_tampered_or_replayed_answer_of_the_provider_is_refused(school, browser, configure, mailoutbox):
    configure("lake", OIDC_LAKE_DOMAINS="lake.example")
    invite(school, "pia@lake.example", mailoutbox)
    state = parse_qs(urlsplit(parse_qs(urlsplit(browser.press("lake").url).query)["next"][0]).query)["state"][0]
    callback = "/accounts/oidc/lake/login/callback/"
    tampered = browser.open(f"{callback}?code=anything&state={state[:-1]}x")
    assert tampered.status_code == 401
    assert "did not work" in tampered.text
    made_up = browser.open(f"{callback}?code=anything&state={state}")
    assert made_up.status_code == 401, "a code the provider never gave"
    page = browser.sign_in_with("lake", "pia@lake.example")
    answer = next(step.url for step in page.history if callback in step.url)
    assert Browser(browser.portal).open(answer).status_code == 401, "the answer works in the browser that asked, alone"
    assert browser.open(answer).status_code == 401, "and once"


def test_the_provider_s_second_factor_counts_only_when_the_environment_says_so(school, browser, configure):
    SchoolPolicy.objects.update_or_create(school=school.lakeside, defaults={"requires_second_factor": True})
    Membership.objects.filter(user=school.ada).update(role=Role.LEADER)
    configure("lake", OIDC_LAKE_DOMAINS="lakeside.example")
    browser.sign_in_with("lake", "ada@lakeside.example")
    assert browser.open("/profile/").url.endswith("/second-factor/needed/")
    configure("lake", OIDC_LAKE_DOMAINS="lakeside.example", OIDC_LAKE_SECOND_FACTOR="1")
    assert browser.is_in()


def test_a_provider_that_is_away_gives_a_page_and_not_a_trace(school, browser, configure, settings):
    configure("lake")
    settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]["settings"]["server_url"] = "http://127.0.0.1:9"
    page = browser.press("lake")
    assert page.status_code in (401, 503)
    assert "Try again" in page.text


@pytest.mark.parametrize("process", ["redirect", "connect"])
def test_the_button_of_a_provider_signs_in_and_does_nothing_else(school, browser, configure, process):
    configure("lake", OIDC_LAKE_DOMAINS="lakeside.example")
    page = browser.open("/accounts/login/")
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)[1]
    address = (
        f"{browser.portal}/accounts/oidc/lake/login/?process={process}&next=https://evil.example/&scope=everything"
    )
    page = browser.session.post(address, {"csrfmiddlewaretoken": token}, headers={"Referer": page.url}, timeout=10)
    assert "everything" not in page.url
    page = browser.send(page, "login", login="ada@lakeside.example", password=PROVIDER_PASSWORD)
    page = browser.send(page, "authorize", action="grant", scopes=["openid", "email", "profile"])
    assert page.url.startswith(browser.portal)
    assert browser.is_in()


def test_a_provider_that_nobody_configured_does_not_exist(client, school):
    assert client.post("/accounts/oidc/lake/login/").status_code == 404
    assert client.get("/accounts/oidc/lake/login/callback/").status_code == 404
