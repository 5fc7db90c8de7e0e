"""Form fields that several pages share: days that may stand in a school's records, and records chosen by their keys."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

EARLIEST, LATEST = date(1990, 1, 1), date(2100, 12, 31)
LONGEST_KEY = 18  # digits; more would be no key of any database


class DayField(forms.DateField):
    """A day that may stand in a school's records: no typing error of a thousand years."""

    def __init__(self, **facts: Any) -> None:
        widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        super().__init__(widget=widget, input_formats=["%Y-%m-%d"], **facts)

    def clean(self, value: Any) -> Any:
        day = super().clean(value)
        if day is not None and not EARLIEST <= day <= LATEST:
            raise forms.ValidationError(_("Choose a day between 1990 and 2100."))
        return day


class RecordsField(forms.ModelMultipleChoiceField):
    """Keys that no database could hold are as unknown as any other."""

    def clean(self, value: Any) -> Any:
        keys = [str(each) for each in value or ()]
        if not all(each.isascii() and each.isdigit() and len(each) <= LONGEST_KEY for each in keys):
            raise forms.ValidationError(self.error_messages["invalid_choice"], params={"value": ""})
        return super().clean(value)
