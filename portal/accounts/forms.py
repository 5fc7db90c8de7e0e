"""Forms for signing in, joining by invitation and one's own account."""

from typing import Any, cast

from allauth.account.forms import AddEmailForm, LoginForm, ResetPasswordForm, SignupForm
from allauth.core import context
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.accounts import domains, invitations, seats
from portal.accounts.adapters import AccountAdapter
from portal.accounts.preferences import Density, Theme
from portal.audit.record import record


def _without_placeholders(form: forms.Form) -> None:
    """Labels stay visible while one types; placeholders do not."""
    for field in form.fields.values():
        field.widget.attrs.pop("placeholder", None)


class SignInForm(LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("E-mail")
        self.fields["login"].widget.attrs.update({"autocomplete": "username webauthn", "autofocus": True})
        self.fields["login"].error_messages["required"] = _("Type the e-mail address your school knows you by.")
        self.fields["password"].error_messages["required"] = _("Type your password.")
        self.fields["password"].help_text = ""
        _without_placeholders(self)


class JoinForm(SignupForm):
    """The address is the one the invitation was sent to, whatever the browser posts."""

    name = forms.CharField(label=_("Full name"), max_length=160, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    field_order = ("email", "name", "password1", "password2")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.invitation = seats.kept(context.request)
        if self.invitation:
            self.fields["email"].initial = self.invitation.email
            self.fields["name"].initial = self.invitation.name
        self.fields["email"].label = _("E-mail")
        self.fields["email"].disabled = True
        _without_placeholders(self)

    def save(self, request: HttpRequest) -> Any:
        """The account and what the invitation promised come into being together, or not at all."""
        assert self.invitation is not None  # the sign-up page is closed without one
        with transaction.atomic():
            AccountAdapter(request).stash_verified_email(request, self.invitation.email)
            user = super().save(request)
            record(user, "joined", user)
            invitations.accept(self.invitation, user, timezone.localdate())
        return user


def _refuse_bound(*addresses: str) -> None:
    for address in addresses:
        if domains.provider_for(address):
            raise forms.ValidationError(domains.elsewhere(address), code="elsewhere")


class NewAddressForm(AddEmailForm):
    """Nobody moves into or out of a domain that has its own provider."""

    def clean_email(self) -> str:
        _refuse_bound(self.user.email, self.cleaned_data["email"])
        return str(super().clean_email())


class ForgottenForm(ResetPasswordForm):
    def clean_email(self) -> str:
        _refuse_bound(self.cleaned_data["email"])
        return str(super().clean_email())


class AddPasskeyForm(AddWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name of this passkey")
        self.fields["passwordless"].label = _("Sign in with it instead of the password")
        self.fields["passwordless"].initial = True
        self.fields["passwordless"].help_text = _("Needs a device that asks for a fingerprint, a face or a PIN.")


class ProfileForm(forms.Form):
    name = forms.CharField(
        label=_("Full name"),
        max_length=160,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Type your name as others in the school know it.")},
    )


class LookForm(forms.Form):
    """How pages look and speak to one person. What is not sent stays as it was."""

    theme = forms.ChoiceField(
        label=_("Theme"),
        choices=[(Theme.AUTO, _("Like the device")), (Theme.LIGHT, _("Light")), (Theme.DARK, _("Dark"))],
        required=False,
        error_messages={"invalid_choice": _("There is no such theme. Choose one of those shown.")},
    )
    density = forms.ChoiceField(
        label=_("Density"),
        choices=[(Density.COMFORTABLE, _("Comfortable")), (Density.COMPACT, _("Compact"))],
        required=False,
        error_messages={"invalid_choice": _("There is no such density. Choose one of those shown.")},
    )
    language = forms.ChoiceField(
        label=_("Language"),
        required=False,
        error_messages={"invalid_choice": _("Foremark does not speak that language yet. Choose one of those shown.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("As the browser asks")), *settings.LANGUAGES]
        cast(forms.ChoiceField, self.fields["language"]).choices = choices

    @property
    def has_several_languages(self) -> bool:
        """Whether the page asks; one language is no choice."""
        return len(settings.LANGUAGES) > 1

    def chosen(self) -> dict[str, str]:
        """Only what was sent; an empty language is a choice, an empty theme is not."""
        sent = {name: value for name, value in self.cleaned_data.items() if name in self.data}
        return {name: value for name, value in sent.items() if value or name == "language"}
