"""Whom an identity provider may bring in: people already known or invited, and only from its own domains."""

from typing import Any

from django.utils.translation import gettext as _

from portal.accounts import domains, invitations
from portal.accounts.models import Invitation, User
from portal.kit.errors import NotAllowed


def check(login: Any, kept: Invitation | None) -> None:
    """Raises NotAllowed with a sentence. `login` is allauth's SocialLogin after it looked for an existing user."""
    provider = login.account.provider
    if login.state.get("process") not in (None, "login"):
        raise NotAllowed(_("This address only signs people in."), code="process")
    email = next((address.email.lower() for address in login.email_addresses if address.verified), "")
    if not email:
        name = domains.provider_name(provider)
        raise NotAllowed(_("%s does not say that your e-mail address is verified.") % name, code="unverified address")
    _check_domain(provider, email)
    if login.is_existing:
        _check_known(login)
    else:
        _check_invited(provider, email, kept)


def _check_domain(provider: str, email: str) -> None:
    """A bound domain comes through its own provider only, and a provider with domains brings no others."""
    name, own, bound = domains.provider_name(provider), domains.domains_bound_to(provider), domains.provider_for(email)
    if bound and bound != provider:
        raise NotAllowed(domains.elsewhere(email), code="other provider")
    if own and domains.domain_of(email) not in own:
        allowed = _(" or ").join(sorted(own))
        told = _("%(name)s signs in people of %(allowed)s only, not of %(domain)s.")
        facts = {"name": name, "allowed": allowed, "domain": domains.domain_of(email)}
        raise NotAllowed(told % facts, code="domain")


def _check_known(login: Any) -> None:
    user, provider = login.user, login.account.provider
    bound = domains.provider_for(user.email)
    if bound and bound != provider:
        raise NotAllowed(domains.elsewhere(user.email), code="other provider")
    # Schools give the address of a person who left to a newcomer: the provider's own number for them is then another.
    if login._did_authenticate_by_email and user.socialaccount_set.filter(provider=provider).exists():
        raise NotAllowed(_("This address belonged to somebody else. Ask your school's office."), code="reused address")


def _check_invited(provider: str, email: str, kept: Invitation | None) -> None:
    name = domains.provider_name(provider)
    if User.objects.filter(email=email).exists():
        sentence = _("There is an account with this address that is not tied to %s. Sign in with your password.")
        raise NotAllowed(sentence % name, code="not tied")
    if domains.provider_for(email) == provider:
        invited = bool(invitations.waiting_for(email))
    else:
        # A provider that no domain is bound to may say what it likes: the link in the mail proves the address.
        invited = kept is not None and kept.email == email
    if not invited:
        sentence = _(
            "%s knows you, but Foremark does not. You are not invited yet, or the invitation has expired. "
            "Ask your school's office for an invitation."
        )
        raise NotAllowed(sentence % name, code="not invited")
