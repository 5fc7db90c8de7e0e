"""Which e-mail domain belongs to which identity provider; asked by every way in."""

from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _


def domain_of(email: str) -> str:
    return email.rpartition("@")[2].strip().lower()


def provider_for(email: str) -> str:
    """The provider that people of this address must use; empty when they are free to use a password."""
    return str(settings.SSO_DOMAINS.get(domain_of(email), ""))


def domains_bound_to(provider: str) -> frozenset[str]:
    return frozenset(domain for domain, bound in settings.SSO_DOMAINS.items() if bound == provider)


def provider_name(provider: str) -> str:
    """As the sign-in button calls it."""
    for configured in settings.SOCIALACCOUNT_PROVIDERS.values():
        for app in configured.get("APPS", ()):
            if app["provider_id"] == provider:
                return str(app["name"])
    return provider


def elsewhere(email: str) -> str:
    """The sentence for somebody who tries a password at a domain that has its own provider."""
    name = provider_name(provider_for(email))
    told = _("Addresses at %(domain)s sign in with %(name)s. Please use the button “%(name)s” on the sign-in page.")
    return told % {"domain": domain_of(email), "name": name}


def providers_used(request: HttpRequest, user: Any) -> frozenset[str]:
    """The identity providers this session came in by."""
    records = get_authentication_records(request, user)
    return frozenset(record.get("provider", "") for record in records if record["method"] == "socialaccount")


def ways_used(request: HttpRequest, user: Any) -> str:
    """How this session was authenticated, for the audit: `password+totp`, `webauthn`, `lake`."""
    records = [record for record in get_authentication_records(request, user) if not record.get("reauthenticated")]
    return "+".join(str(record.get("type") or record.get("provider") or record["method"]) for record in records)
