"""The form behind every page: it remembers which version was read, and tells in words what a room refused."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models

from portal.backoffice.widgets import know_relations
from portal.kit.errors import DomainError

SEEN = "version_seen"
STALE = "Somebody else changed this while you had it open. Load the page again and compare before you save."


class OfficeForm(forms.ModelForm):
    """`refused` is set on the class made for one request, when a room would not do what was asked."""

    refused = ""
    user: Any = None  # set together with it

    version_seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_versioned(type(self.instance)):
            self.fields.pop(SEEN, None)
        elif self.instance.pk and SEEN in self.fields:
            self.initial[SEEN] = self.instance.version
        know_relations(self)

    def has_changed(self) -> bool:
        return any(name != SEEN for name in self.changed_data)

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if self.refused:
            raise ValidationError(self.refused)
        if self.instance.pk and SEEN in self.fields and self.has_changed():
            self._check_version()
        return cleaned

    def _check_version(self) -> None:
        seen = self.cleaned_data.get(SEEN)
        if seen != self.instance.version:
            raise ValidationError(STALE, code="stale")


def is_versioned(model: type[models.Model]) -> bool:
    return any(field.name == "version" for field in model._meta.concrete_fields)


def sentence_of(refusal: Exception, model: type[models.Model]) -> str:
    """What to tell a person when a save was refused, by a room or in the end by the database."""
    if isinstance(refusal, DomainError):
        return refusal.sentence
    if isinstance(refusal, models.ProtectedError):
        return "Other records hang on this one, so it stays."
    if isinstance(refusal, ValidationError):
        return " ".join(refusal.messages)
    told = str(refusal)
    for constraint in model._meta.constraints:
        if constraint.name in told and constraint.violation_error_message:
            return str(constraint.violation_error_message) % {"name": constraint.name}
    return "This clashes with a record that is there already, or breaks a rule of the school's records."


REFUSALS = (DomainError, ValidationError, IntegrityError)  # a ProtectedError is an IntegrityError too
