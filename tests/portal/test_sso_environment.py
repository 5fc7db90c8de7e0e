"""Single sign-on by environment: what it makes of the variables, and what it says when they are wrong."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from portal import sso
from portal.env import Env

LAKE = {
    "OIDC_PROVIDERS": "lake",
    "OIDC_LAKE_CLIENT_ID": "portal",
    "OIDC_LAKE_CLIENT_SECRET": "secret",
    "OIDC_LAKE_SERVER_URL": "https://id.lake.example",
    "OIDC_LAKE_DOMAINS": "Lake.example, staff.lake.example",
}
HILL = {
    "SAML_PROVIDERS": "hill",
    "SAML_HILL_ENTITY_ID": "https://id.hill.example",
    "SAML_HILL_METADATA_URL": "https://id.hill.example/metadata",
    "SAML_HILL_DOMAINS": "hill.example",
}


def test_nothing_is_configured_without_variables():
    assert sso.providers(Env({})) == {}
    assert sso.domains(Env({})) == {}
    assert sso.form_targets(Env({})) == []


def test_a_provider_uses_pkce_and_its_domains_are_bound_in_lower_case():
    (app,) = sso.providers(Env(LAKE))["openid_connect"]["APPS"]
    assert app["settings"]["oauth_pkce_enabled"] is True
    assert "verified_email" not in app["settings"]
    assert sso.domains(Env(LAKE)) == {"lake.example": "lake", "staff.lake.example": "lake"}
    assert sso.form_targets(Env(LAKE)) == ["https://id.lake.example"]


def test_a_school_vouches_for_addresses_of_its_own_domains_only():
    (app,) = sso.providers(Env({**LAKE, "OIDC_LAKE_EMAILS_VERIFIED": "1"}))["openid_connect"]["APPS"]
    assert app["settings"]["verified_email"] == ["lake.example", "staff.lake.example"]


def test_a_provider_s_second_factor_is_believed_only_when_said():
    assert sso.demanding_second_factor(Env(LAKE)) == frozenset()
    assert sso.demanding_second_factor(Env({**LAKE, "OIDC_LAKE_SECOND_FACTOR": "1"})) == {"lake"}


@pytest.mark.parametrize("missing", ["OIDC_LAKE_CLIENT_ID", "OIDC_LAKE_CLIENT_SECRET", "OIDC_LAKE_SERVER_URL"])
def test_a_missing_variable_is_named(missing):
    with pytest.raises(ImproperlyConfigured, match=missing):
        sso.providers(Env({**LAKE, missing: ""}))


def test_a_domain_cannot_belong_to_two_providers():
    twice = {**LAKE, **HILL, "SAML_HILL_DOMAINS": "lake.example"}
    with pytest.raises(ImproperlyConfigured, match=r"SAML_HILL_DOMAINS names lake\.example"):
        sso.domains(Env(twice))


def test_a_name_cannot_be_used_twice():
    with pytest.raises(ImproperlyConfigured, match="twice"):
        sso.providers(Env({**LAKE, "SAML_PROVIDERS": "lake"}))


def test_saml_without_its_extra_names_the_variable_and_the_extra(monkeypatch):
    monkeypatch.setattr(sso, "find_spec", lambda name: None)
    with pytest.raises(ImproperlyConfigured, match=r"SAML_PROVIDERS .* extra 'saml' .* requirements-saml\.lock"):
        sso.apps(Env(HILL))


def test_saml_demands_signed_assertions_that_were_asked_for(monkeypatch):
    monkeypatch.setattr(sso, "find_spec", lambda name: object())
    assert sso.SAML_APP in sso.apps(Env(HILL))
    (app,) = sso.providers(Env(HILL))["saml"]["APPS"]
    wanted = {"strict": True, "want_assertion_signed": True, "reject_idp_initiated_sso": True}
    assert app["settings"]["advanced"] == wanted
