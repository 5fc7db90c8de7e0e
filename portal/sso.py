"""Single sign-on by environment alone: which providers there are, and which e-mail domain belongs to which."""

from importlib.util import find_spec
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from portal.env import Env

OIDC_APP = "allauth.socialaccount.providers.openid_connect"
SAML_APP = "allauth.socialaccount.providers.saml"


def _variable(provider: str, what: str, kind: str = "OIDC") -> str:
    return f"{kind}_{provider.upper().replace('-', '_')}_{what}"


def _vouched(env: Env, provider: str, kind: str) -> dict[str, Any]:
    """Some providers never say that an address is verified; then the school may vouch for its own domains."""
    if not env.flag(_variable(provider, "EMAILS_VERIFIED", kind)):
        return {}
    return {"verified_email": [domain.lower() for domain in env.names(_variable(provider, "DOMAINS", kind))]}


def _oidc(env: Env, provider: str) -> dict[str, Any]:
    return {
        "provider_id": provider,
        "name": env.text(_variable(provider, "NAME"), provider.title()),
        "client_id": env.text(_variable(provider, "CLIENT_ID")),
        "secret": env.text(_variable(provider, "CLIENT_SECRET")),
        "settings": {
            "server_url": env.text(_variable(provider, "SERVER_URL")),
            "fetch_userinfo": True,
            "oauth_pkce_enabled": True,
            **_vouched(env, provider, "OIDC"),
        },
    }


def _saml(env: Env, provider: str) -> dict[str, Any]:
    return {
        "provider_id": provider,
        "name": env.text(_variable(provider, "NAME", "SAML"), provider.title()),
        "client_id": provider,
        "settings": {
            "attribute_mapping": {
                "uid": env.text(
                    _variable(provider, "UID_ATTRIBUTE", "SAML"), "urn:oasis:names:tc:SAML:attribute:subject-id"
                ),
                "email": env.text(_variable(provider, "EMAIL_ATTRIBUTE", "SAML"), "urn:oid:0.9.2342.19200300.100.1.3"),
            },
            "idp": {
                "entity_id": env.text(_variable(provider, "ENTITY_ID", "SAML")),
                "metadata_url": env.text(_variable(provider, "METADATA_URL", "SAML")),
            },
            # allauth itself would take an answer of which only the envelope is signed.
            "advanced": {"strict": True, "want_assertion_signed": True, "reject_idp_initiated_sso": True},
            **_vouched(env, provider, "SAML"),
        },
    }


def _named(env: Env) -> list[tuple[str, str]]:
    found = [("OIDC", name) for name in env.names("OIDC_PROVIDERS")]
    found += [("SAML", name) for name in env.names("SAML_PROVIDERS")]
    names = [name for _, name in found]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise ImproperlyConfigured(f"OIDC_PROVIDERS and SAML_PROVIDERS name {sorted(twice)[0]!r} twice.")
    return found


def apps(env: Env) -> list[str]:
    """The allauth apps to install; SAML's needs the optional extra, so it is there only when it is asked for."""
    if not env.names("SAML_PROVIDERS"):
        return [OIDC_APP]
    if find_spec("onelogin") is None:
        raise ImproperlyConfigured(
            "SAML_PROVIDERS is set, but the optional extra 'saml' is not installed; "
            "install it with: pip install --require-hashes -r requirements-saml.lock"
        )
    return [OIDC_APP, SAML_APP]


def providers(env: Env) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for kind, name in _named(env):
        key, build = ("openid_connect", _oidc) if kind == "OIDC" else ("saml", _saml)
        made.setdefault(key, {"APPS": [], "EMAIL_AUTHENTICATION": False})["APPS"].append(build(env, name))
    return made


def domains(env: Env) -> dict[str, str]:
    """E-mail domain -> the provider whose people sign in there, and only there."""
    bound: dict[str, str] = {}
    for kind, name in _named(env):
        variable = _variable(name, "DOMAINS", kind)
        for domain in env.names(variable):
            if bound.setdefault(domain.lower(), name) != name:
                raise ImproperlyConfigured(f"{variable} names {domain}, which is bound to {bound[domain.lower()]}.")
    return bound


def demanding_second_factor(env: Env) -> frozenset[str]:
    """Providers that are known to demand a second factor themselves, so that we need not ask for ours."""
    return frozenset(name for kind, name in _named(env) if env.flag(_variable(name, "SECOND_FACTOR", kind)))


def form_targets(env: Env) -> list[str]:
    """Origins a sign-in form may be sent on to: browsers hold redirects of a form to `form-action` too."""
    found = []
    for kind, name in _named(env):
        variable = _variable(name, "SERVER_URL" if kind == "OIDC" else "METADATA_URL", kind)
        parts = urlsplit(env.text(variable))
        found.append(f"{parts.scheme}://{parts.netloc}")
    return found
