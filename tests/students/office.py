"""What the tests of the back office share: addresses, and a form's fields as a browser would send them."""

from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.test import Client
from django.urls import reverse


def address(model: type[Model], page: str = "changelist", *args: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def filled(response: Any) -> dict[str, Any]:
    """The fields of the change page as they stand, inlines included."""
    form = response.context["adminform"].form
    data = _fields(form)
    for inline in response.context["inline_admin_formsets"]:
        formset = inline.formset
        data |= _fields(formset.management_form)
        for each in formset.initial_forms:
            data |= _fields(each)
    return data


def _fields(form: Any) -> dict[str, Any]:
    found = {}
    for bound in form:
        value = bound.value()
        if value is not None and value is not False:
            found[bound.html_name] = value.pk if isinstance(value, Model) else value
    return found


def save(client: Client, record: Model, **changes: Any) -> Any:
    """Open the page, change some fields, send it."""
    place = address(type(record), "change", record.pk)
    return client.post(place, filled(client.get(place)) | changes)


def errors_of(response: Any) -> str:
    found = [str(response.context["errors"])] if response.context else []
    form = response.context["adminform"].form if response.context else None
    return " ".join([*found, str(form.errors) if form else ""])


def registered() -> list[type[Model]]:
    return sorted(admin.site._registry, key=lambda model: model._meta.label)
